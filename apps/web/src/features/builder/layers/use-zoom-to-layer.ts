import type { MapLayer } from '@graticule/contract'
import { widgetSourceOf } from '../../../map/widget-source.ts'
import { notifications } from '../../../ui/index.ts'
import { useLiveMapContext } from '../live-map-context.ts'
import { messages } from '../messages.ts'
import { useDocument } from '../store/builder-store.ts'

/** Moves the camera to the extent of a layer's source, asking the warehouse when the TileJSON does not say. */
export function useZoomToLayer(): (layer: MapLayer) => Promise<void> {
  const { live, viewRef, access } = useLiveMapContext()
  const document = useDocument()
  return async (layer) => {
    const known = live.datasets.get(layer.config.dataId)?.source?.tilejson.bounds
    const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
    const isWorld = !known || (known[2] - known[0] >= 359 && known[3] - known[1] >= 170)
    if (known && !isWorld) {
      viewRef.current?.fitBounds(known)
      return
    }
    if (!dataset) return
    try {
      const { bbox } = await widgetSourceOf(dataset, access).getExtent()
      const [west, south, east, north] = bbox
      if (west !== undefined && south !== undefined && east !== undefined && north !== undefined) {
        viewRef.current?.fitBounds([west, south, east, north])
      }
    } catch {
      if (known) viewRef.current?.fitBounds(known)
      else notifications.show({ color: 'yellow', message: messages.layerRow.zoomFailed })
    }
  }
}
