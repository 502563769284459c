import type { Store } from '../../platform/db/database.ts'
import type { TotpFactorRow } from '../../platform/db/tables.ts'

/** Second factors in the metadata store. */
export class SecondFactorStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async findTotp(userId: string, store: Store = this.#store): Promise<TotpFactorRow | null> {
    const row = await store.selectFrom('totp_factors').selectAll().where('user_id', '=', userId).executeTakeFirst()
    return row ?? null
  }

  /** Puts a secret that nobody has confirmed in place of another one; false when there is a confirmed one. */
  async putUnconfirmedTotp(
    transaction: Store,
    factor: { readonly user_id: string; readonly secret: string; readonly created_at: Date },
  ): Promise<boolean> {
    const result = await transaction
      .insertInto('totp_factors')
      .values(factor)
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet({ secret: factor.secret, created_at: factor.created_at })
          .where('totp_factors.confirmed_at', 'is', null),
      )
      .executeTakeFirst()
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
  }

  async confirmTotp(transaction: Store, userId: string, at: Date): Promise<void> {
    await transaction.updateTable('totp_factors').set({ confirmed_at: at }).where('user_id', '=', userId).execute()
  }

  /** Uses a period up: of any number of callers with the same or an earlier one exactly one gets true. */
  async useStep(transaction: Store, userId: string, step: number): Promise<boolean> {
    const result = await transaction
      .updateTable('totp_factors')
      .set({ last_step: step })
      .where('user_id', '=', userId)
      .where('last_step', '<', step)
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  async deleteTotp(transaction: Store, userId: string): Promise<void> {
    await transaction.deleteFrom('totp_factors').where('user_id', '=', userId).execute()
  }

  async replaceRecoveryCodes(transaction: Store, userId: string, hashes: readonly string[]): Promise<void> {
    await transaction.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
    if (hashes.length === 0) return
    const rows = hashes.map((hash) => ({ user_id: userId, code_hash: hash }))
    await transaction.insertInto('recovery_codes').values(rows).execute()
  }

  async countRecoveryCodes(userId: string, store: Store = this.#store): Promise<number> {
    const { count } = await store
      .selectFrom('recovery_codes')
      .select((select) => select.fn.countAll<string>().as('count'))
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  /** Uses a code up; false for one that is unknown or was used. */
  async useRecoveryCode(transaction: Store, userId: string, hash: string, at: Date): Promise<boolean> {
    const result = await transaction
      .updateTable('recovery_codes')
      .set({ used_at: at })
      .where('user_id', '=', userId)
      .where('code_hash', '=', hash)
      .where('used_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** The person's failed attempts. Whoever else tries something of theirs waits until the transaction ends. */
  async holdAttempts(
    transaction: Store,
    userId: string,
    now: Date,
  ): Promise<{ readonly windowStartedAt: Date; readonly failures: number }> {
    await transaction
      .insertInto('second_factor_attempts')
      .values({ user_id: userId, window_started_at: now, failures: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return transaction
      .selectFrom('second_factor_attempts')
      .select(['window_started_at as windowStartedAt', 'failures'])
      .where('user_id', '=', userId)
      .forUpdate()
      .executeTakeFirstOrThrow()
  }

  async setAttempts(
    transaction: Store,
    userId: string,
    attempts: { readonly windowStartedAt: Date; readonly failures: number },
  ): Promise<void> {
    await transaction
      .updateTable('second_factor_attempts')
      .set({ window_started_at: attempts.windowStartedAt, failures: attempts.failures })
      .where('user_id', '=', userId)
      .execute()
  }
}
