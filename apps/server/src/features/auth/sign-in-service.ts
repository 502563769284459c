import { AppError, type OrganizationChoice } from '@graticule/contract'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import type { Person, UserService } from '../users/user-service.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { verifyPassword } from './password-hash.ts'
import type { SessionOrigin, SessionService, StartedSession } from './session-service.ts'
import type { SignInGate, SignInOutcome } from './sign-in-gate.ts'
import { consumeLink, deleteDeadLinks, deleteLinksOf, insertLink } from './sign-in-link-store.ts'

export interface SignedIn {
  readonly person: Person
  readonly session: StartedSession
}

/** What somebody enters to sign in. */
export interface PasswordLogin {
  readonly email: string
  readonly password: string
  /** The organization that they have chosen, once they had a choice. */
  readonly organizationId?: string | undefined
}

const WINDOW_MS = 15 * 60_000
/** Long enough to find the console window again; the link is single-use besides. */
const LINK_LIFETIME_MS = 60 * 60_000
const KEEP_DEAD_MS = 30 * 24 * 60 * 60_000

/** Proves who a person is, with a password or a one-time link, and lets them through the gate. */
export class SignInService {
  readonly #store: Store
  readonly #users: UserService
  readonly #sessions: SessionService
  readonly #gate: SignInGate
  readonly #activity: ActivityLog
  readonly #clock: Clock
  readonly #requirePasswordAllowed: (person: Person) => Promise<void>
  readonly #perAccount: AttemptLimit
  readonly #perAddress: AttemptLimit

  constructor(
    store: Store,
    users: UserService,
    sessions: SessionService,
    gate: SignInGate,
    activity: ActivityLog,
    clock: Clock,
    /** Throws for a person whose password is not enough to sign in. */
    requirePasswordAllowed: (person: Person) => Promise<void>,
  ) {
    this.#store = store
    this.#users = users
    this.#sessions = sessions
    this.#gate = gate
    this.#activity = activity
    this.#clock = clock
    this.#requirePasswordAllowed = requirePasswordAllowed
    this.#perAccount = new AttemptLimit({ policy: 'sign-in-per-account', maxFailures: 10, windowMs: WINDOW_MS }, clock)
    this.#perAddress = new AttemptLimit({ policy: 'sign-in-per-address', maxFailures: 50, windowMs: WINDOW_MS }, clock)
  }

  /**
   * Throws `invalid_credentials` with one sentence whatever was wrong, after the same work whether or not the account
   * exists; `too_many_requests` when an address has failed too often; `forbidden` when the right password is not enough.
   * Where it fits in several organizations and none was named, the answer is the choice between them.
   */
  async withPassword(
    { email, organizationId, password }: PasswordLogin,
    origin: SessionOrigin,
  ): Promise<SignInOutcome | OrganizationChoice> {
    const accountKey = `${email.toLowerCase()} ${origin.ipAddress}`
    this.#perAddress.count(origin.ipAddress)
    this.#perAccount.count(accountKey)
    const namesakes = await this.#users.listActiveByEmail(email)
    const candidates = namesakes.filter((person) => (organizationId ?? person.organizationId) === person.organizationId)
    const fitting = await listByPassword(candidates, password)
    if (fitting.length === 0) {
      this.#noteRefusal(candidates[0] ?? null, origin)
      throw new AppError('invalid_credentials', 'The e-mail or the password is wrong.')
    }
    this.#perAccount.forgive(accountKey)
    this.#perAddress.forgiveOne(origin.ipAddress)
    const [person, ...others] = fitting.filter(({ isSuspended }) => !isSuspended)
    if (person === undefined) {
      this.#noteRefusal(fitting[0] ?? null, origin, 'organization_suspended')
      throw organizationSuspended()
    }
    if (others.length > 0) return { organizations: [person, ...others].map(toChoice) }
    await this.#requirePasswordAllowed(person).catch((error: unknown) => {
      this.#noteRefusal(person, origin, 'sso_enforced')
      throw error
    })
    return this.#store.transaction().execute((transaction) => this.#gate.enter(transaction, person, origin, 'password'))
  }

  /** Throws `invalid_credentials` for a link that is unknown, used or too old. */
  async withLink(token: string, origin: SessionOrigin): Promise<SignInOutcome> {
    this.#perAddress.count(origin.ipAddress)
    const signedIn = await this.#store.transaction().execute(async (transaction) => {
      const link = await consumeLink(transaction, hashToken(token), 'sign-in', this.#clock.now())
      const person = link?.userId ? await this.#users.findActive(link.userId, transaction) : null
      if (person === null) return null
      return this.#gate.enter(transaction, person, origin, 'link')
    })
    if (signedIn === null) {
      throw new AppError(
        'invalid_credentials',
        'This link is no longer valid: it works once; ask whoever gave it to you for a new one; the server prints one when it starts.',
      )
    }
    this.#perAddress.forgiveOne(origin.ipAddress)
    return signedIn
  }

  /** A token that signs a person in once within an hour; the server prints it on its console. */
  async createLink(userId: string): Promise<string> {
    const token = createRandomToken('gtl_')
    await insertLink(this.#store, {
      token_hash: hashToken(token),
      user_id: userId,
      purpose: 'sign-in',
      expires_at: new Date(this.#clock.now().getTime() + LINK_LIFETIME_MS),
    })
    return token
  }

  /** The one link that signs a person in once until then: those that were made before end. */
  async renewLink(transaction: Store, userId: string, expiresAt: Date): Promise<string> {
    const token = createRandomToken('gtl_')
    await deleteLinksOf(transaction, userId, 'sign-in')
    const link = { token_hash: hashToken(token), user_id: userId, purpose: 'sign-in', expires_at: expiresAt } as const
    await insertLink(transaction, link)
    return token
  }

  /** Ends every way in that a person has, inside a transaction; says how many sessions that were. */
  async endAccess(transaction: Store, userId: string): Promise<number> {
    await deleteLinksOf(transaction, userId)
    return this.#sessions.endAllOf(transaction, userId)
  }

  /** Removes links and sessions that ended more than a month ago. */
  async sweep(): Promise<void> {
    const before = new Date(this.#clock.now().getTime() - KEEP_DEAD_MS)
    await deleteDeadLinks(this.#store, before)
    await this.#sessions.sweep(before)
  }

  #noteRefusal(person: Person | null, origin: SessionOrigin, reason = 'wrong_credentials'): void {
    this.#activity.enqueue({
      organizationId: person?.organizationId ?? null,
      actor: { kind: 'anonymous', id: null },
      type: 'session.refused',
      assetType: person === null ? undefined : 'user',
      assetId: person?.id,
      requestId: origin.requestId,
      details: { method: 'password', reason, ipAddress: origin.ipAddress },
    })
  }
}

/** Those whose password it is. It takes the work of one comparison when there is nobody. */
async function listByPassword(candidates: readonly Person[], password: string): Promise<Person[]> {
  if (candidates.length === 0) await verifyPassword(null, password)
  const fitting: Person[] = []
  for (const candidate of candidates) {
    if (await verifyPassword(candidate.passwordHash, password)) fitting.push(candidate)
  }
  return fitting
}

function toChoice({ organizationId, organizationName }: Person) {
  return { id: organizationId, name: organizationName }
}
