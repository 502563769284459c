import type { ConnectionSummary, NamedSource } from '@graticule/contract'
import { IconPencil, IconPlus, IconTrash, IconVariable } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { deleteNamedSource, namedSourcesQuery } from '../../api/named-sources.ts'
import {
  ActionIcon,
  Button,
  Code,
  Group,
  modals,
  notifications,
  PageState,
  QueryView,
  RelativeTime,
  Skeleton,
  Table,
  Text,
  Title,
  Tooltip,
} from '../../ui/index.ts'
import { NamedSourceDialog, type NamedSourceDraft } from './named-source-dialog.tsx'
import { namedSourceMessages as messages } from './named-source-messages.ts'

/** The person's named sources: made, edited and deleted here, used by programs under their names. */
export function NamedSourcesSection({ connections }: { connections: readonly ConnectionSummary[] }) {
  const query = useQuery(namedSourcesQuery)
  const [draft, setDraft] = useState<NamedSourceDraft | null>(null)
  const newButton = (variant: 'default' | 'filled') => (
    <Button
      variant={variant}
      leftSection={<IconPlus size={16} />}
      disabled={connections.length === 0}
      onClick={() => setDraft('new')}
    >
      {messages.newSource}
    </Button>
  )
  return (
    <section aria-label={messages.title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {messages.title}
        </Title>
        {(query.data?.length ?? 0) > 0 && newButton('default')}
      </Group>
      <QueryView
        query={query}
        queryKey={namedSourcesQuery.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<Skeleton height={100} />}
      >
        {(sources) =>
          sources.length === 0 ? (
            <PageState icon={<IconVariable size={20} />} title={messages.emptyTitle} actions={newButton('filled')}>
              {messages.emptyText}
            </PageState>
          ) : (
            <NamedSourceTable sources={sources} onEdit={setDraft} />
          )
        }
      </QueryView>
      <NamedSourceDialog draft={draft} connections={connections} onClose={() => setDraft(null)} />
    </section>
  )
}

function NamedSourceTable(props: { sources: readonly NamedSource[]; onEdit: (source: NamedSource) => void }) {
  const confirmDelete = useDelete()
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table aria-label={messages.caption} verticalSpacing={8} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.connection}</Table.Th>
            <Table.Th>{columns.changed}</Table.Th>
            <Table.Th w={88} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.sources.map((source) => (
            <Table.Tr key={source.id}>
              <Table.Td>
                <Code fz={12}>{source.name}</Code>
                {source.description !== '' && (
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    {source.description}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{source.connection_name}</Table.Td>
              <Table.Td>
                <RelativeTime at={source.updatedAt} />
              </Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap" justify="flex-end">
                  <Tooltip label={messages.edit}>
                    <ActionIcon aria-label={messages.editOf(source.name)} onClick={() => props.onEdit(source)}>
                      <IconPencil size={16} stroke={1.6} />
                    </ActionIcon>
                  </Tooltip>
                  <Tooltip label={messages.delete}>
                    <ActionIcon aria-label={messages.deleteOf(source.name)} onClick={() => confirmDelete(source)}>
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

function useDelete(): (source: NamedSource) => void {
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: (source: NamedSource) => deleteNamedSource(source.name),
    onSuccess: async (_nothing, source) => {
      await queryClient.invalidateQueries({ queryKey: namedSourcesQuery.queryKey })
      notifications.show({ message: messages.deleted(source.name) })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.actionFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  return (source) =>
    modals.openConfirmModal({
      title: messages.deleteTitle(source.name),
      children: <Text>{messages.deleteText}</Text>,
      labels: { confirm: messages.delete, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(source),
    })
}
