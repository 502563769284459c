import type { PublishingLoginState } from '@graticule/contract'

/** The words about what the public reads a map with. */
export const messages = {
  title: 'What the public would see',
  awaiting: 'the rows to be counted',
  columns: { source: 'Source', you: 'You see', everybody: 'The public sees' },
  rows: (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}`,
  unknown: 'unknown',
  nothing: 'nothing',
  more: 'more than before',
  loginOf: (connection: string) => `The public reads ${connection} with`,
  own: 'the login stored in the connection',
  publishing: (name: string) => `the publishing login “${name}”`,
  chooseLogin: 'Choose a login',
  ownHelp: 'Everybody who has the link sees what your own login sees. A publishing login that sees less is safer.',
  onlyLogin: 'It has no publishing login. Its owner can add one under “Login and rights”.',
  reason: 'Why may everybody see this?',
  reasonHelp: 'By the link more can be seen than before. The reason is kept in the log.',
  reasonMissing: 'Say why, in a few words.',
  apply: 'Save logins of the link',
  applied: 'The public link reads with these logins now.',
  link: 'Logins of the public link',
  updatesTitle: 'Publish updates',
  updatesFailed: 'Look at what the public would see first',
  publishUpdates: 'Publish updates',
  cancel: 'Cancel',
}

/** The words about the publishing logins of a connection. */
export const loginMessages = {
  title: 'Publishing logins',
  intro:
    'What public maps read this connection with, so that everybody with a link sees what such a login may see and no more. Give it as few rights as you can.',
  awaiting: 'the publishing logins',
  empty: 'None yet. Public maps read with the login that is stored in the connection.',
  emptyViewer: 'None yet. Only you can make maps on this connection public, with your own login and for a reason.',
  columns: { name: 'Name', login: 'Login', state: 'State', maps: 'Public maps', changed: 'Changed' },
  states: { valid: 'Works', rejected: 'Refused', revoked: 'Other database' } satisfies Record<
    PublishingLoginState,
    string
  >,
  red: 'Gets around policies',
  add: 'Add publishing login',
  addTitle: (connection: string) => `Add a publishing login to ${connection}`,
  replaceTitle: (name: string) => `Replace the login “${name}”`,
  name: 'Name',
  nameHelp: 'How it is called where somebody publishes a map.',
  required: (label: string) => `Enter “${label}”.`,
  kept: 'It is tried and checked before it is stored, sealed. Nobody can read it again.',
  reason: 'Why is it stored all the same?',
  reasonHelp: 'The check found that this login sees more than policies allow. The reason is kept in the log.',
  trying: 'the warehouse to be looked through with it',
  failed: 'The login was not stored',
  save: 'Store login',
  cancel: 'Cancel',
  replace: 'Replace',
  remove: 'Remove',
  actionsOf: (name: string) => `Actions for ${name}`,
  removeTitle: (name: string) => `Remove the publishing login “${name}”?`,
  removeText: (count: number) =>
    count === 0
      ? 'No public map reads with it.'
      : `${count === 1 ? 'One public map reads' : `${count} public maps read`} with it and ${count === 1 ? 'shows' : 'show'} nothing of this connection until ${count === 1 ? 'it is' : 'they are'} published anew.`,
  removeFailed: 'The login was not removed',
  added: (name: string) => `The publishing login “${name}” is stored.`,
  removed: (name: string) => `The publishing login “${name}” is removed.`,
}
