import type { Principal } from '@graticule/policy'
import { LRUCache } from 'lru-cache'
import type { Store } from '../db/database.ts'
import { type ActivityLog, actorOf } from './activity-log.ts'
import { BatchedTallies } from './batched-tallies.ts'
import { digestOf, withoutLiterals } from './statement-text.ts'

/** Of a connection, as far as reads of it are told. */
export interface ReadConnection {
  readonly id: string
  readonly organizationId: string
  readonly name: string
}

/** What of a connection was read. */
export type ReadSource =
  | { readonly type: 'table'; readonly name: string }
  | { readonly type: 'query'; readonly sql: string }

export interface ReadLogOptions {
  readonly store: Store
  readonly activity: ActivityLog
  /** Whether the principal may open the map that a request names, which anybody can write into an address. */
  readonly mayOpenMap: (principal: Principal, mapId: string) => Promise<boolean>
  readonly onError: (error: unknown) => void
}

interface Tally {
  readonly principal: Principal
  readonly connection: ReadConnection
  readonly source: ReadSource
  readonly mapId: string | undefined
  cached: number
  fetched: number
}

/**
 * Who read which source through which map, and how often, from the cache or from the warehouse. Reads are counted and
 * told of once a second: a map that is dragged is one event, not hundreds, and a cached tile costs a look-up more. When
 * the process is killed, the counts of its last second are lost.
 */
export class ReadLog {
  readonly #options: ReadLogOptions
  readonly #keptTexts = new LRUCache<string, true>({ max: 10_000 })
  readonly #tallies = new BatchedTallies<Tally>((tallies) => this.#tell(tallies))

  constructor(options: ReadLogOptions) {
    this.#options = options
  }

  /** Counts one read. `sourceKey` stands for the source within its connection. */
  note(
    principal: Principal,
    connection: ReadConnection,
    source: ReadSource,
    sourceKey: string,
    mapId: string | undefined,
    isHit: boolean,
  ): void {
    const key = `${keyOf(principal)}/${connection.id}/${mapId ?? ''}/${sourceKey}`
    const create = () => ({ principal, connection, source, mapId, cached: 0, fetched: 0 })
    const tally = this.#tallies.take(key, create)
    if (isHit) tally.cached += 1
    else tally.fetched += 1
  }

  /** Queues the events of what was counted so far. */
  flush(): Promise<void> {
    return this.#tallies.flush()
  }

  async #tell(tallies: readonly Tally[]): Promise<void> {
    const { activity, mayOpenMap, onError } = this.#options
    for (const { principal, connection, source, mapId, cached, fetched } of tallies) {
      const isNamed = mapId !== undefined && (await mayOpenMap(principal, mapId).catch(() => false))
      const text = source.type === 'query' ? withoutLiterals(source.sql) : null
      activity.enqueue({
        organizationId: connection.organizationId,
        actor: actorOf(principal),
        type: 'data.read',
        assetType: 'connection',
        assetId: connection.id,
        isRoutine: true,
        details: {
          connection: connection.name,
          ...(source.type === 'table' ? { table: source.name } : text !== null && { statement: digestOf(text) }),
          cached,
          fetched,
          ...(isNamed && { map: mapId }),
        },
      })
      if (text !== null) await this.#keepText(connection.organizationId, text).catch(onError)
    }
  }

  /** Once for each digest: events name it. */
  async #keepText(organizationId: string, text: string): Promise<void> {
    const digest = digestOf(text)
    const key = `${organizationId}/${digest}`
    if (this.#keptTexts.has(key)) return
    await this.#options.store
      .insertInto('activity_statements')
      .values({ organization_id: organizationId, digest, text })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    this.#keptTexts.set(key, true)
  }
}

function keyOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return principal.viewedBy === undefined ? principal.userId : `${principal.userId}<${principal.viewedBy.userId}`
    case 'token':
      return principal.tokenId
    case 'public-map':
      return principal.mapId
    case 'anonymous':
      return ''
  }
}
