import type { ViewerMap } from '@graticule/contract'
import { IconLock, IconMapOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { viewerMapQuery } from '../../api/maps.ts'
import { sessionQuery } from '../../api/session.ts'
import type { DataAccess } from '../../map/data-access.ts'
import { Button, Center, ErrorState, PageState, Skeleton, SlowNotice } from '../../ui/index.ts'
import { RequestAccess } from '../access-request/request-access.tsx'
import { useNoteOpened } from '../library/use-note-opened.ts'
import { hasOwnLogins } from '../viewer-credentials/use-has-own-logins.ts'
import { MapPassword } from './map-password.tsx'
import stageClasses from './map-stage.module.css'
import { MapStage } from './map-stage.tsx'
import { messages } from './messages.ts'
import { withoutCookies } from './without-cookies.ts'

/**
 * /map/:id and /embed/:id: a map for whoever may open it. An embed never sends cookies, so it shows public maps only. What
 * a password was exchanged for is kept by this page alone, and asked for again by the next.
 */
export function ViewerPage(props: {
  mapId: string
  embedded: boolean
  /** What readers meet, for those who would meet the draft. */
  version?: 'published' | undefined
}) {
  const { mapId, embedded, version } = props
  // Before the first request: an embed stays anonymous even for somebody who is signed in here.
  useState(() => embedded && withoutCookies())
  const [unlocked, setUnlocked] = useState<{ token: string | null; attempt: number }>({ token: null, attempt: 0 })
  const query = useQuery({ ...viewerMapQuery(mapId, { version }, unlocked.token, unlocked.attempt), staleTime: 60_000 })
  const session = useQuery({ ...sessionQuery, enabled: !embedded }).data
  const isSignedIn = session != null
  const { href } = useLocation()
  // Only a colleague is told the owner's address; strangers keep nothing of another organization.
  useNoteOpened('map', isSignedIn && query.data !== undefined && query.data.owner.email !== '' ? mapId : null)
  if (query.isError) {
    const { error } = query
    if (error instanceof ApiError && error.code === 'password_required') {
      return (
        <MapPassword
          mapId={mapId}
          onUnlocked={(token) => setUnlocked({ token, attempt: unlocked.attempt + 1 })}
          signInTarget={embedded || isSignedIn ? null : href}
        />
      )
    }
    if (error instanceof ApiError && (error.status === 404 || error.status === 401 || error.status === 403)) {
      return <Unavailable mapId={mapId} embedded={embedded} isSignedIn={isSignedIn} />
    }
    return (
      <Center h="100%">
        <ErrorState error={error} onRetry={() => void query.refetch()} />
      </Center>
    )
  }
  if (!query.data) {
    return (
      <div className={stageClasses.loading}>
        <SlowNotice isWaiting awaiting={messages.awaitingMap} />
        <Skeleton className={stageClasses.loadingPanel} height={64} width={260} />
      </div>
    )
  }
  const map = query.data
  return (
    <MapStage
      key={version}
      map={map}
      version={version}
      access={accessFor(map, embedded, isSignedIn)}
      embedded={embedded}
      hasOwnLogins={isSignedIn && hasOwnLogins(session)}
      canEdit={isSignedIn && map.permissions.edit.allowed}
    />
  )
}

/**
 * Whoever may edit a map reads with their own identity; everybody else, and every embed, with the public map's token:
 * a guest, or a colleague to whom the map's connection is private, may open the map and nothing else of its data.
 */
function accessFor(map: ViewerMap, embedded: boolean, isSignedIn: boolean): DataAccess {
  const apiBaseUrl = window.location.origin
  return map.token !== null && (embedded || !isSignedIn || !map.permissions.edit.allowed)
    ? { kind: 'token', apiBaseUrl, mapId: map.id, accessToken: map.token }
    : { kind: 'session', apiBaseUrl, mapId: map.id }
}

function Unavailable(props: { mapId: string; embedded: boolean; isSignedIn: boolean }) {
  const { embedded, isSignedIn } = props
  const { href } = useLocation()
  const text = embedded ? messages.missingEmbed : isSignedIn ? messages.missingSignedIn : messages.missingSignedOut
  return (
    <Center h="100%">
      <PageState
        icon={isSignedIn ? <IconMapOff size={20} /> : <IconLock size={20} />}
        title={messages.missingTitle}
        actions={
          embedded ? undefined : isSignedIn ? (
            <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
              {messages.goHome}
            </Button>
          ) : (
            <Button renderRoot={(props) => <Link to="/sign-in" search={{ target: href }} {...props} />}>
              {messages.signIn}
            </Button>
          )
        }
      >
        {text}
        {isSignedIn && !embedded && <RequestAccess kind="map" id={props.mapId} wanted="open" />}
      </PageState>
    </Center>
  )
}
