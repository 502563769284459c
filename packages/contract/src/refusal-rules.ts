/**
 * Every rule by which something is refused (403, 409, 422), and when. It travels as `details.rule`, stands in the log
 * beside the decision, and never changes its name. `*` stands for what the rule is applied to, such as the role and the
 * action. A refusal that names no rule of this table fails the type check; `docs/refusals.md` prints it.
 */
export const REFUSAL_RULES = {
  // Who is asking
  anonymous: 'Nobody is signed in, and it is not for visitors.',
  organization: 'It belongs to another organization.',
  'role.*':
    'The role has no right to the action, or none that reaches this asset; the ending is role, action and reach.',
  'support.*': 'Support access leaves the action out, whatever its scope.',
  'token.*': 'The API token has no right to the action, no grant, or not the API that it needs.',
  'app.*': 'An application acts as somebody, and this is for them alone.',
  'public-map.*': 'The token of a public map reads that map and nothing else.',
  'view-as': 'Whoever looks at the workspace as somebody else changes nothing.',
  'session-only': 'The route is for people who are signed in, and a token asked.',
  referer: 'The API token is for pages of other sites than the one that asked.',
  'cross-site': 'The page of another site sent the request along with a cookie.',
  'idempotency.reused': 'The Idempotency-Key was sent with another request.',
  'idempotency.running': 'The first request with the Idempotency-Key is still being carried out.',
  'idempotency.lost':
    'The first request with the Idempotency-Key was cut off, and nobody knows whether it was carried out.',
  'explain.others': 'Why somebody else may do something is told to admins and to the owner of what it is about.',

  // People and their roles
  'role-change.self': 'Nobody changes their own role.',
  'role-change.same': 'The person has the role already.',
  'role-change.refused': 'There is no way from the one role to the other.',
  'role-change.through-editor': 'The way from the one role to the other leads through editor.',
  'role-change.through-admin': 'The way from the one role to the other leads through admin.',
  'role-change.superadmin': 'Superadmins are made and unmade by superadmins.',
  'role-change.follows-groups': 'Roles follow groups in this organization.',
  'role-change.last-admin': 'An organization always has an admin.',
  'role-change.break-glass': 'Who gets in when the identity provider is down stays an admin.',
  'role-change.support': 'A support person is what their grant says.',
  'role-change.receiver.*':
    'Who loses the right to own things needs somebody active and of a role that owns to receive them.',
  'deletion.self': 'Nobody deletes themselves.',
  'deletion.superadmin': 'Superadmins are deleted by superadmins.',
  'deletion.last-admin': 'An organization always has an admin.',
  'deletion.break-glass': 'Who gets in when the identity provider is down stays.',
  'deletion.support': 'A support person goes with their grant.',
  'deletion.receiver.*': 'Who owns something needs somebody active and of a role that owns to receive it.',
  'transfer.*': 'Assets go to somebody active of the organization whose role owns things.',
  'last-admin': 'An organization always has an admin.',
  'break-glass': 'Who gets in when the identity provider is down stays as they are.',
  'seat.*': 'All seats of the kind are taken.',
  'seat-limit.*': 'There cannot be fewer seats than people who have one.',
  'role-mapping.break-glass': 'Groups do not take the role of who gets in when the identity provider is down.',
  'role-mapping.last-admin': 'Groups do not take the role of the last admin.',
  'role-mapping.problem': 'The mapping does not hold together.',
  'role-mapping.plan': 'What the mapping would do has changed since it was looked at.',
  'user.email-taken': 'An e-mail belongs to one person.',
  'user.known': 'The person is in the organization already.',
  'person.belongs': 'Nobody is erased who still belongs to an organization.',
  'view-as.*': 'One looks as somebody else who is active and of a weaker role.',
  'superadmin-grant.support': 'A support person is made no superadmin.',
  'superadmin-grant.ambiguous': 'The command does not say in which organization.',

  // Joining
  'invitation.superadmin': 'Superadmins are invited by superadmins.',
  'invitation.support': 'Support access invites nobody who could own things.',
  'invitation.address': 'What is invited is not an e-mail address.',
  'invitation.twice': 'An address stands once in a list of invitations.',
  'invitation.pending': 'The address has been invited already.',
  'invitation.member': 'The address belongs to somebody of the organization.',
  'invitation.accepted': 'The invitation has been accepted already.',
  'invitation.withdrawn': 'The invitation was withdrawn.',
  'domain-claim.form': 'What is claimed is not a domain.',
  'domain-claim.public': 'Anybody can get an e-mail there.',
  'domain-claim.limit': 'An organization has only so many domains.',
  'domain-claim.known': 'The domain is in the list already.',
  'domain-claim.taken': 'Another organization has verified the domain.',
  'domain.plan': 'What giving up the domain would do has changed since it was looked at.',
  'domain-record': 'DNS does not show the record that proves the domain.',
  'domain-record.unanswered': 'No name server answered.',

  // Signing in
  'setup.done': 'The installation has been set up already.',
  'sign-in.*': 'The sign-in was not believed or not admitted; the ending is the reason in the log.',
  'sso.enforced': 'The organization signs in with its identity provider alone.',
  'sso.untested': 'Single sign-on is enforced with a provider whose test login succeeded.',
  'identity-provider.name': 'Two identity providers have different names.',
  'password-link.*': 'The link to a new password is for somebody else of a role that one may give it to.',
  'factor-removal.*': 'A second factor that is asked for is not removed.',
  'factor-reset.*': 'The second factors are not ones that this admin resets.',
  'second-factor.none': 'There is no second factor.',
  'second-factor.known': 'There is a second factor by now.',
  'second-factor.no-password': 'The identity provider looks after the second factor.',
  'authenticator.known': 'A person has one authenticator app.',
  'authenticator.not-begun': 'No authenticator app is being set up.',
  'recovery-codes.alone': 'Recovery codes stand in for a second factor.',
  'passkey.limit': 'A person has only so many passkeys.',
  'passkey.known': 'The passkey is there already.',
  'passkey.host': 'Passkeys belong to a host that has a name.',
  'session-length': 'A session does not rest for longer than it lasts.',
  'scim.tokens': 'There are only so many SCIM tokens.',
  'scim.user-taken': 'The directory has somebody with the userName or the externalId already.',
  'scim.group-taken': 'The directory has a group with the displayName or the externalId already.',
  'scim.*': 'The directory asks for what the organization cannot have.',

  // The organization
  'organization.suspended': 'Nobody enters a suspended organization until it is restored.',
  'organization.active': 'The organization is not suspended.',
  'organization.ambiguous': 'Several organizations have this name.',
  'organization.plan': 'What the change would do has changed since it was looked at.',
  'typed-name': 'The name of the organization is typed to confirm.',
  'governance.*': 'A governance policy forbids it; the ending is the policy.',
  'governance.document': 'The policies do not hold together.',
  'governance.own-address': 'The addresses for people would shut out whoever sets them.',
  'governance.revision': 'The policies were changed meanwhile.',
  'settings.problem': 'The document of the settings does not hold together.',
  'settings.plan': 'What the document would do has changed since it was looked at.',
  'settings.base': 'The settings were changed since they were read.',
  'usage.person': 'The person, or the owner of the token, has used as much as their limit in this quota year (429).',
  'usage.group': 'A group that the person is in has used as much as its limit in this quota year (429).',
  'usage.subject': 'A limit is for somebody active, or a group, of the organization, and each has one.',
  'usage.revision': 'The quota or the limits were changed meanwhile.',
  'network.hosts': 'The list of allowed hosts cannot be read.',
  'network.plan': 'What the list of hosts would do has changed since it was looked at.',
  'network.revision': 'The allowed hosts were changed meanwhile.',
  'outbound.*':
    'The operator or the organization does not let the server go there; the ending says which, or what kind of address it is.',
  'support-access.enabled': 'An organization has one grant of support access at a time.',
  'support-access.ended': 'The grant of support access has ended.',
  'audit.broken': 'The chain of the activity log is not whole.',

  // Groups
  'group.mapped': 'A role follows from the group.',
  'group.source': 'A directory keeps the group.',
  'group.shared': 'Something is shared with the group.',
  'group.name': 'Two groups have different names.',

  // Sharing and finding
  'sharing.*': 'An asset of the kind cannot have this audience, or the audience names somebody who is not there.',
  'publishing.private': 'A private map has no readers to publish it for.',
  'access-request.*': 'What is asked for is not something that the person may be given so.',
  'access-request.answered': 'The request for access has been answered already.',
  'grant.source': 'The token has no grant on all that the statement reads.',
  'grant.read-only': 'A grant on tables is for reading them.',
  'grant.function': 'A function may read more than the granted tables.',
  'source.connection': 'The connection that the map draws from is not its owner’s to use.',
  'source.grant': 'The source is not among those that one may read.',
  'source.sql': 'Expressions written in SQL need the right to run any SQL on the connection.',
  'job.sql': 'Jobs need the right to run any SQL on the connection.',
  'job.person': 'Jobs belong to a person or to a token.',
  'tags.limit': 'An asset has only so many tags.',
  'favourites.limit': 'A person has only so many favourites.',

  // Assets
  'map.column': 'The map shows no such column.',
  'map.expression': 'The map holds no such expression.',
  'map.filter': 'The map filters by no such column.',
  'map.geometry': 'The map draws the source by another geometry.',
  'map.question': 'No widget of the map asks this.',
  'map.published': 'The map was published anew meanwhile.',
  'map.revision': 'The map was changed since it was opened.',
  'connection.deleted': 'The connection was deleted meanwhile.',
  'connection.name': 'Connections have different names, also from earlier names of others.',
  'connection.aliases': 'A connection keeps only so many earlier names.',
  'connection.revision': 'The connection was changed meanwhile.',
  'connection.system': 'The connection belongs to the system.',
  'connection.in-use': 'Something reads from the connection.',
  'connection.target.*': 'What takes the place of a connection is another one of the same kind and owner.',
  'connection.posture.red': 'The login of the connection defeats the rules of the warehouse.',
  'bookmarks.limit': 'A person has only so many bookmarks.',
  'move.elsewhere': 'Only the owner of something puts it into another project.',
  'move.cycle': 'A folder is not inside of itself.',
  'move.depth': 'Folders are only so many levels deep.',
  'project.count': 'An organization has only so many projects.',
  'project.subfolder': 'A subfolder has the owner of its project.',
  'project.not-empty': 'The project is not empty.',
  'shortcut.count': 'A folder holds only so many shortcuts.',
  'shortcut.duplicate': 'A folder has one shortcut to a thing.',
  'shortcut.own-folder': 'A shortcut points to what lies elsewhere.',
  'named-source.name': 'Two named sources of an organization have different names.',
  'named-source.connection': 'The connection of the named source was replaced meanwhile.',
  'named-source.table': 'A table of the connection has the name.',
  'oauth-client.transfer': 'An OAuth client stays with its owner while they are here.',
  'token.transfer': 'What a token opens was granted to its owner.',

  // Warehouse logins
  'credential.*': 'With this login the connection cannot be shared so, or there is no login to read with.',
  'credential.certificate.*': 'Nobody is let in by a certificate there, or nobody gives a login where certificates do.',
  'credential.token.*': 'Nobody’s token is sent there as a password, or nobody gives a login where tokens are sent.',
  'credential.own': 'The owner reads with the login of the connection.',
  'credential.owner': 'Everybody reads with the login of the connection.',
  'credential.removed': 'The login that it ran under was removed.',
  'export.connection': 'Data do not leave the connection as files, or only with admins.',
  'publication.*':
    'What the public would read the connection with is not there, not the publisher’s to give, or not chosen.',
  'publication.reason': 'More could be seen by the link than before, and nobody said why.',
  'publication.closed': 'The login that the map was published with is gone or does not work any more.',
  'publication.changed': 'What the map was looked at with has changed since.',
  'publishing-login.name': 'The connection has a publishing login of that name.',
  'publishing-login.removed': 'The publishing login that it ran under was removed.',
  'publishing-login.embedded': 'The warehouse that the server runs itself has one login and no other.',
  'credential.provider': 'Nobody brings a login of their own to such a warehouse.',
  'viewer-certificate.*':
    'The certificate that is made for a person does not let them in: there is none, or the database does not take it.',
  'viewer-token.*':
    'The person’s token does not let them in: their session has none, the provider gives none, or the database does not take it.',
  'viewer-login.*':
    'The data are read with a login of one’s own, which is missing, was not accepted, or was for another place.',
  'warehouse.permission': 'The warehouse refused it to the login.',
} as const

type NameOf<Key extends string> = Key extends `${infer Head}.*` ? `${Head}.${string}` : Key

/** The name of a rule by which something is refused. */
export type RefusalRule = NameOf<keyof typeof REFUSAL_RULES>

/** What stands in the names of rules behind a beginning that they share. */
export type RuleUnder<Head extends string> = RefusalRule extends infer Rule
  ? Rule extends `${Head}.${infer Rest}`
    ? Rest
    : never
  : never

/** The line of the table that a rule's name belongs to: its own, or that of the family it is in; null when there is none. */
export function findRefusalRule(rule: string): keyof typeof REFUSAL_RULES | null {
  if (isLine(rule)) return rule
  const parts = rule.split('.')
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const family = `${parts.slice(0, length).join('.')}.*`
    if (isLine(family)) return family
  }
  return null
}

function isLine(rule: string): rule is keyof typeof REFUSAL_RULES {
  return Object.hasOwn(REFUSAL_RULES, rule)
}
