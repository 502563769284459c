import type { MapWidget, ViewerMap } from '@graticule/contract'
import { IconChartBar, IconChevronDown, IconChevronUp, IconInfoCircle, IconList, IconPencil } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import type { Bounds } from '../../map/bounds.ts'
import type { DataAccess } from '../../map/data-access.ts'
import { MapCanvas } from '../../map/map-canvas.tsx'
import type { MapView, MapViewEvents } from '../../map/map-view.ts'
import { NO_TILES, type TileProgress } from '../../map/tile-monitor.ts'
import { layersOn, useLiveMap } from '../../map/use-live-map.ts'
import { ActionIcon, Button, Text, Tooltip, UnstyledButton, useBrand, useMediaQuery } from '../../ui/index.ts'
import { NO_SELECTIONS, type Selection, select, selectionOf, tileFilters } from '../builder/widgets/crossfilter.ts'
import { FilterChips } from '../builder/widgets/filter-chips.tsx'
import { WidgetSurroundingsContext } from '../builder/widgets/use-widget-data.ts'
import { filterColumn, WidgetCard } from '../builder/widgets/widget-card.tsx'
import widgetClasses from '../builder/widgets/widget-list.module.css'
import { AskCredentials } from '../viewer-credentials/ask-credentials.tsx'
import { MapCredentials } from '../viewer-credentials/map-credentials.tsx'
import { BasemapNote } from './basemap-note.tsx'
import { FeatureTooltip } from './feature-tooltip.tsx'
import { createHoveredFeature } from './hovered-feature.ts'
import { Legend } from './legend.tsx'
import classes from './map-stage.module.css'
import { messages } from './messages.ts'
import { useDrawnBasemap } from './use-drawn-basemap.ts'
import { VersionSwitch } from './version-switch.tsx'

type Sheet = 'legend' | 'widgets'

/** A map that fills the window, with panels that float and fold; bottom sheets where the window is narrow. */
export function MapStage(props: {
  map: ViewerMap
  access: DataAccess
  embedded: boolean
  canEdit: boolean
  /** Whether whoever looks can have a database login of their own. */
  hasOwnLogins: boolean
  version: 'published' | undefined
}) {
  const { map, embedded } = props
  const { document } = map
  const { config } = document.keplerMapConfig
  const { widgets } = config.graticule
  // The page makes a new object each time; only what it says counts.
  const accessKey = JSON.stringify(props.access)
  const access = useMemo<DataAccess>(() => JSON.parse(accessKey), [accessKey])
  const [selections, setSelections] = useState(NO_SELECTIONS)
  const [bounds, setBounds] = useState<Bounds | null>(null)
  const [hovered] = useState(createHoveredFeature)
  const [progress, setProgress] = useState<Readonly<Record<string, TileProgress>>>({})
  const [sheet, setSheet] = useState<Sheet | null>(null)
  const [isHeadOpen, setIsHeadOpen] = useState(false)
  const [areWidgetsOpen, setAreWidgetsOpen] = useState(true)
  const viewRef = useRef<MapView | null>(null)
  const basemap = useDrawnBasemap(map.basemap)
  useBrand(map.branding)
  const isNarrow = useMediaQuery('(max-width: 760px)', undefined, { getInitialValueInEffect: false })

  const filters = useMemo(() => tileFilters(selections), [selections])
  const live = useLiveMap(document, filters, access)
  const surroundings = useMemo(() => ({ access, selections, bounds }), [access, selections, bounds])
  const events = useMemo<MapViewEvents>(
    () => ({
      onViewChange: (_view, next) => setBounds(next),
      onHover: (feature) => hovered.setState({ feature }),
      onClick: (feature) => hovered.setState({ feature }),
      onTileProgress: (layerId, next) => setProgress((before) => ({ ...before, [layerId]: next })),
    }),
    [hovered],
  )
  const isLoading =
    [...live.datasets.values()].some((dataset) => dataset.isLoading) ||
    Object.values(progress).some((each) => each.loading > 0)
  const failures = document.datasets.flatMap((dataset) => {
    const state = live.datasets.get(dataset.id)
    return state?.error && !state.refusal ? [{ label: dataset.label, reason: state.error, retry: state.retry }] : []
  })
  const tileFailures = config.visState.layers.flatMap((layer) => {
    const { error: reason, refusal } = progress[layer.id] ?? NO_TILES
    return reason && !refusal && layer.config.isVisible
      ? [{ label: layer.config.label, reason, retry: () => viewRef.current?.retryLayer(layer.id) }]
      : []
  })
  const onSelect = (widget: MapWidget, selection: Selection | null) => {
    const column = filterColumn(widget)
    if (column) setSelections((before) => select(before, widget, column, selection))
  }
  const legend = (
    <Legend layers={config.visState.layers} descriptors={live.descriptors} settings={config.legendSettings} />
  )
  const widgetList = (
    <ul className={widgetClasses.list}>
      {widgets.map((widget) => (
        <li key={widget.id} className={widgetClasses.widget}>
          <WidgetCard
            widget={widget}
            dataset={document.datasets.find((dataset) => dataset.id === widget.dataSource)}
            selection={selectionOf(selections, widget)}
            onSelect={(selection) => onSelect(widget, selection)}
          />
        </li>
      ))}
    </ul>
  )
  const hasDescription = document.description.trim() !== ''
  const redraw = (connection: string) => {
    for (const id of layersOn(document, connection)) viewRef.current?.retryLayer(id)
  }
  return (
    <WidgetSurroundingsContext value={surroundings}>
      <AskCredentials isPerson={props.hasOwnLogins && access.kind === 'session'} canRemove onChanged={redraw}>
        <main className={classes.stage}>
          <MapCanvas
            access={access}
            styleUrl={basemap.styleUrl}
            initialView={config.mapState}
            descriptors={live.descriptors}
            events={events}
            label={messages.map(document.title)}
            viewRef={viewRef}
            controls={!isNarrow}
          >
            {isLoading && <div className={classes.progress} role="progressbar" aria-label={messages.loadingTiles} />}
            <div className={classes.left}>
              <header className={classes.head}>
                {map.branding.logoUrl && (
                  <img className={classes.logo} src={map.branding.logoUrl} width={24} height={24} alt="" />
                )}
                <h1 className={classes.title}>{document.title}</h1>
                {map.hasUnpublishedChanges && <VersionSwitch mapId={map.id} version={props.version} />}
                {hasDescription && (
                  <ActionIcon
                    aria-label={isHeadOpen ? messages.collapse(messages.details) : messages.expand(messages.details)}
                    aria-expanded={isHeadOpen}
                    onClick={() => setIsHeadOpen(!isHeadOpen)}
                  >
                    <IconInfoCircle size={16} />
                  </ActionIcon>
                )}
                {props.canEdit && !embedded && map.permissions.edit.allowed && (
                  <Tooltip label={messages.edit}>
                    <ActionIcon
                      aria-label={messages.edit}
                      renderRoot={(root) => <Link to="/maps/$mapId" params={{ mapId: map.id }} {...root} />}
                    >
                      <IconPencil size={16} />
                    </ActionIcon>
                  </Tooltip>
                )}
                {isHeadOpen && hasDescription && <p className={classes.description}>{document.description}</p>}
              </header>
              {[...failures, ...tileFailures].map((failure) => (
                <div key={failure.label} className={classes.failure} role="alert">
                  <span>{messages.sourceFailed(failure.label, failure.reason)}</span>
                  <Button variant="default" size="compact-xs" onClick={failure.retry}>
                    {messages.retry}
                  </Button>
                </div>
              ))}
              <MapCredentials document={document} live={live} progress={progress} />
              <BasemapNote note={map.basemap.isFallback ? 'missing' : basemap.note} />
              <FilterChips
                selections={selections}
                widgets={widgets}
                onRemove={(widget) => onSelect(widget, null)}
                onClear={() => setSelections(NO_SELECTIONS)}
              />
              {config.visState.layers.length === 0 && <Text className={classes.note}>{messages.emptyMap}</Text>}
            </div>
            {!isNarrow && <div className={classes.legend}>{legend}</div>}
            {!isNarrow && widgets.length > 0 && (
              <section
                className={classes.widgets}
                aria-label={messages.widgets}
                data-folded={!areWidgetsOpen || undefined}
              >
                <UnstyledButton
                  className={classes.fold}
                  aria-expanded={areWidgetsOpen}
                  onClick={() => setAreWidgetsOpen(!areWidgetsOpen)}
                >
                  <span>{messages.widgets}</span>
                  {areWidgetsOpen ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
                </UnstyledButton>
                {areWidgetsOpen && <div className={classes.scroll}>{widgetList}</div>}
              </section>
            )}
            <FeatureTooltip document={document} hovered={hovered} />
          </MapCanvas>
          {isNarrow && (
            <>
              {sheet && (
                <section className={classes.sheet} aria-label={sheet === 'legend' ? messages.legend : messages.widgets}>
                  {sheet === 'legend' ? legend : widgetList}
                </section>
              )}
              <nav className={classes.tabs}>
                <UnstyledButton
                  className={classes.tab}
                  aria-pressed={sheet === 'legend'}
                  onClick={() => setSheet(sheet === 'legend' ? null : 'legend')}
                >
                  <IconList size={18} /> {messages.legend}
                </UnstyledButton>
                {widgets.length > 0 && (
                  <UnstyledButton
                    className={classes.tab}
                    aria-pressed={sheet === 'widgets'}
                    onClick={() => setSheet(sheet === 'widgets' ? null : 'widgets')}
                  >
                    <IconChartBar size={18} /> {messages.widgets}
                  </UnstyledButton>
                )}
              </nav>
            </>
          )}
        </main>
      </AskCredentials>
    </WidgetSurroundingsContext>
  )
}
