/** The words of the page that an invitation leads to. */
export const messages = {
  title: (organization: string) => `Join ${organization}`,
  untitled: 'Your invitation',
  checking: 'the invitation to be checked',
  offer: (inviter: string | null, role: string) =>
    inviter === null ? `You join as ${role}.` : `${inviter} invites you as ${role}.`,
  roles: {
    superadmin: 'a superadmin, who manages everything',
    admin: 'an admin, who looks after people and settings',
    editor: 'an editor, who makes maps and connections',
    viewer: 'a viewer, who opens what is shared with the organization',
    guest: 'a guest viewer, who opens what is public',
  },
  email: 'E-mail',
  emailHelp: 'The invitation is for this address; you sign in with it.',
  name: 'Your name',
  nameMissing: 'Enter your name.',
  password: 'Password',
  capsLock: 'Caps Lock is on.',
  submit: 'Join',
  byProvider: (email: string) =>
    `This organization signs in with its identity provider. Sign in there as ${email}: once the provider says that this address is verified to be yours, the invitation is accepted.`,
  unusableTitle: 'This invitation cannot be used',
  incomplete: 'The link is incomplete. Open it as a whole, or ask for a new one.',
  toSignIn: 'Go to sign-in',
}
