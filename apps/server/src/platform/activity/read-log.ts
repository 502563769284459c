import type { Principal } from '@graticule/policy'
import { LRUCache } from 'lru-cache'
import type { Store } from '../db/database.ts'
import { type ActivityLog, actorOf } from './activity-log.ts'
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

/** Reads are told of at most this long after they happened, in milliseconds. */
const WRITE_AFTER_MS = 800

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
  #tallies = new Map<string, Tally>()
  #timer: NodeJS.Timeout | null = null
  #telling: Promise<void> = Promise.resolve()

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
    let tally = this.#tallies.get(key)
    if (tally === undefined) {
      tally = { principal, connection, source, mapId, cached: 0, fetched: 0 }
      this.#tallies.set(key, tally)
    }
    if (isHit) tally.cached += 1
    else tally.fetched += 1
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS).unref()
  }

  /** Queues the events of what was counted so far. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const tallies = [...this.#tallies.values()]
    this.#tallies = new Map()
    this.#telling = this.#telling.then(() => this.#tell(tallies))
    await this.#telling
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
