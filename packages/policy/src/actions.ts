import type { Role } from '@graticule/contract'
import type { AssetKind } from './assets.ts'

interface ActionDefinition {
  /** The kind of asset that must be named to decide; null when the action is about the organization. */
  readonly kind: AssetKind | null
  /** Completes "cannot …" and "can …" in the sentence a person reads. */
  readonly phrase: string
}

/** Everything one can ask leave for. Adding an action is a line here, in `ROLE_TABLE` and in `SUPPORT_TABLE`. */
export const ACTIONS = {
  'map.create': { kind: null, phrase: 'create maps' },
  'map.read': { kind: 'map', phrase: 'open this map' },
  'map.update': { kind: 'map', phrase: 'edit this map' },
  'map.delete': { kind: 'map', phrase: 'delete this map' },
  'map.share': { kind: 'map', phrase: 'share this map' },
  /** Open it to everybody who has its link; needs the right to share it too. */
  'map.publish': { kind: 'map', phrase: 'make this map public' },
  'map.duplicate': { kind: 'map', phrase: 'duplicate this map' },
  /** Show readers what has been edited since; sharing a map publishes it too. */
  'map.publish-updates': { kind: 'map', phrase: 'publish updates of this map' },
  /** Put it into a project or take it out; into which is decided in `decideMove()`. */
  'map.move': { kind: 'map', phrase: 'move this map' },
  'connection.create': { kind: null, phrase: 'create connections' },
  /** Know that it exists and choose it. Reading data through it needs one of the actions below. */
  'connection.use': { kind: 'connection', phrase: 'use this connection' },
  'connection.update': { kind: 'connection', phrase: 'edit this connection' },
  'connection.delete': { kind: 'connection', phrase: 'delete this connection' },
  'connection.share': { kind: 'connection', phrase: 'share this connection' },
  /** See any schema, table or column of the connection and read any of them. */
  'data.browse': { kind: 'connection', phrase: 'browse the data of this connection' },
  /** Tiles and their TileJSON. Who lacks `data.browse` gets only sources of maps that they may open. */
  'tile.read': { kind: 'connection', phrase: 'draw data of this connection' },
  /** Widget models and statistics, under the same limit as tiles. */
  'widget.read': { kind: 'connection', phrase: 'read widgets of this connection' },
  /** Free SQL: the query and job endpoints. */
  'sql.run': { kind: 'connection', phrase: 'run SQL on this connection' },
  /** Give, replace and remove the login of one's own with which one reads through a connection that asks for it. */
  'credential.manage': { kind: null, phrase: 'give database logins of their own' },
  'workflow.create': { kind: null, phrase: 'create workflows' },
  'workflow.read': { kind: 'workflow', phrase: 'open this workflow' },
  'workflow.update': { kind: 'workflow', phrase: 'edit this workflow' },
  'workflow.delete': { kind: 'workflow', phrase: 'delete this workflow' },
  'workflow.share': { kind: 'workflow', phrase: 'share this workflow' },
  'workflow.move': { kind: 'workflow', phrase: 'move this workflow' },
  'project.create': { kind: null, phrase: 'create projects' },
  /** Know that it exists, and look into it. */
  'project.read': { kind: 'project', phrase: 'open this project' },
  /** Rename and describe it, make subfolders in it, and arrange what is inside. */
  'project.update': { kind: 'project', phrase: 'change this project' },
  'project.delete': { kind: 'project', phrase: 'delete this project' },
  'project.share': { kind: 'project', phrase: 'share this project' },
  /** Put something of one's own into it. */
  'project.fill': { kind: 'project', phrase: 'put something into this project' },
  'application.create': { kind: null, phrase: 'register applications' },
  'application.read': { kind: 'application', phrase: 'open this application' },
  'application.update': { kind: 'application', phrase: 'edit this application' },
  'application.delete': { kind: 'application', phrase: 'delete this application' },
  'application.share': { kind: 'application', phrase: 'share this application' },
  /**
   * See, delete and give to others the assets of the whole organization, whoever owns them. Of a connection that is how
   * it is set up, without any secret; its data stays with those whom it is shared with.
   */
  'asset.manage': { kind: null, phrase: 'manage the assets of everybody' },
  'token.create': { kind: null, phrase: 'create API tokens' },
  'token.read': { kind: 'token', phrase: 'see this token' },
  'token.update': { kind: 'token', phrase: 'edit this token' },
  'token.delete': { kind: 'token', phrase: 'revoke this token' },
  'oauth-client.create': { kind: null, phrase: 'create OAuth clients' },
  /** Know that it exists and where it leads; everybody who could make one sees those of the organization. */
  'oauth-client.read': { kind: 'oauth-client', phrase: 'see this OAuth client' },
  'oauth-client.update': { kind: 'oauth-client', phrase: 'edit this OAuth client' },
  'oauth-client.delete': { kind: 'oauth-client', phrase: 'delete this OAuth client' },
  /** Let an application act as oneself, see which do, and take that back. */
  'app-access.manage': { kind: null, phrase: 'let applications act as them' },
  /** Name SQL that programs use without seeing it; on which connection is decided by `sql.run`. */
  'named-source.create': { kind: null, phrase: 'create named sources' },
  'named-source.read': { kind: 'named-source', phrase: 'see this named source' },
  'named-source.update': { kind: 'named-source', phrase: 'edit this named source' },
  'named-source.delete': { kind: 'named-source', phrase: 'delete this named source' },
  /** Know who is in the organization: enough to share with them. */
  'user.list': { kind: null, phrase: 'list the people of the organization' },
  /** See of everybody what only those who look after people need: when they came, were last here, and what they own. */
  'user.inspect': { kind: null, phrase: 'see when people were last here and what they own' },
  /** Everything that a person reaches and everybody who reaches an asset, with the ways and the last use. */
  'access.report': { kind: null, phrase: 'see who reaches what' },
  /** As whom is decided in `decideViewAs()`. */
  'user.view-as': { kind: null, phrase: 'look at the workspace as somebody else' },
  /** Which role may become which, and by whom, is in `ROLE_TRANSITIONS`. */
  'user.change-role': { kind: null, phrase: 'change the roles of people' },
  /** With which role is decided in `decideInvitation()`. */
  'user.invite': { kind: null, phrase: 'invite people' },
  /** For whom is decided in `decideFactorReset()`. */
  'user.reset-second-factor': { kind: null, phrase: 'reset the second factor of people' },
  /** For whom is decided in `decidePasswordLink()`. */
  'user.make-password-link': { kind: null, phrase: 'give people links to a new password' },
  'user.delete': { kind: null, phrase: 'delete people' },
  /** The default role of new people, the seats and who has one; the name alone is everybody's. */
  'organization.inspect': { kind: null, phrase: 'see the settings of the organization' },
  'organization.update': { kind: null, phrase: 'change the settings of the organization' },
  'domain.manage': { kind: null, phrase: 'claim or give up a domain of the organization' },
  'organization.set-seats': { kind: null, phrase: 'change how many seats there are' },
  /** Read and change the settings as one document; what has a right of its own needs that as well. */
  'settings.manage': { kind: null, phrase: 'manage the settings as code and the look of the organization' },
  /** Shut the organization for everybody, also for who does it, until the operator restores it. */
  'organization.suspend': { kind: null, phrase: 'suspend the organization' },
  'organization.delete': { kind: null, phrase: 'delete the organization' },
  /** Which policies are in force: enough to know what one cannot make here. */
  'governance.read': { kind: null, phrase: 'see the governance policies' },
  'governance.manage': { kind: null, phrase: 'change the governance policies' },
  /** What everybody used of the APIs, the quota, and the limits of people and groups. */
  'usage.read': { kind: null, phrase: 'see the usage of everybody' },
  'usage.read-own': { kind: null, phrase: 'see what they used' },
  'usage.limit': { kind: null, phrase: 'change quotas and limits of usage' },
  'outbox.read': { kind: null, phrase: 'read the mails that were not sent' },
  /** Know the names of groups: enough to share with them. */
  'group.list': { kind: null, phrase: 'list the groups of the organization' },
  /** Make, rename and delete groups, and see and change who is in them. */
  'group.manage': { kind: null, phrase: 'manage groups' },
  'activity.read': { kind: null, phrase: 'read the activity log' },
  /** Identity providers, whom they admit, and whether a password is still enough. */
  'identity-provider.manage': { kind: null, phrase: 'set up single sign-on' },
  /** Which role follows from which group, and who is the asset custodian. */
  'role-mapping.manage': { kind: null, phrase: 'let roles follow groups' },
  'scim.manage': { kind: null, phrase: 'set up SCIM' },
  /** Let people in for a time who do not belong to the organization, give them links, and end it. */
  'support-access.manage': { kind: null, phrase: 'manage support access' },
} as const satisfies Record<string, ActionDefinition>

export type Action = keyof typeof ACTIONS

/**
 * How far a role's right to an action reaches; `REACH_PATHS` says by which ways.
 * `granted`: what is public or shared with the person or a group of theirs, itself or through its project · `visible`:
 * that, what is shared with the whole organization, and what they own · `own`: what the person owns · `collaborative`:
 * that, and what they may open and its owner lets others help with · `organization`: all of the organization's, and
 * actions that are about no asset · `none`: nothing.
 */
export type Reach = 'none' | 'granted' | 'own' | 'collaborative' | 'visible' | 'organization'

/** The whole of what roles may do: one line per action, strongest role first. */
export const ROLE_TABLE: Readonly<Record<Action, Readonly<Record<Role, Reach>>>> = {
  'map.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'map.read': row('organization', 'visible', 'visible', 'visible', 'granted'),
  'map.update': row('collaborative', 'collaborative', 'collaborative', 'none', 'none'),
  'map.delete': row('organization', 'own', 'own', 'none', 'none'),
  'map.share': row('own', 'own', 'own', 'none', 'none'),
  'map.publish': row('own', 'own', 'own', 'none', 'none'),
  'map.duplicate': row('visible', 'visible', 'visible', 'none', 'none'),
  'map.publish-updates': row('collaborative', 'collaborative', 'collaborative', 'none', 'none'),
  'map.move': row('own', 'own', 'own', 'none', 'none'),
  'connection.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'connection.use': row('visible', 'visible', 'visible', 'visible', 'none'),
  'connection.update': row('own', 'own', 'own', 'none', 'none'),
  'connection.delete': row('own', 'own', 'own', 'none', 'none'),
  'connection.share': row('own', 'own', 'own', 'none', 'none'),
  'data.browse': row('visible', 'visible', 'visible', 'none', 'none'),
  'tile.read': row('visible', 'visible', 'visible', 'visible', 'none'),
  'widget.read': row('visible', 'visible', 'visible', 'visible', 'none'),
  'sql.run': row('visible', 'visible', 'visible', 'none', 'none'),
  // Guests too: a map may show them data of a connection that they cannot use otherwise.
  'credential.manage': row('organization', 'organization', 'organization', 'organization', 'organization'),
  'workflow.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'workflow.read': row('organization', 'visible', 'visible', 'visible', 'none'),
  'workflow.update': row('own', 'own', 'own', 'none', 'none'),
  'workflow.delete': row('organization', 'own', 'own', 'none', 'none'),
  'workflow.share': row('own', 'own', 'own', 'none', 'none'),
  'workflow.move': row('own', 'own', 'own', 'none', 'none'),
  'project.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'project.read': row('organization', 'visible', 'visible', 'visible', 'none'),
  'project.update': row('own', 'own', 'own', 'none', 'none'),
  'project.delete': row('organization', 'own', 'own', 'none', 'none'),
  'project.share': row('own', 'own', 'own', 'none', 'none'),
  'project.fill': row('visible', 'visible', 'visible', 'none', 'none'),
  'application.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'application.read': row('organization', 'organization', 'visible', 'visible', 'none'),
  'application.update': row('organization', 'organization', 'own', 'none', 'none'),
  'application.delete': row('organization', 'organization', 'own', 'none', 'none'),
  'application.share': row('organization', 'organization', 'own', 'none', 'none'),
  'asset.manage': row('organization', 'none', 'none', 'none', 'none'),
  'token.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'token.read': row('own', 'own', 'own', 'none', 'none'),
  'token.update': row('own', 'own', 'own', 'none', 'none'),
  'token.delete': row('own', 'own', 'own', 'none', 'none'),
  'oauth-client.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'oauth-client.read': row('organization', 'organization', 'organization', 'none', 'none'),
  'oauth-client.update': row('own', 'own', 'own', 'none', 'none'),
  'oauth-client.delete': row('own', 'own', 'own', 'none', 'none'),
  'app-access.manage': row('organization', 'organization', 'organization', 'organization', 'organization'),
  'named-source.create': row('organization', 'organization', 'organization', 'none', 'none'),
  'named-source.read': row('own', 'own', 'own', 'none', 'none'),
  'named-source.update': row('own', 'own', 'own', 'none', 'none'),
  'named-source.delete': row('own', 'own', 'own', 'none', 'none'),
  'user.list': row('organization', 'organization', 'organization', 'none', 'none'),
  'user.inspect': row('organization', 'organization', 'none', 'none', 'none'),
  'access.report': row('organization', 'organization', 'none', 'none', 'none'),
  'user.view-as': row('organization', 'organization', 'none', 'none', 'none'),
  'user.change-role': row('organization', 'organization', 'none', 'none', 'none'),
  'user.invite': row('organization', 'organization', 'none', 'none', 'none'),
  'user.reset-second-factor': row('organization', 'organization', 'none', 'none', 'none'),
  'user.make-password-link': row('organization', 'organization', 'none', 'none', 'none'),
  'user.delete': row('organization', 'organization', 'none', 'none', 'none'),
  'organization.inspect': row('organization', 'organization', 'none', 'none', 'none'),
  'organization.update': row('organization', 'organization', 'none', 'none', 'none'),
  'domain.manage': row('organization', 'organization', 'none', 'none', 'none'),
  'organization.set-seats': row('organization', 'none', 'none', 'none', 'none'),
  'settings.manage': row('organization', 'organization', 'none', 'none', 'none'),
  'organization.suspend': row('organization', 'organization', 'none', 'none', 'none'),
  'organization.delete': row('organization', 'organization', 'none', 'none', 'none'),
  'governance.read': row('organization', 'organization', 'organization', 'none', 'none'),
  'governance.manage': row('organization', 'organization', 'none', 'none', 'none'),
  'usage.read': row('organization', 'organization', 'none', 'none', 'none'),
  'usage.read-own': row('organization', 'organization', 'organization', 'organization', 'none'),
  'usage.limit': row('organization', 'organization', 'none', 'none', 'none'),
  'outbox.read': row('organization', 'organization', 'none', 'none', 'none'),
  'group.list': row('organization', 'organization', 'organization', 'none', 'none'),
  'group.manage': row('organization', 'organization', 'none', 'none', 'none'),
  'activity.read': row('organization', 'organization', 'none', 'none', 'none'),
  'identity-provider.manage': row('organization', 'organization', 'none', 'none', 'none'),
  'role-mapping.manage': row('organization', 'organization', 'none', 'none', 'none'),
  'scim.manage': row('organization', 'organization', 'none', 'none', 'none'),
  'support-access.manage': row('organization', 'organization', 'none', 'none', 'none'),
}

/**
 * What opening a map lends on the sources that it draws, whatever the person's own right to their connection: as long
 * as the map's owner may read them.
 */
export const ACTIONS_LENT_BY_MAPS: ReadonlySet<Action> = new Set<Action>(['tile.read', 'widget.read'])

/**
 * What can be done while looking at the workspace as somebody else: reading, and nothing that is a secret of theirs. An
 * action that does not stand here is refused, whatever the role.
 */
export const VIEW_AS_ACTIONS: ReadonlySet<Action> = new Set<Action>([
  'map.read',
  'connection.use',
  'data.browse',
  'tile.read',
  'widget.read',
  'workflow.read',
  'project.read',
  'application.read',
  'user.list',
  'user.inspect',
  'group.list',
  'organization.inspect',
  'access.report',
  'usage.read',
  'usage.read-own',
])

/** The only of them whose requests are posted when they are long; every other request that is not a GET changes something. */
export const READ_BY_POST: ReadonlySet<Action> = new Set<Action>(['tile.read', 'widget.read'])

function row(superadmin: Reach, admin: Reach, editor: Reach, viewer: Reach, guest: Reach): Record<Role, Reach> {
  return { superadmin, admin, editor, viewer, guest }
}
