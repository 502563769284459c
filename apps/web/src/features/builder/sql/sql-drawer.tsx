import type { MapDataset, SpatialColumn } from '@graticule/contract'
import { IconPlayerPlay, IconPlayerStop, IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { connectionsQuery } from '../../../api/connections.ts'
import { formatNumber, formatValue } from '../../../map/format-value.ts'
import {
  ActionIcon,
  Badge,
  Button,
  Loader,
  LookupFailed,
  notifications,
  Select,
  Skeleton,
  Text,
  TextInput,
  Tooltip,
} from '../../../ui/index.ts'
import classes from '../builder.module.css'
import { updateDataset } from '../commands/datasets.ts'
import { useLiveMapContext } from '../live-map-context.ts'
import { messages as allMessages } from '../sources/messages.ts'
import { addSource, geoColumnOf, newId, spatialDataColumnOf } from '../sources/new-source.ts'
import { SpatialChoice } from '../sources/spatial-choice.tsx'
import { useFitNewSource } from '../sources/use-fit-new-source.ts'
import { useSpatialChoice } from '../sources/use-spatial-choice.ts'
import { type DrawerTarget, useBuilderStore, useDocument } from '../store/builder-store.ts'
import { failureOf, type QueryRun, runQuery } from './run-query.ts'
import drawerClasses from './sql-drawer.module.css'
import { SqlEditor } from './sql-editor.tsx'
import { useCatalogNamespace } from './use-catalog-namespace.ts'

const messages = allMessages.sql

/** The drawer under the map: write SQL, see its rows, and put it on the map or into the source it came from. */
export function SqlDrawer({ target }: { target: DrawerTarget }) {
  const store = useBuilderStore()
  const { access } = useLiveMapContext()
  const { datasets } = useDocument()
  const dataset = target.kind === 'dataset' ? datasets.find((each) => each.id === target.datasetId) : undefined
  const isEditing = dataset?.type === 'query'
  const [text, setText] = useState(() => startingText(dataset))
  const [label, setLabel] = useState<string>(messages.defaultLabel)
  const [pickedConnection, setPickedConnection] = useState(dataset?.connectionName ?? null)
  const lookup = useQuery(connectionsQuery)
  const connections = lookup.data ?? []
  const connection = connections.find((each) => each.name === pickedConnection) ?? connections[0]
  const namespace = useCatalogNamespace(connection?.name ?? '', text)
  const abort = useRef<AbortController | null>(null)
  const fit = useFitNewSource()

  const run = useMutation({
    mutationFn: (query: string) => {
      abort.current?.abort()
      abort.current = new AbortController()
      return runQuery(connection?.name ?? '', query, access, abort.current.signal)
    },
  })
  const failure = useMemo(() => (run.error && !isAbort(run.error) ? failureOf(run.error) : null), [run.error])
  const start = () => {
    if (connection && text.trim() !== '') run.mutate(text)
  }
  const choice = useSpatialChoice(
    { connectionName: connection?.name ?? '', type: 'query', source: run.data?.text ?? '' },
    run.data?.description,
    isEditing ? spatialDataColumnOf(dataset) : undefined,
  )
  const { spatial } = choice
  const isCurrent = run.data?.text === text

  const putOnMap = (result: QueryRun, column: SpatialColumn) => {
    if (!connection) return
    if (isEditing && dataset) {
      const geoColumn = geoColumnOf(column.spatialDataColumn)
      store.getState().run(updateDataset(dataset.id, { source: result.text, geoColumn }))
      notifications.show({ message: messages.applied })
      return
    }
    const ids = { datasetId: newId('source'), layerId: newId('layer') }
    const { layers } = store.getState().log.present.keplerMapConfig.config.visState
    store.getState().run(
      addSource(
        {
          connectionName: connection.name,
          providerId: connection.providerId,
          type: 'query',
          source: result.text,
          label: label.trim() || messages.defaultLabel,
          description: result.description,
          spatial: column,
        },
        ids,
        layers.length,
      ),
    )
    store.getState().selectLayer(ids.layerId)
    store.getState().setDrawer({ kind: 'dataset', datasetId: ids.datasetId })
    void fit(ids.datasetId, layers.length === 0)
  }
  return (
    <section className={`${classes.drawer} ${drawerClasses.drawer}`} aria-label={messages.title}>
      <div className={drawerClasses.bar}>
        <Text fw={600}>{isEditing ? dataset.label : messages.newQuery}</Text>
        <Select
          aria-label={allMessages.connection}
          data={connections.map((each) => each.name)}
          value={connection?.name ?? null}
          disabled={isEditing}
          allowDeselect={false}
          w={140}
          flex="none"
          onChange={setPickedConnection}
        />
        {run.isPending ? (
          <Button variant="default" leftSection={<IconPlayerStop size={15} />} onClick={() => abort.current?.abort()}>
            {messages.stop}
          </Button>
        ) : (
          <Tooltip label="⌘↵">
            <Button
              variant="default"
              leftSection={<IconPlayerPlay size={15} />}
              disabled={!connection || text.trim() === ''}
              onClick={start}
            >
              {messages.run}
            </Button>
          </Tooltip>
        )}
        {run.data && (
          <Text size="xs" c="dimmed" className="tabular" role="status">
            {isCurrent
              ? messages.result(
                  formatNumber(run.data.rows.length),
                  formatNumber(run.data.totalCount),
                  `${formatNumber(Math.round(run.data.durationMs))} ms`,
                )
              : messages.rerun}
          </Text>
        )}
        <span className={classes.spacer} />
        {run.data && choice.detected.length === 0 && choice.picked.kind === 'detected' && (
          <Badge color="yellow" title={messages.notSpatial}>
            {messages.notSpatial}
          </Badge>
        )}
        {!isEditing && spatial && (
          <TextInput
            aria-label={messages.label}
            value={label}
            maxLength={100}
            w={140}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
        )}
        <Button
          disabled={!run.data || !spatial || !isCurrent}
          onClick={() => run.data && spatial && putOnMap(run.data, spatial)}
        >
          {isEditing ? messages.apply : messages.add}
        </Button>
        <ActionIcon aria-label={messages.close} onClick={() => store.getState().setDrawer(null)}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <div className={drawerClasses.panes}>
        <SqlEditor
          initialText={text}
          label={messages.editorLabel}
          hint={messages.empty}
          namespace={namespace}
          failure={failure}
          onChange={setText}
          onRun={start}
        />
        <div className={drawerClasses.result}>
          <LookupFailed query={lookup} what={messages.connections} m={12} />
          {failure ? (
            <div className={drawerClasses.failure} role="alert">
              {failure.place && <strong>{messages.position(failure.place.line, failure.place.column)}</strong>}
              <span>{failure.message}</span>
            </div>
          ) : run.isPending ? (
            <div className={drawerClasses.waiting}>
              <Loader size={16} />
              <Skeleton height={16} />
            </div>
          ) : run.data ? (
            <>
              <div className={drawerClasses.spatial}>
                <SpatialChoice choice={choice} isTable={false} />
              </div>
              <ResultTable run={run.data} />
            </>
          ) : (
            <Text c="dimmed" p={16}>
              {messages.empty}
            </Text>
          )}
        </div>
      </div>
    </section>
  )
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function startingText(dataset: MapDataset | undefined): string {
  if (!dataset) return ''
  return dataset.type === 'query' ? dataset.source : `SELECT *\nFROM ${dataset.source}\n`
}

function ResultTable({ run }: { run: QueryRun }) {
  const { columns } = run.description
  if (run.rows.length === 0) {
    return (
      <Text c="dimmed" p={16}>
        {messages.noRows}
      </Text>
    )
  }
  return (
    <table className={drawerClasses.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.name}
              scope="col"
              title={column.nativeType}
              data-number={column.type === 'number' || undefined}
            >
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from(run.rows.entries(), ([position, row]) => (
          <tr key={position}>
            {columns.map((column) =>
              column.type === 'geometry' ? (
                <td key={column.name} className={drawerClasses.dim}>
                  {messages.geometryCell}
                </td>
              ) : (
                <td key={column.name} data-number={column.type === 'number' || undefined}>
                  {typeof row[column.name] === 'number' ? String(row[column.name]) : formatValue(row[column.name])}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
