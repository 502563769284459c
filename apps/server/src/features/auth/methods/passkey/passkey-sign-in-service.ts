import { AppError, type PasskeyAssertion } from '@graticule/contract'
import type { ActivityLog } from '../../../../platform/activity/activity-log.ts'
import type { Clock } from '../../../../platform/clock/clock.ts'
import type { Store } from '../../../../platform/db/database.ts'
import type { PasskeyService } from '../../../second-factors/passkey-service.ts'
import { siteOf } from '../../../second-factors/site.ts'
import type { Person, UserService } from '../../../users/user-service.ts'
import { AttemptLimit } from '../../attempt-limit.ts'
import type { SessionOrigin } from '../../session-service.ts'
import type { SignInGate } from '../../sign-in-gate.ts'
import type { SignedIn } from '../../sign-in-service.ts'

export interface PasskeySignInOptions {
  readonly store: Store
  readonly users: UserService
  readonly passkeys: PasskeyService
  readonly gate: SignInGate
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws for a person whom nothing of this server's own lets in. */
  readonly requirePasswordAllowed: (person: Person) => Promise<void>
}

const WINDOW_MS = 15 * 60_000

/** Signs in with a passkey alone: it is something one has, behind a lock of its own, and so both factors at once. */
export class PasskeySignInService {
  readonly #options: PasskeySignInOptions
  readonly #perAddress: AttemptLimit
  readonly #challengesPerAddress: AttemptLimit

  constructor(options: PasskeySignInOptions) {
    this.#options = options
    this.#perAddress = new AttemptLimit(
      { policy: 'passkeys-per-address', maxFailures: 50, windowMs: WINDOW_MS },
      options.clock,
    )
    this.#challengesPerAddress = new AttemptLimit(
      { policy: 'passkey-challenges-per-address', maxFailures: 300, windowMs: WINDOW_MS },
      options.clock,
    )
  }

  /** A challenge for any passkey that the browser has for us; so many of them for an address, because each is kept. */
  async begin(baseUrl: string, ipAddress: string): Promise<object> {
    this.#challengesPerAddress.count(ipAddress)
    return this.#options.passkeys.beginUse(null, siteOf(baseUrl))
  }

  /** Throws `invalid_credentials` with one sentence whatever was wrong, `forbidden` where an identity provider is a must. */
  async signIn(response: PasskeyAssertion, baseUrl: string, origin: SessionOrigin): Promise<SignedIn> {
    const { gate, passkeys, requirePasswordAllowed, store, users } = this.#options
    this.#perAddress.count(origin.ipAddress)
    const site = siteOf(baseUrl)
    const person = await store.transaction().execute(async (transaction) => {
      const proved = await passkeys.verify(transaction, response, null, site)
      return proved === null ? null : users.findActive(proved.userId, transaction)
    })
    if (person === null) {
      this.#noteRefusal(null, 'wrong_passkey', origin)
      throw new AppError(
        'invalid_credentials',
        'This passkey is not known here, or its answer came too late; try again.',
      )
    }
    this.#perAddress.forgiveOne(origin.ipAddress)
    await requirePasswordAllowed(person).catch((error: unknown) => {
      this.#noteRefusal(person, 'sso_enforced', origin)
      throw error
    })
    return store.transaction().execute((transaction) => gate.begin(transaction, person, origin, 'passkey'))
  }

  #noteRefusal(person: Person | null, reason: string, origin: SessionOrigin): void {
    this.#options.activity.enqueue({
      organizationId: person?.organizationId ?? null,
      actor: { kind: 'anonymous', id: null },
      type: 'session.refused',
      assetType: person === null ? undefined : 'user',
      assetId: person?.id,
      requestId: origin.requestId,
      details: { method: 'passkey', reason, ipAddress: origin.ipAddress },
    })
  }
}
