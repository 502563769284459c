import { Link, Outlet } from '@tanstack/react-router'
import { Page } from '../../shell/page.tsx'
import { useCan } from '../../shell/use-session.ts'
import { messages } from './messages.ts'
import classes from './settings.module.css'

const TABS = [
  { to: '/settings', label: messages.tabs.profile, isForAdmins: false },
  { to: '/settings/sessions', label: messages.tabs.sessions, isForAdmins: false },
  { to: '/settings/organization', label: messages.tabs.organization, isForAdmins: false },
  { to: '/settings/activity', label: messages.tabs.activity, isForAdmins: true },
] as const

/** The frame of the settings: one tab for each page of them. */
export function SettingsPage() {
  const canReadActivity = useCan('activity.read').allowed
  return (
    <Page title={messages.title} fullBleed>
      <nav className={classes.tabs} aria-label={messages.tabsLabel}>
        {TABS.filter(({ isForAdmins }) => canReadActivity || !isForAdmins).map(({ to, label }) => (
          <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }} className={classes.tab}>
            {label}
          </Link>
        ))}
      </nav>
      <div className={classes.body}>
        <Outlet />
      </div>
    </Page>
  )
}
