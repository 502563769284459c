import { Outlet } from '@tanstack/react-router'
import { CommandPalette } from './command-palette.tsx'
import { RouteAnnouncer } from './route-announcer.tsx'
import classes from './signed-in.module.css'
import { SupportNotice } from './support-notice.tsx'
import { useSession } from './use-session.ts'

/** What every page of a signed-in person shares, Builder included: the command palette, and what support people must know. */
export function SignedIn() {
  const { support } = useSession()
  return (
    <>
      {support === undefined ? (
        <Outlet />
      ) : (
        <div className={classes.frame}>
          <SupportNotice endsAt={support.endsAt} />
          <div className={classes.page}>
            <Outlet />
          </div>
        </div>
      )}
      <RouteAnnouncer />
      <CommandPalette />
    </>
  )
}
