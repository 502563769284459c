import { AppError } from '@graticule/contract'
import { LRUCache } from 'lru-cache'
import type { Store } from '../db/database.ts'

/** How long a change of rights by another server may go unnoticed while the store answers, in milliseconds. */
const FRESH_MS = 1_000

/** How long an epoch is believed while the store does not answer, in milliseconds. */
const HELD_MS = 3_000

interface Known {
  readonly epoch: string
  /** When it was asked for, as of `performance.now()`: it may be older than its answer. */
  readonly askedAt: number
}

/**
 * The policy epoch of each organization: a number that the store moves with every change of rights (ADR 0054), and that
 * is part of every key of a cached answer. Read from the store once a second at most.
 */
export class PolicyEpochs {
  readonly #store: Store
  readonly #now: () => number
  readonly #known = new LRUCache<string, Known>({ max: 10_000 })
  readonly #reading = new Map<string, Promise<Known>>()
  /** Grows with each `forget`, so that what was asked before it is not remembered after it. */
  #generation = 0

  constructor(store: Store, now: () => number = () => performance.now()) {
    this.#store = store
    this.#now = now
  }

  /** Rejects when the store did not tell within three seconds: what was kept is then served to nobody. */
  async read(organizationId: string): Promise<string> {
    const known = this.#known.get(organizationId)
    if (known !== undefined && this.#now() - known.askedAt < FRESH_MS) return known.epoch
    try {
      const { askedAt, epoch } = await this.#ask(organizationId)
      if (this.#now() - askedAt < HELD_MS) return epoch
    } catch (error) {
      if (known === undefined || this.#now() - known.askedAt >= HELD_MS) throw error
      return known.epoch
    }
    throw new AppError(
      'store_unavailable',
      'The metadata store answers too slowly to say who may see what, so try again in a moment.',
    )
  }

  /** Reads anew next time, after a change of our own. */
  forget(): void {
    this.#generation += 1
    this.#known.clear()
    this.#reading.clear()
  }

  /** All who ask at the same moment share one question. */
  #ask(organizationId: string): Promise<Known> {
    const reading = this.#reading.get(organizationId) ?? this.#readAnew(organizationId)
    this.#reading.set(organizationId, reading)
    return reading
  }

  async #readAnew(organizationId: string): Promise<Known> {
    const generation = this.#generation
    const askedAt = this.#now()
    try {
      const known = { epoch: await this.#query(organizationId), askedAt }
      if (generation === this.#generation) this.#known.set(organizationId, known)
      return known
    } finally {
      if (generation === this.#generation) this.#reading.delete(organizationId)
    }
  }

  async #query(organizationId: string): Promise<string> {
    const row = await this.#store
      .selectFrom('policy_epochs')
      .select('epoch')
      .where('organization_id', '=', organizationId)
      .executeTakeFirst()
    return row?.epoch ?? '0'
  }
}
