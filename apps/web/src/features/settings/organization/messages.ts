/** The words of the organization's settings. */
export const messages = {
  title: 'Organization',
  name: 'Name',
  id: 'Identifier',
  copyId: 'Copy the identifier',
  demoNote:
    'This is the demo organization. It was created on the first start, with sample data and a warehouse on this server.',
  awaiting: 'the settings of the organization',
  generalTitle: 'General',
  nameMissing: 'Enter the name of the organization.',
  defaultRole: 'Role of new people',
  defaultRoleHelp:
    'What a new identity provider gives to newcomers, unless another role is chosen there. An invitation names its own.',
  save: 'Save changes',
  saved: 'The settings were saved.',
  saveFailed: 'The settings were not saved',
  signInTitle: 'Signing in',
  secondFactorRequired: 'Everybody needs a second factor',
  secondFactorRequiredHelp:
    'Who signs in with a password and has none sets one up at the next sign-in. Identity providers look after their own.',
  saveSignIn: 'Save rules',
  sessionsTitle: 'Sessions',
  sessionLength: { idleMinutes: 'End without use after', absoluteMinutes: 'End in any case after' },
  sessionLengthHelp: 'Shorter times hold at once for the sessions under way, longer ones from the next sign-in on.',
  asServer: (length: string) => `As the server is set: ${length}`,
  saveSessions: 'Save times',
  seatsTitle: 'Seats',
  seats: {
    editor: {
      label: 'Editor seats',
      limit: 'Editor seats at most',
      help: 'Taken by superadmins, admins and editors.',
    },
    viewer: { label: 'Viewer seats', limit: 'Viewer seats at most', help: 'Taken by viewers and guest viewers.' },
  },
  usedOf: (used: number, limit: number) => `${used} of ${limit} taken`,
  usedOfAny: (used: number) => `${used} taken, no limit`,
  unlimited: 'No limit',
  limitsHelp: 'Who would exceed a limit is refused. Leave a field empty for no limit.',
  saveSeats: 'Save seats',
  seatsBySuperadmin: 'A superadmin decides how many seats there are.',
}
