import type { ColumnDescription, SourceDescription } from '@graticule/contract'
import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { columnStatsQuery } from '../../../api/stats.ts'
import { Button, QueryView, Skeleton, Table, Text, Tooltip, useDisclosure } from '../../../ui/index.ts'
import { messages } from '../messages.ts'
import { ColumnStatistics } from './column-statistics.tsx'
import classes from './table.module.css'

/** The columns with their types and comments; statistics are read when somebody asks for them. */
export function ColumnsTab(props: { connectionName: string; tableName: string; description: SourceDescription }) {
  const { description } = props
  return (
    <div className={classes.columns}>
      <Table aria-label={messages.columnsLabel} verticalSpacing={6} layout="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{messages.columnName}</Table.Th>
            <Table.Th>{messages.columnType}</Table.Th>
            <Table.Th visibleFrom="sm">{messages.columnNullable}</Table.Th>
            <Table.Th visibleFrom="sm">{messages.columnComment}</Table.Th>
            <Table.Th w={110}>{messages.columnStats}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {description.columns.map((column) => (
            <ColumnRow
              key={column.name}
              {...props}
              column={column}
              isPrimaryKey={description.primaryKey.includes(column.name)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function ColumnRow(props: {
  connectionName: string
  tableName: string
  column: ColumnDescription
  isPrimaryKey: boolean
}) {
  const { column } = props
  const [isOpen, statistics] = useDisclosure(false)
  return (
    <>
      <Table.Tr>
        <Table.Td fw={500}>
          {column.name}
          {props.isPrimaryKey && (
            <Tooltip label={messages.primaryKey}>
              <IconKey size={14} aria-label={messages.primaryKey} style={{ marginLeft: 6, verticalAlign: -2 }} />
            </Tooltip>
          )}
        </Table.Td>
        <Table.Td>
          {column.type}
          <Text size="xs" c="dimmed" ff="monospace">
            {column.nativeType}
          </Text>
        </Table.Td>
        <Table.Td visibleFrom="sm">{column.nullable ? messages.yes : messages.no}</Table.Td>
        <Table.Td visibleFrom="sm">{column.comment}</Table.Td>
        <Table.Td>
          <Button
            variant="subtle"
            size="compact-xs"
            ml={-8}
            aria-expanded={isOpen}
            aria-label={isOpen ? messages.hideStatsOf(column.name) : messages.showStatsOf(column.name)}
            onClick={statistics.toggle}
          >
            {isOpen ? messages.hideStats : messages.showStats}
          </Button>
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={5}>
            <LoadedStatistics {...props} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

function LoadedStatistics(props: { connectionName: string; tableName: string; column: ColumnDescription }) {
  const options = columnStatsQuery(props.connectionName, props.tableName, props.column.name)
  const query = useQuery(options)
  return (
    <QueryView
      query={query}
      queryKey={options.queryKey}
      awaiting={messages.awaitingStats}
      skeleton={<Skeleton height={64} maw={420} />}
    >
      {(stats) => <ColumnStatistics stats={stats} />}
    </QueryView>
  )
}
