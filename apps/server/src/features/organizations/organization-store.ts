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

  async update(transaction: Store, id: string, changes: Updateable<OrganizationsTable>): Promise<void> {
    await transaction.updateTable('organizations').set(changes).where('id', '=', id).execute()
  }
}
