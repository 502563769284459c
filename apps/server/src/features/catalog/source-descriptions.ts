import { AppError, type SourceDescription, type SpatialColumn } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../http/caller.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import { SingleFlight } from '../../platform/cache/single-flight.ts'
import { type Connection, rememberMsFor } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'

/** How long a description is believed, in milliseconds: tables change shape rarely, and a refresh asks at once. */
const REMEMBER_MS = 60_000

/** The longest that a warehouse may take to describe a source, in milliseconds. */
const DESCRIBE_TIMEOUT_MS = 30_000

/** Asks warehouses what a source holds, and remembers it for a minute for each database identity. */
export class SourceDescriptions {
  readonly #connections: ConnectionService
  readonly #remembered = new LRUCache<string, SourceDescription>({ max: 2_000, ttl: REMEMBER_MS })
  readonly #rememberedChoices = new LRUCache<string, SpatialColumn>({ max: 2_000, ttl: REMEMBER_MS })
  readonly #flights = new SingleFlight<SourceDescription>()
  readonly #choiceFlights = new SingleFlight<SpatialColumn>()

  constructor(connections: ConnectionService) {
    this.#connections = connections
  }

  /** The caller must already be allowed to read the source. `isRefresh` asks the warehouse in any case. */
  async describe(
    caller: Caller,
    connection: Connection,
    source: Source,
    signal: AbortSignal = caller.signal,
    isRefresh = false,
  ): Promise<SourceDescription> {
    const key = await this.#key(caller, connection, source)
    const remembered = isRefresh ? undefined : this.#remembered.get(key)
    if (remembered) return remembered
    return this.#flights.run(
      key,
      async (flightSignal) => {
        const warehouse = await this.#connections.warehouse(caller, connection, 'catalog')
        const description = await warehouse.describe(source, { signal: flightSignal, timeoutMs: DESCRIBE_TIMEOUT_MS })
        this.#remembered.set(key, description, { ttl: rememberMsFor(connection, REMEMBER_MS) })
        return description
      },
      signal,
    )
  }

  /**
   * The same for somebody who draws the source by `spatialDataColumn`: a column or pair that was not detected is looked
   * at and joins the ways to draw it. Throws `column_not_found`, or `invalid_request` with a sentence when it holds no
   * geometry.
   */
  async describeDrawn(
    caller: Caller,
    connection: Connection,
    source: Source,
    spatialDataColumn: string,
    signal: AbortSignal = caller.signal,
    isRefresh = false,
  ): Promise<SourceDescription> {
    const description = await this.describe(caller, connection, source, signal, isRefresh)
    const { columns, spatialColumns } = description
    if (spatialColumns.some((spatial) => spatial.spatialDataColumn === spatialDataColumn)) return description
    const names = columns.map((column) => column.name)
    const parts = names.includes(spatialDataColumn) ? [spatialDataColumn] : spatialDataColumn.split(',')
    const missing = parts.find((part) => !names.includes(part))
    if (missing !== undefined) throw columnNotFound(missing, description)
    const key = canonicalJson([await this.#key(caller, connection, source), spatialDataColumn])
    const remembered = isRefresh ? undefined : this.#rememberedChoices.get(key)
    const chosen =
      remembered ??
      (await this.#choiceFlights.run(
        key,
        async (flightSignal) => {
          const warehouse = await this.#connections.warehouse(caller, connection, 'catalog')
          const options = { signal: flightSignal, timeoutMs: DESCRIBE_TIMEOUT_MS }
          const spatial = await warehouse.describeSpatialChoice(source, description, spatialDataColumn, options)
          this.#rememberedChoices.set(key, spatial, { ttl: rememberMsFor(connection, REMEMBER_MS) })
          return spatial
        },
        signal,
      ))
    return { ...description, spatialColumns: [...spatialColumns, chosen] }
  }

  async #key(caller: Caller, connection: Connection, source: Source): Promise<string> {
    const target = await this.#connections.target(caller, connection)
    return canonicalJson([connection.id, target.databaseIdentity, target.credentialVersion, source])
  }
}

/** Whether `describeDrawn` failed because the source cannot be drawn so, and not for want of a warehouse. */
export function isNoGeometry(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'column_not_found' || error.code === 'invalid_request')
}

function columnNotFound(name: string, { spatialColumns }: SourceDescription): AppError {
  const others = spatialColumns.map((spatial) => `"${spatial.spatialDataColumn}"`)
  const hint =
    others.length > 0
      ? `The source can be drawn by ${others.join(', ')}.`
      : 'In the source nothing was detected that can be drawn: no geometry, no longitude and latitude, no WKT, WKB or GeoJSON.'
  return new AppError('column_not_found', 'Column not found', { details: { column_name: name }, hint })
}
