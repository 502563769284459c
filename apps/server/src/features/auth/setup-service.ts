import { AppError, type SetupBody, type SetupOffer } from '@graticule/contract'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createOrganizationId } from '../../platform/db/ids.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { isEmailAddress } from '../users/email-address.ts'
import type { UserService } from '../users/user-service.ts'
import { deleteDeadOffers, findOffer, takeOffer } from './organization-offer-store.ts'
import { hashPassword } from './password-hash.ts'
import type { SessionOrigin, SessionService } from './session-service.ts'
import { consumeLink, insertLink, isLinkUsable } from './sign-in-link-store.ts'
import type { SignedIn } from './sign-in-service.ts'

const LINK_LIFETIME_MS = 24 * 60 * 60_000

/**
 * Lets the first visitor of an empty installation create its organization, which is impossible once one exists, and
 * whoever holds an offer create a further one.
 */
export class SetupService {
  readonly #store: Store
  readonly #users: UserService
  readonly #sessions: SessionService
  readonly #activity: ActivityLog
  readonly #clock: Clock

  constructor(store: Store, users: UserService, sessions: SessionService, activity: ActivityLog, clock: Clock) {
    this.#store = store
    this.#users = users
    this.#sessions = sessions
    this.#activity = activity
    this.#clock = clock
  }

  /** The token of a set-up link, or null when there is nothing left to set up. */
  async createLink(): Promise<string | null> {
    if (await this.#hasOrganization(this.#store)) return null
    const token = createRandomToken('gtu_')
    await insertLink(this.#store, {
      token_hash: hashToken(token),
      user_id: null,
      purpose: 'setup',
      expires_at: new Date(this.#clock.now().getTime() + LINK_LIFETIME_MS),
    })
    return token
  }

  /** What a link is good for. */
  async read(token: string): Promise<SetupOffer> {
    const offer = await findOffer(this.#store, hashToken(token), this.#clock.now())
    if (offer !== null) return { valid: true, ...offer }
    const isFirst = !(await this.#hasOrganization(this.#store))
    const valid = isFirst && (await isLinkUsable(this.#store, hashToken(token), 'setup', this.#clock.now()))
    return { valid, organizationName: null, email: null }
  }

  /** Creates the organization and its first person, a superadmin, and signs them in. */
  async complete(body: Static<typeof SetupBody>, origin: SessionOrigin): Promise<SignedIn> {
    if (!isEmailAddress(body.email.trim())) {
      throw new AppError('invalid_request', 'This is not an e-mail address; it looks like name@example.org.')
    }
    const passwordHash = await hashPassword(body.password)
    const now = this.#clock.now()
    return this.#store.transaction().execute(async (transaction) => {
      const offer = await takeOffer(transaction, hashToken(body.token), now)
      if (offer === null) await this.#useFirstLink(transaction, body.token, now)
      const organizationId = createOrganizationId()
      const organizationName = body.organizationName.trim()
      await transaction
        .insertInto('organizations')
        .values({ id: organizationId, name: organizationName, is_demo: false, created_at: now })
        .execute()
      const id = await this.#users.add(transaction, {
        organizationId,
        email: offer?.email ?? body.email.trim(),
        name: body.name.trim(),
        role: 'superadmin',
        passwordHash,
        createdAt: now,
      })
      await this.#activity.record(transaction, {
        organizationId,
        actor: { kind: 'user', id },
        type: 'organization.created',
        assetType: 'organization',
        assetId: organizationId,
        requestId: origin.requestId,
      })
      await this.#activity.record(transaction, {
        organizationId,
        actor: { kind: 'user', id },
        type: 'user.created',
        assetType: 'user',
        assetId: id,
        requestId: origin.requestId,
        details: { role: 'superadmin' },
      })
      const person = await this.#users.findActive(id, transaction)
      if (person === null) throw new Error('The person who was just added is not there.')
      await this.#users.noteSignIn(transaction, id, now)
      const session = await this.#sessions.start(transaction, person, origin, 'setup')
      return { person, session }
    })
  }

  /** Removes offers that nobody has used. */
  async sweep(): Promise<void> {
    await deleteDeadOffers(this.#store, this.#clock.now())
  }

  async #useFirstLink(transaction: Store, token: string, now: Date): Promise<void> {
    const link = await consumeLink(transaction, hashToken(token), 'setup', now)
    if (link === null) {
      throw new AppError(
        'invalid_credentials',
        'This set-up link is no longer valid; get a new one from whoever runs this installation.',
      )
    }
    // Two links of two starts may be used at once: the second waits here and then finds an organization.
    await sql`LOCK TABLE organizations IN SHARE ROW EXCLUSIVE MODE`.execute(transaction)
    if (await this.#hasOrganization(transaction)) {
      throw new AppError('conflict', 'This installation has been set up already; sign in instead.', {
        details: { rule: 'setup.done' },
      })
    }
  }

  async #hasOrganization(store: Store): Promise<boolean> {
    const row = await store.selectFrom('organizations').select('id').limit(1).executeTakeFirst()
    return row !== undefined
  }
}
