import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { spotlight, VisuallyHidden } from '../ui/index.ts'
import { AccountMenu } from './account-menu.tsx'
import { ColorSchemeToggle } from './color-scheme-toggle.tsx'
import { messages } from './messages.ts'
import classes from './page.module.css'
import { useIsNarrow } from './use-is-narrow.ts'

const SHORTCUT = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'

/** A page of the workspace: the top bar with its title and actions, and the content below it. */
export function Page(props: {
  title: string
  actions?: ReactNode
  /** True for pages that fill the window and scroll inside themselves. */
  fullBleed?: boolean
  children: ReactNode
}) {
  const isNarrow = useIsNarrow()
  useEffect(() => {
    document.title = `${props.title} · Graticule`
  }, [props.title])
  return (
    <>
      <header className={classes.bar}>
        <h1 className={classes.title}>{props.title}</h1>
        <div className={classes.actions}>
          <button type="button" className={classes.search} onClick={() => spotlight.open()}>
            <IconSearch size={14} aria-hidden />
            {isNarrow ? (
              <VisuallyHidden>{messages.search}</VisuallyHidden>
            ) : (
              <span className={classes.searchText}>{messages.search}</span>
            )}
            <kbd className={classes.searchKeys} aria-hidden>
              {SHORTCUT}
            </kbd>
          </button>
          {props.actions}
          <ColorSchemeToggle />
          <AccountMenu />
        </div>
      </header>
      <main id="content" tabIndex={-1} className={classes.main}>
        {props.fullBleed ? props.children : <div className={classes.body}>{props.children}</div>}
      </main>
    </>
  )
}
