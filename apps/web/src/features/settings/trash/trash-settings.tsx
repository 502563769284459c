import type { TrashItem } from '@graticule/contract'
import { IconRestore, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError } from '../../../api/api-error.ts'
import { purgeFromTrash, trashQuery } from '../../../api/trash.ts'
import { useRoleReaches, useSession } from '../../../shell/use-session.ts'
import {
  ActionIcon,
  Button,
  Group,
  ListFooter,
  modals,
  notifications,
  PageState,
  QueryView,
  RelativeTime,
  RowsSkeleton,
  Table,
  Text,
  Tooltip,
} from '../../../ui/index.ts'
import { messages } from './messages.ts'
import { RestoreDialog } from './restore-dialog.tsx'

const PAGE_SIZE = 25
const route = getRouteApi('/signed-in/workspace/settings/trash')

/** What was deleted and can still be brought back. */
export function TrashSettings() {
  if (useRoleReaches('map.delete')) return <Trash />
  return <PageState icon={<IconTrash size={20} />} title={messages.forbiddenTitle} />
}

function Trash() {
  const { page = 1 } = route.useSearch()
  const navigate = useNavigate({ from: '/settings/trash' })
  const [restored, setRestored] = useState<TrashItem | null>(null)
  const options = trashQuery({ page, pageSize: PAGE_SIZE })
  const query = useQuery(options)
  return (
    <section aria-label={messages.title}>
      <Text size="sm" c="dimmed" mb="sm">
        {messages.help}
      </Text>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaiting}
        skeleton={<RowsSkeleton count={4} />}
      >
        {({ items, total }) =>
          total === 0 ? (
            <PageState icon={<IconTrash size={20} />} title={messages.emptyTitle}>
              {messages.emptyText}
            </PageState>
          ) : (
            <>
              <TrashTable items={items} onRestore={setRestored} />
              <ListFooter
                count={messages.count(total)}
                total={total}
                pageSize={PAGE_SIZE}
                page={page}
                pagesLabel={messages.pages}
                onPage={(next) => void navigate({ search: { page: next }, replace: true })}
              />
            </>
          )
        }
      </QueryView>
      {restored !== null && <RestoreDialog key={restored.id} item={restored} onClose={() => setRestored(null)} />}
    </section>
  )
}

function TrashTable({ items, onRestore }: { items: readonly TrashItem[]; onRestore: (item: TrashItem) => void }) {
  const { user } = useSession()
  const confirmPurge = usePurge()
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.kind}</Table.Th>
            <Table.Th>{columns.owner}</Table.Th>
            <Table.Th>{columns.deleted}</Table.Th>
            <Table.Th>{columns.purged}</Table.Th>
            <Table.Th w={150} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.id}>
              <Table.Td fw={500}>
                {item.name}
                {describeItem(item) !== '' && (
                  <Text size="xs" c="dimmed">
                    {describeItem(item)}
                  </Text>
                )}
                {item.missingConnections.length > 0 && (
                  <Text size="xs" c="dimmed">
                    {messages.missing(item.missingConnections.join(', '))}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{messages.kind[item.kind]}</Table.Td>
              <Table.Td>{item.owner.id === user.id ? messages.you : item.owner.name}</Table.Td>
              <Table.Td>
                <RelativeTime at={item.deletedAt} /> {item.deletedBy !== null && messages.by(item.deletedBy)}
              </Table.Td>
              <Table.Td>
                <RelativeTime at={item.purgedAt} />
              </Table.Td>
              <Table.Td>
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <Button
                    size="compact-sm"
                    variant="default"
                    leftSection={<IconRestore size={14} aria-hidden />}
                    aria-label={messages.restoreOf(item.name)}
                    onClick={() => onRestore(item)}
                  >
                    {messages.restore}
                  </Button>
                  <Tooltip label={messages.purge}>
                    <ActionIcon
                      color="red"
                      variant="subtle"
                      aria-label={messages.purgeOf(item.name)}
                      onClick={() => confirmPurge(item)}
                    >
                      <IconTrash size={16} stroke={1.6} />
                    </ActionIcon>
                  </Tooltip>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** What there is to say of it besides its name. */
function describeItem({ contents, namedBy }: TrashItem): string {
  if (contents !== null) return messages.contents(contents.subfolders, contents.items)
  return namedBy === null ? '' : messages.onConnection(namedBy.connectionName)
}

/** Deleting for good, after a question. */
function usePurge() {
  const queryClient = useQueryClient()
  const purge = useMutation({
    mutationFn: purgeFromTrash,
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.failed,
        message: error instanceof ApiError ? error.message : '',
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['trash'] }),
  })
  return ({ kind, id, name }: TrashItem) =>
    modals.openConfirmModal({
      title: messages.purgeTitle(name),
      children: <Text>{messages.purgeText}</Text>,
      labels: { confirm: messages.purge, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () =>
        purge.mutate({ kind, id }, { onSuccess: () => notifications.show({ message: messages.purged(name) }) }),
    })
}
