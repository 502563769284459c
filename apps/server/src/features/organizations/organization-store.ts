import { sql, type Updateable } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { OrganizationRow, OrganizationsTable } from '../../platform/db/tables.ts'

/** Organizations in the metadata store. */
export class OrganizationStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async get(id: string, store: Store = this.#store): Promise<OrganizationRow> {
    return store.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  }

  /** As it is now; nobody else changes it, or who is in it, before the transaction ends. */
  async lock(transaction: Store, id: string): Promise<OrganizationRow> {
    return transaction
      .selectFrom('organizations')
      .selectAll()
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow()
  }

  /**
   * Makes everybody wait who adds anything to the organization. In the order in which all others lock: the organization,
   * then its people; and only then the organization against everything that refers to it.
   */
  async lockForEnd(transaction: Store, id: string): Promise<void> {
    await this.lock(transaction, id)
    await transaction
      .selectFrom('users')
      .select('id')
      .where('organization_id', '=', id)
      .orderBy('id')
      .forUpdate()
      .execute()
    await transaction.selectFrom('organizations').select('id').where('id', '=', id).forUpdate().execute()
  }

  /** All of the installation that the text names, by id or by name. */
  async listNamed(idOrName: string): Promise<OrganizationRow[]> {
    return this.#store
      .selectFrom('organizations')
      .selectAll()
      .where((where) => where.or([where('id', '=', idOrName), where('name', '=', idOrName)]))
      .execute()
  }

  /** All of the installation with how many people each has. */
  async listAll(): Promise<(OrganizationRow & { readonly people: number })[]> {
    return this.#store
      .selectFrom('organizations')
      .selectAll()
      .select(
        sql<number>`(
          SELECT count(*)::integer FROM users
          WHERE users.organization_id = organizations.id AND users.deleted_at IS NULL)`.as('people'),
      )
      .orderBy('name')
      .orderBy('id')
      .execute()
  }

  /** The one with the id, or the only one there is; null unless it takes requests to join. */
  async findTakingRequests(id: string | undefined): Promise<string | null> {
    let query = this.#store
      .selectFrom('organizations')
      .select(['id', 'takes_join_requests'])
      .where('suspended_at', 'is', null)
      .limit(2)
    if (id !== undefined) query = query.where('id', '=', id)
    const [found, ...others] = await query.execute()
    return found?.takes_join_requests && others.length === 0 ? found.id : null
  }

  async update(transaction: Store, id: string, changes: Updateable<OrganizationsTable>): Promise<void> {
    await transaction.updateTable('organizations').set(changes).where('id', '=', id).execute()
  }
}
