import type { MapSummary } from '@graticule/contract'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../shell/use-session.ts'
import { Checkbox, Group, RelativeTime, SortableHeader, Table } from '../../ui/index.ts'
import { FavouriteButton } from '../library/favourite-button.tsx'
import { TagList } from '../library/tag-list.tsx'
import { PeopleCount, usePeopleCounts } from '../sharing/people-count.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { MapMarks } from './map-marks.tsx'
import { MapMenu } from './map-menu.tsx'
import type { MapSelection } from './map-selection.ts'
import classes from './maps.module.css'
import { messages } from './messages.ts'
import { ownerName } from './owner-name.ts'

type SortColumn = 'title' | 'updatedAt'

/** Maps as a table; title and change sort. */
export function MapTable(props: {
  maps: readonly MapSummary[]
  /** Absent where nothing is done with several at once. */
  selection?: MapSelection
  sort: string
  direction: 'asc' | 'desc'
  onSort: (sort: SortColumn, direction: 'asc' | 'desc') => void
}) {
  const { user } = useSession()
  const counts = usePeopleCounts(
    'map',
    props.maps.map(({ id }) => id),
  )
  const { selection } = props
  const selectedHere = props.maps.filter(({ id }) => selection?.ids.has(id)).length
  const headerFor = (column: SortColumn, firstDirection: 'asc' | 'desc', label: string) => {
    const isSorted = props.sort === column
    const flipped = props.direction === 'asc' ? 'desc' : 'asc'
    return (
      <SortableHeader
        direction={isSorted ? props.direction : null}
        onSort={() => props.onSort(column, isSorted ? flipped : firstDirection)}
      >
        {label}
      </SortableHeader>
    )
  }
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table aria-label={messages.tableCaption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {selection && (
              <Table.Th w={36}>
                <Checkbox
                  size="xs"
                  aria-label={messages.selectPage}
                  checked={selectedHere > 0 && selectedHere === props.maps.length}
                  indeterminate={selectedHere > 0 && selectedHere < props.maps.length}
                  onChange={(event) => selection.select(props.maps, event.currentTarget.checked)}
                />
              </Table.Th>
            )}
            {headerFor('title', 'asc', messages.columns.title)}
            <Table.Th>{messages.columns.visibility}</Table.Th>
            <Table.Th>{messages.columns.owner}</Table.Th>
            <Table.Th ta="right">{messages.columns.layers}</Table.Th>
            {headerFor('updatedAt', 'desc', messages.columns.changed)}
            <Table.Th w={80} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.maps.map((map) => (
            <Table.Tr key={map.id} bg={selection?.ids.has(map.id) ? 'var(--panel-hover)' : undefined}>
              {selection && (
                <Table.Td>
                  <Checkbox
                    size="xs"
                    aria-label={messages.select(map.title)}
                    checked={selection.ids.has(map.id)}
                    onChange={(event) => selection.select([map], event.currentTarget.checked)}
                  />
                </Table.Td>
              )}
              <Table.Td>
                <Link
                  to="/maps/$mapId"
                  params={{ mapId: map.id }}
                  className={classes.rowLink}
                  aria-label={messages.openMap(map.title)}
                >
                  {map.title}
                </Link>
                <TagList kind="map" name={map.title} tags={map.tags} />
              </Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap">
                  <PrivacyLabel asset={map} kind="map" />
                  <MapMarks map={map} />
                  <PeopleCount asset={{ kind: 'map', id: map.id }} name={map.title} count={counts[map.id]} />
                </Group>
              </Table.Td>
              <Table.Td>{ownerName(map.owner, user.id)}</Table.Td>
              <Table.Td ta="right" className="tabular">
                {map.layerCount}
              </Table.Td>
              <Table.Td>
                <RelativeTime at={map.updatedAt} />
              </Table.Td>
              <Table.Td>
                <Group gap={2} wrap="nowrap" justify="flex-end">
                  <FavouriteButton kind="map" id={map.id} name={map.title} isFavourite={map.isFavourite} />
                  <MapMenu map={map} />
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
