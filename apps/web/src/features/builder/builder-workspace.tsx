import type { MapDetail } from '@graticule/contract'
import { IconChartBar, IconSql, IconStack2 } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useRef, useState } from 'react'
import { basemapsQuery } from '../../api/maps.ts'
import { recheckSession } from '../../api/session.ts'
import { basemapIdOf, drawnBasemap } from '../../map/basemap.ts'
import { sessionAccess } from '../../map/data-access.ts'
import { MapCanvas } from '../../map/map-canvas.tsx'
import type { MapView, MapViewEvents } from '../../map/map-view.ts'
import { layersOn, useLiveMap } from '../../map/use-live-map.ts'
import { Button, notifications, PageState, UnstyledButton, useMediaQuery } from '../../ui/index.ts'
import { BasemapNote } from '../viewer/basemap-note.tsx'
import { FeatureTooltip } from '../viewer/feature-tooltip.tsx'
import { createHoveredFeature } from '../viewer/hovered-feature.ts'
import { Legend } from '../viewer/legend.tsx'
import { AskCredentials } from '../viewer-credentials/ask-credentials.tsx'
import { MapCredentials } from '../viewer-credentials/map-credentials.tsx'
import { useHasOwnLogins } from '../viewer-credentials/use-has-own-logins.ts'
import classes from './builder.module.css'
import { BuilderHeader } from './builder-header.tsx'
import { LayerPanel } from './layers/layer-panel.tsx'
import { LiveMapContext } from './live-map-context.ts'
import { MapTools } from './map-tools.tsx'
import { messages } from './messages.ts'
import { LeaveGuard } from './save-indicator.tsx'
import { AddSourceDialog } from './sources/add-source-dialog.tsx'
import { useBuilder, useBuilderStore, useDocument } from './store/builder-store.ts'
import { drawerForSelection, useBuilderShortcuts } from './use-builder-shortcuts.ts'
import { useGoOnAfterSignIn } from './use-go-on-after-sign-in.ts'
import { tileFilters } from './widgets/crossfilter.ts'
import { FilterChips } from './widgets/filter-chips.tsx'
import { WidgetSurroundingsContext } from './widgets/use-widget-data.ts'
import { filterColumn } from './widgets/widget-card.tsx'
import { WidgetPanel } from './widgets/widget-panel.tsx'

const SqlDrawer = lazy(async () => ({ default: (await import('./sql/sql-drawer.tsx')).SqlDrawer }))

type Sheet = 'layers' | 'widgets' | null

/** Builder's whole page, once the map is loaded. */
export function BuilderWorkspace({ detail }: { detail: MapDetail }) {
  const document = useDocument()
  const store = useBuilderStore()
  const selections = useBuilder((state) => state.selections)
  const bounds = useBuilder((state) => state.bounds)
  const drawer = useBuilder((state) => state.drawer)
  const tileProgress = useBuilder((state) => state.tileProgress)
  const viewRef = useRef<MapView | null>(null)
  const [hovered] = useState(createHoveredFeature)
  const [isAdding, setIsAdding] = useState(false)
  const [sheet, setSheet] = useState<Sheet>(null)
  const isNarrow = useMediaQuery('(max-width: 760px)', undefined, { getInitialValueInEffect: false })
  const queryClient = useQueryClient()
  useBuilderShortcuts()
  useGoOnAfterSignIn(viewRef)

  const { config } = document.keplerMapConfig
  const basemap = drawnBasemap(basemapIdOf(config), useQuery(basemapsQuery).data)
  const access = useMemo(() => sessionAccess(detail.id), [detail.id])
  const filters = useMemo(() => tileFilters(selections), [selections])
  const live = useLiveMap(document, filters, access)
  const surroundings = useMemo(() => ({ access, selections, bounds }), [access, selections, bounds])
  const events = useMemo<MapViewEvents>(
    () => ({
      onViewChange: (view, newBounds) => store.getState().setView(view, newBounds),
      onHover: (feature) => hovered.setState({ feature }),
      onClick: (feature) => feature && store.getState().selectLayer(feature.layerId),
      onTileProgress: (layerId, progress) => {
        const { setTileProgress, tileProgress: before } = store.getState()
        setTileProgress(layerId, progress)
        if (progress.signedOut && !before[layerId]?.signedOut) recheckSession(queryClient)
      },
      onBasemapError: () => notifications.show({ color: 'yellow', message: messages.basemapFailed }),
    }),
    [store, hovered, queryClient],
  )
  const isLoading =
    [...live.datasets.values()].some((dataset) => dataset.isLoading) ||
    config.visState.layers.some((layer) => (tileProgress[layer.id]?.loading ?? 0) > 0)
  const { widgets } = config.graticule
  const isPerson = useHasOwnLogins()
  const redraw = (connection: string) => {
    for (const id of layersOn(document, connection)) viewRef.current?.retryLayer(id)
  }

  return (
    <LiveMapContext value={{ live, viewRef, access }}>
      <WidgetSurroundingsContext value={surroundings}>
        <AskCredentials isPerson={isPerson} canRemove onChanged={redraw}>
          <div className={classes.page}>
            <BuilderHeader detail={detail} isLoading={isLoading} />
            <aside className={classes.left} aria-label={messages.layers} data-open={sheet === 'layers' || undefined}>
              <LayerPanel onAddSource={() => setIsAdding(true)} />
            </aside>
            <main className={classes.map}>
              <MapCanvas
                access={access}
                styleUrl={basemap.styleUrl}
                initialView={config.mapState}
                descriptors={live.descriptors}
                events={events}
                label={messages.mapLabel}
                viewRef={viewRef}
                controls={!isNarrow}
              >
                <div className={classes.topOverlay}>
                  <FilterChips
                    selections={selections}
                    widgets={widgets}
                    onRemove={(widget) => {
                      const column = filterColumn(widget)
                      if (column) store.getState().setSelection(widget, column, null)
                    }}
                    onClear={() => store.getState().clearSelections()}
                  />
                  <MapTools />
                </div>
                <div className={classes.credentials}>
                  <MapCredentials document={document} live={live} progress={tileProgress} />
                </div>
                <div className={classes.basemapNote}>
                  <BasemapNote note={basemap.note} />
                </div>
                {document.datasets.length === 0 && (
                  <div className={classes.empty}>
                    <div className={classes.emptyCard}>
                      <PageState
                        icon={<IconStack2 size={20} />}
                        title={messages.emptyTitle}
                        actions={<Button onClick={() => setIsAdding(true)}>{messages.addFirst}</Button>}
                      >
                        {messages.emptyText}
                      </PageState>
                    </div>
                  </div>
                )}
                <div className={classes.bottomLeft}>
                  {!sheet && (
                    <Legend
                      layers={config.visState.layers}
                      descriptors={live.descriptors}
                      settings={config.legendSettings}
                    />
                  )}
                </div>
                <FeatureTooltip document={document} hovered={hovered} />
              </MapCanvas>
            </main>
            <aside className={classes.right} aria-label="Widgets" data-open={sheet === 'widgets' || undefined}>
              <WidgetPanel />
            </aside>
            {drawer && (
              <Suspense fallback={null}>
                <SqlDrawer key={drawer.kind === 'dataset' ? drawer.datasetId : 'new'} target={drawer} />
              </Suspense>
            )}
            <nav className={classes.tabs} aria-label={messages.panels}>
              {(['layers', 'widgets'] as const).map((name) => (
                <UnstyledButton
                  key={name}
                  className={classes.tab}
                  aria-pressed={sheet === name}
                  onClick={() => {
                    store.getState().setDrawer(null)
                    setSheet(sheet === name ? null : name)
                  }}
                >
                  {name === 'layers' ? <IconStack2 size={18} /> : <IconChartBar size={18} />}
                  {name === 'layers' ? messages.layers : 'Widgets'}
                </UnstyledButton>
              ))}
              <UnstyledButton
                className={classes.tab}
                aria-pressed={drawer !== null}
                onClick={() => {
                  setSheet(null)
                  store.getState().setDrawer(drawer ? null : drawerForSelection(store.getState()))
                }}
              >
                <IconSql size={18} />
                {messages.sql}
              </UnstyledButton>
            </nav>
            <AddSourceDialog opened={isAdding} onClose={() => setIsAdding(false)} />
            <LeaveGuard />
          </div>
        </AskCredentials>
      </WidgetSurroundingsContext>
    </LiveMapContext>
  )
}
