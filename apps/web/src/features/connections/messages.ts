/** The words of the connections page. */
export const messages = {
  title: 'Connections',
  add: 'Add connection',
  awaitingList: 'the list of connections',
  emptyTitle: 'No connections yet',
  emptyText:
    'A connection tells Graticule where a warehouse is and how to log in to it. Data stays there: maps and queries read it live.',
  emptyReadOnlyText: 'A connection that somebody shares with the organization appears here.',
  caption: 'Connections',
  columns: {
    bookmark: 'Bookmark',
    name: 'Name',
    provider: 'Provider',
    privacy: 'Who can use it',
    owner: 'Owner',
    state: 'State',
    changed: 'Changed',
  },
  you: 'You',
  system: 'Graticule',
  embedded: 'On this server',
  ownLogins: 'Own logins',
  certificates: 'Certificates',
  certificatesHelp: 'You are let in as yourself, without a password',
  tokens: 'Own tokens',
  tokensHelp: 'You are let in as yourself, with a token of your single sign-on',
  check: 'Check',
  checkOf: (name: string) => `Check the connection ${name}`,
  checking: 'Checking…',
  works: 'Works',
  fails: 'Fails',
  browse: 'Browse data',
  edit: 'Edit connection',
  login: 'Login and rights',
  share: 'Share connection',
  delete: 'Delete connection',
  actionsOf: (name: string) => `Actions for ${name}`,
  actionFailed: 'That did not work',
  addTitle: 'Add connection',
  editTitle: (name: string) => `Edit ${name}`,
  provider: 'Provider',
  name: 'Name',
  nameHelp:
    'How maps, SQL and tokens refer to it: 3–50 lower-case letters, digits, “-” or “_”. When it changes, it still answers to the name before.',
  nameInvalid: 'Use 3–50 lower-case letters, digits, “-” or “_”, with a letter or digit first and last.',
  required: (label: string) => `Enter “${label}”.`,
  notANumber: (label: string) => `“${label}” must be a number.`,
  secretKept: 'Stored. Leave empty to keep it.',
  privacy: 'Who can use it',
  privacyDefault: 'The default of your organization',
  privacyPrivate: 'Only you',
  privacyShared: 'Everyone in the organization',
  privacyConsequence:
    'Everyone in the organization reads your warehouse with the login stored here. What that login may read, they may read.',
  moreOptions: 'More options',
  test: 'Test connection',
  testing: 'the warehouse to answer',
  testWorked: (version: string) => `It works. The server says: ${version}`,
  testWorkedSilent: 'It works.',
  testFailed: 'The connection does not work',
  saveFailed: 'The connection was not saved',
  save: 'Save connection',
  cancel: 'Cancel',
  deleteTitle: (name: string) => `Delete the connection “${name}”?`,
  deleteText:
    'Graticule forgets how to log in to it. Nothing in the warehouse itself is touched. Named sources of it that rest in the trash are deleted for good.',
  deleteBlockedTitle: (name: string) => `“${name}” is still in use`,
  aliases: 'Earlier names',
  aliasesHelp: 'It still answers to these. Take one off once no application uses it any more.',
  removeAlias: (alias: string) => `Take off ${alias}`,
  aliasesRemoved: (aliases: readonly string[]) =>
    `Saving takes off ${aliases.join(', ')}. Maps and tokens here are changed to the present name; applications elsewhere are not.`,
  affected: 'What this may affect',
  affects: (count: number) => (count === 1 ? 'One thing reads from it:' : `${count} things read from it:`),
  moreDependents: (count: number) => `And ${count} more.`,
  advanced: 'Advanced options',
  outOfBounds: (maximum: number) => `Enter a whole number from 1 to ${maximum.toLocaleString('en')}, or nothing.`,
  notASchema: 'Use lower-case letters, digits and “_”, not beginning with a digit.',
  options: {
    maxConcurrentQueries: {
      label: 'Queries at once',
      help: 'More of them wait for their turn.',
      placeholder: 'As the server is set',
    },
    queryTimeoutSeconds: {
      label: 'Query timeout (seconds)',
      help: 'A query that takes longer is cancelled in the warehouse.',
      placeholder: 'As the server is set',
    },
    tempSchema: { label: 'Schema for temporary tables', help: 'Where workflows may write.', placeholder: 'None' },
    toolboxSchema: { label: 'Schema of the toolbox', help: 'Where its functions are installed.', placeholder: 'None' },
    exports: {
      label: 'Who takes data out as files',
      help: 'CSV, GeoJSON, NDJSON and named files of the SQL API. A file keeps no policy of the database.',
      choices: {
        '': 'Whoever may run SQL; nobody where each person has a login of their own',
        editors: 'Whoever may run SQL',
        admins: 'Admins only',
        nobody: 'Nobody',
      },
    },
    neverCache: {
      label: 'Never cache',
      help: 'Every tile and widget asks the warehouse; nothing is kept here or in browsers. Maps get slower.',
    },
  },
  addBookmark: (name: string) => `Bookmark ${name}`,
  removeBookmark: (name: string) => `Remove the bookmark of ${name}`,
  dependents: 'What reads from it',
  dependentOf: (kind: string, owner: string | null) => (owner === null ? kind : `${kind} of ${owner}`),
  hiddenDependents: (count: number, isRest: boolean) =>
    `${isRest ? 'And ' : ''}${count}${isRest ? ' more' : ''} that you may not see.`,
  target: 'Connection that takes its place',
  targetHelp:
    'Maps, workflows and tokens read from it instead, published maps too. Their tables must be there as well.',
  targetPlaceholder: 'Choose a connection',
  noTarget: 'You own no other connection of this kind that could take its place.',
  replaceAndDelete: 'Replace and delete',
  replaced: (name: string, target: string) => `“${name}” was deleted; “${target}” takes its place.`,
  deleted: (name: string) => `“${name}” was deleted.`,
  saved: (name: string) => `“${name}” was saved.`,
  close: 'Close',
}

/** The words about whose database login those read with whom a connection is shared with. */
export const credentialPolicyMessages = {
  question: 'Whose database login reads the data',
  ways: {
    owner: { label: 'The login stored here', help: 'All whom it is shared with read with the owner’s login' },
    stored: {
      label: 'Each person’s own login',
      help: 'Everybody but the owner brings a login, and the database’s rules hold for each',
    },
    certificate: {
      label: 'Each person’s certificate, without a password',
      help: 'Everybody but the owner is let in as themselves by a certificate of minutes; nobody enters anything',
    },
    token: {
      label: 'Each person’s token of single sign-on',
      help: 'Everybody but the owner is let in as themselves; their own short-lived token is sent as the password',
    },
  },
  now: 'Now',
  consequence: 'What changing the login means',
  people: {
    owner: (count: number) =>
      `${count === 1 ? '1 person reads' : `${count} people read`} with the login stored here, and whatever it may read:`,
    stored: (count: number) =>
      `${count === 1 ? '1 person is' : `${count} people are`} asked for a login of their own, and ${count === 1 ? 'sees' : 'see'} nothing until it is given:`,
    token: (count: number) =>
      `${count === 1 ? '1 person is' : `${count} people are`} let in with a token, and ${count === 1 ? 'sees' : 'see'} nothing until the database takes ${count === 1 ? 'it' : 'theirs'}:`,
    certificate: (count: number) =>
      `${count === 1 ? '1 person is' : `${count} people are`} let in by certificate, and ${count === 1 ? 'sees' : 'see'} nothing until the database knows ${count === 1 ? 'it' : 'them'}:`,
  },
  askedPeople: {
    owner: 'Who reads with the stored login',
    stored: 'Who is asked for a login',
    certificate: 'Who is let in by certificate',
    token: 'Who is let in with a token',
  },
  nobody: {
    owner: 'It is shared with nobody yet. Whoever gets it reads with the login stored here.',
    stored:
      'It is shared with nobody yet. Whoever gets it, or a map that reads from it, is asked for a login of their own.',
    certificate:
      'It is shared with nobody yet. Whoever gets it, or a map that reads from it, is let in by certificate once the database knows them.',
    token:
      'It is shared with nobody yet. Whoever gets it, or a map that reads from it, is let in with a token of their single sign-on.',
  },
  means: {
    owner: 'The logins that people have added are forgotten at once.',
    stored:
      'API tokens, support people and whoever looks as somebody else read none of it any more. Your own login goes on serving you alone.',
    certificate:
      'Logins that people have added are forgotten. API tokens, support people and whoever looks as somebody else read none of it. Your own login goes on serving you alone.',
    token:
      'Logins that people have added are forgotten. API tokens, support people, whoever looks as somebody else, and who signs in without the identity provider read none of it. Your own login goes on serving you alone.',
  },
  maps: {
    stored:
      'Public links and embeds of maps show nothing of it any more, unless they read with a publishing login. Whoever opens a map that is shared within the organization is asked for a login.',
    certificate:
      'Public links and embeds of maps show nothing of it any more, unless they read with a publishing login. Whoever opens a map that is shared within the organization reads it as themselves.',
    token:
      'Public links and embeds of maps show nothing of it any more, unless they read with a publishing login. Whoever opens a map that is shared within the organization reads it as themselves.',
  },
  redTitle: 'The login stored here is not fit for this',
  reason: 'Why it is switched on all the same',
  reasonHelp: 'Kept in the log. Not needed once what is red has been mended.',
  remedyOf: (object: string) => `SQL that mends ${object}`,
  copyRemedy: 'Copy SQL',
  awaiting: 'the check of the login',
  keep: 'Leave it',
  apply: {
    owner: 'Lend the stored login',
    stored: 'Ask each person',
    certificate: 'Let each person in by certificate',
    token: 'Let each person in with a token',
  },
  saved: {
    owner: (name: string) => `“${name}” is read with the login stored in it.`,
    stored: (name: string) => `Everybody reads “${name}” with a login of their own.`,
    certificate: (name: string) => `Everybody is let in at “${name}” by a certificate of their own.`,
    token: (name: string) => `Everybody is let in at “${name}” with a token of their own.`,
  },
}

/** The words about which token is sent as a password, and as whom. */
export const viewerTokenMessages = {
  title: 'Which token is sent, and as whom',
  about:
    'The database must take tokens in place of passwords, and an admin must name it at the identity provider. The token is sent over TLS alone that verifies the certificate and the host name (verify-full).',
  kind: 'Token',
  kinds: { access: 'Access token', id: 'ID token' },
  userClaim: 'Claim with the database role',
  userClaimHelp: 'Such as preferred_username. Empty: what stands before the @ of the person’s e-mail.',
  scope: 'Scope to ask for',
  scopeHelp: 'Where the database takes tokens of one scope only, such as those of a cloud. Empty: as at the sign-in.',
  save: 'Save',
  saved: (name: string) => `The tokens for “${name}” were set.`,
  hba: 'pg_hba.conf, for a directory that takes tokens',
  copy: 'Copy',
}

/** The words about what a database's administrator sets up for certificates. */
export const certificateSetupMessages = {
  title: 'What the administrator of the database sets up',
  about:
    'Hand these over before you switch it on. A certificate names a person by an id that never changes; which role it stands for says pg_ident.conf alone.',
  awaiting: 'the set-up of certificates',
  parts: {
    sql: 'The group of all who read so, in SQL',
    authority: 'The authority of your organization, as graticule-ca.crt',
    settings: 'postgresql.conf',
    hba: 'pg_hba.conf, above other lines for the same logins',
    ident: 'pg_ident.conf, a line for each person',
  },
  copy: 'Copy',
  nobody: 'The connection is shared with nobody yet. Come back for the lines of people once it is.',
  more: 'Whoever only meets the connection in a map is told their own line. Reload the configuration after each change.',
  unnamed: (emails: string) => `No role can be called like ${emails} alone, so they are not let in.`,
  fingerprint: (text: string) => `SHA-256 fingerprint ${text}`,
}
