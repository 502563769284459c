import { useEffect } from 'react'
import { useBuilderStore } from './store/builder-store.ts'

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null
}

/** ⌘Z, ⇧⌘Z and ⌘Y for the map (text fields keep their own), ⌘S to save at once, ⌘J for the SQL drawer. */
export function useBuilderShortcuts(): void {
  const store = useBuilderStore()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.altKey) return
      const { undo, redo, saveNow, drawer, setDrawer } = store.getState()
      const key = event.key.toLowerCase()
      if (key === 's') {
        event.preventDefault()
        void saveNow()
      } else if (key === 'j') {
        event.preventDefault()
        setDrawer(drawer ? null : drawerForSelection(store.getState()))
      } else if ((key === 'z' || key === 'y') && !isTyping(event.target)) {
        event.preventDefault()
        if (key === 'y' || event.shiftKey) redo()
        else undo()
      }
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [store])
}

/** The SQL of the selected layer's source; a new query while none is selected or it is a table. */
export function drawerForSelection(
  state: Pick<ReturnType<ReturnType<typeof useBuilderStore>['getState']>, 'log' | 'selectedLayerId'>,
) {
  const document = state.log.present
  const layer = document.keplerMapConfig.config.visState.layers.find((each) => each.id === state.selectedLayerId)
  const dataset = document.datasets.find((each) => each.id === layer?.config.dataId)
  return dataset?.type === 'query' ? ({ kind: 'dataset', datasetId: dataset.id } as const) : ({ kind: 'new' } as const)
}
