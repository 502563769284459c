import type { GrantPurpose, PostureSeverity } from '@graticule/contract'

/** The words of the page about a connection's login. */
export const messages = {
  title: (name: string) => `Login of ${name}`,
  back: 'All connections',
  intro:
    'What the login of this connection can do in its warehouse. Graticule changes nothing there: every script is for an administrator of the warehouse to run.',
  postureTitle: 'Posture',
  awaitingPosture: 'the last report',
  check: 'Check now',
  checking: 'the warehouse to be looked through',
  checkFailed: 'The login was not checked',
  neverTitle: 'Not checked yet',
  neverText: 'The check asks the catalogue of the warehouse what this login can do. It takes a few seconds.',
  runningTitle: 'The login is being checked',
  runningText: 'The report appears here as soon as it is made.',
  embeddedTitle: 'Nothing to check',
  embeddedText:
    'This warehouse runs inside of the server, holds sample data and has one login. It is never offered for viewer credentials.',
  failed: 'The last check could not be made',
  stale: 'What stands below is the report of an earlier check.',
  checkedAs: (login: string) => `Checked as ${login}`,
  verdicts: {
    red: 'Not fit for viewer credentials',
    amber: 'Fit, with things to look at',
    green: 'Fit for viewer credentials',
  } satisfies Record<PostureSeverity, string>,
  verdictTexts: {
    red: 'This login sees more than policies allow. Viewer credentials are switched on over this only with a reason.',
    amber: 'Policies hold for this login. What stands below may show more than you mean it to.',
    green: 'Policies hold for this login, and nothing that it reads passes them over.',
  } satisfies Record<PostureSeverity, string>,
  severities: { red: 'Mend', amber: 'Look at', green: 'Good' } satisfies Record<PostureSeverity, string>,
  good: (count: number) => `${count} ${count === 1 ? 'check' : 'checks'} passed`,
  omitted: (count: number) => `${count} more are not listed. Mend these first and check again.`,
  server: (version: string, isEncrypted: boolean) =>
    `PostgreSQL ${version}, ${isEncrypted ? 'over TLS' : 'without TLS'}`,
  observed: (shown: number, allowed: number | null) =>
    allowed === null ? `${count(shown)} shown` : `${count(shown)} shown, ${count(allowed)} allowed`,
  remedyOf: (object: string) => `SQL that mends ${object}`,
  copyRemedy: 'Copy the SQL',
  tablesTitle: 'Tables that it reads',
  tableColumns: { name: 'Table', security: 'Row-level security', active: 'Holds for this login', owned: 'Owned' },
  securityStates: { off: 'Off', on: 'On', forced: 'On, for the owner too' },
  yes: 'Yes',
  no: 'No',
  grantsTitle: 'Rights',
  grantsIntro: 'The rights that the login needs for what the connection is for, no more.',
  purpose: 'What the connection is for',
  purposes: {
    'view-maps': 'View maps',
    'run-sql': 'Run SQL',
    'write-back': 'Write back',
    tilesets: 'Make tilesets',
  } satisfies Record<GrantPurpose, string>,
  schemas: 'Schemas',
  schemasPlaceholder: 'Choose schemas',
  awaitingGrants: 'the rights of the login',
  grantScript: 'Script of all rights',
  copyScript: 'Copy the script',
  chooseSchemas: 'Choose the schemas that hold what maps should show.',
  exact: 'The login has these rights and none too much.',
  missing: (count: number) => `${count} ${count === 1 ? 'right is' : 'rights are'} missing`,
  excess: (count: number) => `${count} ${count === 1 ? 'right is' : 'rights are'} too much`,
  egressTitle: 'Through the firewall',
  egressNone: 'The warehouse is on the same machine, so nothing has to be opened.',
  egressText: 'Let the server of this workspace reach:',
}

function count(rows: number): string {
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`
}
