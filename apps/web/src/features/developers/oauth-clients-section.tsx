import type { OAuthClientSummary } from '@graticule/contract'
import { IconCode, IconPencil, IconPlus, IconTrash, IconUserKey } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { deleteOAuthClient, oauthClientsQuery } from '../../api/oauth-clients.ts'
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
import { OAuthClientDialog, type OAuthClientDraft } from './oauth-client-dialog.tsx'
import { oauthClientMessages as messages } from './oauth-client-messages.ts'
import { OAuthClientUsageDialog, type ShownClient } from './oauth-client-usage-dialog.tsx'

/** The OAuth clients of the organization; each is changed by whoever made it. */
export function OAuthClientsSection() {
  const query = useQuery(oauthClientsQuery)
  const [draft, setDraft] = useState<OAuthClientDraft | null>(null)
  const [shown, setShown] = useState<ShownClient | null>(null)
  const newButton = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<IconPlus size={16} />} onClick={() => setDraft('new')}>
      {messages.newClient}
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
        queryKey={oauthClientsQuery.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<Skeleton height={100} />}
      >
        {(clients) =>
          clients.length === 0 ? (
            <PageState icon={<IconUserKey size={20} />} title={messages.emptyTitle} actions={newButton('filled')}>
              {messages.emptyText}
            </PageState>
          ) : (
            <OAuthClientTable
              clients={clients}
              onEdit={setDraft}
              onShow={(client) => setShown({ client, clientSecret: null })}
            />
          )
        }
      </QueryView>
      <OAuthClientDialog
        draft={draft}
        onClose={() => setDraft(null)}
        onCreated={({ clientSecret, ...client }) => {
          setDraft(null)
          setShown({ client, clientSecret })
        }}
      />
      <OAuthClientUsageDialog shown={shown} onClose={() => setShown(null)} />
    </section>
  )
}

function OAuthClientTable(props: {
  clients: readonly OAuthClientSummary[]
  onEdit: (client: OAuthClientSummary) => void
  onShow: (client: OAuthClientSummary) => void
}) {
  const confirmDelete = useDelete()
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table aria-label={messages.caption} verticalSpacing={8} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.title}</Table.Th>
            <Table.Th>{columns.kind}</Table.Th>
            <Table.Th>{columns.owner}</Table.Th>
            <Table.Th>{columns.lastUsed}</Table.Th>
            <Table.Th w={124} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.clients.map((client) => (
            <Table.Tr key={client.id}>
              <Table.Td>
                <Text fw={500}>{client.title}</Text>
                <Code fz={12}>{client.id}</Code>
              </Table.Td>
              <Table.Td>{messages.kinds[client.kind]}</Table.Td>
              <Table.Td>{client.owner.name}</Table.Td>
              <Table.Td>{client.lastUsedAt ? <RelativeTime at={client.lastUsedAt} /> : messages.neverUsed}</Table.Td>
              <Table.Td>
                <Group gap={4} wrap="nowrap" justify="flex-end">
                  <Tooltip label={messages.show}>
                    <ActionIcon aria-label={messages.showOf(client.title)} onClick={() => props.onShow(client)}>
                      <IconCode size={16} stroke={1.6} />
                    </ActionIcon>
                  </Tooltip>
                  {client.isOwn && (
                    <>
                      <Tooltip label={messages.edit}>
                        <ActionIcon aria-label={messages.editOf(client.title)} onClick={() => props.onEdit(client)}>
                          <IconPencil size={16} stroke={1.6} />
                        </ActionIcon>
                      </Tooltip>
                      <Tooltip label={messages.delete}>
                        <ActionIcon aria-label={messages.deleteOf(client.title)} onClick={() => confirmDelete(client)}>
                          <IconTrash size={16} stroke={1.6} />
                        </ActionIcon>
                      </Tooltip>
                    </>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function useDelete(): (client: OAuthClientSummary) => void {
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: ({ id }: OAuthClientSummary) => deleteOAuthClient(id),
    onSuccess: async (_nothing, { title }) => {
      await queryClient.invalidateQueries({ queryKey: oauthClientsQuery.queryKey })
      notifications.show({ message: messages.deleted(title) })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.actionFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  return (client) =>
    modals.openConfirmModal({
      title: messages.deleteTitle(client.title),
      children: <Text>{messages.deleteText}</Text>,
      labels: { confirm: messages.delete, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(client),
    })
}
