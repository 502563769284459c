import type { SupportGrant } from '@graticule/contract'
import { RelativeTime, Table, Text, Title } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Every time that support access was enabled and has ended, the latest first. */
export function GrantHistory({ grants }: { grants: readonly SupportGrant[] }) {
  const { columns } = messages
  return (
    <section>
      <Title order={3} mb="xs">
        {messages.historyTitle}
      </Title>
      {grants.length === 0 ? (
        <Text c="dimmed">{messages.historyEmpty}</Text>
      ) : (
        <Table.ScrollContainer minWidth={720}>
          <Table aria-label={messages.historyTitle} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{columns.from}</Table.Th>
                <Table.Th>{columns.people}</Table.Th>
                <Table.Th>{columns.scope}</Table.Th>
                <Table.Th>{columns.end}</Table.Th>
                <Table.Th>{columns.receiver}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {grants.map((grant) => (
                <Table.Tr key={grant.id} style={{ verticalAlign: 'top' }}>
                  <Table.Td>
                    <RelativeTime at={grant.createdAt} /> {messages.by(grant.enabledBy.name)}
                  </Table.Td>
                  <Table.Td>
                    {grant.people.map(({ email, id, lastSeenAt }) => (
                      <div key={id}>
                        {email}
                        {lastSeenAt === null && (
                          <Text size="xs" c="dimmed">
                            {messages.neverSeen}
                          </Text>
                        )}
                      </div>
                    ))}
                  </Table.Td>
                  <Table.Td>
                    {messages.roles[grant.role]}
                    <Text size="xs" c="dimmed" maw={220}>
                      {grant.reason}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <RelativeTime at={grant.endedAt ?? grant.expiresAt} />
                    <Text size="xs" c="dimmed">
                      {grant.endedBy === null ? messages.expired : messages.revokedBy(grant.endedBy.name)}
                    </Text>
                  </Table.Td>
                  <Table.Td>{grant.receiver?.name}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}
