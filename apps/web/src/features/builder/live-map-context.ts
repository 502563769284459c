import { createContext, type RefObject, useContext } from 'react'
import type { DataAccess } from '../../map/data-access.ts'
import type { MapView } from '../../map/map-view.ts'
import type { LiveMap } from '../../map/use-live-map.ts'

/** The map on the page, for the panels around it. */
export interface LiveMapSurroundings {
  readonly live: LiveMap
  readonly viewRef: RefObject<MapView | null>
  readonly access: DataAccess
}

export const LiveMapContext = createContext<LiveMapSurroundings | null>(null)

/** The live map around the component. */
export function useLiveMapContext(): LiveMapSurroundings {
  const surroundings = useContext(LiveMapContext)
  if (!surroundings) throw new Error('This component belongs beside a map.')
  return surroundings
}
