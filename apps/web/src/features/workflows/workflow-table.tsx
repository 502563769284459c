import type { WorkflowSummary } from '@graticule/contract'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../shell/use-session.ts'
import { Anchor, Group, RelativeTime, SortableHeader, Table } from '../../ui/index.ts'
import { FavouriteButton } from '../library/favourite-button.tsx'
import { TagList } from '../library/tag-list.tsx'
import { PeopleCount, usePeopleCounts } from '../sharing/people-count.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { messages } from './messages.ts'
import { WorkflowMenu } from './workflow-menu.tsx'
import { orderOf, type WorkflowsSearch } from './workflows-search.ts'

/** Workflows as a table; title and change sort. */
export function WorkflowTable(props: {
  workflows: readonly WorkflowSummary[]
  search: WorkflowsSearch
  onSort: (order: Pick<WorkflowsSearch, 'sort' | 'direction'>) => void
}) {
  const { user } = useSession()
  const counts = usePeopleCounts(
    'workflow',
    props.workflows.map(({ id }) => id),
  )
  const { sort, direction } = orderOf(props.search)
  const header = (column: 'title' | 'updatedAt') => {
    const isSorted = sort === column
    const first = column === 'title' ? 'asc' : 'desc'
    const next = direction === 'asc' ? 'desc' : 'asc'
    return (
      <SortableHeader
        direction={isSorted ? direction : null}
        onSort={() => props.onSort({ sort: column, direction: isSorted ? next : first })}
      >
        {messages.columns[column]}
      </SortableHeader>
    )
  }
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {header('title')}
            <Table.Th>{messages.columns.visibility}</Table.Th>
            <Table.Th>{messages.columns.owner}</Table.Th>
            <Table.Th>{messages.columns.connection}</Table.Th>
            <Table.Th ta="right">{messages.columns.nodes}</Table.Th>
            {header('updatedAt')}
            <Table.Th w={80} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.workflows.map((workflow) => (
            <Table.Tr key={workflow.id}>
              <Table.Td>
                <Anchor
                  fw={500}
                  renderRoot={(anchor) => (
                    <Link to="/workflows/$workflowId" params={{ workflowId: workflow.id }} {...anchor} />
                  )}
                >
                  {workflow.title}
                </Anchor>
                <TagList kind="workflow" name={workflow.title} tags={workflow.tags} />
              </Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap">
                  <PrivacyLabel asset={workflow} kind="workflow" />
                  <PeopleCount
                    asset={{ kind: 'workflow', id: workflow.id }}
                    name={workflow.title}
                    count={counts[workflow.id]}
                  />
                </Group>
              </Table.Td>
              <Table.Td>{workflow.owner.id === user.id ? messages.you : workflow.owner.name}</Table.Td>
              <Table.Td>{workflow.connection?.name ?? messages.noConnection}</Table.Td>
              <Table.Td ta="right" className="tabular">
                {workflow.nodeCount}
              </Table.Td>
              <Table.Td>
                <RelativeTime at={workflow.updatedAt} />
              </Table.Td>
              <Table.Td>
                <Group gap={2} wrap="nowrap" justify="flex-end">
                  <FavouriteButton
                    kind="workflow"
                    id={workflow.id}
                    name={workflow.title}
                    isFavourite={workflow.isFavourite}
                  />
                  <WorkflowMenu workflow={workflow} />
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
