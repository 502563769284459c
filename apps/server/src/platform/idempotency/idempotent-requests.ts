import type { Clock } from '../clock/clock.ts'
import type { Store } from '../db/database.ts'
import { createId } from '../db/ids.ts'
import { hashToken } from '../secrets/bearer-tokens.ts'
import { SEALED_COLUMNS } from '../secrets/sealed-columns.ts'
import type { SecretBox } from '../secrets/secret-box.ts'

/** How long an answer is given again, in milliseconds. */
const KEEP_MS = 24 * 60 * 60_000
/** A request that has not ended by then was cut off with its server, in milliseconds. */
const LOST_AFTER_MS = 15 * 60_000

/** Who sends a request. */
export interface IdempotentSender {
  /** Of a person or a token, with what kind it is. */
  readonly principalId: string
  readonly organizationId: string
}

/** What was answered, as far as it is given again. */
export interface KeptAnswer {
  readonly status: number
  readonly contentType: string | null
  readonly location: string | null
  readonly body: string
}

/** A request that is carried out now. */
export interface Attempt {
  readonly principalId: string
  readonly keyHash: string
  readonly attemptId: string
}

/**
 * What to do with a request: carry it out, answer as before, or refuse it, because another request had the key, because
 * the first is still under way, or because nobody knows what became of the first.
 */
export type Claim =
  | { readonly kind: 'new'; readonly attempt: Attempt }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  | { readonly kind: 'reused' | 'running' | 'lost' }

/**
 * Remembers requests by the keys that their senders gave them. Keys are kept as digests, what was asked as a keyed digest,
 * because it may hold a password, and answers sealed, because some hold a secret that is shown once.
 */
export class IdempotentRequests {
  readonly #store: Store
  readonly #secretBox: SecretBox
  readonly #clock: Clock

  constructor(store: Store, secretBox: SecretBox, clock: Clock) {
    this.#store = store
    this.#secretBox = secretBox
    this.#clock = clock
  }

  /** Of any number of equal requests at once exactly one is told to go on. */
  async claim(sender: IdempotentSender, key: string, request: string): Promise<Claim> {
    const { organizationId, principalId } = sender
    const now = this.#clock.now()
    const attempt = { principalId, keyHash: hashToken(key), attemptId: createId() }
    const digest = this.#secretBox.sign('idempotency', `${principalId}\n${request}`)
    const fresh = {
      organization_id: organizationId,
      attempt_id: attempt.attemptId,
      request_digest: digest,
      status: null,
      sealed_answer: null,
      created_at: now,
    }
    const row = await this.#store.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('idempotent_requests')
        .values({ principal_id: principalId, key_hash: attempt.keyHash, ...fresh })
        .onConflict((conflict) =>
          conflict
            .columns(['principal_id', 'key_hash'])
            .doUpdateSet(fresh)
            .where('idempotent_requests.created_at', '<', new Date(now.getTime() - KEEP_MS)),
        )
        .execute()
      return transaction
        .selectFrom('idempotent_requests')
        .selectAll()
        .where('principal_id', '=', principalId)
        .where('key_hash', '=', attempt.keyHash)
        .executeTakeFirst()
    })
    // It was taken back between the two statements: its request failed, and this one is the next try.
    if (row === undefined) return this.claim(sender, key, request)
    if (row.attempt_id === attempt.attemptId) return { kind: 'new', attempt }
    if (row.request_digest !== digest) return { kind: 'reused' }
    if (row.sealed_answer !== null) {
      const opened = this.#secretBox.open(row.sealed_answer, placeOf(attempt))
      return { kind: 'answered', answer: JSON.parse(opened) as KeptAnswer }
    }
    return { kind: now.getTime() - row.created_at.getTime() > LOST_AFTER_MS ? 'lost' : 'running' }
  }

  /** Keeps what was answered. */
  async keep(attempt: Attempt, answer: KeptAnswer): Promise<void> {
    await this.#store
      .updateTable('idempotent_requests')
      .set({
        status: answer.status,
        sealed_answer: this.#secretBox.seal(
          JSON.stringify(answer),
          SEALED_COLUMNS.idempotentAnswer.in(attempt.principalId, attempt.keyHash),
        ),
      })
      .where('principal_id', '=', attempt.principalId)
      .where('key_hash', '=', attempt.keyHash)
      .where('attempt_id', '=', attempt.attemptId)
      .execute()
  }

  /** Forgets a request that changed nothing, so that it can be sent again. */
  async forget(attempt: Attempt): Promise<void> {
    await this.#store
      .deleteFrom('idempotent_requests')
      .where('principal_id', '=', attempt.principalId)
      .where('key_hash', '=', attempt.keyHash)
      .where('attempt_id', '=', attempt.attemptId)
      .execute()
  }

  /** Removes what is given no more. */
  async sweep(): Promise<void> {
    const before = new Date(this.#clock.now().getTime() - KEEP_MS)
    await this.#store.deleteFrom('idempotent_requests').where('created_at', '<', before).execute()
  }
}

function placeOf({ keyHash, principalId }: Attempt) {
  return SEALED_COLUMNS.idempotentAnswer.in(principalId, keyHash)
}
