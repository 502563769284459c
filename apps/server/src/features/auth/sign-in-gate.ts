import type { SecondFactorMethod } from '@graticule/contract'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import type { Person, UserService } from '../users/user-service.ts'
import { insertPendingSignIn } from './pending-sign-in-store.ts'
import type { SessionOrigin, SessionService } from './session-service.ts'
import type { SignedIn } from './sign-in-service.ts'

/** Somebody who has proved the first step; its token goes into a cookie and is stored nowhere. */
export interface HalfSignedIn {
  readonly person: Person
  readonly secondStep: {
    readonly token: string
    readonly expiresAt: Date
    /** What they can prove it with; none when they have to set something up first. */
    readonly methods: readonly SecondFactorMethod[]
  }
}

export type SignInOutcome = SignedIn | HalfSignedIn

export interface SignInGateOptions {
  readonly users: UserService
  readonly sessions: SessionService
  readonly clock: Clock
  readonly listSecondFactors: (userId: string, transaction: Store) => Promise<readonly SecondFactorMethod[]>
}

/** How long somebody has for the second step. */
export const SECOND_STEP_LIFETIME_MS = 10 * 60_000

/**
 * Where every way to sign in ends that this server checks itself: password, link and invitation. Whoever has a second
 * factor, or must have one, gets no session here but ten minutes for the second step, in which they can do nothing else.
 */
export class SignInGate {
  readonly #options: SignInGateOptions

  constructor(options: SignInGateOptions) {
    this.#options = options
  }

  /**
   * Lets the person through, or half through, inside the transaction that proved who they are. Throws
   * `organization_suspended`, and `forbidden` for an address that the organization lets nobody come from.
   */
  async enter(transaction: Store, person: Person, origin: SessionOrigin, method: string): Promise<SignInOutcome> {
    if (person.isSuspended) throw organizationSuspended()
    const methods = await this.#options.listSecondFactors(person.id, transaction)
    if (methods.length === 0 && !person.isSecondFactorRequired) return this.begin(transaction, person, origin, method)
    await this.#options.sessions.requireEntrance(transaction, person, origin, method)
    const token = createRandomToken('gth_')
    const expiresAt = new Date(this.#options.clock.now().getTime() + SECOND_STEP_LIFETIME_MS)
    const row = { token_hash: hashToken(token), user_id: person.id, method, expires_at: expiresAt }
    await insertPendingSignIn(transaction, row)
    return { person, secondStep: { token, expiresAt, methods } }
  }

  /** Begins the session of somebody who has proved all that there is to prove. */
  async begin(
    transaction: Store,
    person: Person,
    origin: SessionOrigin,
    method: string,
    secondFactor?: string,
  ): Promise<SignedIn> {
    const { clock, sessions, users } = this.#options
    await users.noteSignIn(transaction, person.id, clock.now())
    return { person, session: await sessions.start(transaction, person, origin, method, secondFactor) }
  }
}
