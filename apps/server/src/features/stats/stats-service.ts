import { AppError, type SourceDescription } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import type { Caller } from '../../http/caller.ts'
import type { WireParameters } from '../../http/wire-parameters.ts'
import type { ReadLog } from '../../platform/activity/read-log.ts'
import type { CacheKeys } from '../../platform/cache/cache-key.ts'
import type { CachedAnswers, ObtainedJson } from '../../platform/cache/cached-answers.ts'
import type { Freshness } from '../../platform/cache/freshness.ts'
import { isNoGeometry, type SourceDescriptions } from '../catalog/source-descriptions.ts'
import { type Connection, freshnessFor } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { SourceAccess } from '../connections/source-access.ts'
import { readMapId } from '../maps-api/map-source-service.ts'
import { checkSqlSize } from '../maps-api/source-definition.ts'
import type { SourceTexts } from '../named-sources/named-source-resolver.ts'

const STATS_TIMEOUT_MS = 60_000

/** Said of a source without any geometry, because clients read four numbers in any case. */
const WORLD = { xmin: -180, ymin: -90, xmax: 180, ymax: 90 }

export interface StatsServiceOptions {
  readonly access: SourceAccess
  readonly connections: ConnectionService
  readonly descriptions: SourceDescriptions
  readonly answers: CachedAnswers
  readonly keys: CacheKeys
  readonly reads: ReadLog
  readonly texts: SourceTexts
}

/** What `/v3/stats/…` names: a connection, a table unless the source is a query, and a column. */
export interface StatsAddress {
  readonly connectionName: string
  /** Empty for a query. */
  readonly table: string
  readonly column: string
}

/** Statistics of single columns: numbers with quantiles, categories, time ranges, extents. */
export class StatsService {
  readonly #options: StatsServiceOptions

  constructor(options: StatsServiceOptions) {
    this.#options = options
  }

  async read(
    asker: Caller,
    address: StatsAddress,
    parameters: WireParameters,
    freshness: Freshness,
  ): Promise<ObtainedJson<Record<string, unknown>> & { readonly isUnkept: boolean }> {
    const { access, reads, texts } = this.#options
    const source = readStatsSource(address, parameters)
    const { column, connectionName } = address
    const isGeometry = parameters.text('spatialDataType') !== undefined
    const right = await access.authorizeSource(asker, 'widget.read', connectionName, source, {
      columns: isGeometry ? [] : [column],
      spatialDataColumns: isGeometry ? [column] : [],
      filters: parameters.filters(),
      expressions: [],
      question: null,
    })
    const { connection } = right
    const caller = await access.nameMap(asker, readMapId(parameters) ?? right.mapId)
    const obtained = await texts.use(connection, source, (resolved) =>
      this.#answer(caller, connection, resolved, column, parameters, freshness),
    )
    const sourceKey = source.type === 'table' ? source.name : source.sql
    reads.note(caller.principal, connection, right.source, sourceKey, caller.mapId, obtained.isHit)
    return { ...obtained, isUnkept: connection.options.neverCache }
  }

  async #answer(
    caller: Caller,
    connection: Connection,
    source: Source,
    column: string,
    parameters: WireParameters,
    freshness: Freshness,
  ): Promise<ObtainedJson<Record<string, unknown>>> {
    const { answers, connections, keys } = this.#options
    const description = await this.#describe(caller, connection, source, column, parameters)
    const { compiler } = connections.findProvider(connection.providerId)
    const compiled = this.#compile(compiler, source, description, column, parameters)
    const identity = await connections.cacheIdentity(caller, connection)
    const key = keys.statementKey(identity, compiled.statement, `stats/${column}`)
    return answers.obtainJson(
      key,
      connection.id,
      freshnessFor(connection, freshness),
      async (signal) => {
        const warehouse = await connections.warehouse(caller, connection, 'statistics')
        const { rows } = await warehouse.run(compiled.statement, { signal, timeoutMs: STATS_TIMEOUT_MS })
        return compiled.read(rows)
      },
      caller.signal,
    )
  }

  /** A column that was not detected as a geometry is one only for who says so: else its statistics are of values. */
  async #describe(
    caller: Caller,
    connection: Connection,
    source: Source,
    column: string,
    parameters: WireParameters,
  ): Promise<SourceDescription> {
    const { descriptions } = this.#options
    const description = await descriptions.describe(caller, connection, source)
    const isColumn = description.columns.some(({ name }) => name === column)
    if (isColumn && parameters.text('spatialDataType') === undefined) return description
    return descriptions.describeDrawn(caller, connection, source, column).catch((error: unknown) => {
      if (isNoGeometry(error)) return description
      throw error
    })
  }

  #compile(
    compiler: ReturnType<ConnectionService['findProvider']>['compiler'],
    source: Source,
    description: SourceDescription,
    column: string,
    parameters: WireParameters,
  ) {
    const filters = parameters.filters()
    const spatial = description.spatialColumns.find((candidate) => candidate.spatialDataColumn === column)
    if (!spatial) return compiler.compileColumnStats({ source, description, column, filters })
    const { statement, read } = compiler.compileGeometryStats({ source, description, spatial, filters })
    return {
      statement,
      read: (rows: Parameters<typeof read>[0]): Record<string, unknown> => ({
        attribute: column,
        type: 'Geometry',
        ...(read(rows) ?? { extent: WORLD }),
      }),
    }
  }
}

function readStatsSource({ table }: StatsAddress, parameters: WireParameters): Source {
  const sql = parameters.text('q')
  if (sql === undefined) {
    if (table !== '') return { type: 'table', name: table }
    throw new AppError('invalid_request', 'Name a table in the path before the column, or send a query as "q".')
  }
  checkSqlSize(sql)
  const queryParameters = parameters.queryParameters()
  return { type: 'query', sql, ...(queryParameters ? { parameters: queryParameters } : {}) }
}

/**
 * Takes the path of a statistics request apart: the first segment is the connection, the last the column, all between
 * the table, whose name may hold slashes. Each segment is percent-decoded on its own.
 */
export function readStatsAddress(path: string): StatsAddress {
  const segments = path.split('/').map(decodeSegment)
  const connectionName = segments[0] ?? ''
  const column = segments.length > 1 ? (segments.at(-1) ?? '') : ''
  if (connectionName === '' || column === '') {
    throw new AppError('invalid_request', 'Write /v3/stats/{connection}/{table}/{column}.')
  }
  return { connectionName, table: segments.slice(1, -1).join('/'), column }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new AppError('invalid_request', 'The path is not valid percent-encoding.', { cause })
  }
}
