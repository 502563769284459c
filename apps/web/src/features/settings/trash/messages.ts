/** The words of the trash. */
export const messages = {
  title: 'Trash',
  forbiddenTitle: 'The trash is not for your role',
  help: 'What was deleted rests here for 30 days. Nobody can open it meanwhile, and its links do not work.',
  awaiting: 'the trash',
  caption: 'Deleted assets',
  columns: { name: 'Name', kind: 'Kind', owner: 'Owner', deleted: 'Deleted', purged: 'Gone for good' },
  kind: {
    map: 'Map',
    workflow: 'Workflow',
    application: 'Application',
    project: 'Project',
    'named-source': 'Named source',
  },
  you: 'You',
  by: (name: string) => `by ${name}`,
  missing: (names: string) => `Its connection ${names} is gone.`,
  count: (total: number) => (total === 1 ? '1 deleted asset' : `${total} deleted assets`),
  pages: 'Pages of the trash',
  emptyTitle: 'The trash is empty',
  emptyText: 'Maps, workflows, applications, projects and named sources that are deleted rest here for 30 days.',
  restore: 'Restore',
  restoreOf: (name: string) => `Restore ${name}`,
  purge: 'Delete for good',
  purgeOf: (name: string) => `Delete ${name} for good`,
  restoreTitle: (name: string) => `Restore “${name}”`,
  restoreText: 'It comes back to its owner.',
  contents: (subfolders: number, items: number) =>
    [
      ...(subfolders > 0 ? [subfolders === 1 ? '1 subfolder' : `${subfolders} subfolders`] : []),
      ...(items > 0 ? [items === 1 ? '1 map or workflow' : `${items} maps and workflows`] : []),
    ].join(', '),
  onConnection: (name: string) => `On ${name}`,
  restoreSubfolders: (count: number) =>
    count === 1 ? 'Its subfolder comes back with it.' : `Its ${count} subfolders come back with it.`,
  goesBack: (count: number) =>
    count === 0
      ? 'No map and no workflow goes back in.'
      : count === 1
        ? '1 map or workflow goes back in.'
        : `${count} maps and workflows go back in.`,
  staysOut: 'What was moved elsewhere meanwhile stays there.',
  drawsAgain: (count: number) =>
    count === 1 ? '1 map that uses its name draws it again.' : `${count} maps that use its name draw it again.`,
  tokensQuestion: 'API tokens that name it',
  tokensEnd: 'Take it out of them',
  tokensEndHelp: 'Their programs are refused; a token that opens nothing else is revoked.',
  tokensKeep: 'Let them read by it again',
  tokensKeepHelp: 'Whoever holds one of them reads what it stands for.',
  tokens: (count: number) => (count === 1 ? '1 token reads by it again:' : `${count} tokens read by it again:`),
  tokensLabel: 'Tokens that read by it again',
  tokenOf: (name: string | null, owner: string) => (name === null ? `one of ${owner}` : `${name} (${owner})`),
  newName: 'New name',
  newNameHelp: 'Another named source has its name by now. Under a new one no token and no map names it.',
  newNameShape: 'Use 3 to 51 small letters, digits, - and _, beginning and ending with a letter or digit.',
  checking: 'Looking up who gains access',
  restoreMissing: (names: string) =>
    `It draws from ${names}, which is gone: its layers stay empty until you change them.`,
  restoreProject: (name: string, isShared: boolean) =>
    isShared
      ? `It was in “${name}”, which others can open. It goes back there only when it is shared as before; private, it goes to the top.`
      : `It goes back into “${name}”.`,
  sharingProjectHelp: 'It goes back into its project, and so to those who can open that.',
  sharingQuestion: 'Sharing',
  sharingPrivate: 'Private',
  sharingPrivateHelp: 'Only its owner, as a new one would be.',
  sharingBefore: 'As before',
  sharingBeforeHelp: {
    organization: 'Everyone in the organization except guests gets it back, and guests who were named.',
    specific: 'The people and groups who had it get it back.',
    public: 'It gets its public link back: anyone who has the link can open it.',
  },
  restored: (name: string) => `“${name}” was restored.`,
  purgeTitle: (name: string) => `Delete “${name}” for good?`,
  purgeText: 'It cannot be brought back by anybody.',
  purged: (name: string) => `“${name}” was deleted for good.`,
  failed: 'That did not work',
  cancel: 'Cancel',
}
