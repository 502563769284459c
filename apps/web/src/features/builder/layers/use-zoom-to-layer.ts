import type { MapLayer } from '@graticule/contract'
import { findSourceBounds } from '../../../map/source-bounds.ts'
import { notifications } from '../../../ui/index.ts'
import { useLiveMapContext } from '../live-map-context.ts'
import { messages } from '../messages.ts'
import { useDocument } from '../store/builder-store.ts'

/** Moves the camera to the extent of a layer's source, asking the warehouse when the TileJSON does not say. */
export function useZoomToLayer(): (layer: MapLayer) => Promise<void> {
  const { live, viewRef, access } = useLiveMapContext()
  const document = useDocument()
  return async (layer) => {
    const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
    if (!dataset) return
    try {
      const bounds = await findSourceBounds(dataset, live.datasets.get(dataset.id)?.source?.tilejson.bounds, access)
      if (bounds) viewRef.current?.fitBounds(bounds)
    } catch {
      notifications.show({ color: 'yellow', message: messages.layerRow.zoomFailed })
    }
  }
}
