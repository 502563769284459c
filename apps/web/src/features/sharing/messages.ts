/** How privacy is called wherever an asset is listed. */
export const privacyMessages = {
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
  gain: (count: number, names: string) =>
    `${count === 1 ? '1 person gains' : `${count} people gain`} access: ${names}.`,
  lose: (count: number, names: string) =>
    `${count === 1 ? '1 person loses' : `${count} people lose`} access: ${names}.`,
  nobodyChanges: 'Nobody in the organization gains or loses access.',
  afterwards: (count: number) =>
    `Then ${count === 1 ? '1 person' : `${count} people`} of the organization ${count === 1 ? 'has' : 'have'} access.`,
  peopleCount: (count: number) => (count === 1 ? '1 person has access' : `${count} people have access`),
  peopleCountOf: (count: number, name: string) =>
    `${count === 1 ? '1 person has' : `${count} people have`} access to ${name}`,
  ends: 'ends',
  peopleWithAccess: 'People with access',
  morePeople: (count: number) => `and ${count} more`,
  paths: {
    owner: 'owner',
    user: 'named',
    group: 'through a group',
    organization: 'organization',
    public: 'public link',
    collaborator: 'may edit',
    role: 'by role',
  },
  consequenceLabel: 'What this means',
  links: 'Link and embed code',
  linkLabel: 'Link to this map',
  embedLabel: 'Embed code',
  copyLink: 'Copy link',
  copyEmbed: 'Copy embed code',
  linkNeedsSharing: 'Only the owner can open this map, so a link would lead others nowhere. Share it first.',
  embedNeedsPublic: 'A page that embeds the map has nobody signed in, so the map needs a public link.',
  done: 'Done',
  awaiting: 'the sharing settings',
}
