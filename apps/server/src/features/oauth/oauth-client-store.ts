import type { Predicate } from '@graticule/policy'
import type { Insertable, Updateable } from 'kysely'
import { addressRangesColumn } from '../../platform/db/address-ranges-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import type { OAuthClientRow, OAuthClientsTable } from '../../platform/db/tables.ts'
import type { OwnedClientRow } from './oauth-client.ts'

/** OAuth clients in the metadata store. */
export class OAuthClientStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async insert(client: Insertable<OAuthClientsTable>, transaction: Store): Promise<void> {
    await transaction.insertInto('oauth_clients').values(client).execute()
  }

  /** The clients that the predicate lets through, the newest first. */
  async list(predicate: Predicate): Promise<OwnedClientRow[]> {
    return this.#owned(this.#store)
      .where(compilePredicate(predicate, 'oauth-client'))
      .orderBy('oauth_clients.created_at', 'desc')
      .orderBy('oauth_clients.id')
      .execute()
  }

  async find(id: string, store: Store = this.#store): Promise<OwnedClientRow | null> {
    return (await this.#owned(store).where('oauth_clients.id', '=', id).executeTakeFirst()) ?? null
  }

  /** Where the client's organization lets programs come from; null for anywhere. */
  async findAddressRanges(id: string, store: Store): Promise<readonly string[] | null> {
    const row = await store
      .selectFrom('oauth_clients')
      .select(addressRangesColumn('tokens.addresses', 'oauth_clients.organization_id').as('addressRanges'))
      .where('id', '=', id)
      .executeTakeFirst()
    return row?.addressRanges ?? null
  }

  /** As it is, and stays until the transaction ends; null when it has been deleted. */
  async lock(id: string, transaction: Store): Promise<OAuthClientRow | null> {
    const row = await transaction
      .selectFrom('oauth_clients')
      .selectAll()
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    return row ?? null
  }

  /** All clients of an owner; they stay as they are until the transaction ends. */
  async lockAllOf(ownerId: string, transaction: Store): Promise<OAuthClientRow[]> {
    return transaction
      .selectFrom('oauth_clients')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('id')
      .forUpdate()
      .execute()
  }

  async update(id: string, changes: Updateable<OAuthClientsTable>, store: Store = this.#store): Promise<void> {
    await store.updateTable('oauth_clients').set(changes).where('id', '=', id).execute()
  }

  /** With everything that was issued to it. */
  async delete(id: string, transaction: Store): Promise<void> {
    await transaction.deleteFrom('oauth_clients').where('id', '=', id).execute()
  }

  #owned(store: Store) {
    return store
      .selectFrom('oauth_clients')
      .innerJoin('users', 'users.id', 'oauth_clients.owner_id')
      .selectAll('oauth_clients')
      .select(['users.name as owner_name', 'users.email as owner_email'])
  }
}
