import { AppError } from '@graticule/contract'
import type { Principal } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import { isValidTile } from '@graticule/tiles'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../http/caller.ts'
import type { ReadLog } from '../../platform/activity/read-log.ts'
import type { CachedAnswer } from '../../platform/cache/answer-cache.ts'
import { tileKey } from '../../platform/cache/cache-key.ts'
import type { CachedAnswers, ObtainedAnswer, ProducedAnswer } from '../../platform/cache/cached-answers.ts'
import type { Freshness } from '../../platform/cache/freshness.ts'
import type { TileBytes } from '../../platform/tile-encoding/encode-tile-row.ts'
import type { TileEncoder } from '../../platform/tile-encoding/tile-encoder.ts'
import type { GovernedWarehouse } from '../../platform/warehouses/governed-warehouse.ts'
import type { SourceDescriptions } from '../catalog/source-descriptions.ts'
import { type Connection, freshnessFor, isPersonalSource } from '../connections/connection.ts'
import type { ConnectionDirectory } from '../connections/connection-directory.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { Asker } from '../connections/granted-reads.ts'
import { type SourceAccess, sourceNotFound } from '../connections/source-access.ts'
import type { SourceTexts } from '../named-sources/named-source-resolver.ts'
import { type SourceDefinition, useOfDefinition } from './source-definition.ts'
import type { SourceHandle, SourceHandles } from './source-handles.ts'
import { createTileRequest, isBinnable, TILE_BUDGET } from './tile-request.ts'

/** The longest that a warehouse may take for one tile, in milliseconds. */
const TILE_TIMEOUT_MS = 60_000

/** How long a tile counts as crowded after it was found so, in milliseconds. */
const CROWDED_MS = 60 * 60_000

export interface TileAddress {
  readonly z: number
  readonly x: number
  readonly y: number
}

/** A tile that the principal may have, and what is needed to make it. */
export interface PreparedTile {
  readonly connection: Connection
  readonly handle: SourceHandle
  readonly source: Source
  readonly key: string
  /** Whether it is one person's, so that nothing in between may keep it. */
  readonly isPersonal: boolean
}

/** A cached tile, how old it might have been, and whether it is one person's. */
export interface RecalledTile {
  readonly answer: CachedAnswer
  readonly freshness: Freshness
  readonly isPersonal: boolean
}

/** A right that was checked, and all that the check rested on: while none of it was replaced, it still holds. */
interface CheckedRight {
  readonly connection: Connection
  /** What is read, for the log: of a map's handle, its query. */
  readonly source: Source
  readonly handle: SourceHandle
  readonly accessVersion: number
  readonly keyPrefix: string
}

export interface TileServiceOptions {
  readonly directory: ConnectionDirectory
  readonly access: SourceAccess
  readonly connections: ConnectionService
  readonly descriptions: SourceDescriptions
  readonly handles: SourceHandles
  readonly answers: CachedAnswers
  readonly encoder: TileEncoder
  readonly reads: ReadLog
  readonly texts: SourceTexts
}

/** Serves tiles: the right to the source is checked for every one, the warehouse is asked only for what is not fresh. */
export class TileService {
  readonly #options: TileServiceOptions
  /**
   * Principals and connections are immutable and replaced at least once a second, so a right between two of them is
   * checked once in that time for each handle, not for each tile.
   */
  readonly #rights = new WeakMap<Principal, Map<string, CheckedRight>>()
  /** Tiles known to hold more than a tile may, so that nobody asks for all of it again. */
  readonly #crowded = new LRUCache<string, true>({ max: 20_000, ttl: CROWDED_MS, ttlResolution: 1_000 })

  constructor(options: TileServiceOptions) {
    this.#options = options
  }

  /**
   * A cached tile whose right was checked a moment ago, without waiting for anything: two look-ups and one
   * concatenation. Undefined means no more than that this way does not lead to it.
   */
  recall(
    principal: Principal,
    connectionName: string,
    handleId: string,
    { z, x, y }: TileAddress,
    asked: Freshness,
    mapId: string | undefined,
  ): RecalledTile | undefined {
    const { answers, reads } = this.#options
    const right = this.#recallRight(principal, connectionName, handleId)
    if (!right) return undefined
    const freshness = freshnessFor(right.connection, asked)
    const answer = answers.recall(tileKey(right.keyPrefix, z, x, y), freshness)
    if (!answer) return undefined
    reads.note(principal, right.connection, right.source, handleId, mapId, true)
    return { answer, freshness, isPersonal: isPersonalSource(right.connection) }
  }

  /** Checks the right to the source and the tile's address; throws what the client is to be told otherwise. */
  async prepare(caller: Asker, connectionName: string, handleId: string, tile: TileAddress): Promise<PreparedTile> {
    const { connection, handle, source, keyPrefix } =
      this.#recallRight(caller.principal, connectionName, handleId) ??
      (await this.#checkRight(caller, connectionName, handleId))
    const { z, x, y } = tile
    if (!isValidTile(z, x, y)) {
      throw new AppError(
        'tile_out_of_range',
        `There is no tile ${z}/${x}/${y}: z, x and y are numbers, x and y below 2^z.`,
      )
    }
    return { connection, handle, source, key: tileKey(keyPrefix, z, x, y), isPersonal: isPersonalSource(connection) }
  }

  /** What was found a moment ago and rests on nothing that was replaced since. */
  #recallRight(principal: Principal, connectionName: string, handleId: string): CheckedRight | undefined {
    if (principal.kind === 'anonymous') return undefined
    const { access, directory } = this.#options
    const right = this.#rights.get(principal)?.get(handleId)
    if (!right || right.accessVersion !== access.version) return undefined
    return right.connection === directory.recall(principal.organizationId, connectionName) ? right : undefined
  }

  async #checkRight(caller: Asker, connectionName: string, handleId: string): Promise<CheckedRight> {
    const { principal } = caller
    const { access, connections, handles, texts } = this.#options
    // Read before the check: a change during the check must not be taken for part of it.
    const accessVersion = access.version
    const connection = await access.authorizeConnection(principal, 'tile.read', connectionName)
    const handle = handles.recall(handleId) ?? (await handles.find(handleId))
    if (!handle || handle.connectionId !== connection.id) throw sourceNotFound()
    const { definition } = handle
    const use = useOfDefinition(definition, 'all')
    const { source } = await access.requireSource(caller, 'tile.read', connection, definition.source, use, 'address')
    const read = await texts.resolve(connection, definition.source)
    const resolved = read === definition.source ? definition : { ...definition, source: read }
    const keyPrefix = handles.tilePrefix(handle, await connections.cacheIdentity(caller, connection), resolved)
    const right = { connection, handle, source, accessVersion, keyPrefix }
    const rights = this.#rights.get(principal) ?? new Map<string, CheckedRight>()
    rights.set(handleId, right)
    this.#rights.set(principal, rights)
    return right
  }

  /** The cached tile if it is fresh enough; else it is made, or waited for with those who are having it made. */
  async obtain(
    caller: Caller,
    prepared: PreparedTile,
    tile: TileAddress,
    freshness: Freshness,
    mapId: string | undefined,
  ): Promise<ObtainedAnswer> {
    const { answers, reads } = this.#options
    const { connection, handle, key, source } = prepared
    const obtained = await answers.obtain(
      key,
      connection.id,
      freshnessFor(connection, freshness),
      (signal) => this.#produce(caller, prepared, tile, mapId, signal),
      caller.signal,
    )
    reads.note(caller.principal, connection, source, handle.id, mapId, obtained.isHit)
    return obtained
  }

  async #produce(
    asker: Caller,
    { connection, handle, key }: PreparedTile,
    tile: TileAddress,
    mapId: string | undefined,
    signal: AbortSignal,
  ): Promise<ProducedAnswer> {
    const { access, texts } = this.#options
    const caller = await access.nameMap(asker, mapId)
    return texts.use(connection, handle.definition.source, (source) =>
      this.#make(caller, connection, { ...handle.definition, source }, { key, tile }, signal),
    )
  }

  async #make(
    caller: Caller,
    connection: Connection,
    definition: SourceDefinition,
    { key, tile }: { readonly key: string; readonly tile: TileAddress },
    signal: AbortSignal,
  ): Promise<ProducedAnswer> {
    const { connections, descriptions } = this.#options
    const { source, spatialDataColumn } = definition
    const description = await descriptions.describeDrawn(caller, connection, source, spatialDataColumn, signal)
    const warehouse = await connections.warehouse(caller, connection, 'tile')
    const raw = createTileRequest(definition, description, tile, 'raw')
    if (!this.#crowded.has(key)) {
      const whole = await this.#fetch(warehouse, connection, raw, signal)
      if (!whole.isOverBudget) return { body: whole.bytes }
      // Points are binned; of lines and polygons the warehouse chooses the largest when it had more than it could send.
      if (!whole.isCut && !isBinnable(raw.spatial)) return { body: whole.bytes, hasDroppedFeatures: true }
      this.#crowded.set(key, true)
    }
    const reduced = await this.#fetch(warehouse, connection, { ...raw, mode: 'binned' }, signal)
    return { body: reduced.bytes, hasDroppedFeatures: true }
  }

  async #fetch(
    warehouse: GovernedWarehouse,
    connection: Connection,
    request: ReturnType<typeof createTileRequest>,
    signal: AbortSignal,
  ): Promise<TileBytes> {
    const { compiler } = this.#options.connections.findProvider(connection.providerId)
    const { statement, layout } = compiler.compileTile(request)
    const row = await warehouse.runRaw(statement, { signal, timeoutMs: TILE_TIMEOUT_MS })
    const { z, x, y } = request
    const isWholeOrNothing = request.mode === 'raw'
    const job = { providerId: connection.providerId, layout, row, z, x, y, ...TILE_BUDGET, isWholeOrNothing }
    return this.#options.encoder.encode(compiler, job, signal)
  }
}
