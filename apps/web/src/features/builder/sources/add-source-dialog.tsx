import type { CatalogTable, ConnectionSummary } from '@graticule/contract'
import { IconDatabaseOff, IconLine, IconMapPin, IconPolygon, IconSearch, IconTable } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { schemasQuery, tableQuery, tablesQuery } from '../../../api/catalog.ts'
import { connectionsQuery } from '../../../api/connections.ts'
import { formatNumber } from '../../../map/format-value.ts'
import {
  Button,
  ErrorState,
  Group,
  Modal,
  PageState,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '../../../ui/index.ts'
import { useBuilder, useBuilderStore } from '../store/builder-store.ts'
import classes from './add-source-dialog.module.css'
import { messages } from './messages.ts'
import { addSource, labelForTable, newId } from './new-source.ts'
import { SpatialChoice } from './spatial-choice.tsx'
import { useFitNewSource } from './use-fit-new-source.ts'
import { type SpatialChoiceState, useSpatialChoice } from './use-spatial-choice.ts'

/** Picks a table, shows what can be drawn of it, and adds it to the map; or leads to the SQL panel. */
export function AddSourceDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={messages.title} size={760} classNames={{ body: classes.body }}>
      <Picker onClose={onClose} />
    </Modal>
  )
}

function Picker({ onClose }: { onClose: () => void }) {
  const connections = useQuery(connectionsQuery)
  const setDrawer = useBuilder((state) => state.setDrawer)
  const [pickedConnection, setPickedConnection] = useState<string | null>(null)
  const [pickedSchema, setPickedSchema] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  const [table, setTable] = useState<CatalogTable | null>(null)
  const connection = connections.data?.find((each) => each.name === pickedConnection) ?? connections.data?.[0]
  const schemas = useQuery({ ...schemasQuery(connection?.name ?? ''), enabled: connection !== undefined })
  const schema = pickedSchema ?? preferredSchema(schemas.data?.map((each) => each.name) ?? [])
  const tables = useQuery({
    ...tablesQuery(connection?.name ?? '', schema ?? ''),
    enabled: connection !== undefined && schema !== null,
  })
  const found = useMemo(
    () => (tables.data ?? []).filter((each) => each.name.toLowerCase().includes(search.trim().toLowerCase())),
    [tables.data, search],
  )
  if (connections.isError)
    return <ErrorState isPart error={connections.error} onRetry={() => void connections.refetch()} />
  if (connections.data?.length === 0) {
    return (
      <PageState
        icon={<IconDatabaseOff size={20} />}
        title={messages.noConnectionsTitle}
        actions={
          <Button renderRoot={(props) => <Link to="/connections" search={{ add: true }} {...props} />}>
            {messages.addConnection}
          </Button>
        }
      >
        {messages.noConnections}
      </PageState>
    )
  }
  const failure = schemas.error ?? tables.error
  return (
    <div className={classes.picker}>
      <div className={classes.left}>
        <Stack gap={8} p={16} pb={8}>
          <Select
            label={messages.connection}
            data={connections.data?.map((each) => each.name) ?? []}
            value={connection?.name ?? null}
            allowDeselect={false}
            onChange={(name) => {
              setPickedConnection(name)
              setPickedSchema(null)
              setTable(null)
            }}
          />
          <Select
            label={messages.schema}
            data={(schemas.data ?? []).map((each) => ({
              value: each.name,
              label: `${each.name} (${messages.tableCount(each.tableCount)})`,
            }))}
            value={schema}
            allowDeselect={false}
            searchable={(schemas.data?.length ?? 0) > 8}
            onChange={(name) => {
              setPickedSchema(name)
              setTable(null)
            }}
          />
          <TextInput
            aria-label={messages.searchTables}
            placeholder={messages.searchTables}
            leftSection={<IconSearch size={15} />}
            value={search}
            data-autofocus
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </Stack>
        <div className={classes.tables} role="listbox" aria-label={messages.tables}>
          {failure && <ErrorState isPart error={failure} onRetry={() => void tables.refetch()} />}
          {!failure && tables.isPending && (
            <Stack gap={8} p={8}>
              {[0, 1, 2, 3, 4].map((row) => (
                <Skeleton key={row} height={24} />
              ))}
            </Stack>
          )}
          {tables.data && found.length === 0 && (
            <Text c="dimmed" p={8}>
              {tables.data.length === 0 ? messages.noTables : messages.noMatch(search)}
            </Text>
          )}
          {found.map((each) => (
            <UnstyledButton
              key={each.name}
              className={classes.table}
              role="option"
              aria-selected={table?.name === each.name && table.schema === each.schema}
              onClick={() => setTable(each)}
            >
              <GeometryIcon geometryType={each.geometryType} />
              <span className={classes.tableName}>{each.name}</span>
              {each.rowEstimate !== null && (
                <span className={`${classes.rows} tabular`}>{formatNumber(each.rowEstimate)}</span>
              )}
            </UnstyledButton>
          ))}
        </div>
        <div className={classes.sqlHint}>
          <Button
            variant="subtle"
            onClick={() => {
              setDrawer({ kind: 'new' })
              onClose()
            }}
          >
            {messages.writeQuery}
          </Button>
        </div>
      </div>
      <div className={classes.right}>
        {connection && table ? (
          <TableDetail
            key={`${connection.name}.${table.schema}.${table.name}`}
            connection={connection}
            table={table}
            onAdded={onClose}
            onWriteQuery={() => {
              setDrawer({ kind: 'new' })
              onClose()
            }}
          />
        ) : (
          <Text c="dimmed" p={24} ta="center">
            {messages.choose}
          </Text>
        )}
      </div>
    </div>
  )
}

/** The schema to open first: the demo data, else `public`, else the first. */
function preferredSchema(names: readonly string[]): string | null {
  return names.find((name) => name === 'demo') ?? names.find((name) => name === 'public') ?? names[0] ?? null
}

function TableDetail(props: {
  connection: ConnectionSummary
  table: CatalogTable
  onAdded: () => void
  onWriteQuery: () => void
}) {
  const { connection, table } = props
  const store = useBuilderStore()
  const fit = useFitNewSource()
  const tableName = `${table.schema}.${table.name}`
  const description = useQuery(tableQuery(connection.name, tableName))
  const choice = useSpatialChoice(
    { connectionName: connection.name, type: 'table', source: tableName },
    description.data,
  )
  if (description.isError) {
    return <ErrorState isPart error={description.error} onRetry={() => void description.refetch()} />
  }
  if (!description.data) {
    return (
      <Stack gap={12} p={16}>
        <Skeleton height={20} width={160} />
        <Skeleton height={64} />
        <Skeleton height={120} />
      </Stack>
    )
  }
  const { columns } = description.data
  const { spatial } = choice
  const add = () => {
    if (!spatial) return
    const ids = { datasetId: newId('source'), layerId: newId('layer') }
    const { run, selectLayer, log } = store.getState()
    const { layers } = log.present.keplerMapConfig.config.visState
    const source = {
      connectionName: connection.name,
      providerId: connection.providerId,
      type: 'table' as const,
      source: tableName,
      label: labelForTable(tableName),
      description: description.data,
      spatial,
    }
    run(addSource(source, ids, layers.length))
    selectLayer(ids.layerId)
    void fit(ids.datasetId, layers.length === 0)
    props.onAdded()
  }
  return (
    <Stack gap={16} px={16} pt={16} mih="100%">
      <div>
        <Text fw={600} truncate>
          {table.name}
        </Text>
        <Text size="xs" c="dimmed">
          {table.comment ?? (table.rowEstimate !== null && messages.rows(formatNumber(table.rowEstimate)))}
        </Text>
      </div>
      {canBeDrawn(choice) ? (
        <>
          {choice.detected.length === 0 && <Text size="sm">{messages.notDetected}</Text>}
          <SpatialChoice choice={choice} isTable />
        </>
      ) : (
        <PageState
          icon={<IconTable size={20} />}
          title={messages.notSpatialTitle}
          actions={
            <Button variant="default" onClick={props.onWriteQuery}>
              {messages.writeQuery}
            </Button>
          }
        >
          {messages.notSpatial}
        </PageState>
      )}
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          {messages.columns}
        </Text>
        <dl className={classes.columnList}>
          {columns.map((column) => (
            <div key={column.name} title={column.comment ?? undefined}>
              <dt>{column.name}</dt>
              <dd>{column.nativeType}</dd>
            </div>
          ))}
        </dl>
      </div>
      <Group justify="flex-end" mt="auto" className={classes.add}>
        {choice.detected.length === 0 && canBeDrawn(choice) && (
          <Button variant="subtle" onClick={props.onWriteQuery}>
            {messages.writeQuery}
          </Button>
        )}
        <Button disabled={!spatial} onClick={add}>
          {messages.add}
        </Button>
      </Group>
    </Stack>
  )
}

/** Whether there is anything to choose from, detected or not. */
function canBeDrawn({ detected, numbers, encoded }: SpatialChoiceState): boolean {
  return detected.length > 0 || numbers.length > 1 || encoded.length > 0
}

function GeometryIcon({ geometryType }: { geometryType: CatalogTable['geometryType'] }) {
  const size = 15
  if (!geometryType) return <IconTable size={size} aria-hidden />
  if (geometryType.includes('Point')) return <IconMapPin size={size} aria-hidden />
  return geometryType.includes('Line') ? <IconLine size={size} aria-hidden /> : <IconPolygon size={size} aria-hidden />
}
