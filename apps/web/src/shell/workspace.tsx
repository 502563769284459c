import { IconDots, IconWifiOff, IconX } from '@tabler/icons-react'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import {
  ActionIcon,
  Menu,
  PageMark,
  Tooltip,
  UnstyledButton,
  useLocalStorage,
  useNetwork,
  VisuallyHidden,
} from '../ui/index.ts'
import { messages } from './messages.ts'
import { type Section, sectionsFor } from './sections.ts'
import { useIsNarrow } from './use-is-narrow.ts'
import { principalOf, useSession } from './use-session.ts'
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

/** How many entries fit side by side at the foot of a narrow window with their words whole. */
const MAX_NARROW_ENTRIES = 5

function Rail() {
  const session = useSession()
  const isNarrow = useIsNarrow()
  const sections = sectionsFor(principalOf(session))
  const isCut = isNarrow && sections.length > MAX_NARROW_ENTRIES
  const shown = isCut ? sections.slice(0, MAX_NARROW_ENTRIES - 1) : sections
  return (
    <nav className={classes.rail} aria-label={messages.mainNavigation}>
      <Link to="/" className={classes.brand} aria-hidden tabIndex={-1}>
        <PageMark size={28} />
      </Link>
      <ul className={classes.list}>
        {shown.map((section) => (
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
        {isCut && (
          <li>
            <MoreSections sections={sections.slice(shown.length)} />
          </li>
        )}
      </ul>
    </nav>
  )
}

/** The sections that have no room at the foot of a narrow window. */
function MoreSections({ sections }: { sections: readonly Section[] }) {
  const isHere = useLocation({
    select: ({ pathname }) => sections.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`)),
  })
  return (
    <Menu position="top-end" width={200}>
      <Menu.Target>
        <UnstyledButton className={classes.item} data-status={isHere ? 'active' : undefined}>
          <IconDots size={20} stroke={1.6} aria-hidden />
          <span className={classes.itemLabel}>{messages.moreSections}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {sections.map((section) => (
          <Menu.Item
            key={section.id}
            leftSection={<section.icon size={16} stroke={1.6} aria-hidden />}
            renderRoot={(props) => <Link to={section.to} {...props} />}
          >
            {section.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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
