import { type Action, isOffered, type UserPrincipal } from '@graticule/policy'
import { messages } from './messages.ts'

interface PageDefinition {
  readonly to: `/settings${string}`
  readonly label: string
  /** The action that a role must have for the page to be there; null: everybody has it. */
  readonly needs: Action | null
}

/** The pages of the settings in the groups in which they are listed. */
const GROUPS = [
  {
    id: 'you',
    pages: [
      { to: '/settings', label: messages.tabs.profile, needs: null },
      { to: '/settings/sessions', label: messages.tabs.sessions, needs: null },
      { to: '/settings/requests', label: messages.tabs.requests, needs: 'map.create' },
      { to: '/settings/trash', label: messages.tabs.trash, needs: 'map.delete' },
    ],
  },
  {
    id: 'people',
    pages: [
      { to: '/settings/users', label: messages.tabs.users, needs: 'user.inspect' },
      { to: '/settings/groups', label: messages.tabs.groups, needs: 'group.manage' },
      { to: '/settings/invitations', label: messages.tabs.invitations, needs: 'user.invite' },
      { to: '/settings/join-requests', label: messages.tabs.joinRequests, needs: 'user.invite' },
    ],
  },
  {
    id: 'signIn',
    pages: [
      { to: '/settings/single-sign-on', label: messages.tabs.singleSignOn, needs: 'identity-provider.manage' },
      { to: '/settings/scim', label: messages.tabs.scim, needs: 'scim.manage' },
      { to: '/settings/support-access', label: messages.tabs.supportAccess, needs: 'support-access.manage' },
    ],
  },
  {
    id: 'sharing',
    pages: [
      { to: '/settings/governance', label: messages.tabs.governance, needs: 'governance.manage' },
      { to: '/settings/quotas', label: messages.tabs.quotas, needs: 'organization.inspect' },
      { to: '/settings/network', label: messages.tabs.network, needs: 'governance.manage' },
      { to: '/settings/access-report', label: messages.tabs.accessReport, needs: 'access.report' },
      { to: '/settings/unused-shares', label: messages.tabs.unusedShares, needs: 'map.create' },
      { to: '/settings/assets', label: messages.tabs.assets, needs: 'asset.manage' },
    ],
  },
  {
    id: 'organization',
    pages: [
      { to: '/settings/organization', label: messages.tabs.organization, needs: null },
      { to: '/settings/usage', label: messages.tabs.usage, needs: 'usage.read-own' },
      { to: '/settings/customization', label: messages.tabs.customization, needs: 'settings.manage' },
      { to: '/settings/code', label: messages.tabs.code, needs: 'settings.manage' },
      { to: '/settings/activity', label: messages.tabs.activity, needs: 'activity.read' },
      { to: '/settings/outbox', label: messages.tabs.outbox, needs: 'outbox.read' },
    ],
  },
] as const satisfies readonly { id: keyof typeof messages.groups; pages: readonly PageDefinition[] }[]

/** A page of the settings as it is listed. */
export type SettingsPageEntry = (typeof GROUPS)[number]['pages'][number]

/** The groups of pages that somebody has, without those that would be empty. */
export function settingsPagesFor(
  user: Pick<UserPrincipal, 'role' | 'support' | 'viewedBy'>,
  { isOutboxUsed }: { isOutboxUsed: boolean },
): { id: keyof typeof messages.groups; pages: SettingsPageEntry[] }[] {
  const isThere = ({ to, needs }: SettingsPageEntry) =>
    (needs === null || isOffered(user, needs)) &&
    (to !== '/settings/outbox' || isOutboxUsed) &&
    // Sessions are those of whoever really looks.
    (to !== '/settings/sessions' || user.viewedBy === undefined)
  return GROUPS.map(({ id, pages }) => ({ id, pages: pages.filter(isThere) })).filter(({ pages }) => pages.length > 0)
}
