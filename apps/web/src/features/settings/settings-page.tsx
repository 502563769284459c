import { Outlet } from '@tanstack/react-router'
import { Page } from '../../shell/page.tsx'
import { principalOf, useSession } from '../../shell/use-session.ts'
import { messages } from './messages.ts'
import { useIsOutboxUsed } from './outbox/use-is-outbox-used.ts'
import classes from './settings-frame.module.css'
import { SettingsNavigation } from './settings-navigation.tsx'
import { settingsPagesFor } from './settings-pages.ts'

const PAGE_ID = 'settings-page'

/** The frame of the settings: the column of pages that the role has, and the page that is open. */
export function SettingsPage() {
  const user = principalOf(useSession())
  const isOutboxUsed = useIsOutboxUsed()
  return (
    <Page title={messages.title} fullBleed>
      <div className={classes.frame}>
        <a className={classes.skip} href={`#${PAGE_ID}`}>
          {messages.skipPages}
        </a>
        <SettingsNavigation groups={settingsPagesFor(user, { isOutboxUsed })} />
        <div id={PAGE_ID} tabIndex={-1} className={classes.body}>
          <div className={classes.page}>
            <Outlet />
          </div>
        </div>
      </div>
    </Page>
  )
}
