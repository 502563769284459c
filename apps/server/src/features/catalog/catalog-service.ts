import type { CatalogSchema, CatalogTable, SourceDescription } from '@graticule/contract'
import { authorize } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import type { Caller, UserCaller } from '../../http/caller.ts'
import { type Connection, connectionAsset, rememberMsFor } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { SourceAccess } from '../connections/source-access.ts'
import type { NamedSourceResolver } from '../named-sources/named-source-resolver.ts'
import type { SourceDescriptions } from './source-descriptions.ts'

/** How long lists of schemas and tables are believed, in milliseconds. */
const REMEMBER_MS = 60_000
const LIST_TIMEOUT_MS = 30_000

/** What there is to see in a connection: schemas, tables, columns, and the result shape of a query. */
export class CatalogService {
  readonly #connections: ConnectionService
  readonly #descriptions: SourceDescriptions
  readonly #named: NamedSourceResolver
  readonly #access: SourceAccess
  readonly #schemas = new LRUCache<string, readonly CatalogSchema[]>({ max: 500, ttl: REMEMBER_MS })
  readonly #tables = new LRUCache<string, readonly CatalogTable[]>({ max: 2_000, ttl: REMEMBER_MS })

  constructor(
    connections: ConnectionService,
    descriptions: SourceDescriptions,
    named: NamedSourceResolver,
    access: SourceAccess,
  ) {
    this.#connections = connections
    this.#access = access
    this.#descriptions = descriptions
    this.#named = named
  }

  async listSchemas(caller: UserCaller, name: string, isRefresh: boolean): Promise<readonly CatalogSchema[]> {
    const connection = await this.#findBrowsable(caller, name)
    const key = await this.#memoryKey(caller, connection)
    const remembered = isRefresh ? undefined : this.#schemas.get(key)
    if (remembered) return remembered
    const warehouse = await this.#connections.warehouse(caller, connection, 'catalog')
    const schemas = await warehouse.listSchemas({ signal: caller.signal, timeoutMs: LIST_TIMEOUT_MS })
    this.#schemas.set(key, schemas, { ttl: rememberMsFor(connection, REMEMBER_MS) })
    return schemas
  }

  async listTables(
    caller: UserCaller,
    name: string,
    schema: string,
    isRefresh: boolean,
  ): Promise<readonly CatalogTable[]> {
    const connection = await this.#findBrowsable(caller, name)
    const key = `${await this.#memoryKey(caller, connection)}/${schema}`
    const remembered = isRefresh ? undefined : this.#tables.get(key)
    if (remembered) return remembered
    const warehouse = await this.#connections.warehouse(caller, connection, 'catalog')
    const tables = await warehouse.listTables(schema, { signal: caller.signal, timeoutMs: LIST_TIMEOUT_MS })
    this.#tables.set(key, tables, { ttl: rememberMsFor(connection, REMEMBER_MS) })
    return tables
  }

  /** `drawnBy` names a column or pair to draw the table by although it was not detected. */
  async describeTable(
    caller: UserCaller,
    name: string,
    table: string,
    isRefresh: boolean,
    drawnBy: string | undefined,
  ): Promise<SourceDescription> {
    const connection = await this.#findBrowsable(caller, name)
    return this.#describe(caller, connection, { type: 'table', name: table }, isRefresh, drawnBy)
  }

  /** `mapId` names the map that the query is written for. */
  async describeQuery(
    asker: UserCaller,
    name: string,
    source: Extract<Source, { type: 'query' }>,
    { drawnBy, mapId }: { readonly drawnBy: string | undefined; readonly mapId: string | undefined },
  ): Promise<SourceDescription> {
    const connection = await this.#connections.find(asker.principal, name)
    authorize(asker.principal, 'sql.run', connectionAsset(connection))
    const caller = await this.#access.nameMap(asker, mapId)
    return this.#named.use(connection, source, (resolved) =>
      this.#describe(caller, connection, resolved, true, drawnBy),
    )
  }

  #describe(
    caller: Caller,
    connection: Connection,
    source: Source,
    isRefresh: boolean,
    drawnBy: string | undefined,
  ): Promise<SourceDescription> {
    const { signal } = caller
    return drawnBy === undefined
      ? this.#descriptions.describe(caller, connection, source, signal, isRefresh)
      : this.#descriptions.describeDrawn(caller, connection, source, drawnBy, signal, isRefresh)
  }

  async #findBrowsable(caller: UserCaller, name: string): Promise<Connection> {
    const connection = await this.#connections.find(caller.principal, name)
    authorize(caller.principal, 'data.browse', connectionAsset(connection))
    this.#access.noteUse(caller.principal, connection)
    return connection
  }

  async #memoryKey(caller: UserCaller, connection: Connection): Promise<string> {
    const target = await this.#connections.target(caller, connection)
    return JSON.stringify([connection.id, target.databaseIdentity, target.credentialVersion])
  }
}
