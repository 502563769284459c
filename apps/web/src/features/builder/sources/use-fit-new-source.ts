import { widgetSourceOf } from '../../../map/widget-source.ts'
import { setStartView } from '../commands/map.ts'
import { useLiveMapContext } from '../live-map-context.ts'
import { useBuilderStore } from '../store/builder-store.ts'

/**
 * Moves the camera to a source that was just added. For the first source of a map it also becomes the view that the
 * map opens with, once the camera has come to rest.
 */
export function useFitNewSource(): (datasetId: string, isFirst: boolean) => Promise<void> {
  const store = useBuilderStore()
  const { viewRef, access } = useLiveMapContext()
  return async (datasetId, isFirst) => {
    const dataset = store.getState().log.present.datasets.find((each) => each.id === datasetId)
    if (!dataset) return
    try {
      const { bbox } = await widgetSourceOf(dataset, access).getExtent()
      const [west = -180, south = -85, east = 180, north = 85] = bbox
      viewRef.current?.fitBounds([west, south, east, north])
    } catch {
      // Without an extent (an empty table, say) the camera stays where it is.
      return
    }
    if (!isFirst) return
    const before = store.getState().view
    const unsubscribe = store.subscribe((state) => {
      if (state.view === before) return
      unsubscribe()
      if (state.log.present.datasets.some((each) => each.id === datasetId)) state.amend(setStartView(state.view))
    })
  }
}
