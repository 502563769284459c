import type { Predicate } from '@graticule/policy'
import { type Insertable, sql, type Updateable } from 'kysely'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import type { NamedSourceRow, NamedSourcesTable } from '../../platform/db/tables.ts'

/** With the name of the connection that it is of, and the others that this answers to. */
export type StoredNamedSource = NamedSourceRow & {
  readonly connection_name: string
  readonly connection_aliases: readonly string[]
}

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
      .where('named_sources.deleted_at', 'is', null)
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
      .where('named_sources.deleted_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  async findById(id: string): Promise<StoredNamedSource | null> {
    const row = await this.#select()
      .where('named_sources.id', '=', id)
      .where('named_sources.deleted_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** What a name stands for on a connection. */
  async findOn(connectionId: string, name: string, store: Store = this.#store): Promise<NamedSourceRow | null> {
    const row = await store
      .selectFrom('named_sources')
      .selectAll()
      .where('connection_id', '=', connectionId)
      .where('name', '=', name)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** Whether it was there and was changed. */
  async update(id: string, changes: Updateable<NamedSourcesTable>, transaction: Store): Promise<boolean> {
    const { numUpdatedRows } = await transaction
      .updateTable('named_sources')
      .set(changes)
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /** Puts it into the trash; whether it was there. */
  async delete(id: string, deletion: { readonly at: Date; readonly by: string }, transaction: Store): Promise<boolean> {
    return this.update(id, { deleted_at: deletion.at, deleted_by: deletion.by }, transaction)
  }

  /** One in the trash, of whichever organization; with a lock it stays so until the transaction ends. */
  async findDeleted(id: string, transaction?: Store): Promise<StoredNamedSource | null> {
    const query = selectWithConnection(transaction ?? this.#store)
      .where('named_sources.id', '=', id)
      .where('named_sources.deleted_at', 'is not', null)
    const row = await (transaction === undefined ? query : query.forUpdate('named_sources')).executeTakeFirst()
    return row ?? null
  }

  /** The same as it is now for a transaction, without a lock. */
  async readDeleted(id: string, transaction: Store): Promise<StoredNamedSource | null> {
    const row = await selectWithConnection(transaction)
      .where('named_sources.id', '=', id)
      .where('named_sources.deleted_at', 'is not', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** Its connection is neither deleted nor replaced until the transaction ends. */
  async holdConnection(id: string, transaction: Store): Promise<void> {
    await transaction.selectFrom('connections').select('id').where('id', '=', id).forShare().execute()
  }

  /** Those of these that are in the trash. */
  async listDeleted(ids: readonly string[]): Promise<StoredNamedSource[]> {
    if (ids.length === 0) return []
    return this.#select()
      .where('named_sources.id', 'in', ids)
      .where('named_sources.deleted_at', 'is not', null)
      .execute()
  }

  /** Takes it out of the trash, with this name. */
  async restore(id: string, name: string, transaction: Store): Promise<void> {
    await transaction
      .updateTable('named_sources')
      .set({ name, deleted_at: null, deleted_by: null })
      .where('id', '=', id)
      .execute()
  }

  /** Deletes for good one that is in the trash. */
  async purge(id: string, transaction: Store): Promise<void> {
    await transaction.deleteFrom('named_sources').where('id', '=', id).where('deleted_at', 'is not', null).execute()
  }

  /** Deletes for good what was deleted at that moment or before, whoever owned it. */
  async purgeDeletedUntil(until: Date, transaction: Store): Promise<NamedSourceRow[]> {
    return transaction.deleteFrom('named_sources').where('deleted_at', '<=', until).returningAll().execute()
  }

  /** Deletes for good what of a connection is in the trash. */
  async purgeOnConnection(connectionId: string, transaction: Store): Promise<NamedSourceRow[]> {
    return transaction
      .deleteFrom('named_sources')
      .where('connection_id', '=', connectionId)
      .where('deleted_at', 'is not', null)
      .returningAll()
      .execute()
  }

  /** How many maps have a dataset on the connection that this name stands for: as edited, or as published last. */
  async countMaps(organizationId: string, connectionNames: readonly string[], name: string): Promise<number> {
    const path = '$.datasets[*] ? (@.source == $source && @.connectionName == $names[*])'
    const names = sql`${JSON.stringify({ source: name, names: connectionNames })}::jsonb`
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::integer AS count FROM maps
      WHERE organization_id = ${organizationId} AND deleted_at IS NULL
      AND (jsonb_path_exists(document, ${path}::jsonpath, ${names})
        OR jsonb_path_exists(published_document, ${path}::jsonpath, ${names}))`.execute(this.#store)
    return rows[0]?.count ?? 0
  }

  /** Those of a connection that are not in the trash, whoever owns them, by name, with their owner. */
  async listOnConnection(store: Store, connectionId: string) {
    return store
      .selectFrom('named_sources')
      .innerJoin('users', 'users.id', 'named_sources.owner_id')
      .select(['named_sources.id', 'named_sources.name', 'named_sources.organization_id', 'named_sources.owner_id'])
      .select(['users.name as owner_name', 'users.email as owner_email'])
      .where('named_sources.connection_id', '=', connectionId)
      .where('named_sources.deleted_at', 'is', null)
      .orderBy('named_sources.name')
      .execute()
  }

  /** Makes all of a connection's, those in the trash too, be of another one. */
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
    return selectWithConnection(this.#store)
  }
}

function selectWithConnection(store: Store) {
  return store
    .selectFrom('named_sources')
    .innerJoin('connections', 'connections.id', 'named_sources.connection_id')
    .selectAll('named_sources')
    .select(['connections.name as connection_name', 'connections.aliases as connection_aliases'])
}
