import type { FastifyBaseLogger } from 'fastify'
import { sql } from 'kysely'
import { type Store, toJson } from '../db/database.ts'
import type { KeyRing } from './key-ring.ts'
import type { KeySource } from './key-sources/key-source.ts'
import { findStoreKey } from './store-key.ts'

/** How often a server looks which key seals, in milliseconds. */
const LOOK_EVERY_MS = 2_000
/** How often it says that it is there, in milliseconds. */
const ANNOUNCE_EVERY_MS = 10_000
/** A server that has said nothing for this long is gone, in milliseconds. */
const GONE_AFTER_MS = 30_000

export interface KeyFollowerOptions {
  readonly store: Store
  readonly ring: KeyRing
  readonly source: KeySource
  readonly serverId: string
  readonly logger: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
}

/** A server that runs, by what it said last. */
export interface ServerKeys {
  readonly serverId: string
  readonly keyIds: readonly string[]
  readonly sealingKeyId: string
}

/** Keeps a running server sealing with the key that the store names, and tells in the store which keys it has. */
export class KeyFollower {
  readonly #options: KeyFollowerOptions
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> = Promise.resolve()
  #announced = ''
  #announcedAt = Number.NEGATIVE_INFINITY
  #missing: string | null = null
  #isStopped = false

  constructor(options: KeyFollowerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#look()
    this.#lookLater()
  }

  /** Nobody waits for this server any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#looking
    const { serverId, store } = this.#options
    await store
      .deleteFrom('server_keys')
      .where('server_id', '=', serverId)
      .execute()
      .catch(() => undefined)
  }

  #lookLater(): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => {
          this.#options.logger.warn({ err: error }, 'which master key seals could not be looked up')
        })
        .finally(() => this.#lookLater())
    }, LOOK_EVERY_MS)
  }

  async #look(): Promise<void> {
    const { ring, source, store } = this.#options
    const row = await findStoreKey(store)
    if (row === null) return
    const named = [row.key_id, row.next_key_id].filter((keyId) => keyId !== null)
    if (source.isLive && named.some((keyId) => !ring.has(keyId))) ring.add(await source.read())
    this.#follow(row.key_id)
    await this.#announce()
  }

  #follow(keyId: string): void {
    const { logger, ring } = this.#options
    if (!ring.has(keyId)) {
      // Its secrets still open everywhere: whoever changed the key has the old one as well.
      if (this.#missing !== keyId)
        logger.error({ keyId }, 'the store is sealed with a master key that this server has not')
      this.#missing = keyId
      return
    }
    this.#missing = null
    if (ring.sealingKeyId === keyId) return
    ring.sealWith(keyId)
    logger.info({ keyId }, 'another master key seals from now on')
  }

  async #announce(): Promise<void> {
    const { ring, serverId, store } = this.#options
    const said = { key_ids: toJson(ring.keyIds), sealing_key_id: ring.sealingKeyId }
    const text = JSON.stringify(said)
    if (text === this.#announced && performance.now() - this.#announcedAt < ANNOUNCE_EVERY_MS) return
    const row = { ...said, seen_at: sql<Date>`now()` }
    await store
      .insertInto('server_keys')
      .values({ server_id: serverId, ...row })
      .onConflict((conflict) => conflict.column('server_id').doUpdateSet(row))
      .execute()
    this.#announced = text
    this.#announcedAt = performance.now()
  }
}

/** The servers that run on a store. Those that were killed are among them for half a minute. */
export async function listServerKeys(store: Store): Promise<ServerKeys[]> {
  const rows = await store
    .selectFrom('server_keys')
    .selectAll()
    .where('seen_at', '>', sql<Date>`now() - make_interval(secs => ${GONE_AFTER_MS / 1_000})`)
    .orderBy('server_id')
    .execute()
  return rows.map((row) => ({ serverId: row.server_id, keyIds: row.key_ids, sealingKeyId: row.sealing_key_id }))
}
