import type { Selectable, Updateable } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { OrganizationsTable } from '../../platform/db/tables.ts'

/** Organizations in the metadata store. */
export class OrganizationStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async get(id: string, store: Store = this.#store): Promise<Selectable<OrganizationsTable>> {
    return store.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  }

  /** The one with the id, or the only one there is; null unless it takes requests to join. */
  async findTakingRequests(id: string | undefined): Promise<string | null> {
    let query = this.#store.selectFrom('organizations').select(['id', 'takes_join_requests']).limit(2)
    if (id !== undefined) query = query.where('id', '=', id)
    const [found, ...others] = await query.execute()
    return found?.takes_join_requests && others.length === 0 ? found.id : null
  }

  async update(transaction: Store, id: string, changes: Updateable<OrganizationsTable>): Promise<void> {
    await transaction.updateTable('organizations').set(changes).where('id', '=', id).execute()
  }
}
