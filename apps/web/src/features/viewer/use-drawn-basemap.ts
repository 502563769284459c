import type { ViewerMap } from '@graticule/contract'
import { useEffect } from 'react'
import { type DrawnBasemap, drawnOrBlocked } from '../../map/basemap.ts'

/** Under which the browser remembers that loading a page again did not help. */
const TRIED_KEY = 'graticule-basemap-tried'

/**
 * What a map is drawn on. A page that was loaded for somebody else, before a sign-in say, does not let the basemap load:
 * it is loaded again, once.
 */
export function useDrawnBasemap(basemap: ViewerMap['basemap']): DrawnBasemap {
  const drawn = drawnOrBlocked(basemap)
  const isBlocked = drawn.note === 'blocked'
  useEffect(() => {
    const tried = `${window.location.pathname} ${basemap.styleUrl}`
    if (!isBlocked || sessionStorage.getItem(TRIED_KEY) === tried) return
    sessionStorage.setItem(TRIED_KEY, tried)
    window.location.reload()
  }, [isBlocked, basemap.styleUrl])
  return drawn
}
