import type { SourceDescription } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../http/caller.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import { SingleFlight } from '../../platform/cache/single-flight.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'

/** How long a description is believed, in milliseconds: tables change shape rarely, and a refresh asks at once. */
const REMEMBER_MS = 60_000

/** The longest that a warehouse may take to describe a source, in milliseconds. */
const DESCRIBE_TIMEOUT_MS = 30_000

/** Asks warehouses what a source holds, and remembers it for a minute for each database identity. */
export class SourceDescriptions {
  readonly #connections: ConnectionService
  readonly #remembered = new LRUCache<string, SourceDescription>({ max: 2_000, ttl: REMEMBER_MS })
  readonly #flights = new SingleFlight<SourceDescription>()

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
    const target = this.#connections.target(caller.principal, connection)
    const key = canonicalJson([connection.id, target.databaseIdentity, target.credentialVersion, source])
    const remembered = isRefresh ? undefined : this.#remembered.get(key)
    if (remembered) return remembered
    return this.#flights.run(
      key,
      async (flightSignal) => {
        const warehouse = this.#connections.warehouse(caller, connection, 'catalog')
        const description = await warehouse.describe(source, { signal: flightSignal, timeoutMs: DESCRIBE_TIMEOUT_MS })
        this.#remembered.set(key, description)
        return description
      },
      signal,
    )
  }
}
