import { AppError } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { type Connection, connectionNames } from '../connections/connection.ts'
import type { MapSources } from '../connections/source-access.ts'
import { concealText, type SourceTexts } from '../named-sources/named-source-resolver.ts'

/** What readers are told of a query of a map that fails. */
const FAILED = 'The query behind this layer could not be read; the author of the map sees why in Builder.'

/**
 * Finds the query that a handle of a map stands for, besides named sources. That the asker may have it is decided before:
 * see `SourceAccess`.
 */
export class SnapshotQueries implements SourceTexts {
  readonly #maps: Pick<MapSources, 'findQuery'>
  readonly #named: SourceTexts

  constructor(maps: Pick<MapSources, 'findQuery'>, named: SourceTexts) {
    this.#maps = maps
    this.#named = named
  }

  async resolve(connection: Connection, source: Source): Promise<Source> {
    return this.#named.resolve(connection, (await this.#find(connection, source)) ?? source)
  }

  async use<Answer>(
    connection: Connection,
    source: Source,
    work: (resolved: Source) => Promise<Answer>,
  ): Promise<Answer> {
    const found = await this.#find(connection, source)
    if (found === null) return this.#named.use(connection, source, work)
    return this.#named.use(connection, found, work).catch((error: unknown) => {
      throw concealQuery(error)
    })
  }

  /** Null for what is no handle. */
  async #find(connection: Connection, source: Source): Promise<Source | null> {
    const looked = source.type === 'query' ? this.#maps.findQuery(source.sql, connectionNames(connection)) : undefined
    if (looked === undefined) return null
    const found = await looked
    // Published anew between the decision and now.
    if (found === null)
      throw new AppError('conflict', 'The map was published anew; load it again.', {
        details: { rule: 'map.published' },
      })
    return found.source
  }
}

/** The error as readers of a map are told it, who may not know its SQL. */
export function concealQuery(error: unknown): unknown {
  return concealText(error, FAILED)
}
