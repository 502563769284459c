import { MAP_SCOPES, type MapSummary } from '@graticule/contract'
import { IconLayoutGrid, IconList, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { mapsQuery } from '../../api/maps.ts'
import { Page } from '../../shell/page.tsx'
import { useCan } from '../../shell/use-session.ts'
import {
  ActionIcon,
  Button,
  ListFooter,
  QueryView,
  SearchField,
  SegmentedControl,
  Select,
  Tooltip,
} from '../../ui/index.ts'
import { BatchBar } from '../library/batch-bar.tsx'
import { MapCards, MapCardsSkeleton } from './map-cards.tsx'
import { MapFilters } from './map-filters.tsx'
import type { MapSelection } from './map-selection.ts'
import { MapTable } from './map-table.tsx'
import classes from './maps.module.css'
import { MapsEmpty } from './maps-empty.tsx'
import { MAPS_PAGE_SIZE, type MapsSearch, sortOf, toMapListQuery } from './maps-search.ts'
import { messages } from './messages.ts'
import { NewMapDialog } from './new-map-dialog.tsx'

const route = getRouteApi('/signed-in/workspace/maps')

/** The list of maps: whose, searched, sorted, as cards or as a table, all of it kept in the address. */
export function MapsPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/maps' })
  const change = (changes: MapsSearch) =>
    void navigate({ search: { ...search, page: undefined, ...changes }, replace: true })
  const options = mapsQuery(toMapListQuery(search))
  const query = useQuery(options)
  const canCreate = useCan('map.create').allowed
  const [selected, setSelected] = useState<readonly MapSummary[]>([])
  const selection: MapSelection = {
    ids: new Set(selected.map(({ id }) => id)),
    select: (maps, isSelected) => {
      const others = selected.filter(({ id }) => !maps.some((map) => map.id === id))
      setSelected(isSelected ? [...others, ...maps] : others)
    },
  }
  const { sort, direction } = sortOf(search)
  return (
    <Page
      title={messages.title}
      actions={
        canCreate && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => change({ create: true })}>
            {messages.newMap}
          </Button>
        )
      }
    >
      <div className={classes.toolbar}>
        <SegmentedControl
          aria-label={messages.scopesLabel}
          value={search.scope ?? 'all'}
          onChange={(scope) =>
            change({
              scope: MAP_SCOPES.find((known) => known === scope && known !== 'all'),
              // Each has the order that it begins with.
              sort: undefined,
              direction: undefined,
            })
          }
          data={MAP_SCOPES.map((scope) => ({ value: scope, label: messages.scopes[scope] }))}
        />
        <SearchField
          className={classes.search}
          label={messages.searchLabel}
          placeholder={messages.searchPlaceholder}
          clearLabel={messages.clearSearch}
          value={search.search ?? ''}
          onChange={(text) => change({ search: text || undefined })}
        />
        <MapFilters search={search} onChange={change} />
        <Select
          aria-label={messages.sortLabel}
          w={150}
          allowDeselect={false}
          value={`${sort}:${direction}`}
          data={Object.entries(messages.sorts).map(([value, label]) => ({ value, label }))}
          onChange={(value) => {
            const [column, order] = (value ?? '').split(':')
            change({ sort: column as MapsSearch['sort'], direction: order as MapsSearch['direction'] })
          }}
        />
        <ViewSwitch isTable={search.view === 'table'} onChange={(view) => change({ view, page: search.page })} />
      </div>
      <BatchBar maps={selected} onClear={() => setSelected([])} />
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<MapCardsSkeleton count={8} />}
      >
        {({ maps, total }) =>
          total === 0 ? (
            <MapsEmpty search={search} canCreate={canCreate} onChange={change} />
          ) : (
            <>
              {search.view === 'table' ? (
                <MapTable
                  maps={maps}
                  selection={selection}
                  sort={sort}
                  direction={direction}
                  onSort={(column, order) => change({ sort: column, direction: order })}
                />
              ) : (
                <MapCards maps={maps} selection={selection} />
              )}
              <ListFooter
                count={messages.mapCount(total)}
                total={total}
                pageSize={MAPS_PAGE_SIZE}
                page={search.page ?? 1}
                pagesLabel={messages.pageLabel}
                onPage={(page) => change({ page })}
              />
            </>
          )
        }
      </QueryView>
      <NewMapDialog opened={search.create === true && canCreate} onClose={() => change({ create: undefined })} />
    </Page>
  )
}

function ViewSwitch({ isTable, onChange }: { isTable: boolean; onChange: (view: 'table' | undefined) => void }) {
  const options = [
    { view: undefined, label: messages.viewCards, Icon: IconLayoutGrid, isOn: !isTable },
    { view: 'table', label: messages.viewTable, Icon: IconList, isOn: isTable },
  ] as const
  return (
    <ActionIcon.Group aria-label={messages.viewLabel}>
      {options.map(({ view, label, Icon, isOn }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon
            variant={isOn ? 'light' : 'default'}
            color={isOn ? 'accent' : 'gray'}
            size={30}
            aria-label={label}
            aria-pressed={isOn}
            onClick={() => onChange(view)}
          >
            <Icon size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      ))}
    </ActionIcon.Group>
  )
}
