import type { PostureTable } from '@graticule/contract'
import { Table } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** The tables that the login reads, and what row-level security does there. */
export function PostureTables({ tables }: { tables: readonly PostureTable[] }) {
  const { tableColumns, securityStates, yes, no } = messages
  const stateOf = ({ hasRowSecurity, isForced }: PostureTable): string =>
    hasRowSecurity ? (isForced ? securityStates.forced : securityStates.on) : securityStates.off
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table aria-label={messages.tablesTitle} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{tableColumns.name}</Table.Th>
            <Table.Th>{tableColumns.security}</Table.Th>
            <Table.Th>{tableColumns.active}</Table.Th>
            <Table.Th>{tableColumns.owned}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tables.map((table) => (
            <Table.Tr key={table.name}>
              <Table.Td>{table.name}</Table.Td>
              <Table.Td>{stateOf(table)}</Table.Td>
              <Table.Td>{table.isActive ? yes : no}</Table.Td>
              <Table.Td>{table.isOwned ? yes : no}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
