/** How privacy is called wherever an asset is listed. */
export const privacyMessages = {
  /** Of what is private itself, and others reach through projects that it is in. */
  through: (names: readonly string[]) =>
    names.length === 0 ? 'Shared through a project' : `Shared through project ${names.join(', ')}`,
  throughSentence: (names: readonly string[]) =>
    names.length === 0
      ? 'It is not shared itself, but a project that it is in gives it to others.'
      : `It is not shared itself; whoever reaches ${names.length === 1 ? 'the project' : 'the projects'} ${names.join(', ')} gets it.`,
  also: (names: readonly string[]) =>
    names.length === 0 ? 'A project that it is in gives it to others too.' : `Also shared through ${names.join(', ')}.`,
  label: { private: 'Private', organization: 'Organization', specific: 'Named people', public: 'Public' },
  sentence: {
    map: {
      private: 'Only the owner can open this map.',
      organization: 'Everyone in the organization can open this map.',
      specific: 'Only named people and groups can open this map.',
      public: 'Anyone who has the link can open this map, without signing in.',
    },
    connection: {
      private: 'Only the owner can use this connection.',
      organization: 'Everyone in the organization can use this connection.',
      specific: 'Only named people and groups can use this connection.',
      public: 'Everyone in the organization can use this connection.',
    },
    workflow: {
      private: 'Only the owner can open this workflow.',
      organization: 'Everyone in the organization except guests can open this workflow.',
      specific: 'Only named people and groups can open this workflow.',
      public: 'Everyone in the organization except guests can open this workflow.',
    },
    application: {
      private: 'Only the owner and admins see this application.',
      organization: 'Everyone in the organization except guests sees this application.',
      specific: 'Only named people and groups, and admins, see this application.',
      public: 'Everyone in the organization except guests sees this application.',
    },
    project: {
      private: 'Only the owner can open this project.',
      organization: 'Everyone in the organization except guests can open this project and what is inside.',
      specific: 'Only named people and groups can open this project and what is inside.',
      public: 'Everyone in the organization except guests can open this project and what is inside.',
    },
  },
}

/** The words of the sharing dialog. */
export const shareMessages = {
  title: (name: string) => `Share “${name}”`,
  question: {
    map: 'Who can see this map',
    connection: 'Who can use this connection',
    workflow: 'Who can open this workflow',
    application: 'Who can see this application',
    project: 'Who can open this project and what is inside',
  },
  choices: {
    private: { label: 'Private', help: 'Only the owner' },
    organization: {
      label: 'Organization',
      help: (organization: string) => `Everyone in ${organization} except guests`,
    },
    specific: { label: 'People and groups', help: 'Only those you name' },
    public: { label: 'Public link', help: 'Anyone who has the link, without signing in' },
  },
  now: 'Now',
  apply: {
    private: 'Make private',
    organization: 'Share with organization',
    specific: 'Share with these',
    public: 'Publish link',
  },
  applyChange: 'Save sharing',
  picker: { specific: 'People and groups', organization: 'And guests, whom only their names or groups reach' },
  pickerPlaceholder: 'Search by name or e-mail',
  groups: 'Groups',
  people: 'People',
  searching: 'Searching…',
  nobodyFound: 'Nobody and no group is called that.',
  pickSomebody: 'Name at least one person or group.',
  /** Followed by their names. */
  gain: (count: number) => (count === 1 ? '1 person gains access:' : `${count} people gain access:`),
  lose: (count: number) => (count === 1 ? '1 person loses access:' : `${count} people lose access:`),
  gaining: 'Who gains access',
  losing: 'Who loses access',
  /** Whose maps, workflows and tokens stop reading from a connection. */
  breaks: (count: number) => `What ${count === 1 ? '1 person' : `${count} people`} made with it stops showing data:`,
  breaking: 'Whose work stops showing data',
  brokenOf: (name: string, counts: Record<string, number>) =>
    `${name} (${Object.entries(counts)
      .map(([kind, count]) => (count === 1 ? `1 ${kind}` : `${count} ${kind}s`))
      .join(', ')})`,
  nobodyChanges: 'Nobody in the organization gains or loses access.',
  afterwards: (count: number) =>
    `Then ${count === 1 ? '1 person' : `${count} people`} of the organization ${count === 1 ? 'has' : 'have'} access.`,
  peopleCount: (count: number) => (count === 1 ? '1 person has access' : `${count} people have access`),
  peopleCountOf: (count: number, name: string) =>
    `${count === 1 ? '1 person has' : `${count} people have`} access to ${name}`,
  ends: 'ends',
  supportPerson: (name: string) => `${name} (support)`,
  peopleWithAccess: 'People with access',
  searchPeople: 'Search the people with access',
  searchPeoplePlaceholder: (count: number) => `Search all ${count} by name or e-mail`,
  clearPeopleSearch: 'Clear the search',
  nobodyOfThem: 'Nobody of them is called that.',
  peopleFound: (count: number) => (count === 1 ? '1 person' : `${count} people`),
  peoplePages: 'Pages of the people with access',
  /** For those who may open it and know the number alone. */
  whoIsForEditors: 'Who they are is for editors and admins to see.',
  paths: {
    owner: 'owner',
    user: 'named',
    group: 'through a group',
    organization: 'organization',
    public: 'public link',
    collaborator: 'may edit',
    project: 'through a project',
    role: 'by role',
  },
  /** Followed by its name. */
  throughNamedProject: 'through the project',
  inherited: (project: string | null, names: string) =>
    `Also, through ${project === null ? 'a project that it is in' : `the project “${project}”`}: ${names}.`,
  wholeOrganization: 'everybody of the organization except guests',
  groupOf: (name: string) => `the group ${name}`,
  projectOwner: (name: string) => `its owner ${name}`,
  consequenceLabel: 'What this means',
  links: 'Link and embed code',
  linkLabel: 'Link to this map',
  embedLabel: 'Embed code',
  copyLink: 'Copy link',
  copyEmbed: 'Copy embed code',
  linkNeedsSharing: 'Only the owner can open this map, so a link would lead others nowhere. Share it first.',
  linkForProject: 'It opens for those who reach the project that it is in.',
  embedNeedsPublic: 'A page that embeds the map has nobody signed in, so the map needs a public link.',
  publication: 'What readers see',
  upToDate: 'Readers see the map as it is now.',
  unpublished: 'There are changes that readers do not see yet.',
  publishedBy: (name: string | null) => (name === null ? 'Published' : `Published by ${name}`),
  publish: 'Publish updates',
  nothingToPublish: (time: string) => `Nothing has changed since it was published, ${time}.`,
  linkPassword: 'Password for the link (optional)',
  requiredLinkPassword: 'Password for the link',
  newLinkPassword: 'New password for the link',
  linkPasswordHelp: 'At least 4 characters. Whoever the map is shared with otherwise needs none.',
  keepsLinkPassword: 'It has one already, which stays when you leave this empty.',
  changeEndsAccess: 'The link asks for a password. Changing it closes the map for all who have entered the old one.',
  setPassword: 'Set password',
  changePassword: 'Change password',
  removePassword: 'Remove password',
  capsLock: 'Caps Lock is on.',
  discoverable: 'Show it in lists and searches',
  discoverableHelp: 'Otherwise it opens by its address alone, and only you find it in a list.',
  collaborative: 'Let others edit it',
  collaborativeHelp:
    'Editors and admins who may open it. They cannot share or delete it, nor change what it reads through your connections.',
  done: 'Done',
  awaiting: 'the sharing settings',
}

/** The words of the panel that explains access. */
export const explainMessages = {
  open: 'Explain access…',
  report: 'Access report',
  title: 'Explain access',
  person: 'Person',
  personPlaceholder: 'Whose access?',
  who: 'Whose access',
  subjects: { user: 'A person', group: 'A group', token: 'One of your API tokens', anonymous: 'Visitors' },
  group: 'Group',
  groupPlaceholder: 'Which group?',
  token: 'API token',
  tokenPlaceholder: 'Which token?',
  noTokens: 'You have no API token',
  action: 'What they would do',
  may: (phrase: string) => `May they ${phrase}?`,
  awaiting: 'the explanation',
  verdicts: {
    user: (name: string, isAllowed: boolean, phrase: string) => `${name} ${isAllowed ? 'can' : 'cannot'} ${phrase}.`,
    group: (name: string, isAllowed: boolean, phrase: string) =>
      isAllowed
        ? `Everybody in ${name} can ${phrase}, because they are in it.`
        : `Being in ${name} does not let everybody ${phrase}.`,
    token: (name: string, isAllowed: boolean, phrase: string) =>
      `The token ${name} ${isAllowed ? 'can' : 'cannot'} ${phrase}.`,
    anonymous: (_: string, isAllowed: boolean, phrase: string) =>
      `Whoever has the address ${isAllowed ? 'can' : 'cannot'} ${phrase}.`,
  },
  roles: 'Its members, by their role',
  byRole: (role: string, by: 'group' | 'role' | null) =>
    `${role}: ${by === 'group' ? 'because of the group' : by === 'role' ? 'by the role, whatever group' : 'not'}`,
  bounds: 'What bounds it',
  rule: (rule: string) => `Rule ${rule}`,
  told: (reason: string) => `They are told: ${reason}`,
  rules: 'Every rule that matches, the first decides',
  grants: 'Allows',
  denies: 'Forbids',
  logins: 'With whose login data is read',
  wouldBeSent: (changes: readonly string[]) => `What would change that: ${changes.join(' ')}`,
  ends: 'One change that would end it',
  gives: 'One change that would allow it',
}
