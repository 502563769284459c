import { AppError, type TileAdvice } from '@graticule/contract'
import { authorize } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import type { UserCaller } from '../../http/caller.ts'
import type { SourceDescriptions } from '../catalog/source-descriptions.ts'
import { connectionAsset } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { SourceAccess } from '../connections/source-access.ts'

const ADVICE_TIMEOUT_MS = 30_000

/** Says why the tiles of a layer are slow under the login that would read them for whoever asks. */
export class TileAdviceService {
  readonly #connections: ConnectionService
  readonly #descriptions: SourceDescriptions
  readonly #access: SourceAccess

  constructor(connections: ConnectionService, descriptions: SourceDescriptions, access: SourceAccess) {
    this.#connections = connections
    this.#descriptions = descriptions
    this.#access = access
  }

  /** Throws 400 for a source that cannot be drawn. */
  async advise(
    asker: UserCaller,
    connectionName: string,
    source: Source,
    { drawnBy, mapId }: { readonly drawnBy: string | undefined; readonly mapId: string | undefined },
  ): Promise<TileAdvice> {
    const connection = await this.#connections.find(asker.principal, connectionName)
    authorize(asker.principal, source.type === 'query' ? 'sql.run' : 'data.browse', connectionAsset(connection))
    const caller = await this.#access.nameMap(asker, mapId)
    // Asked anew, since whoever follows the advice asks again to see that it helped.
    const description =
      drawnBy === undefined
        ? await this.#descriptions.describe(caller, connection, source, caller.signal, true)
        : await this.#descriptions.describeDrawn(caller, connection, source, drawnBy, caller.signal, true)
    const spatial = description.spatialColumns.find(
      ({ spatialDataColumn }) => drawnBy === undefined || spatialDataColumn === drawnBy,
    )
    if (!spatial)
      throw new AppError('invalid_request', 'The source holds nothing that can be drawn, so it has no tiles.')
    const warehouse = await this.#connections.warehouse(caller, connection, 'catalog')
    const options = { signal: caller.signal, timeoutMs: ADVICE_TIMEOUT_MS }
    return warehouse.adviseOnTiles({ source, description, spatial }, options)
  }
}
