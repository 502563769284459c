import type { LayerDescriptor } from '@carto/api-client'
import type { MapState } from '@graticule/contract'
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import type { DataAccess } from './data-access.ts'
import classes from './map-canvas.module.css'
import { MapView, type MapViewEvents } from './map-view.ts'

export interface MapCanvasProps {
  readonly access: DataAccess
  readonly styleUrl: string
  /** Where the camera starts; later changes do not move it. */
  readonly initialView: MapState
  readonly descriptors: readonly LayerDescriptor[]
  readonly events: MapViewEvents
  /** Names the map for people who cannot see it. */
  readonly label: string
  readonly controls?: boolean
  readonly attribution?: boolean
  /** Filled with the map while it is on the page. */
  readonly viewRef?: RefObject<MapView | null>
  /** Drawn over the map. */
  readonly children?: ReactNode
}

/** A live map that fills its parent. */
export function MapCanvas(props: MapCanvasProps) {
  const container = useRef<HTMLDivElement>(null)
  const ownRef = useRef<MapView | null>(null)
  const viewRef = props.viewRef ?? ownRef
  const [failure, setFailure] = useState<string | null>(null)
  const start = useRef(props)

  useEffect(() => {
    if (!container.current) return
    const { access, styleUrl, initialView, events, controls, attribution } = start.current
    try {
      viewRef.current = new MapView({
        container: container.current,
        styleUrl,
        view: initialView,
        access,
        events,
        controls,
        attribution,
      })
    } catch (error) {
      console.error(error)
      setFailure('This browser cannot draw the map: it needs WebGL 2, which is switched off or not supported.')
      return
    }
    return () => {
      viewRef.current?.destroy()
      viewRef.current = null
    }
  }, [viewRef])

  useEffect(() => viewRef.current?.setEvents(props.events), [props.events, viewRef])
  useEffect(() => viewRef.current?.setBasemap(props.styleUrl), [props.styleUrl, viewRef])
  useEffect(() => viewRef.current?.setLayers(props.descriptors), [props.descriptors, viewRef])

  return (
    <div className={classes.frame}>
      <section ref={container} className={classes.canvas} aria-label={props.label} />
      {failure && (
        <div className={classes.failure} role="alert">
          {failure}
        </div>
      )}
      {props.children}
    </div>
  )
}
