import type { CredentialState } from '@graticule/contract'

/** The words about database logins that people give for themselves. */
export const messages = {
  add: 'Add my credentials',
  title: (connection: string) => `Your login for “${connection}”`,
  awaiting: 'how you stand with this connection',
  about: (connection: string) =>
    `Everybody reads “${connection}” with a database login of their own: enter the one that you were given there, not your password for Graticule.`,
  kept: 'It is kept sealed on this server, used for you alone, and never shown again, to you or to anybody.',
  notAsked: (connection: string) =>
    `The data of “${connection}” are not read with a login of yours, so there is none to add.`,
  certified: (connection: string, login: string | null) =>
    login === null
      ? `“${connection}” is read without a password, by certificates that are made for people.`
      : `You are let in at “${connection}” as ${login}, by a certificate that is made for you; there is no login to add.`,
  tokened: (connection: string, login: string | null) =>
    login === null
      ? `“${connection}” is read with a token of your organization’s single sign-on, and this session has none: sign in with it to see the data.`
      : `You are let in at “${connection}” as ${login}, with a token of your single sign-on; there is no login to add.`,
  signInAgain: 'Sign in again',
  valid: (login: string) => `You read as ${login}`,
  validText: 'Another login takes its place once the database lets it in.',
  since: 'Added',
  rejected: (login: string) => `The database refused ${login}`,
  rejectedText:
    'The password may have changed or expired, or the login may be locked. It is not tried again until you enter it anew.',
  revoked: (login: string) => `${login} is not used any more`,
  revokedText:
    'The connection leads to another place since you added it, and your password is not sent there. Enter a login for the new place.',
  required: (label: string) => `Enter “${label}”.`,
  capsLock: 'Caps Lock is on.',
  trying: 'the database to let you in',
  failed: 'The login was not added',
  replace: 'Replace login',
  remove: 'Remove login',
  removeOf: (connection: string) => `Remove your login for “${connection}”?`,
  removeText:
    'It is forgotten at once: what you are running under it ends, and maps, widgets and tables of this connection show you nothing until you add one again. The login in the database itself stays as it is.',
  removeFailed: 'The login was not removed',
  added: (login: string, connection: string) => `You read “${connection}” as ${login}.`,
  removed: (connection: string) => `Your login for “${connection}” was removed.`,
  cancel: 'Cancel',
  keep: 'Keep it',
  needed: {
    none: (connection: string) => `“${connection}” asks for a login of your own`,
    rejected: (connection: string) => `The database refused your login for “${connection}”`,
    revoked: (connection: string) => `“${connection}” leads to another place since you added your login`,
  } satisfies Readonly<Record<Exclude<CredentialState, 'valid'>, (connection: string) => string>>,
  neededText:
    'Its data are read with a database login of your own. Until you add yours, nothing is asked there for you.',
  notShown: (labels: readonly string[]) =>
    labels.length === 0 ? 'Parts of this map are not shown.' : `Not shown: ${labels.join(', ')}.`,
  banner: 'Database logins',
  readsAs: (connection: string, login: string) => `${connection}: ${login}`,
  changeFor: (connection: string, login: string) => `Your login for ${connection}: ${login}`,
  stateOf: (state: string, connection: string) => `${state}: ${connection}`,
  shortStates: {
    none: 'Add my credentials',
    rejected: 'Login refused',
    revoked: 'Login out of date',
    valid: 'My credentials',
  } satisfies Readonly<Record<CredentialState, string>>,
}
