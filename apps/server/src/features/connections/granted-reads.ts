import type { Source, Statement } from '@graticule/sql'
import type { StatementReads } from '@graticule/warehouses'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../http/caller.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import { SingleFlight } from '../../platform/cache/single-flight.ts'
import type { Connection } from './connection.ts'
import type { ConnectionService, TargetCaller } from './connection-service.ts'

/** How long an answer is believed, in milliseconds: names may lead to something else once tables are made or moved. */
const REMEMBER_MS = 10_000

/** The longest that a warehouse may take to understand a statement, in milliseconds. */
const TIMEOUT_MS = 15_000

/** Who asks, and under which request. */
export type Asker = TargetCaller & Pick<Caller, 'requestId'>

/** Asks warehouses what statements read, and remembers it for a moment for each database identity. */
export class GrantedReads {
  readonly #connections: Pick<ConnectionService, 'target' | 'warehouse' | 'findProvider'>
  readonly #remembered = new LRUCache<string, StatementReads>({ max: 2_000, ttl: REMEMBER_MS })
  readonly #flights = new SingleFlight<StatementReads>()

  constructor(connections: Pick<ConnectionService, 'target' | 'warehouse' | 'findProvider'>) {
    this.#connections = connections
  }

  /** What reading a source reads; `asStatement` when its SQL is run as it stands, and not inside of other statements. */
  async listOfSource(
    asker: Asker,
    connection: Connection,
    source: Source,
    asStatement: boolean,
  ): Promise<StatementReads> {
    const { compiler } = this.#connections.findProvider(connection.providerId)
    const isBare = asStatement && source.type === 'query'
    return this.list(asker, connection, isBare ? compiler.compileQuery(source) : compiler.compileSource(source))
  }

  async list(asker: Asker, connection: Connection, statement: Statement): Promise<StatementReads> {
    const { databaseIdentity, credentialVersion } = await this.#connections.target(asker, connection)
    const key = canonicalJson([connection.id, databaseIdentity, credentialVersion, statement.text])
    const remembered = this.#remembered.get(key)
    if (remembered) return remembered
    return this.#flights.run(key, async (signal) => {
      const warehouse = await this.#connections.warehouse({ ...asker, signal }, connection, 'grant-check')
      const reads = await warehouse.listReads(statement, { signal, timeoutMs: TIMEOUT_MS })
      this.#remembered.set(key, reads)
      return reads
    })
  }
}
