import { IconWifiOff, IconX } from '@tabler/icons-react'
import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ActionIcon, BrandMark, Tooltip, useLocalStorage, useNetwork, VisuallyHidden } from '../ui/index.ts'
import { messages } from './messages.ts'
import { sectionsFor } from './sections.ts'
import { useIsNarrow } from './use-is-narrow.ts'
import { useSession } from './use-session.ts'
import { useIsSigningOut } from './use-sign-out.ts'
import classes from './workspace.module.css'

/** The pages of the workspace in their frame. */
export function Workspace() {
  const isSigningOut = useIsSigningOut()
  return <WorkspaceFrame>{isSigningOut ? null : <Outlet />}</WorkspaceFrame>
}

/** The frame of every page but Builder and the viewer: notices, the rail of sections, and the page itself. */
export function WorkspaceFrame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {messages.skipToContent}
      </a>
      <div className={classes.notices}>
        <OfflineNotice />
        <DemoNotice />
      </div>
      <Rail />
      <div className={classes.content}>{children}</div>
    </div>
  )
}

function Rail() {
  const { user } = useSession()
  const isNarrow = useIsNarrow()
  return (
    <nav className={classes.rail} aria-label={messages.mainNavigation}>
      <Link to="/" className={classes.brand} aria-hidden tabIndex={-1}>
        <BrandMark size={28} />
      </Link>
      <ul className={classes.list}>
        {sectionsFor(user.role).map((section) => (
          <li key={section.id} className={section.id === 'settings' ? classes.last : undefined}>
            <Tooltip label={section.label} position="right" disabled={isNarrow}>
              <Link to={section.to} activeOptions={{ exact: section.to === '/' }} className={classes.item}>
                <section.icon size={20} stroke={1.6} aria-hidden />
                {isNarrow ? (
                  <span className={classes.itemLabel}>{section.label}</span>
                ) : (
                  <VisuallyHidden>{section.label}</VisuallyHidden>
                )}
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function DemoNotice() {
  const { demo } = useSession()
  const [isHidden, setIsHidden] = useLocalStorage({ key: 'graticule-demo-notice-hidden', defaultValue: false })
  if (!demo || isHidden) return null
  return (
    <div className={classes.notice}>
      <span>{messages.demo}</span>
      <ActionIcon size={20} aria-label={messages.dismissDemo} onClick={() => setIsHidden(true)}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  )
}

function OfflineNotice() {
  const { online } = useNetwork()
  return (
    <div role="status">
      {!online && (
        <div className={`${classes.notice} ${classes.offline}`}>
          <IconWifiOff size={16} aria-hidden />
          <span>{messages.offline}</span>
        </div>
      )}
    </div>
  )
}
