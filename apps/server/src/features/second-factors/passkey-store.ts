import type { Insertable } from 'kysely'
import { type Store, toJson } from '../../platform/db/database.ts'
import type { PasskeyChallengesTable, PasskeyRow } from '../../platform/db/tables.ts'

/** A passkey as it is added. */
export interface NewPasskey {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  readonly createdAt: Date
}

/** Passkeys and challenges in the metadata store. */
export class PasskeyStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async list(userId: string, store: Store = this.#store): Promise<PasskeyRow[]> {
    return store
      .selectFrom('passkeys')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
  }

  async count(userId: string, store: Store = this.#store): Promise<number> {
    const { count } = await store
      .selectFrom('passkeys')
      .select((select) => select.fn.countAll<string>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  /** The passkey, kept until the transaction ends, so that of two uses at once the second sees the counter of the first. */
  async hold(transaction: Store, id: string): Promise<PasskeyRow | null> {
    const row = await transaction.selectFrom('passkeys').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    return row ?? null
  }

  async insert(transaction: Store, passkey: NewPasskey): Promise<void> {
    await transaction
      .insertInto('passkeys')
      .values({
        id: passkey.id,
        user_id: passkey.userId,
        name: passkey.name,
        public_key: passkey.publicKey,
        counter: passkey.counter,
        transports: toJson(passkey.transports),
        created_at: passkey.createdAt,
      })
      .execute()
  }

  async noteUse(transaction: Store, id: string, use: { readonly counter: number; readonly at: Date }): Promise<void> {
    await transaction
      .updateTable('passkeys')
      .set({ counter: use.counter, last_used_at: use.at })
      .where('id', '=', id)
      .execute()
  }

  /** False when the person has no such passkey. */
  async rename(transaction: Store, userId: string, id: string, name: string): Promise<boolean> {
    const result = await transaction
      .updateTable('passkeys')
      .set({ name })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** The name of the passkey that was there; null when the person has no such one. */
  async remove(transaction: Store, userId: string, id: string): Promise<string | null> {
    const row = await transaction
      .deleteFrom('passkeys')
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .returning('name')
      .executeTakeFirst()
    return row?.name ?? null
  }

  async removeAllOf(transaction: Store, userId: string): Promise<void> {
    await transaction.deleteFrom('passkeys').where('user_id', '=', userId).execute()
    await transaction.deleteFrom('passkey_challenges').where('user_id', '=', userId).execute()
  }

  async insertChallenge(challenge: Insertable<PasskeyChallengesTable>): Promise<void> {
    await this.#store.insertInto('passkey_challenges').values(challenge).execute()
  }

  /** Uses a challenge up: of any number of callers at once exactly one gets true. */
  async consumeChallenge(
    transaction: Store,
    challenge: Pick<Insertable<PasskeyChallengesTable>, 'challenge_hash' | 'purpose'> & {
      readonly userId: string | null
    },
    now: Date,
  ): Promise<boolean> {
    const result = await transaction
      .deleteFrom('passkey_challenges')
      .where('challenge_hash', '=', challenge.challenge_hash)
      .where('purpose', '=', challenge.purpose)
      .where('user_id', challenge.userId === null ? 'is' : '=', challenge.userId)
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return result.numDeletedRows > 0n
  }

  async deleteDeadChallenges(now: Date): Promise<void> {
    await this.#store.deleteFrom('passkey_challenges').where('expires_at', '<=', now).execute()
  }
}
