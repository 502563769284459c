import { useQuery } from '@tanstack/react-query'
import { type RefObject, useEffect, useRef } from 'react'
import { sessionQuery } from '../../api/session.ts'
import type { MapView } from '../../map/map-view.ts'
import { useBuilderStore } from './store/builder-store.ts'

/** Once the person is signed in again: stores what could not be stored, and asks again for the tiles that were refused. */
export function useGoOnAfterSignIn(viewRef: RefObject<MapView | null>): void {
  const store = useBuilderStore()
  // Whoever asks for the session is the frame; here it is only followed.
  const signedIn = useQuery({ ...sessionQuery, enabled: false }).data?.user.id
  const before = useRef(signedIn)
  useEffect(() => {
    const isBack = signedIn !== undefined && signedIn !== before.current
    before.current = signedIn
    if (!isBack) return
    const { save, saveNow, tileProgress } = store.getState()
    if (save.kind === 'failed' || save.kind === 'unsaved') void saveNow()
    for (const [layerId, { failed }] of Object.entries(tileProgress)) {
      if (failed > 0) viewRef.current?.retryLayer(layerId)
    }
  }, [signedIn, store, viewRef])
}
