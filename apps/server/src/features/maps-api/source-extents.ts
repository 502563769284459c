import { AppError, type Extent, type SourceDescription, type SpatialColumn } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import type { Caller } from '../../http/caller.ts'
import type { CacheKeys } from '../../platform/cache/cache-key.ts'
import type { CachedAnswers } from '../../platform/cache/cached-answers.ts'
import { DEFAULT_FRESHNESS_SECONDS, type Freshness } from '../../platform/cache/freshness.ts'
import { type Connection, freshnessFor } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'

/** An extent is for finding the way to the data, so an hour-old one will do unless the request asks for better. */
const EXTENT_FRESHNESS_SECONDS = 3_600

/** Nobody should wait longer than this, in milliseconds, to see a map begin; the whole world is shown instead. */
const EXTENT_TIMEOUT_MS = 15_000

/** Finds out where the data of a source lies. */
export class SourceExtents {
  readonly #connections: ConnectionService
  readonly #answers: CachedAnswers
  readonly #keys: CacheKeys

  constructor(connections: ConnectionService, answers: CachedAnswers, keys: CacheKeys) {
    this.#connections = connections
    this.#answers = answers
    this.#keys = keys
  }

  /** Null for a source without geometries, and when the warehouse is too slow to tell. */
  async find(
    caller: Caller,
    connection: Connection,
    source: Source,
    description: SourceDescription,
    spatial: SpatialColumn,
    freshness: Freshness,
  ): Promise<Extent | null> {
    const { compiler } = this.#connections.findProvider(connection.providerId)
    const compiled = compiler.compileExtent({ source, description, spatial, filters: {} })
    const key = this.#keys.statementKey(
      await this.#connections.cacheIdentity(caller, connection),
      compiled.statement,
      'extent',
    )
    const isDefault = freshness.maxAgeSeconds === DEFAULT_FRESHNESS_SECONDS
    const wanted = isDefault ? { maxAgeSeconds: EXTENT_FRESHNESS_SECONDS, notBefore: 0 } : freshness
    try {
      const { value } = await this.#answers.obtainJson(
        key,
        connection.id,
        freshnessFor(connection, wanted),
        async (signal) => {
          const warehouse = await this.#connections.warehouse(caller, connection, 'extent')
          const { rows } = await warehouse.run(compiled.statement, { signal, timeoutMs: EXTENT_TIMEOUT_MS, maxRows: 1 })
          return compiled.read(rows)
        },
        caller.signal,
      )
      return value
    } catch (error) {
      if (error instanceof AppError && error.code === 'warehouse_timeout') return null
      throw error
    }
  }
}
