import { readSourceBounds } from '../../../map/source-bounds.ts'
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
      const bounds = await readSourceBounds(dataset, access)
      if (!bounds) return
      viewRef.current?.fitBounds(bounds)
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
