import { LRUCache } from 'lru-cache'
import type { Store } from '../../platform/db/database.ts'
import { type Connection, isPersonalSource } from './connection.ts'
import { findConnection } from './connection-store.ts'

/** How long a change made by another process may go unnoticed, in milliseconds; our own is noticed at once. */
const REMEMBER_MS = 1_000

/** Finds connections by id, name or alias, remembering them for a second so that tiles need no look-up each. */
export class ConnectionDirectory {
  readonly #store: Store
  readonly #remembered = new LRUCache<string, Connection>({ max: 1_000, ttl: REMEMBER_MS, ttlResolution: 50 })

  constructor(store: Store) {
    this.#store = store
  }

  /** What is remembered, without waiting; undefined when it must be looked up. */
  recall(organizationId: string, idOrName: string): Connection | undefined {
    return this.#remembered.get(memoryKey(organizationId, idOrName))
  }

  async find(organizationId: string, idOrName: string): Promise<Connection | null> {
    const remembered = this.recall(organizationId, idOrName)
    if (remembered) return remembered
    const found = await findConnection(this.#store, organizationId, idOrName)
    if (!found) return null
    this.#remembered.set(memoryKey(organizationId, idOrName), found.connection)
    return found.connection
  }

  /** Those of these names that are of connections which everybody reads with a login of their own. */
  async listPersonal(organizationId: string, names: readonly string[]): Promise<ReadonlySet<string>> {
    const personal = new Set<string>()
    for (const name of new Set(names)) {
      const connection = await this.find(organizationId, name)
      if (connection && isPersonalSource(connection)) personal.add(name)
    }
    return personal
  }

  /** Called after every change of a connection. */
  forget(): void {
    this.#remembered.clear()
  }
}

function memoryKey(organizationId: string, idOrName: string): string {
  return `${organizationId}/${idOrName}`
}
