import type { MapDetail, MapDocument, MapState, MapWidget } from '@graticule/contract'
import { createContext, useContext } from 'react'
import { createStore, type StoreApi, useStore } from 'zustand'
import type { Bounds } from '../../../map/bounds.ts'
import type { TileProgress } from '../../../map/tile-monitor.ts'
import { applyCommand, type Command } from '../commands/command.ts'
import { NO_SELECTIONS, pruneSelections, type Selection, type Selections, select } from '../widgets/crossfilter.ts'
import { Autosave, type MapStorage, type SaveState } from './autosave.ts'
import { amendState, recordState, redo, sealStep, startUndoLog, type UndoLog, undo } from './undo-log.ts'

/** What the drawer at the bottom shows: SQL of an existing source, or of one that is being written. */
export type DrawerTarget = { readonly kind: 'dataset'; readonly datasetId: string } | { readonly kind: 'new' }

/** Everything that Builder knows about the map it edits. */
export interface BuilderState {
  readonly mapId: string
  readonly log: UndoLog<MapDocument>
  readonly save: SaveState
  readonly selections: Selections
  readonly selectedLayerId: string | null
  readonly view: MapState
  readonly bounds: Bounds | null
  readonly tileProgress: Readonly<Record<string, TileProgress>>
  readonly drawer: DrawerTarget | null
}

/** What can be done to it. */
export interface BuilderActions {
  /** Applies an edit; edits in a row with the same `mergeKey` are undone together. */
  run(command: Command, mergeKey?: string): void
  /** Completes the last edit: what follows from it and is undone with it. */
  amend(command: Command): void
  undo(): void
  redo(): void
  selectLayer(layerId: string | null): void
  setSelection(widget: MapWidget, column: string, selection: Selection | null): void
  clearSelections(): void
  setView(view: MapState, bounds: Bounds): void
  setTileProgress(layerId: string, progress: TileProgress): void
  setDrawer(drawer: DrawerTarget | null): void
  saveNow(): Promise<void>
  takeTheirs(): Promise<void>
  keepMine(): Promise<void>
  /** Stops saving by itself; called when the page closes. */
  stop(): void
}

export type BuilderStore = StoreApi<BuilderState & BuilderActions>

/** Edits further apart than this are separate steps, even of one slider. */
const MERGE_MS = 1_000

/** Creates the state of one Builder page. */
export function createBuilderStore(detail: MapDetail, storage: MapStorage, now: () => number = Date.now): BuilderStore {
  let lastEditAt = 0
  return createStore<BuilderState & BuilderActions>()((set, get) => {
    const autosave = new Autosave(storage, detail, (save) => set({ save }))
    const show = (log: UndoLog<MapDocument>) => {
      const { layers } = log.present.keplerMapConfig.config.visState
      const { widgets } = log.present.keplerMapConfig.config.graticule
      const { selectedLayerId, selections } = get()
      const isSelectionGone = selectedLayerId !== null && !layers.some((layer) => layer.id === selectedLayerId)
      set({
        log,
        selectedLayerId: isSelectionGone ? null : selectedLayerId,
        selections: pruneSelections(selections, widgets, log.present.datasets),
      })
      autosave.update(log.present)
    }
    return {
      mapId: detail.id,
      log: startUndoLog(detail.document),
      save: { kind: 'saved' },
      selections: NO_SELECTIONS,
      selectedLayerId: detail.document.keplerMapConfig.config.visState.layers[0]?.id ?? null,
      view: detail.document.keplerMapConfig.config.mapState,
      bounds: null,
      tileProgress: {},
      drawer: null,

      run: (command, mergeKey) => {
        const isPause = now() - lastEditAt > MERGE_MS
        lastEditAt = now()
        const log = isPause ? sealStep(get().log) : get().log
        const next = applyCommand(log.present, command)
        if (next !== log.present) show(recordState(log, next, mergeKey ?? null))
      },
      amend: (command) => show(amendState(get().log, applyCommand(get().log.present, command))),
      undo: () => show(undo(get().log)),
      redo: () => show(redo(get().log)),
      selectLayer: (selectedLayerId) => set({ selectedLayerId }),
      setSelection: (widget, column, selection) =>
        set((state) => ({ selections: select(state.selections, widget, column, selection) })),
      clearSelections: () => set({ selections: NO_SELECTIONS }),
      setView: (view, bounds) => set({ view, bounds }),
      setTileProgress: (layerId, progress) =>
        set((state) => ({ tileProgress: { ...state.tileProgress, [layerId]: progress } })),
      setDrawer: (drawer) => set({ drawer }),
      saveNow: () => autosave.flush(),
      takeTheirs: async () => {
        const theirs = await autosave.takeTheirs()
        // The own version stays one undo away.
        set({ log: recordState(sealStep(get().log), theirs) })
      },
      keepMine: async () => {
        const theirs = await autosave.keepMine()
        // Their version stays one undo away.
        const { log } = get()
        set({ log: recordState(recordState(sealStep(log), theirs), log.present) })
      },
      stop: () => autosave.stop(),
    }
  })
}

export const BuilderContext = createContext<BuilderStore | null>(null)

/** The store of the Builder page around the component. */
export function useBuilderStore(): BuilderStore {
  const store = useContext(BuilderContext)
  if (!store) throw new Error('This component belongs inside a Builder page.')
  return store
}

/** One part of Builder's state; the component renders again when that part changes. */
export function useBuilder<Part>(pick: (state: BuilderState & BuilderActions) => Part): Part {
  return useStore(useBuilderStore(), pick)
}

/** The document as it is edited now. */
export function useDocument(): MapDocument {
  return useBuilder((state) => state.log.present)
}
