import type { EgressHost } from '@graticule/contract'
import { Badge, Table, Text } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'

/** The hosts that the organization needs now, each with what is decided about it. */
export function EgressTable({ hosts }: { hosts: readonly EgressHost[] }) {
  const { columns } = messages
  if (hosts.length === 0) {
    return (
      <div className={classes.panel}>
        <Text c="dimmed">{messages.egressEmpty}</Text>
      </div>
    )
  }
  return (
    <Table.ScrollContainer
      minWidth={640}
      maw={880}
      // Nothing inside takes the keyboard, by which a narrow window must be scrolled too.
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': messages.egressTitle } }}
    >
      <Table aria-label={messages.egressTitle} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.host}</Table.Th>
            <Table.Th>{columns.purpose}</Table.Th>
            <Table.Th>{columns.usedBy}</Table.Th>
            <Table.Th>{columns.state}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {hosts.map(({ allowed, host, port, purpose, reason, usedBy }) => (
            <Table.Tr key={`${purpose} ${host} ${port}`}>
              <Table.Td fw={500}>{`${host}:${port}`}</Table.Td>
              <Table.Td>{messages.purposes[purpose]}</Table.Td>
              <Table.Td>{usedBy.join(', ')}</Table.Td>
              <Table.Td>
                <Badge color={allowed ? 'accent' : 'red'}>{allowed ? messages.allowed : messages.refused}</Badge>
                {!allowed && (
                  <Text size="sm" c="dimmed">
                    {reason}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
