import type { PublishingLogin, PublishingLoginList } from '@graticule/contract'
import { IconDots } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { publishingLoginsQuery, removePublishingLogin } from '../../api/publishing.ts'
import {
  ActionIcon,
  Badge,
  Button,
  FormError,
  Group,
  Menu,
  modals,
  notifications,
  QueryView,
  RelativeTime,
  Skeleton,
  Stack,
  Table,
  Text,
  Title,
} from '../../ui/index.ts'
import { loginMessages as messages } from './messages.ts'
import { PublishingLoginDialog } from './publishing-login-dialog.tsx'

/** The logins that a connection holds for public maps. */
export function PublishingLoginsPanel({ connection, hasOwnLogins }: { connection: string; hasOwnLogins: boolean }) {
  const options = publishingLoginsQuery(connection)
  const query = useQuery(options)
  return (
    <QueryView
      query={query}
      queryKey={options.queryKey}
      awaiting={messages.awaiting}
      skeleton={<Skeleton height={120} />}
    >
      {(list) =>
        list.fields.length === 0 ? null : <Logins connection={connection} list={list} hasOwnLogins={hasOwnLogins} />
      }
    </QueryView>
  )
}

function Logins(props: { connection: string; list: PublishingLoginList; hasOwnLogins: boolean }) {
  const { connection, list } = props
  const queryClient = useQueryClient()
  const [edited, setEdited] = useState<PublishingLogin | null | undefined>(undefined)
  const remove = useMutation({
    mutationFn: ({ id }: PublishingLogin) => removePublishingLogin(connection, id),
    onSuccess: async (_nothing, { name }) => {
      await queryClient.invalidateQueries({ queryKey: publishingLoginsQuery(connection).queryKey })
      notifications.show({ message: messages.removed(name) })
    },
  })
  const confirmRemoval = (login: PublishingLogin) =>
    modals.openConfirmModal({
      title: messages.removeTitle(login.name),
      children: <Text>{messages.removeText(login.publicMapCount)}</Text>,
      labels: { confirm: messages.remove, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(login),
    })
  return (
    <section aria-label={messages.title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {messages.title}
        </Title>
        <Button variant="default" onClick={() => setEdited(null)}>
          {messages.add}
        </Button>
      </Group>
      <Stack gap="sm">
        <Text c="dimmed" maw={640}>
          {messages.intro}
        </Text>
        <FormError error={remove.error} title={messages.removeFailed} />
        {list.logins.length === 0 ? (
          <Text>{props.hasOwnLogins ? messages.emptyViewer : messages.empty}</Text>
        ) : (
          <LoginTable logins={list.logins} onReplace={setEdited} onRemove={confirmRemoval} />
        )}
      </Stack>
      {edited !== undefined && (
        <PublishingLoginDialog
          connection={connection}
          fields={list.fields}
          login={edited}
          opened
          onClose={() => setEdited(undefined)}
        />
      )}
    </section>
  )
}

function LoginTable(props: {
  logins: readonly PublishingLogin[]
  onReplace: (login: PublishingLogin) => void
  onRemove: (login: PublishingLogin) => void
}) {
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table aria-label={messages.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.login}</Table.Th>
            <Table.Th>{columns.state}</Table.Th>
            <Table.Th ta="right">{columns.maps}</Table.Th>
            <Table.Th>{columns.changed}</Table.Th>
            <Table.Th w={44} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.logins.map((login) => (
            <Table.Tr key={login.id}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{login.name}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{login.loginName}</Table.Td>
              <Table.Td>
                <Group gap={4}>
                  <Badge color={login.state === 'valid' ? 'accent' : 'red'}>{messages.states[login.state]}</Badge>
                  {login.posture === 'red' && <Badge color="red">{messages.red}</Badge>}
                </Group>
              </Table.Td>
              <Table.Td ta="right">{login.publicMapCount}</Table.Td>
              <Table.Td>
                <RelativeTime at={login.changedAt} />
              </Table.Td>
              <Table.Td>
                <Menu position="bottom-end">
                  <Menu.Target>
                    <ActionIcon aria-label={messages.actionsOf(login.name)}>
                      <IconDots size={16} />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => props.onReplace(login)}>{messages.replace}</Menu.Item>
                    <Menu.Item color="red" onClick={() => props.onRemove(login)}>
                      {messages.remove}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
