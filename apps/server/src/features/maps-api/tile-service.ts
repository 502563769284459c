import { AppError } from '@graticule/contract'
import type { Principal } from '@graticule/policy'
import { isValidTile } from '@graticule/tiles'
import type { Caller } from '../../http/caller.ts'
import type { CachedAnswer } from '../../platform/cache/answer-cache.ts'
import { tileKey } from '../../platform/cache/cache-key.ts'
import type { CachedAnswers, ProducedAnswer } from '../../platform/cache/cached-answers.ts'
import type { Freshness } from '../../platform/cache/freshness.ts'
import type { TileBytes } from '../../platform/tile-encoding/encode-tile-row.ts'
import type { TileEncoder } from '../../platform/tile-encoding/tile-encoder.ts'
import type { GovernedWarehouse } from '../../platform/warehouses/governed-warehouse.ts'
import type { SourceDescriptions } from '../catalog/source-descriptions.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { SourceAccess } from '../connections/source-access.ts'
import { handleNotFound } from './map-source-service.ts'
import type { SourceHandle, SourceHandles } from './source-handles.ts'
import { createTileRequest, isBinnable, TILE_BUDGET } from './tile-request.ts'

/** The longest that a warehouse may take for one tile, in milliseconds. */
const TILE_TIMEOUT_MS = 60_000

export interface TileAddress {
  readonly z: number
  readonly x: number
  readonly y: number
}

/** A tile that the principal may have, found without asking anybody, or what is needed to make it. */
export interface PreparedTile {
  readonly connection: Connection
  readonly handle: SourceHandle
  readonly key: string
  readonly cached: CachedAnswer | undefined
}

export interface TileServiceOptions {
  readonly access: SourceAccess
  readonly connections: ConnectionService
  readonly descriptions: SourceDescriptions
  readonly handles: SourceHandles
  readonly answers: CachedAnswers
  readonly encoder: TileEncoder
}

/** Serves tiles: the right to the source is checked for every one, the warehouse is asked only for what is not fresh. */
export class TileService {
  readonly #options: TileServiceOptions

  constructor(options: TileServiceOptions) {
    this.#options = options
  }

  /**
   * Everything before the warehouse. For a cached tile this is all there is, so it compiles nothing: the principal,
   * the connection and the handle are remembered, and the key is one concatenation.
   */
  async prepare(
    principal: Principal,
    connectionName: string,
    handleId: string,
    tile: TileAddress,
    freshness: Freshness,
  ): Promise<PreparedTile> {
    const { access, answers, connections, handles } = this.#options
    const connection = await access.authorizeConnection(principal, 'tile.read', connectionName)
    const handle = handles.recall(handleId) ?? (await handles.find(handleId))
    if (!handle || handle.connectionId !== connection.id) throw handleNotFound()
    await access.requireSource(principal, connection, handle.definition.source)
    if (!isValidTile(tile.z, tile.x, tile.y)) {
      const { z, x, y } = tile
      throw new AppError(
        'tile_out_of_range',
        `There is no tile ${z}/${x}/${y}: z, x and y are numbers, x and y below 2^z.`,
      )
    }
    const key = tileKey(handles.tilePrefix(handle, connections.target(principal, connection)), tile.z, tile.x, tile.y)
    return { connection, handle, key, cached: answers.find(key, freshness) }
  }

  /** Makes the tile, or joins those who are having it made. */
  async make(
    caller: Caller,
    { connection, handle, key }: PreparedTile,
    tile: TileAddress,
    freshness: Freshness,
    mapId: string | undefined,
  ): Promise<CachedAnswer> {
    const { answer } = await this.#options.answers.obtain(
      key,
      connection.id,
      freshness,
      (signal) => this.#produce(caller, connection, handle, tile, mapId, signal),
      caller.signal,
    )
    return answer
  }

  async #produce(
    caller: Caller,
    connection: Connection,
    handle: SourceHandle,
    tile: TileAddress,
    mapId: string | undefined,
    signal: AbortSignal,
  ): Promise<ProducedAnswer> {
    const { connections, descriptions } = this.#options
    const { definition } = handle
    const description = await descriptions.describe(caller, connection, definition.source, signal)
    const warehouse = connections.warehouse(caller, connection, 'tile', mapId)
    const raw = createTileRequest(definition, description, tile, 'raw')
    const first = await this.#fetch(warehouse, connection, raw, signal)
    if (!first.isOverBudget) return { body: first.bytes }
    if (!isBinnable(raw.spatial)) return { body: first.bytes, hasDroppedFeatures: true }
    const binned = await this.#fetch(warehouse, connection, { ...raw, mode: 'binned' }, signal)
    return { body: binned.bytes, hasDroppedFeatures: true }
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
    const job = { providerId: connection.providerId, layout, row, z, x, y, ...TILE_BUDGET }
    return this.#options.encoder.encode(compiler, job, signal)
  }
}
