/** How privacy is called wherever an asset is listed. */
export const privacyMessages = {
  label: { private: 'Private', shared: 'Organization', public: 'Public' },
  sentence: {
    map: {
      private: 'Only the owner can open this map.',
      shared: 'Everyone in the organization can open this map.',
      public: 'Anyone who has the link can open this map, without signing in.',
    },
    connection: {
      private: 'Only the owner can use this connection.',
      shared: 'Everyone in the organization can use this connection.',
      public: 'Everyone in the organization can use this connection.',
    },
  },
}

/** The words of the sharing dialog. */
export const shareMessages = {
  title: (name: string) => `Share “${name}”`,
  question: 'Who can see this map',
  choices: {
    private: { label: 'Private', help: 'Only the owner' },
    shared: { label: 'Organization', help: (organization: string) => `Everyone in ${organization}` },
    public: { label: 'Public link', help: 'Anyone who has the link, without signing in' },
  },
  needsSharedConnection: (names: string) =>
    `${names} is private, so the others would see an empty map. Share that connection with the organization first.`,
  now: 'Now',
  apply: {
    private: 'Make private',
    shared: 'Share with organization',
    public: 'Publish link',
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
