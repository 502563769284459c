import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { customizationQuery } from '../api/customization.ts'
import { SessionGuard } from '../features/sign-in/session-guard.tsx'
import { useBrand } from '../ui/index.ts'
import { CommandPalette } from './command-palette.tsx'
import { RouteAnnouncer } from './route-announcer.tsx'
import classes from './signed-in.module.css'
import { SupportNotice } from './support-notice.tsx'
import { useSession } from './use-session.ts'
import { ViewAsNotice } from './view-as-notice.tsx'

/**
 * What every page of a signed-in person shares, Builder included: the command palette, the organization's look, what
 * they must know who are not there as themselves, and the way back in when the session ends.
 */
export function SignedIn() {
  const { support, viewedBy } = useSession()
  useBrand(useQuery(customizationQuery).data?.branding)
  return (
    <>
      {support === undefined && viewedBy === undefined ? (
        <Outlet />
      ) : (
        <div className={classes.frame}>
          {viewedBy ? <ViewAsNotice {...viewedBy} /> : support && <SupportNotice endsAt={support.endsAt} />}
          <div className={classes.page}>
            <Outlet />
          </div>
        </div>
      )}
      <RouteAnnouncer />
      <CommandPalette />
      <SessionGuard />
    </>
  )
}
