import type { TokenSummary } from '@graticule/contract'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { revokeToken, tokensQuery } from '../../api/tokens.ts'
import { ActionIcon, Badge, Code, modals, notifications, RelativeTime, Table, Text, Tooltip } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** How many grants of a token a row spells out. */
const SHOWN_GRANTS = 3

/** The tokens, with what each may read and when it was last used. */
export function TokenTable({ tokens }: { tokens: readonly TokenSummary[] }) {
  const confirmRevoke = useRevoke()
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table aria-label={messages.caption} verticalSpacing={8} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.grants}</Table.Th>
            <Table.Th>{columns.apis}</Table.Th>
            <Table.Th>{columns.lastUsed}</Table.Th>
            <Table.Th>{columns.expires}</Table.Th>
            <Table.Th w={44} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td>
                <Text fw={500}>{token.name}</Text>
                <Code fz={12}>{token.prefix}…</Code>
              </Table.Td>
              <Table.Td>
                <Grants token={token} />
              </Table.Td>
              <Table.Td>{token.allowed_apis.join(', ')}</Table.Td>
              <Table.Td>{token.lastUsedAt ? <RelativeTime at={token.lastUsedAt} /> : messages.neverUsed}</Table.Td>
              <Table.Td>
                <Expiry at={token.expiration_date} />
              </Table.Td>
              <Table.Td>
                <Tooltip label={messages.revoke}>
                  <ActionIcon aria-label={messages.revokeOf(token.name)} onClick={() => confirmRevoke(token)}>
                    <IconTrash size={16} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Grants({ token }: { token: TokenSummary }) {
  const hidden = token.grants.length - SHOWN_GRANTS
  return (
    <>
      {token.grants.slice(0, SHOWN_GRANTS).map(({ connection_name, source }) => (
        <div key={`${connection_name} ${source}`}>
          {connection_name} · {source === '*' ? messages.everything : <Code fz={12}>{source}</Code>}
        </div>
      ))}
      {hidden > 0 && (
        <Text size="xs" c="dimmed">
          {messages.moreGrants(hidden)}
        </Text>
      )}
      {token.referers.length > 0 && (
        <Text size="xs" c="dimmed">
          {messages.onlyFrom(token.referers.join(', '))}
        </Text>
      )}
    </>
  )
}

function Expiry({ at }: { at: string | null }) {
  if (at === null) return messages.never
  if (new Date(at) <= new Date()) return <Badge color="red">{messages.expired}</Badge>
  return <RelativeTime at={at} />
}

function useRevoke(): (token: TokenSummary) => void {
  const queryClient = useQueryClient()
  const revoke = useMutation({
    mutationFn: (token: TokenSummary) => revokeToken(token.id),
    onSuccess: async (_nothing, token) => {
      await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey })
      notifications.show({ message: messages.revoked(token.name) })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.actionFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  return (token) =>
    modals.openConfirmModal({
      title: messages.revokeTitle(token.name),
      children: <Text>{messages.revokeText}</Text>,
      labels: { confirm: messages.revoke, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => revoke.mutate(token),
    })
}
