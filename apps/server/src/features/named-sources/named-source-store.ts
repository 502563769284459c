import type { Predicate } from '@graticule/policy'
import type { Insertable, Updateable } from 'kysely'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import type { NamedSourceRow, NamedSourcesTable } from '../../platform/db/tables.ts'

/** With the name of the connection that it is of. */
export type StoredNamedSource = NamedSourceRow & { readonly connection_name: string }

/** Named sources in the metadata store. */
export class NamedSourceStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async insert(row: Insertable<NamedSourcesTable>, transaction: Store): Promise<void> {
    await transaction.insertInto('named_sources').values(row).execute()
  }

  /** Those that the predicate lets through, by name; the search is for a part of the name or description. */
  async list(predicate: Predicate, search: string): Promise<StoredNamedSource[]> {
    const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
    return this.#select()
      .where(compilePredicate(predicate, 'named-source'))
      .where((where) =>
        where.or([
          where('named_sources.name', 'like', pattern),
          where((each) => each.fn<string>('lower', ['named_sources.description']), 'like', pattern),
        ]),
      )
      .orderBy('named_sources.name')
      .execute()
  }

  async find(organizationId: string, name: string): Promise<StoredNamedSource | null> {
    const row = await this.#select()
      .where('named_sources.organization_id', '=', organizationId)
      .where('named_sources.name', '=', name)
      .executeTakeFirst()
    return row ?? null
  }

  /** What a name stands for on a connection. */
  async findOn(connectionId: string, name: string): Promise<NamedSourceRow | null> {
    const row = await this.#store
      .selectFrom('named_sources')
      .selectAll()
      .where('connection_id', '=', connectionId)
      .where('name', '=', name)
      .executeTakeFirst()
    return row ?? null
  }

  /** Whether it was there and was changed. */
  async update(id: string, changes: Updateable<NamedSourcesTable>, transaction: Store): Promise<boolean> {
    const { numUpdatedRows } = await transaction
      .updateTable('named_sources')
      .set(changes)
      .where('id', '=', id)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /** Whether it was there. */
  async delete(id: string, transaction: Store): Promise<boolean> {
    const { numDeletedRows } = await transaction.deleteFrom('named_sources').where('id', '=', id).executeTakeFirst()
    return numDeletedRows > 0n
  }

  /** Those of a connection, whoever owns them, by name, with their owner. */
  async listOnConnection(store: Store, connectionId: string) {
    return store
      .selectFrom('named_sources')
      .innerJoin('users', 'users.id', 'named_sources.owner_id')
      .select(['named_sources.id', 'named_sources.name', 'named_sources.organization_id', 'named_sources.owner_id'])
      .select(['users.name as owner_name', 'users.email as owner_email'])
      .where('named_sources.connection_id', '=', connectionId)
      .orderBy('named_sources.name')
      .execute()
  }

  /** Makes all of a connection's be of another one. */
  async moveAll(transaction: Store, from: string, to: string, at: Date): Promise<NamedSourceRow[]> {
    return transaction
      .updateTable('named_sources')
      .set({ connection_id: to, updated_at: at })
      .where('connection_id', '=', from)
      .returningAll()
      .execute()
  }

  async transferAll(from: string, to: string, transaction: Store): Promise<NamedSourceRow[]> {
    return transaction
      .updateTable('named_sources')
      .set({ owner_id: to })
      .where('owner_id', '=', from)
      .returningAll()
      .execute()
  }

  #select() {
    return this.#store
      .selectFrom('named_sources')
      .innerJoin('connections', 'connections.id', 'named_sources.connection_id')
      .selectAll('named_sources')
      .select('connections.name as connection_name')
  }
}
