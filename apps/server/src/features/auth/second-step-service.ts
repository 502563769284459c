import {
  AppError,
  type FactorAdded,
  type PasskeyCreateBody,
  type SecondFactorProof,
  type TotpEnrolment,
} from '@graticule/contract'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'
import type { SecondFactorService } from '../second-factors/second-factor-service.ts'
import type { Site } from '../second-factors/site.ts'
import type { Person, UserService } from '../users/user-service.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { consumePendingSignIn, deleteDeadPendingSignIns, findPendingSignIn } from './pending-sign-in-store.ts'
import type { SessionOrigin } from './session-service.ts'
import type { HalfSignedIn, SignInGate } from './sign-in-gate.ts'
import type { SignedIn } from './sign-in-service.ts'

export interface SecondStepOptions {
  readonly store: Store
  readonly users: UserService
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly gate: SignInGate
  readonly factors: SecondFactorService
  /** Throws for a person whom a password does not let in, which may have become so since the first step. */
  readonly requirePasswordAllowed: (person: Person) => Promise<void>
}

/** Somebody half signed in, with the way in which they began. */
interface Pending extends HalfSignedIn {
  readonly tokenHash: string
  readonly method: string
}

/** The second step of a sign-in: proves a factor, or sets the first one up, and begins the session. */
export class SecondStepService {
  readonly #options: SecondStepOptions
  readonly #perAddress: AttemptLimit

  constructor(options: SecondStepOptions) {
    this.#options = options
    this.#perAddress = new AttemptLimit(
      { policy: 'second-step-per-address', maxFailures: 50, windowMs: 15 * 60_000 },
      options.clock,
    )
  }

  /** Who is half signed in. Throws `invalid_credentials` when nobody is, or no longer. */
  async read(token: string | null): Promise<HalfSignedIn> {
    return this.#demand(token)
  }

  /** Proves a factor and signs in. Throws `invalid_credentials` when the proof is wrong. */
  async prove(
    token: string | null,
    proof: SecondFactorProof,
    origin: SessionOrigin,
    baseUrl: string,
  ): Promise<SignedIn> {
    this.#perAddress.count(origin.ipAddress)
    const pending = await this.#demand(token)
    const context = { requestId: origin.requestId, baseUrl }
    if (!(await this.#options.factors.prove(pending.person, proof, context))) {
      this.#noteRefusal(pending, proof.kind, origin)
      const what = proof.kind === 'passkey' ? 'passkey is not one of yours' : 'code is wrong'
      throw new AppError('invalid_credentials', `This ${what}, or was used already.`)
    }
    this.#perAddress.forgiveOne(origin.ipAddress)
    return this.#finish(pending, origin, proof.kind)
  }

  /** Begins to set an authenticator app up, for somebody who must have a factor and has none. */
  async beginTotp(token: string | null, requestId: string): Promise<TotpEnrolment> {
    const { person } = await this.#demand(token)
    return this.#options.factors.beginTotp({ person, requestId, mustBeFirst: true })
  }

  /** Confirms it, and signs in. */
  async confirmTotp(
    token: string | null,
    code: string,
    origin: SessionOrigin,
  ): Promise<{ signedIn: SignedIn; added: FactorAdded }> {
    const pending = await this.#demand(token)
    const enroller = { person: pending.person, requestId: origin.requestId, mustBeFirst: true }
    const added = await this.#options.factors.confirmTotp(enroller, code)
    return { signedIn: await this.#finish(pending, origin, 'totp'), added }
  }

  /** What a browser needs to prove one of the person's passkeys. */
  async beginPasskeyProof(token: string | null, site: Site): Promise<object> {
    const { person } = await this.#demand(token)
    return this.#options.factors.beginPasskeyProof(person.id, site)
  }

  /** Begins to make a passkey, for somebody who must have a factor and has none. */
  async beginPasskey(token: string | null, requestId: string, site: Site): Promise<object> {
    const { person } = await this.#demand(token)
    return this.#options.factors.beginPasskey({ person, requestId, mustBeFirst: true }, site)
  }

  /** Adds it, and signs in. */
  async addPasskey(
    token: string | null,
    passkey: PasskeyCreateBody,
    origin: SessionOrigin,
    site: Site,
  ): Promise<{ signedIn: SignedIn; added: FactorAdded }> {
    const pending = await this.#demand(token)
    const enroller = { person: pending.person, requestId: origin.requestId, mustBeFirst: true }
    const added = await this.#options.factors.addPasskey(enroller, passkey, site)
    return { signedIn: await this.#finish(pending, origin, 'passkey'), added }
  }

  /** Removes what nobody finished in time. */
  async sweep(): Promise<void> {
    await deleteDeadPendingSignIns(this.#options.store, this.#options.clock.now())
  }

  async #demand(token: string | null): Promise<Pending> {
    const { clock, factors, requirePasswordAllowed, store, users } = this.#options
    const tokenHash = hashToken(token ?? '')
    const row = token === null ? null : await findPendingSignIn(store, tokenHash, clock.now())
    const person = row === null ? null : await users.findActive(row.user_id)
    if (token === null || row === null || person === null) throw over()
    await requirePasswordAllowed(person)
    const methods = await factors.listMethods(person.id)
    return { person, tokenHash, method: row.method, secondStep: { token, expiresAt: row.expires_at, methods } }
  }

  async #finish(pending: Pending, origin: SessionOrigin, secondFactor: string): Promise<SignedIn> {
    const { clock, gate, store } = this.#options
    const signedIn = await store.transaction().execute(async (transaction) => {
      if (!(await consumePendingSignIn(transaction, pending.tokenHash, clock.now()))) return null
      return gate.begin(transaction, pending.person, origin, pending.method, secondFactor)
    })
    if (signedIn === null) throw over()
    return signedIn
  }

  #noteRefusal({ person, method }: Pending, secondFactor: string, origin: SessionOrigin): void {
    this.#options.activity.enqueue({
      organizationId: person.organizationId,
      actor: { kind: 'anonymous', id: null },
      type: 'session.refused',
      assetType: 'user',
      assetId: person.id,
      requestId: origin.requestId,
      details: { method, reason: 'wrong_second_factor', secondFactor, ipAddress: origin.ipAddress },
    })
  }
}

function over(): AppError {
  return new AppError(
    'invalid_credentials',
    'This sign-in is not, or no longer, under way: it lasts ten minutes; start again.',
  )
}
