import type { LayerDescriptor } from '@carto/api-client'
import type { Layer, PickingInfo } from '@deck.gl/core'
import { MapboxOverlay } from '@deck.gl/mapbox'
import type { LayerType, MapState } from '@graticule/contract'
import { AttributionControl, Map as MapLibreMap, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl'
import maplibreWorkerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import 'maplibre-gl/dist/maplibre-gl.css'
import type { Bounds } from './bounds.ts'
import { type DataAccess, requestInit } from './data-access.ts'
import { LAYER_TYPE_DEFINITIONS } from './layers/index.ts'
import { TileMonitor, type TileProgress } from './tile-monitor.ts'

// A worker that starts from a blob obeys the policy of its page, which knows where the organization's basemaps are.
const workerScript = `import ${JSON.stringify(new URL(maplibreWorkerUrl, window.location.href).href)}`
setWorkerUrl(URL.createObjectURL(new Blob([workerScript], { type: 'text/javascript' })))

/** A feature under the pointer. */
export interface PickedFeature {
  readonly layerId: string
  readonly properties: Readonly<Record<string, unknown>>
  /** Pixels from the top left corner of the map. */
  readonly x: number
  readonly y: number
  readonly longitude: number
  readonly latitude: number
}

export interface MapViewEvents {
  /** The camera came to rest; `byPerson` tells a drag from a move that a program asked for. */
  onViewChange?(view: MapState, bounds: Bounds, byPerson: boolean): void
  onHover?(feature: PickedFeature | null): void
  onClick?(feature: PickedFeature | null): void
  onTileProgress?(layerId: string, progress: TileProgress): void
  /** The basemap could not be loaded; data is still drawn. */
  onBasemapError?(message: string): void
}

export interface MapViewOptions {
  readonly container: HTMLElement
  readonly styleUrl: string
  readonly view: MapState
  readonly access: DataAccess
  /** Buttons for zoom and compass; on by default. */
  readonly controls?: boolean
  readonly attribution?: boolean
  readonly events: MapViewEvents
}

/** One map on the page: MapLibre below and above, deck.gl layers between the land and the labels. */
export class MapView {
  readonly #map: MapLibreMap
  readonly #overlay: MapboxOverlay
  readonly #monitors = new Map<string, TileMonitor>()
  readonly #attempts = new Map<string, number>()
  readonly #resizeObserver: ResizeObserver
  #events: MapViewEvents
  #access: DataAccess
  #styleUrl: string
  #descriptors: readonly LayerDescriptor[] = []
  #layers: readonly Layer[] = []
  #beforeId: string | undefined
  #isStyleReady = false
  /** Whether the pointer has found a feature since it last left the map: one may be highlighted. */
  #hasHovered = false

  constructor(options: MapViewOptions) {
    this.#events = options.events
    this.#access = options.access
    this.#styleUrl = options.styleUrl
    this.#map = new MapLibreMap({
      container: options.container,
      style: options.styleUrl,
      center: [options.view.longitude, options.view.latitude],
      zoom: options.view.zoom,
      pitch: options.view.pitch,
      bearing: options.view.bearing,
      attributionControl: false,
      maxPitch: 85,
      fadeDuration: 120,
      canvasContextAttributes: { antialias: true },
    })
    giveTransform(this.#map)
    if (options.attribution !== false) this.#map.addControl(new AttributionControl({ compact: true }), 'bottom-right')
    if (options.controls !== false) {
      this.#map.addControl(new NavigationControl({ visualizePitch: true }), 'bottom-right')
      this.#map.addControl(new ScaleControl({ maxWidth: 80 }), 'bottom-right')
    }
    this.#overlay = new MapboxOverlay({
      interleaved: true,
      layers: [],
      pickingRadius: 3,
      onHover: (info) => {
        // Not taken back by a movement that finds nothing: leaving the map is one, and clears no highlight.
        if (info.picked) this.#hasHovered = true
        this.#events.onHover?.(toPickedFeature(info))
      },
      onClick: (info) => this.#events.onClick?.(toPickedFeature(info)),
      getCursor: ({ isDragging, isHovering }) => (isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab'),
      onError: () => {},
    })
    this.#map.addControl(this.#overlay)
    this.#map.on('style.load', () => this.#onStyleLoad())
    this.#map.on('error', (event) => this.#onMapError(event.error))
    this.#map.on('moveend', (event) => {
      this.#events.onViewChange?.(this.view, this.bounds, 'originalEvent' in event && Boolean(event.originalEvent))
    })
    this.#map.getCanvas().addEventListener('mouseleave', () => this.#endHover())
    this.#map.once('load', () => this.#events.onViewChange?.(this.view, this.bounds, false))
    this.#resizeObserver = new ResizeObserver(() => this.#map.resize())
    this.#resizeObserver.observe(options.container)
  }

  /** Where the camera is now. */
  get view(): MapState {
    const centre = this.#map.getCenter().wrap()
    return {
      latitude: centre.lat,
      longitude: centre.lng,
      zoom: this.#map.getZoom(),
      pitch: this.#map.getPitch(),
      bearing: this.#map.getBearing(),
    }
  }

  /** What the camera sees, as a box. */
  get bounds(): Bounds {
    const bounds = this.#map.getBounds()
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
  }

  setEvents(events: MapViewEvents): void {
    this.#events = events
  }

  setBasemap(styleUrl: string): void {
    if (styleUrl === this.#styleUrl) return
    this.#styleUrl = styleUrl
    this.#isStyleReady = false
    this.#map.setStyle(styleUrl, { diff: false })
  }

  /** Draws these layers, the first one lowest, as the real client orders them. */
  setLayers(descriptors: readonly LayerDescriptor[]): void {
    this.#descriptors = descriptors
    const ids = new Set(descriptors.map((descriptor) => String(descriptor.props.id)))
    for (const id of this.#monitors.keys()) if (!ids.has(id)) this.#monitors.delete(id)
    this.#draw()
  }

  /** Loads all tiles of a layer again, after a failure. */
  retryLayer(layerId: string): void {
    this.#attempts.set(layerId, (this.#attempts.get(layerId) ?? 0) + 1)
    this.#monitors.get(layerId)?.reset()
    this.#draw()
  }

  /** Moves the camera so that the box is in view. */
  fitBounds(bounds: Bounds, padding = 48): void {
    const [west, south, east, north] = bounds
    this.#map.fitBounds(
      [
        [west, Math.max(south, -85)],
        [east, Math.min(north, 85)],
      ],
      { padding, maxZoom: 14, duration: prefersReducedMotion() ? 0 : 600 },
    )
  }

  /** Jumps to a saved camera. */
  setView(view: MapState): void {
    this.#map.jumpTo({
      center: [view.longitude, view.latitude],
      zoom: view.zoom,
      pitch: view.pitch,
      bearing: view.bearing,
    })
  }

  /** Turns the camera between looking straight down and the tilt that shows heights. */
  setPitch(pitch: number): void {
    this.#map.easeTo({ pitch, duration: prefersReducedMotion() ? 0 : 300 })
  }

  /** Frees the WebGL context and everything that listens. */
  destroy(): void {
    this.#resizeObserver.disconnect()
    this.#events = {}
    this.#layers = []
    this.#map.remove()
  }

  #onStyleLoad(): void {
    this.#beforeId = this.#map.getStyle().layers.find((layer) => layer.type === 'symbol')?.id
    this.#isStyleReady = true
    this.#draw()
  }

  #onMapError(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    console.warn(`Map: ${message}`)
    if (!this.#isStyleReady) {
      this.#events.onBasemapError?.(message)
      // Data does not need the basemap: draw it on an empty one.
      this.#isStyleReady = true
      this.#map.setStyle({ version: 8, sources: {}, layers: [] }, { diff: false })
    }
  }

  #draw(): void {
    if (!this.#isStyleReady) return
    // A hidden layer would go on loading tiles.
    this.#layers = this.#descriptors.filter(isShown).map((descriptor) => {
      const id = String(descriptor.props.id)
      return LAYER_TYPE_DEFINITIONS[descriptor.type as LayerType].createLayer(descriptor, {
        monitor: this.#monitorFor(id),
        beforeId: this.#beforeId,
        attempt: this.#attempts.get(id) ?? 0,
      })
    })
    this.#overlay.setProps({ layers: [...this.#layers] })
  }

  /**
   * The pointer left the map, for a panel or for good. deck.gl asks then what lies outside of every view, finds no view
   * to ask, and leaves the last feature highlighted.
   */
  #endHover(): void {
    // After the frame in which deck.gl may still answer the pointer's last movement.
    requestAnimationFrame(() => {
      // Every change of the highlight draws the map anew.
      if (!this.#hasHovered) return
      this.#hasHovered = false
      // A layer without state was never drawn, so nothing of it is highlighted.
      for (const layer of this.#layers) if (layer.state) layer.updateAutoHighlight(NOTHING_PICKED)
      this.#events.onHover?.(null)
    })
  }

  #monitorFor(layerId: string): TileMonitor {
    const existing = this.#monitors.get(layerId)
    if (existing) return existing
    const monitor = new TileMonitor(requestInit(this.#access), (progress) =>
      this.#events.onTileProgress?.(layerId, progress),
    )
    this.#monitors.set(layerId, monitor)
    return monitor
  }
}

const NOTHING_PICKED = { picked: false, index: -1, color: null, layer: null } as unknown as PickingInfo

function isShown(descriptor: LayerDescriptor): boolean {
  return descriptor.props.visible !== false
}

/**
 * deck.gl reads the height of the view from `map.transform`, which MapLibre 6 no longer has. Without it no
 * interleaved layer is drawn.
 */
function giveTransform(map: MapLibreMap): void {
  Object.defineProperty(map, 'transform', {
    value: {
      get height() {
        return map.getContainer().clientHeight
      },
    },
  })
}

function toPickedFeature(info: PickingInfo): PickedFeature | null {
  const feature = info.object as { properties?: Record<string, unknown> } | undefined
  if (!feature || !info.layer || !info.coordinate) return null
  const [longitude = 0, latitude = 0] = info.coordinate
  return { layerId: info.layer.id, properties: feature.properties ?? {}, x: info.x, y: info.y, longitude, latitude }
}

function prefersReducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches
}
