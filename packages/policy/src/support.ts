import { type Action, type Reach, ROLE_TABLE } from './actions.ts'
import type { UserPrincipal } from './principal.ts'

/** What a support person has of an action: what their role has, or never anything, whatever the scope of their grant. */
export type SupportRight = 'as-role' | 'never'

/**
 * The whole of what support access leaves out: what would let it reach further or last longer, change who looks after
 * the organization, carry its data or its log away, or stay behind when the grant ends.
 */
export const SUPPORT_TABLE: Readonly<Record<Action, SupportRight>> = {
  'map.create': 'as-role',
  'map.read': 'as-role',
  'map.update': 'as-role',
  'map.delete': 'as-role',
  'map.share': 'as-role',
  'map.publish': 'never',
  'map.publish-updates': 'never',
  'map.duplicate': 'as-role',
  'map.move': 'as-role',
  // What signs in with them is a warehouse's login, which support never holds: neither made nor replaced by it.
  'connection.create': 'never',
  'connection.use': 'as-role',
  'connection.update': 'never',
  'connection.delete': 'as-role',
  'connection.share': 'as-role',
  'data.browse': 'as-role',
  'tile.read': 'as-role',
  'widget.read': 'as-role',
  'sql.run': 'as-role',
  'credential.manage': 'never',
  'workflow.create': 'as-role',
  'workflow.read': 'as-role',
  'workflow.update': 'as-role',
  'workflow.delete': 'as-role',
  'workflow.share': 'as-role',
  'workflow.move': 'as-role',
  'project.create': 'as-role',
  'project.read': 'as-role',
  'project.update': 'as-role',
  'project.delete': 'as-role',
  'project.share': 'as-role',
  'project.fill': 'as-role',
  'application.create': 'as-role',
  'application.read': 'as-role',
  'application.update': 'as-role',
  'application.delete': 'as-role',
  'application.share': 'as-role',
  'asset.manage': 'never',
  'token.create': 'never',
  'token.read': 'never',
  'token.update': 'never',
  'token.delete': 'never',
  // An application would act as somebody who is not of the organization.
  'oauth-client.create': 'never',
  'oauth-client.read': 'as-role',
  'oauth-client.update': 'never',
  'oauth-client.delete': 'never',
  'app-access.manage': 'never',
  'named-source.create': 'never',
  'named-source.read': 'never',
  'named-source.update': 'never',
  'named-source.delete': 'never',
  'user.list': 'as-role',
  'user.inspect': 'as-role',
  'access.report': 'never',
  'user.view-as': 'never',
  'user.change-role': 'never',
  'user.invite': 'as-role',
  'user.reset-second-factor': 'never',
  'user.make-password-link': 'never',
  'user.delete': 'never',
  'organization.inspect': 'as-role',
  'organization.update': 'as-role',
  // Whoever has a mailbox at a domain that is claimed may join by it.
  'domain.manage': 'never',
  'organization.set-seats': 'never',
  'settings.manage': 'never',
  'organization.suspend': 'never',
  'organization.delete': 'never',
  // The mails that were not sent hold links that let people in.
  'outbox.read': 'never',
  'governance.read': 'as-role',
  'governance.manage': 'never',
  'usage.read': 'as-role',
  'usage.read-own': 'as-role',
  'usage.limit': 'never',
  'group.list': 'as-role',
  'group.manage': 'never',
  'activity.read': 'never',
  'identity-provider.manage': 'never',
  'role-mapping.manage': 'never',
  'scim.manage': 'never',
  'support-access.manage': 'never',
}

/** How far a person's right to an action reaches: by their role, less what support access leaves out. */
export function reachOf(user: Pick<UserPrincipal, 'role' | 'support'>, action: Action): Reach {
  return isLeftOut(user, action) ? 'none' : ROLE_TABLE[action][user.role]
}

/** Whether it is support access, and not the role, that keeps the action from the person. */
export function isLeftOut(user: Pick<UserPrincipal, 'support'>, action: Action): boolean {
  return user.support !== undefined && SUPPORT_TABLE[action] === 'never'
}
