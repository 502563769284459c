import { AppError, type PasswordChangeBody, type PasswordLinkSent, type PasswordResetBody } from '@graticule/contract'
import { decidePasswordLink, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import {
  type ActivityActor,
  type ActivityEntry,
  type ActivityLog,
  actorOf,
} from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { personNotFound } from '../users/person-not-found.ts'
import type { Person, UserService } from '../users/user-service.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { passwordMail } from './password-mail.ts'
import type { SessionOrigin, SessionService } from './session-service.ts'
import type { SignInGate, SignInOutcome } from './sign-in-gate.ts'
import { consumeLink, deleteLinksOf, insertLink } from './sign-in-link-store.ts'

export interface PasswordServiceOptions {
  readonly store: Store
  readonly users: UserService
  readonly sessions: SessionService
  readonly gate: SignInGate
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly mailer: Mailer
  /** Throws for a person whom a password does not let in. */
  readonly requirePasswordAllowed: (person: Person, transaction: Store) => Promise<void>
  /** Called after sessions have ended, so that nothing remembers them. */
  readonly onRevoked: () => void
  /** Told when a link that somebody asked for could not be made. */
  readonly onError: (error: unknown) => void
}

/** Of whoever asks for a link. */
export interface LinkRequest {
  readonly ipAddress: string
  readonly requestId: string
}

const LINK_LIFETIME_MS = 60 * 60_000
const WINDOW_MS = 15 * 60_000

/** Changes passwords: by whoever knows the present one, and by whoever holds a link that was mailed or passed on. */
export class PasswordService {
  readonly #options: PasswordServiceOptions
  readonly #wrongPasswords: AttemptLimit
  readonly #requestsPerAddress: AttemptLimit
  readonly #requestsPerAccount: AttemptLimit
  readonly #wrongLinks: AttemptLimit

  constructor(options: PasswordServiceOptions) {
    this.#options = options
    const { clock } = options
    this.#wrongPasswords = new AttemptLimit({ policy: 'wrong-passwords', maxFailures: 10, windowMs: WINDOW_MS }, clock)
    this.#requestsPerAddress = new AttemptLimit(
      { policy: 'password-links-per-address', maxFailures: 20, windowMs: WINDOW_MS },
      clock,
    )
    this.#requestsPerAccount = new AttemptLimit(
      { policy: 'password-links-per-account', maxFailures: 3, windowMs: WINDOW_MS },
      clock,
    )
    this.#wrongLinks = new AttemptLimit(
      { policy: 'wrong-links-per-address', maxFailures: 50, windowMs: WINDOW_MS },
      clock,
    )
  }

  /**
   * Sets a new password for whoever knows the present one, and ends their other sessions and links. Throws
   * `invalid_request` when the present password is wrong, because the session itself is still good.
   */
  async change({ principal, requestId }: UserCaller, body: PasswordChangeBody): Promise<void> {
    const { store, users, sessions, activity, onRevoked } = this.#options
    this.#wrongPasswords.count(principal.userId)
    const person = await users.findActive(principal.userId)
    if (person === null || !(await verifyPassword(person.passwordHash, body.currentPassword))) {
      throw new AppError('invalid_request', 'The present password is wrong.')
    }
    this.#wrongPasswords.forgive(principal.userId)
    const passwordHash = await hashPassword(body.newPassword)
    await store.transaction().execute(async (transaction) => {
      await users.setPassword(transaction, person.id, passwordHash)
      await deleteLinksOf(transaction, person.id)
      const ended = await sessions.endOthersOf(transaction, principal)
      await activity.record(
        transaction,
        eventOf(person, actorOf(principal), requestId, { by: 'password', sessions: ended }),
      )
    })
    onRevoked()
  }

  /**
   * Mails a link to everybody with that e-mail who may have a password, which may be nobody. It does not wait, so that neither the answer nor
   * its time tells whether somebody has the e-mail. Throws `too_many_requests` by address and e-mail alike.
   */
  requestLink(email: string, baseUrl: string, { ipAddress, requestId }: LinkRequest): void {
    this.#requestsPerAddress.count(ipAddress)
    this.#requestsPerAccount.count(email.toLowerCase())
    this.#sendLinks(email, baseUrl, requestId).catch(this.#options.onError)
  }

  /** Makes a link for somebody else: mailed to them, or else told to the caller, once. */
  async makeLink(caller: UserCaller, id: string, baseUrl: string): Promise<PasswordLinkSent> {
    const { store, users, activity, mailer, requirePasswordAllowed } = this.#options
    const { person, link } = await store.transaction().execute(async (transaction) => {
      const principal = await users.holdPrincipal(transaction, caller.principal)
      const found = await users.findActive(id, transaction)
      if (found === null || found.organizationId !== principal.organizationId) throw personNotFound()
      demandLink(principal, found)
      await requirePasswordAllowed(found, transaction)
      const made = await this.#insertLink(transaction, found, baseUrl)
      await activity.record(transaction, linkEventOf(found, actorOf(principal), caller.requestId))
      return { person: found, link: made }
    })
    if (await mailer.deliver(passwordMail(person, link))) return {}
    return { link, ...(mailer.hasServer ? { mailFailed: true } : {}) }
  }

  /**
   * Sets a new password by a link, ends every session that there was, and lets its holder through the gate. Throws `invalid_credentials` for
   * a link that is unknown, used or too old, and `forbidden` for a person whom a password does not let in.
   */
  async reset({ token, newPassword }: PasswordResetBody, origin: SessionOrigin): Promise<SignInOutcome> {
    const { store, users, sessions, gate, activity, clock, requirePasswordAllowed, onRevoked } = this.#options
    this.#wrongLinks.count(origin.ipAddress)
    const passwordHash = await hashPassword(newPassword)
    const signedIn = await store.transaction().execute(async (transaction) => {
      const now = clock.now()
      const link = await consumeLink(transaction, hashToken(token), 'password', now)
      const person = link?.userId ? await users.findActive(link.userId, transaction) : null
      if (person === null) return null
      await requirePasswordAllowed(person, transaction)
      await users.setPassword(transaction, person.id, passwordHash)
      await deleteLinksOf(transaction, person.id)
      const ended = await sessions.endAllOf(transaction, person.id)
      const actor = { kind: 'user', id: person.id } as const
      await activity.record(transaction, eventOf(person, actor, origin.requestId, { by: 'link', sessions: ended }))
      return gate.enter(transaction, person, origin, 'password-link')
    })
    if (signedIn === null) {
      throw new AppError(
        'invalid_credentials',
        'This link is no longer valid: it works once, for an hour; ask for a new one.',
      )
    }
    this.#wrongLinks.forgiveOne(origin.ipAddress)
    onRevoked()
    return signedIn
  }

  async #sendLinks(email: string, baseUrl: string, requestId: string): Promise<void> {
    const { store, users, activity, mailer } = this.#options
    for (const person of await users.listActiveByEmail(email)) {
      if (person.support !== undefined) continue
      if (person.isSuspended) continue
      const link = await store.transaction().execute(async (transaction) => {
        await activity.record(transaction, linkEventOf(person, { kind: 'anonymous', id: null }, requestId))
        return this.#insertLink(transaction, person, baseUrl)
      })
      await mailer.deliver(passwordMail(person, link))
    }
  }

  /** The latest link is the only one that works. */
  async #insertLink(transaction: Store, person: Person, baseUrl: string): Promise<string> {
    const token = createRandomToken('gtp_')
    await deleteLinksOf(transaction, person.id, 'password')
    await insertLink(transaction, {
      token_hash: hashToken(token),
      user_id: person.id,
      purpose: 'password',
      expires_at: new Date(this.#options.clock.now().getTime() + LINK_LIFETIME_MS),
    })
    // Behind the #, which browsers do not send: it comes to no log of a proxy.
    return `${baseUrl}/password#${token}`
  }
}

function demandLink(principal: UserPrincipal, person: Person): void {
  const facts = { ...person, isActive: true, isSupport: person.support !== undefined }
  const decision = decidePasswordLink(principal, facts)
  if (!decision.allowed) throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}

/** That there is a link with which somebody may set the person's password, asked for by whom. */
function linkEventOf(person: Person, actor: ActivityActor, requestId: string) {
  return {
    organizationId: person.organizationId,
    actor,
    type: 'user.password-link-made',
    assetType: 'user',
    assetId: person.id,
    requestId,
    details: { email: person.email },
  } satisfies ActivityEntry
}

function eventOf(
  person: Person,
  actor: ActivityActor,
  requestId: string | undefined,
  details: Readonly<Record<string, unknown>>,
) {
  const { id, organizationId } = person
  return { organizationId, actor, type: 'user.password-changed', assetType: 'user', assetId: id, requestId, details }
}
