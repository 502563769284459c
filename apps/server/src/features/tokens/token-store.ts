import type { Predicate } from '@graticule/policy'
import { type Insertable, sql, type Updateable } from 'kysely'
import { addressRangesColumn } from '../../platform/db/address-ranges-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import type { TokenRow, TokensTable } from '../../platform/db/tables.ts'

/** API tokens in the metadata store. */
export class TokenStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async insert(token: Insertable<TokensTable>, store: Store = this.#store): Promise<TokenRow> {
    return store.insertInto('tokens').values(token).returningAll().executeTakeFirstOrThrow()
  }

  /** The token behind a hash unless it is revoked or its owner is disabled; whether it has expired is for the caller. */
  async findLive(
    tokenHash: string,
  ): Promise<
    (TokenRow & { readonly suspended_at: Date | null; readonly address_ranges: readonly string[] | null }) | null
  > {
    const row = await this.#store
      .selectFrom('tokens')
      .innerJoin('users', 'users.id', 'tokens.owner_id')
      .innerJoin('organizations', 'organizations.id', 'tokens.organization_id')
      .selectAll('tokens')
      .select('organizations.suspended_at')
      .select(addressRangesColumn('tokens.addresses', 'tokens.organization_id').as('address_ranges'))
      .where('tokens.token_hash', '=', tokenHash)
      .where('tokens.revoked_at', 'is', null)
      .where('users.disabled_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** Whether there ever was such a token, revoked or not. */
  async hasIssued(tokenHash: string): Promise<boolean> {
    const row = await this.#store
      .selectFrom('tokens')
      .select('id')
      .where('token_hash', '=', tokenHash)
      .executeTakeFirst()
    return row !== undefined
  }

  async find(id: string): Promise<TokenRow | null> {
    const row = await this.#store
      .selectFrom('tokens')
      .selectAll()
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** With when its owner was shut out; null when it has been revoked. */
  async findWithOwner(id: string): Promise<(TokenRow & { readonly owner_disabled_at: Date | null }) | null> {
    const row = await this.#store
      .selectFrom('tokens')
      .innerJoin('users', 'users.id', 'tokens.owner_id')
      .selectAll('tokens')
      .select('users.disabled_at as owner_disabled_at')
      .where('tokens.id', '=', id)
      .where('tokens.revoked_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** Those that are not revoked and have a grant on a connection of one of these names; locked, in a transaction. */
  async listGranting(store: Store, organizationId: string, names: readonly string[]) {
    const grants = names.map((name) => JSON.stringify([{ connection_name: name }]))
    const rows = await store
      .selectFrom('tokens')
      .innerJoin('users', 'users.id', 'tokens.owner_id')
      .selectAll('tokens')
      .select(['users.name as owner_name', 'users.email as owner_email'])
      .where('tokens.organization_id', '=', organizationId)
      .where('tokens.revoked_at', 'is', null)
      .where(sql<boolean>`tokens.grants @> ANY(${grants}::jsonb[])`)
      // In the order in which times of last use are written, so that the two never wait for each other.
      .orderBy('tokens.id')
      .forNoKeyUpdate('tokens')
      .execute()
    return rows.map(({ owner_name: name, owner_email: email, ...token }) => ({
      token,
      owner: { id: token.owner_id, name, email },
    }))
  }

  /** As it is, and stays until the transaction ends; null when it has been revoked. */
  async lock(id: string, transaction: Store): Promise<TokenRow | null> {
    const row = await transaction
      .selectFrom('tokens')
      .selectAll()
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .forNoKeyUpdate()
      .executeTakeFirst()
    return row ?? null
  }

  /** The tokens that the predicate lets through, the newest first. */
  async list(predicate: Predicate): Promise<TokenRow[]> {
    return this.#store
      .selectFrom('tokens')
      .selectAll()
      .where(compilePredicate(predicate, 'token'))
      .where('revoked_at', 'is', null)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute()
  }

  /** Null when it has been revoked meanwhile. */
  async update(id: string, changes: Updateable<TokensTable>, store: Store = this.#store): Promise<TokenRow | null> {
    const row = await store
      .updateTable('tokens')
      .set(changes)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    return row ?? null
  }

  /** All tokens of an owner that are not revoked; they stay as they are until the transaction ends. */
  async lockAllOf(ownerId: string, transaction: Store): Promise<TokenRow[]> {
    return (
      transaction
        .selectFrom('tokens')
        .selectAll()
        .where('owner_id', '=', ownerId)
        .where('revoked_at', 'is', null)
        // In the order in which times of last use are written, so that the two never wait for each other.
        .orderBy('id')
        .forUpdate()
        .execute()
    )
  }

  /** Raises the time of last use of several tokens at once. */
  async noteUse(uses: ReadonlyMap<string, Date>): Promise<void> {
    const ordered = [...uses].sort(([a], [b]) => (a < b ? -1 : 1))
    await this.#store.transaction().execute(async (transaction) => {
      for (const [id, at] of ordered) {
        await transaction.updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute()
      }
    })
  }
}
