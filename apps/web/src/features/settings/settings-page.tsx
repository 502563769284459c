import { type Action, isOffered } from '@graticule/policy'
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Page } from '../../shell/page.tsx'
import { principalOf, useSession } from '../../shell/use-session.ts'
import { messages } from './messages.ts'
import { useIsOutboxUsed } from './outbox/use-is-outbox-used.ts'
import classes from './settings.module.css'

/** What is one's own, then what is the organization's. */
const TABS = [
  { to: '/settings', label: messages.tabs.profile, needs: null },
  { to: '/settings/sessions', label: messages.tabs.sessions, needs: null },
  { to: '/settings/requests', label: messages.tabs.requests, needs: 'map.create' },
  { to: '/settings/trash', label: messages.tabs.trash, needs: 'map.delete' },
  { to: '/settings/organization', label: messages.tabs.organization, needs: null },
  { to: '/settings/customization', label: messages.tabs.customization, needs: 'settings.manage' },
  { to: '/settings/users', label: messages.tabs.users, needs: 'user.inspect' },
  { to: '/settings/groups', label: messages.tabs.groups, needs: 'group.manage' },
  { to: '/settings/invitations', label: messages.tabs.invitations, needs: 'user.invite' },
  { to: '/settings/join-requests', label: messages.tabs.joinRequests, needs: 'user.invite' },
  { to: '/settings/single-sign-on', label: messages.tabs.singleSignOn, needs: 'identity-provider.manage' },
  { to: '/settings/scim', label: messages.tabs.scim, needs: 'scim.manage' },
  { to: '/settings/support-access', label: messages.tabs.supportAccess, needs: 'support-access.manage' },
  { to: '/settings/access-report', label: messages.tabs.accessReport, needs: 'access.report' },
  { to: '/settings/unused-shares', label: messages.tabs.unusedShares, needs: 'map.create' },
  { to: '/settings/governance', label: messages.tabs.governance, needs: 'governance.manage' },
  { to: '/settings/assets', label: messages.tabs.assets, needs: 'asset.manage' },
  { to: '/settings/outbox', label: messages.tabs.outbox, needs: 'outbox.read' },
  { to: '/settings/code', label: messages.tabs.code, needs: 'settings.manage' },
  { to: '/settings/activity', label: messages.tabs.activity, needs: 'activity.read' },
] as const satisfies readonly { needs: Action | null; [key: string]: unknown }[]

/** The frame of the settings: one tab for each page of them that the role has. */
export function SettingsPage() {
  const user = principalOf(useSession())
  const isOutboxUsed = useIsOutboxUsed()
  const isThere = ({ to, needs }: (typeof TABS)[number]) =>
    (needs === null || isOffered(user, needs)) &&
    (to !== '/settings/outbox' || isOutboxUsed) &&
    (to !== '/settings/sessions' || user.viewedBy === undefined)
  return (
    <Page title={messages.title} fullBleed>
      <nav className={classes.tabs} aria-label={messages.tabsLabel}>
        {TABS.filter(isThere).map(({ to, label }) => (
          <Tab key={to} to={to} label={label} />
        ))}
      </nav>
      <div className={classes.body}>
        <Outlet />
      </div>
    </Page>
  )
}

function Tab({ to, label }: Pick<(typeof TABS)[number], 'to' | 'label'>) {
  const isOpen = useLocation({ select: ({ pathname }) => pathname === to })
  const link = useRef<HTMLAnchorElement>(null)
  const router = useRouter()
  useEffect(() => {
    if (!isOpen) return
    // In a narrow window the tabs are wider than the page.
    const show = () => link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    show()
    // Once more after the router, which puts the tabs back to where they were on the page before.
    const unsubscribe = router.subscribe('onRendered', () => {
      unsubscribe()
      show()
    })
    return unsubscribe
  }, [isOpen, router])
  return (
    <Link ref={link} to={to} activeOptions={{ exact: true, includeSearch: false }} className={classes.tab}>
      {label}
    </Link>
  )
}
