import { IconChevronDown } from '@tabler/icons-react'
import { Link, useLocation, useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { UnstyledButton } from '../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './settings-frame.module.css'
import type { SettingsPageEntry, settingsPagesFor } from './settings-pages.ts'

/** The pages of the settings: a column of links in groups, which a narrow window folds behind the name of the open one. */
export function SettingsNavigation({ groups }: { groups: ReturnType<typeof settingsPagesFor> }) {
  const pathname = useLocation({ select: (location) => location.pathname })
  // Where the list was unfolded: another page begins with it folded.
  const [unfoldedAt, setUnfoldedAt] = useState<string | null>(null)
  const isUnfolded = unfoldedAt === pathname
  const fold = useRef<HTMLButtonElement>(null)
  const listId = useId()
  const open = groups.flatMap(({ pages }) => pages).find(({ to }) => to === pathname)
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isUnfolded) return
    setUnfoldedAt(null)
    fold.current?.focus()
  }
  return (
    <nav className={classes.navigation} aria-label={messages.tabsLabel} onKeyDown={leave}>
      <UnstyledButton
        ref={fold}
        className={classes.fold}
        aria-expanded={isUnfolded}
        aria-controls={listId}
        onClick={() => setUnfoldedAt(isUnfolded ? null : pathname)}
      >
        <span>{messages.openPage(open?.label ?? messages.title)}</span>
        <IconChevronDown size={16} aria-hidden />
      </UnstyledButton>
      <div id={listId} className={classes.groups} data-unfolded={isUnfolded || undefined}>
        {groups.map(({ id, pages }) => (
          <div key={id}>
            <p className={classes.groupName} id={`${listId}-${id}`}>
              {messages.groups[id]}
            </p>
            <ul aria-labelledby={`${listId}-${id}`}>
              {pages.map((page) => (
                <li key={page.to}>
                  <PageLink page={page} isOpen={page.to === pathname} onChosen={() => setUnfoldedAt(null)} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  )
}

function PageLink(props: { page: SettingsPageEntry; isOpen: boolean; onChosen: () => void }) {
  const { page, isOpen } = props
  const link = useRef<HTMLAnchorElement>(null)
  const router = useRouter()
  useEffect(() => {
    if (!isOpen) return
    // In a low window the column is longer than the page.
    const show = () => link.current?.scrollIntoView({ block: 'nearest' })
    show()
    // Once more after the router, which puts the column back to where it was on the page before.
    const unsubscribe = router.subscribe('onRendered', () => {
      unsubscribe()
      show()
    })
    return unsubscribe
  }, [isOpen, router])
  return (
    <Link
      ref={link}
      to={page.to}
      activeOptions={{ exact: true, includeSearch: false }}
      className={classes.link}
      onClick={props.onChosen}
    >
      {page.label}
    </Link>
  )
}
