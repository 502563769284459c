import type { RESOURCE_ORDERS, Resource } from '@graticule/contract'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../../shell/use-session.ts'
import { Anchor, Checkbox, RelativeTime, SortableHeader, Table, Text } from '../../../ui/index.ts'
import { PrivacyLabel } from '../../sharing/privacy-label.tsx'
import { type AssetsSearch, orderOf } from './assets-search.ts'
import { ConnectionLink } from './connection-inspection.tsx'
import { messages } from './messages.ts'

/** The assets of everybody; rows are selected for what is done to several at once. */
export function AssetTable(props: {
  resources: readonly Resource[]
  search: AssetsSearch
  selectedIds: ReadonlySet<string>
  onSelect: (resources: readonly Resource[], isSelected: boolean) => void
  onSort: (order: Pick<AssetsSearch, 'sort' | 'direction'>) => void
}) {
  const { resources, selectedIds } = props
  const { user } = useSession()
  const { sort, direction } = orderOf(props.search)
  // What the system owns is neither deleted nor transferred.
  const selectable = resources.filter(({ owner }) => owner !== null)
  const selectedHere = selectable.filter(({ id }) => selectedIds.has(id)).length
  const header = (column: (typeof RESOURCE_ORDERS)[number]) => {
    const isSorted = sort === column
    const flipped = direction === 'asc' ? 'desc' : 'asc'
    return (
      <SortableHeader
        direction={isSorted ? direction : null}
        onSort={() => props.onSort({ sort: column, direction: isSorted ? flipped : undefined })}
      >
        {messages.columns[column]}
      </SortableHeader>
    )
  }
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <Checkbox
                size="xs"
                aria-label={messages.selectPage}
                checked={selectable.length > 0 && selectedHere === selectable.length}
                indeterminate={selectedHere > 0 && selectedHere < selectable.length}
                onChange={(event) => props.onSelect(selectable, event.currentTarget.checked)}
              />
            </Table.Th>
            {header('name')}
            {header('resourceType')}
            {header('owner')}
            <Table.Th>{messages.columns.visibility}</Table.Th>
            <Table.Th>{messages.columns.connections}</Table.Th>
            {header('updatedAt')}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {resources.map((resource) => (
            <Table.Tr key={resource.id} bg={selectedIds.has(resource.id) ? 'var(--panel-hover)' : undefined}>
              <Table.Td>
                <Checkbox
                  size="xs"
                  aria-label={messages.select(resource.name)}
                  disabled={resource.owner === null}
                  checked={selectedIds.has(resource.id)}
                  onChange={(event) => props.onSelect([resource], event.currentTarget.checked)}
                />
              </Table.Td>
              <Table.Td>
                <AssetLink resource={resource} />
              </Table.Td>
              <Table.Td>{messages.kind[resource.resourceType]}</Table.Td>
              <Table.Td>
                {resource.owner === null
                  ? messages.system
                  : resource.owner.id === user.id
                    ? messages.you
                    : resource.owner.name}
              </Table.Td>
              <Table.Td>
                {resource.resourceType !== 'token' && resource.resourceType !== 'oauth-client' && (
                  <PrivacyLabel asset={resource} kind={resource.resourceType} />
                )}
              </Table.Td>
              <Table.Td>
                {resource.connections.map(({ name }) => name).join(', ')}
                {resource.resourceType === 'connection' && resource.dependentCount > 0 && (
                  <Text size="xs" c="dimmed">
                    {messages.dependents(resource.dependentCount)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <RelativeTime at={resource.updatedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** Maps and workflows open read-only; the others are looked at here. */
function AssetLink({ resource }: { resource: Resource }) {
  const { id, name, resourceType } = resource
  switch (resourceType) {
    case 'map':
      return (
        <Anchor fw={500} renderRoot={(anchor) => <Link to="/map/$mapId" params={{ mapId: id }} {...anchor} />}>
          {name}
        </Anchor>
      )
    case 'workflow':
      return (
        <Anchor
          fw={500}
          renderRoot={(anchor) => <Link to="/workflows/$workflowId" params={{ workflowId: id }} {...anchor} />}
        >
          {name}
        </Anchor>
      )
    case 'application':
      return (
        <Anchor fw={500} renderRoot={(anchor) => <Link to="/applications" search={{ search: name }} {...anchor} />}>
          {name}
        </Anchor>
      )
    case 'project':
      return (
        <Anchor
          fw={500}
          renderRoot={(anchor) => <Link to="/projects/$projectId" params={{ projectId: id }} {...anchor} />}
        >
          {name}
        </Anchor>
      )
    case 'connection':
      return <ConnectionLink id={id} name={name} />
    case 'token':
    case 'oauth-client':
      return <Text fw={500}>{name}</Text>
  }
}
