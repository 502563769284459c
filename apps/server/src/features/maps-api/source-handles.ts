import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type CacheIdentity, type CacheKeys, canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import type { SourceDefinition } from './source-definition.ts'

/** A source under a short opaque name, so that addresses of tiles stay short however long its SQL is. */
export interface SourceHandle {
  readonly id: string
  readonly organizationId: string
  readonly connectionId: string
  readonly definition: SourceDefinition
}

interface RememberedHandle extends SourceHandle {
  /** The key prefix of its tiles under the identity that asked last. */
  prefix: { readonly identity: string; readonly value: string } | null
  /** When the store last heard of its use, in milliseconds since the epoch. */
  storedAt: number
}

/** The store hears of a handle's use at most this often, in milliseconds. */
const TOUCH_AFTER_MS = 60 * 60_000

/** Handles nobody used for this long are forgotten, in milliseconds. */
const FORGET_AFTER_MS = 90 * 24 * 60 * 60_000

/**
 * The handles of sources. The id is a digest of what it stands for, so the same source always has the same one and a
 * restart loses nothing. Knowing an id gives no right: whoever uses it is checked against the source itself.
 */
export class SourceHandles {
  readonly #store: Store
  readonly #clock: Clock
  readonly #keys: CacheKeys
  readonly #remembered = new LRUCache<string, RememberedHandle>({ max: 5_000 })

  constructor(store: Store, clock: Clock, keys: CacheKeys) {
    this.#store = store
    this.#clock = clock
    this.#keys = keys
  }

  /** The handle of a source, stored if it is new. */
  async register(organizationId: string, connectionId: string, definition: SourceDefinition): Promise<SourceHandle> {
    const id = createHash('sha256')
      .update(canonicalJson([organizationId, connectionId, definition]))
      .digest('base64url')
      .slice(0, 32)
    const now = this.#clock.now()
    const remembered = this.#remembered.get(id)
    if (remembered && now.getTime() - remembered.storedAt < TOUCH_AFTER_MS) return remembered
    await this.#store
      .insertInto('source_handles')
      .values({
        id,
        organization_id: organizationId,
        connection_id: connectionId,
        definition: toJson(definition),
        created_at: now,
        last_used_at: now,
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ last_used_at: now }))
      .execute()
    return this.#remember({ id, organizationId, connectionId, definition })
  }

  /** What is remembered, without waiting; undefined when it must be looked up. */
  recall(id: string): SourceHandle | undefined {
    return this.#remembered.get(id)
  }

  async find(id: string): Promise<SourceHandle | null> {
    const remembered = this.#remembered.get(id)
    if (remembered) return remembered
    const row = await this.#store.selectFrom('source_handles').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) return null
    return this.#remember({
      id,
      organizationId: row.organization_id,
      connectionId: row.connection_id,
      definition: row.definition as unknown as SourceDefinition,
    })
  }

  /** The key prefix of the handle's tiles; computed once for an identity, so that a cached tile costs one look-up. */
  tilePrefix(handle: SourceHandle, identity: CacheIdentity, definition = handle.definition): string {
    // Of a name the tiles are those of what it stands for now.
    if (definition !== handle.definition) return this.#keys.tilePrefix(identity, definition)
    const remembered = this.#remembered.get(handle.id)
    const identityText = `${identity.databaseIdentity}/${identity.credentialVersion}/${identity.policyEpoch}`
    if (remembered?.prefix?.identity === identityText) return remembered.prefix.value
    const value = this.#keys.tilePrefix(identity, handle.definition)
    if (remembered) remembered.prefix = { identity: identityText, value }
    return value
  }

  /** Forgets handles that nobody used for three months. */
  async sweep(now: Date): Promise<void> {
    await this.#store
      .deleteFrom('source_handles')
      .where('last_used_at', '<', new Date(now.getTime() - FORGET_AFTER_MS))
      .execute()
  }

  #remember(handle: SourceHandle): SourceHandle {
    const remembered = { ...handle, prefix: null, storedAt: this.#clock.now().getTime() }
    this.#remembered.set(handle.id, remembered)
    return remembered
  }
}
