import { type Insertable, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { JoinRequestRow, JoinRequestsTable } from '../../platform/db/tables.ts'

/** Join requests in the metadata store. A refused one stays for a while, so that asking again changes nothing. */
export class JoinRequestStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Those that wait for an answer, the longest first; without people who have come in otherwise since. */
  async list(organizationId: string): Promise<JoinRequestRow[]> {
    return this.#store
      .selectFrom('join_requests')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('refused_at', 'is', null)
      .where(({ exists, not, selectFrom }) =>
        not(
          exists(
            selectFrom('users')
              .select('users.id')
              .whereRef('users.organization_id', '=', 'join_requests.organization_id')
              .where(sql<boolean>`lower(users.email) = lower(join_requests.email)`)
              .where('users.deleted_at', 'is', null),
          ),
        ),
      )
      .orderBy('created_at')
      .orderBy('id')
      .execute()
  }

  /** One that waits, which nobody else answers before the transaction ends; null when there is none. */
  async lock(transaction: Store, organizationId: string, id: string): Promise<JoinRequestRow | null> {
    const row = await transaction
      .selectFrom('join_requests')
      .selectAll()
      .where('id', '=', id)
      .where('organization_id', '=', organizationId)
      .where('refused_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    return row ?? null
  }

  async countWaiting(transaction: Store, organizationId: string): Promise<number> {
    const { count } = await transaction
      .selectFrom('join_requests')
      .select((select) => select.fn.countAll<string>().as('count'))
      .where('organization_id', '=', organizationId)
      .where('refused_at', 'is', null)
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  /** False when this e-mail has asked before. */
  async insert(transaction: Store, request: Insertable<JoinRequestsTable>): Promise<boolean> {
    const row = await transaction
      .insertInto('join_requests')
      .values(request)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    return row !== undefined
  }

  async markRefused(transaction: Store, id: string, at: Date): Promise<void> {
    await transaction.updateTable('join_requests').set({ refused_at: at }).where('id', '=', id).execute()
  }

  async delete(transaction: Store, id: string): Promise<void> {
    await transaction.deleteFrom('join_requests').where('id', '=', id).execute()
  }

  async deleteRefused(before: Date): Promise<void> {
    await this.#store.deleteFrom('join_requests').where('refused_at', '<', before).execute()
  }
}
