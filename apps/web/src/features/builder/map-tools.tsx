import { IconCube, IconFlag, IconMap2, IconSql, IconZoomScan } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { basemapsQuery } from '../../api/maps.ts'
import { basemapIdOf } from '../../map/basemap.ts'
import { type Bounds, unionOfBounds } from '../../map/bounds.ts'
import { findSourceBounds } from '../../map/source-bounds.ts'
import { ActionIcon, Menu, notifications, Tooltip } from '../../ui/index.ts'
import classes from './builder.module.css'
import { setBasemap, setStartView } from './commands/map.ts'
import { useLiveMapContext } from './live-map-context.ts'
import { messages } from './messages.ts'
import { useBuilder, useBuilderStore, useDocument } from './store/builder-store.ts'
import { drawerForSelection } from './use-builder-shortcuts.ts'

/** How long "fit" waits for bounds that are narrower than the ones it knows, milliseconds. */
const NARROWER_BOUNDS_TIMEOUT_MS = 4_000

/** The tools over the map: basemap, start view, tilt, fit, SQL. */
export function MapTools() {
  const document = useDocument()
  const store = useBuilderStore()
  const run = useBuilder((state) => state.run)
  const isTilted = useBuilder((state) => state.view.pitch > 5)
  const drawer = useBuilder((state) => state.drawer)
  const { viewRef, live, access } = useLiveMapContext()
  const basemaps = useQuery(basemapsQuery).data ?? []
  const { config } = document.keplerMapConfig
  const current = basemapIdOf(config)
  const loaded = document.datasets.filter(({ id }) => live.datasets.get(id)?.source?.tilejson.bounds)
  const fitAll = async (): Promise<void> => {
    const signal = AbortSignal.timeout(NARROWER_BOUNDS_TIMEOUT_MS)
    const found = await Promise.all(
      loaded.map((dataset) =>
        findSourceBounds(dataset, live.datasets.get(dataset.id)?.source?.tilejson.bounds, access, signal),
      ),
    )
    const bounds = unionOfBounds(found.filter((each): each is Bounds => each !== null))
    if (bounds) viewRef.current?.fitBounds(bounds)
  }
  return (
    <div className={classes.tools} role="toolbar" aria-label="Map tools">
      <Menu position="bottom-end">
        <Menu.Target>
          <Tooltip label={messages.basemap}>
            <ActionIcon aria-label={messages.basemap}>
              <IconMap2 size={17} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{messages.basemap}</Menu.Label>
          <Menu.RadioGroup value={current} onChange={(id) => run(setBasemap(id))}>
            {basemaps.map((basemap) => (
              <Menu.RadioItem key={basemap.id} value={basemap.id} closeMenuOnClick>
                {basemap.label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={messages.fitAll}>
        <ActionIcon aria-label={messages.fitAll} disabled={loaded.length === 0} onClick={() => void fitAll()}>
          <IconZoomScan size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={messages.tiltHint}>
        <ActionIcon
          aria-label={messages.tiltHint}
          aria-pressed={isTilted}
          color={isTilted ? 'accent' : 'gray'}
          onClick={() => viewRef.current?.setPitch(isTilted ? 0 : 50)}
        >
          <IconCube size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={messages.startViewHint}>
        <ActionIcon
          aria-label={messages.startView}
          onClick={() => {
            run(setStartView(store.getState().view))
            notifications.show({ message: messages.startViewSet })
          }}
        >
          <IconFlag size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${messages.sql} (⌘J)`}>
        <ActionIcon
          aria-label={messages.sql}
          aria-pressed={drawer !== null}
          color={drawer ? 'accent' : 'gray'}
          onClick={() => store.getState().setDrawer(drawer ? null : drawerForSelection(store.getState()))}
        >
          <IconSql size={17} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
