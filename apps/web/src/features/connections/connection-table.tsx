import type { ConnectionSummary, ViewerAuthentication } from '@graticule/contract'
import { IconDots, IconPencil, IconShare, IconShieldCheck, IconTable, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { connectionsQuery, providersQuery } from '../../api/connections.ts'
import { useRoleReaches, useSession } from '../../shell/use-session.ts'
import {
  ActionIcon,
  Anchor,
  Badge,
  Group,
  Menu,
  RelativeTime,
  RuledMenuItem,
  Table,
  Text,
  useDisclosure,
  VisuallyHidden,
} from '../../ui/index.ts'
import { PeopleCount, usePeopleCounts } from '../sharing/people-count.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { AskCredentials } from '../viewer-credentials/ask-credentials.tsx'
import { MyCredentialsButton } from '../viewer-credentials/my-credentials-button.tsx'
import { useHasOwnLogins } from '../viewer-credentials/use-has-own-logins.ts'
import { BookmarkButton } from './bookmark-button.tsx'
import { ConnectionShareDialog } from './connection-share-dialog.tsx'
import { ConnectionState } from './connection-state.tsx'
import { messages } from './messages.ts'
import { useConnectionActions } from './use-connection-actions.tsx'

/** Connections with who may use them and whether they work. */
export function ConnectionTable(props: {
  connections: readonly ConnectionSummary[]
  onEdit: (connection: ConnectionSummary) => void
}) {
  const { user } = useSession()
  const counts = usePeopleCounts(
    'connection',
    props.connections.map(({ id }) => id),
  )
  const canBrowse = useRoleReaches('data.browse')
  const providers = useQuery(providersQuery).data ?? []
  const providerLabel = (id: string) => providers.find((provider) => provider.id === id)?.label ?? id
  const { columns } = messages
  const hasOwnLogins = useHasOwnLogins()
  return (
    <AskCredentials isPerson={hasOwnLogins} canRemove>
      <Table.ScrollContainer minWidth={760}>
        <Table aria-label={messages.caption} verticalSpacing={6} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={36}>
                <VisuallyHidden>{columns.bookmark}</VisuallyHidden>
              </Table.Th>
              <Table.Th>{columns.name}</Table.Th>
              <Table.Th>{columns.provider}</Table.Th>
              <Table.Th>{columns.privacy}</Table.Th>
              <Table.Th>{columns.owner}</Table.Th>
              {canBrowse && <Table.Th>{columns.state}</Table.Th>}
              <Table.Th>{columns.changed}</Table.Th>
              <Table.Th w={44} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {bookmarkedFirst(props.connections).map((connection) => (
              <Table.Tr key={connection.id}>
                <Table.Td pe={0}>
                  <BookmarkButton connection={connection} />
                </Table.Td>
                <Table.Td>
                  <Group gap={8} wrap="nowrap">
                    {canBrowse ? (
                      <Anchor
                        fw={500}
                        renderRoot={(anchor) => (
                          <Link to="/data/$connection" params={{ connection: connection.name }} {...anchor} />
                        )}
                      >
                        {connection.name}
                      </Anchor>
                    ) : (
                      <Text fw={500}>{connection.name}</Text>
                    )}
                    {connection.credentialPolicy === 'viewer' && <WayBadge way={connection.viewerAuthentication} />}
                    {connection.embedded && <Badge color="gray">{messages.embedded}</Badge>}
                  </Group>
                  <MyCredentialsButton connection={connection} />
                </Table.Td>
                <Table.Td>
                  {providerLabel(connection.providerId)}
                  <Text size="xs" c="dimmed">
                    {describeHost(connection)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Group gap={4} wrap="nowrap">
                    <PrivacyLabel asset={connection} kind="connection" />
                    <PeopleCount
                      asset={{ kind: 'connection', id: connection.id }}
                      name={connection.name}
                      count={counts[connection.id]}
                    />
                  </Group>
                </Table.Td>
                <Table.Td>
                  {connection.owner.id === user.id ? messages.you : connection.owner.name || messages.system}
                </Table.Td>
                {canBrowse && (
                  <Table.Td>
                    <ConnectionState name={connection.name} />
                  </Table.Td>
                )}
                <Table.Td>
                  <RelativeTime at={connection.updatedAt} />
                </Table.Td>
                <Table.Td>
                  <ConnectionMenu connection={connection} canBrowse={canBrowse} onEdit={props.onEdit} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </AskCredentials>
  )
}

/** What is kept at hand stands on top, each part by name. */
function bookmarkedFirst(connections: readonly ConnectionSummary[]): readonly ConnectionSummary[] {
  return [...connections].sort((a, b) => Number(b.bookmarked) - Number(a.bookmarked))
}

function ConnectionMenu(props: {
  connection: ConnectionSummary
  canBrowse: boolean
  onEdit: (connection: ConnectionSummary) => void
}) {
  const { connection } = props
  const { confirmDelete, inUseDialog } = useConnectionActions()
  const queryClient = useQueryClient()
  const [isSharing, sharing] = useDisclosure(false)
  const { edit, share, delete: remove } = connection.permissions
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon aria-label={messages.actionsOf(connection.name)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {props.canBrowse && (
            <Menu.Item
              leftSection={<IconTable size={16} stroke={1.6} />}
              renderRoot={(item) => <Link to="/data/$connection" params={{ connection: connection.name }} {...item} />}
            >
              {messages.browse}
            </Menu.Item>
          )}
          <RuledMenuItem
            permission={edit}
            leftSection={<IconPencil size={16} stroke={1.6} />}
            onClick={() => props.onEdit(connection)}
          >
            {messages.edit}
          </RuledMenuItem>
          {edit.allowed && (
            <Menu.Item
              leftSection={<IconShieldCheck size={16} stroke={1.6} />}
              renderRoot={(item) => (
                <Link to="/connections/$connection/login" params={{ connection: connection.name }} {...item} />
              )}
            >
              {messages.login}
            </Menu.Item>
          )}
          <RuledMenuItem permission={share} leftSection={<IconShare size={16} stroke={1.6} />} onClick={sharing.open}>
            {messages.share}
          </RuledMenuItem>
          <Menu.Divider />
          <RuledMenuItem
            permission={remove}
            color="red"
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={() => confirmDelete(connection)}
          >
            {messages.delete}
          </RuledMenuItem>
        </Menu.Dropdown>
      </Menu>
      {inUseDialog}
      <ConnectionShareDialog
        connection={connection}
        opened={isSharing}
        onShared={() => queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey })}
        onClose={sharing.close}
      />
    </>
  )
}

/** Where the warehouse is, as far as its configuration says and the reader may know. */
function describeHost({ config }: ConnectionSummary): string {
  const host = typeof config.host === 'string' ? config.host : ''
  const database = typeof config.database === 'string' ? config.database : ''
  return [host, database].filter(Boolean).join(' / ')
}

/** By what everybody but the owner is let in. */
function WayBadge({ way }: { way: ViewerAuthentication }) {
  switch (way) {
    case 'stored':
      return <Badge color="gray">{messages.ownLogins}</Badge>
    case 'certificate':
      return (
        <Badge color="gray" title={messages.certificatesHelp}>
          {messages.certificates}
        </Badge>
      )
    case 'token':
      return (
        <Badge color="gray" title={messages.tokensHelp}>
          {messages.tokens}
        </Badge>
      )
  }
}
