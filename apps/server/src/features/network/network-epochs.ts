import { LRUCache } from 'lru-cache'
import type { Store } from '../../platform/db/database.ts'
import { readNetwork } from './network-store.ts'

/** How long another server's change may go unnoticed, in milliseconds. */
const KNOWN_FOR_MS = 2_000

interface Known {
  readonly epoch: number
  readonly readAt: number
}

/** The revision of each organization's list of allowed hosts, read from the store every other second at most. */
export class NetworkEpochs {
  readonly #store: Store
  readonly #known = new LRUCache<string, Known>({ max: 1_000 })
  readonly #reading = new Map<string, Promise<number>>()

  constructor(store: Store) {
    this.#store = store
  }

  /** The latest that is known; a store that is away changes nothing. */
  async read(organizationId: string): Promise<number> {
    const known = this.#known.get(organizationId)
    if (known !== undefined && performance.now() - known.readAt < KNOWN_FOR_MS) return known.epoch
    const reading = this.#reading.get(organizationId) ?? this.#refresh(organizationId, known?.epoch ?? 0)
    this.#reading.set(organizationId, reading)
    return reading
  }

  /** Reads anew next time, after a change of our own. */
  forget(organizationId: string): void {
    this.#known.delete(organizationId)
  }

  async #refresh(organizationId: string, before: number): Promise<number> {
    try {
      const { revision: epoch } = await readNetwork(this.#store, organizationId)
      this.#known.set(organizationId, { epoch, readAt: performance.now() })
      return epoch
    } catch {
      // Whoever opens a socket now is told that the store is away; those that are open go on.
      return before
    } finally {
      this.#reading.delete(organizationId)
    }
  }
}
