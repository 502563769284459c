import type { PersonSummary, Role } from '@graticule/contract'
import { countOwned } from './count-owned.ts'

const plural = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`)

const A_ROLE: Readonly<Record<Role, string>> = {
  superadmin: 'a superadmin',
  admin: 'an admin',
  editor: 'an editor',
  viewer: 'a viewer',
  guest: 'a guest viewer',
}

/** What somebody owns, counted by its kind, and that it moves. */
function whatMoves(person: PersonSummary): string {
  const moved = [
    ...(person.mapCount ? [plural(person.mapCount, 'map', 'maps')] : []),
    ...(person.connectionCount ? [plural(person.connectionCount, 'connection', 'connections')] : []),
    ...(person.workflowCount ? [plural(person.workflowCount, 'workflow', 'workflows')] : []),
    ...(person.applicationCount ? [plural(person.applicationCount, 'application', 'applications')] : []),
    ...(person.projectCount ? [plural(person.projectCount, 'project', 'projects')] : []),
    ...(person.tokenCount ? [plural(person.tokenCount, 'API token', 'API tokens')] : []),
  ]
  return `${new Intl.ListFormat('en').format(moved)} ${countOwned(person) === 1 ? 'moves' : 'move'}`
}

/** The words of the list of people. */
export const messages = {
  title: 'Users',
  accessReport: 'Access report',
  viewAs: 'Look as them',
  viewAsTitle: (name: string) => `Look at the workspace as ${name}?`,
  viewAsText:
    'You see what they see for up to half an hour, and can change nothing. The log says that you looked, and names you with everything that you open.',
  viewAsFailed: 'You still look as yourself',
  forbiddenTitle: 'Users is not for your role',
  searchLabel: 'Search people',
  searchPlaceholder: 'Name or e-mail',
  clearSearch: 'Clear the search',
  roleFilter: 'Role',
  allRoles: 'All roles',
  groupFilter: 'Group',
  allGroups: 'All groups',
  clearGroup: 'Show all groups',
  noGroupFound: 'No group is called that.',
  searching: 'Searching…',
  awaiting: 'the list of people',
  caption: 'People of the organization',
  columns: {
    name: 'Name',
    email: 'E-mail',
    role: 'Role',
    groups: 'Groups',
    lastSeenAt: 'Last seen',
    mapCount: 'Maps',
    connectionCount: 'Connections',
  },
  managedBy: (origin: string) => `Managed by ${origin}`,
  you: 'You',
  never: 'Never',
  count: (total: number) => plural(total, 'person', 'people'),
  pages: 'Pages of the list',
  noneTitle: 'Nobody matches',
  noneText: 'Nobody here has this in their name or e-mail.',
  noneOfRole: 'Nobody with this role has this in their name or e-mail.',
  noneOfRoleAtAll: 'Nobody has this role.',
  noneInGroup: 'Nobody is in this group.',
  noneInGroupLikeThat: 'Nobody in this group matches the rest of the filters.',
  clearFilters: 'Show everybody',
  roleOf: (name: string, role: string) => `Role of ${name}: ${role}`,
  roleMenu: 'Change the role to',
  actionsOf: (name: string) => `Actions for ${name}`,
  resetSecondFactor: 'Reset second factor',
  resetSecondFactorTitle: (name: string) => `Reset the second factor of ${name}?`,
  resetSecondFactorText:
    'Their authenticator app and recovery codes stop working and their sessions end. They are told by mail, and sign in with the password alone.',
  secondFactorReset: (name: string) => `The second factor of ${name} was reset.`,
  secondFactorNotReset: 'The second factor was not reset',
  makePasswordLink: 'Make password link',
  passwordLinkTitle: (name: string) => `A new password for ${name}`,
  passwordLinkText:
    'With the link they choose a new password, once and within an hour. Until then the present password works; then all their sessions end.',
  passwordLinkMailed: (email: string) => `A mail with the link went to ${email}.`,
  passwordLinkOf: (name: string) => `Link for ${name}`,
  passwordLinkOnce: 'Pass it on yourself. It is shown now and never again.',
  copyLink: 'Copy link',
  done: 'Done',
  delete: 'Delete person',
  cancel: 'Cancel',
  changed: (name: string, role: Role) => `${name} is now ${A_ROLE[role]}.`,
  changedAndMoved: (name: string, role: Role, receiver: string) =>
    `${name} is now ${A_ROLE[role]}. ${receiver} has what they owned.`,
  changeFailed: 'The role was not changed',
  deleted: (name: string) => `${name} was deleted.`,
  deletedAndMoved: (name: string, receiver: string) => `${name} was deleted. ${receiver} has what they owned.`,
  deleteTitle: (name: string) => `Delete ${name}?`,
  demoteTitle: (name: string, role: Role) => `Make ${name} ${A_ROLE[role]}?`,
  demoteButton: (role: Role) => `Make ${A_ROLE[role]}`,
  deleteText: 'They are signed out at once and cannot come back. Their name stays in the activity log.',
  demoteText: (role: Role) => `As ${A_ROLE[role]} they open what is shared with them, and own nothing.`,
  receiver: 'Who receives what they own',
  receiverSearching: 'Looking for people…',
  receiverNone: 'No editor or admin matches.',
  receiverYou: (name: string) => `${name} (you)`,
  receiverMissing: 'Choose who receives it.',
  consequence: 'What happens',
  moves: (person: PersonSummary) =>
    countOwned(person) === 0
      ? `${person.name} owns nothing, so nothing moves.`
      : `${whatMoves(person)} to the receiver, shared as before.`,
  tokensGoOn: (count: number) =>
    `Whoever knows ${count === 1 ? 'the API token goes on using it' : 'one of the API tokens goes on using it'}, for what the receiver may use. Revoke what nobody should use any more.`,
  sessionsEnd: 'All their sessions end.',
  select: (name: string) => `Select ${name}`,
  selectPage: 'Select everybody on this page',
  selected: (count: number) => `${plural(count, 'person', 'people')} selected`,
  clearSelection: 'Clear selection',
  tooMany: (limit: number) => `At most ${limit} people are changed at once.`,
  batchRole: 'Change role',
  batchDelete: 'Delete',
  batchRoleTitle: (count: number) => `Change the role of ${plural(count, 'person', 'people')}`,
  batchDeleteTitle: (count: number) => `Delete ${plural(count, 'person', 'people')}?`,
  batchDeleteButton: (count: number) => `Delete ${plural(count, 'person', 'people')}`,
  newRole: 'New role',
  chooseRole: 'Choose a role',
  movesFrom: (person: PersonSummary, receiver: string): string => {
    const moved =
      countOwned(person) === 0
        ? 'owns nothing, so nothing moves.'
        : `${whatMoves(person)} to ${receiver}, shared as before.`
    return person.tokenCount ? `${moved} ${messages.tokensGoOn(person.tokenCount)}` : moved
  },
  theReceiver: 'the receiver',
  becomes: (role: Role) => `becomes ${A_ROLE[role]}.`,
  roleAlready: 'has this role already.',
  staysBecause: (reason: string) => `stays as now. ${reason}`,
  batchChanged: (count: number, role: Role) =>
    `${plural(count, 'person has', 'people have')} the role of ${A_ROLE[role]}.`,
  batchDeleted: (count: number) => `${plural(count, 'person was', 'people were')} deleted.`,
  batchFailures: (count: number) => `${plural(count, 'person stays', 'people stay')} as they were:`,
  close: 'Close',
}
