import { AppError, type SsoEnforcement } from '@graticule/contract'
import { type Action, ADMIN_ROLES, type UserPrincipal } from '@graticule/policy'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Person, UserService } from '../users/user-service.ts'
import { findEnforcement, replaceEnforcement } from './enforcement-store.ts'
import type { IdentityProviderStore } from './identity-provider-store.ts'

export interface EnforcementOptions {
  readonly providers: IdentityProviderStore
  readonly store: Store
  readonly users: UserService
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  readonly hasSecondFactor: (transaction: Store, userId: string) => Promise<boolean>
  /** Ends the sessions that no provider vouches for, but those of whom a password still lets in; says how many. */
  readonly endOwnSessions: (
    transaction: Store,
    organizationId: string,
    exempt: { readonly userId: string; readonly guests: boolean },
  ) => Promise<number>
  /** Called after sessions have ended, so that nothing remembers them. */
  readonly onRevoked: () => void
}

const OFF: SsoEnforcement = { enforced: false, guestsExempt: false, breakGlassUserId: null }

/** Decides whether a password is enough to sign in to an organization, and changes that. */
export class EnforcementService {
  readonly #options: EnforcementOptions

  constructor(options: EnforcementOptions) {
    this.#options = options
  }

  async read(organizationId: string, store: Store = this.#options.store): Promise<SsoEnforcement> {
    const row = await findEnforcement(store, organizationId)
    if (row === null) return OFF
    return { enforced: true, guestsExempt: row.guests_exempt, breakGlassUserId: row.break_glass_user_id }
  }

  /**
   * Begins or stops enforcing. When it begins, sessions end that a password began and would begin no more. Throws
   * `conflict` unless a provider that is offered was tested with its present settings, and `invalid_request` for a
   * break-glass person who could not get in with a password and a second factor, or not help.
   */
  async change(
    asker: { readonly principal: UserPrincipal; readonly requestId: string },
    wanted: SsoEnforcement,
  ): Promise<SsoEnforcement> {
    const { activity, clock, endOwnSessions, holdRight, onRevoked, store, users } = this.#options
    const { organizationId } = asker.principal
    await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      await holdRight(transaction, asker.principal, 'identity-provider.manage')
      let sessions = 0
      if (wanted.enforced) {
        const breakGlassUserId = await this.#requireBreakGlass(transaction, organizationId, wanted.breakGlassUserId)
        await replaceEnforcement(transaction, organizationId, {
          organization_id: organizationId,
          guests_exempt: wanted.guestsExempt,
          break_glass_user_id: breakGlassUserId,
          enforced_at: clock.now(),
        })
        await this.requireWayIn(transaction, organizationId)
        const exempt = { userId: breakGlassUserId, guests: wanted.guestsExempt }
        sessions = await endOwnSessions(transaction, organizationId, exempt)
      } else await replaceEnforcement(transaction, organizationId, null)
      await activity.record(transaction, {
        organizationId,
        actor: actorOf(asker.principal),
        type: wanted.enforced ? 'organization.sso-enforced' : 'organization.sso-not-enforced',
        assetType: 'organization',
        assetId: organizationId,
        requestId: asker.requestId,
        details: wanted.enforced
          ? { guestsExempt: wanted.guestsExempt, breakGlassUserId: wanted.breakGlassUserId, sessions }
          : {},
      })
    })
    onRevoked()
    return this.read(organizationId)
  }

  /**
   * Throws `forbidden` for a person whom a password, or a link that sets one, does not let in. Whoever is about to join
   * has no id yet. Support people come from outside: no identity provider of the organization knows them.
   */
  async requirePasswordAllowed(
    person: Pick<Person, 'organizationId' | 'role' | 'support'> & { readonly id: string | null },
    store?: Store,
  ): Promise<void> {
    if (person.support !== undefined) return
    const enforcement = await this.read(person.organizationId, store)
    if (!enforcement.enforced || (person.id !== null && enforcement.breakGlassUserId === person.id)) return
    if (person.role === 'guest' && enforcement.guestsExempt) return
    throw new AppError(
      'forbidden',
      'Your organization signs in with its identity provider; use its button instead of a password.',
      { details: { rule: 'sso.enforced' } },
    )
  }

  /** Whether the person is who gets in when the identity provider is down, while single sign-on is enforced. */
  async isBreakGlass(transaction: Store, organizationId: string, userId: string): Promise<boolean> {
    return (await findEnforcement(transaction, organizationId))?.break_glass_user_id === userId
  }

  /** Throws `conflict` when single sign-on is enforced and, as things stand in the transaction, nobody could use it. */
  async requireWayIn(transaction: Store, organizationId: string): Promise<void> {
    const { providers } = this.#options
    if ((await findEnforcement(transaction, organizationId)) === null) return
    if (await providers.hasTested(transaction, organizationId)) return
    throw new AppError(
      'conflict',
      'Enforcing single sign-on needs an identity provider that is switched on and whose test login succeeded with its present settings.',
      { details: { rule: 'sso.untested' } },
    )
  }

  async #requireBreakGlass(transaction: Store, organizationId: string, id: string | null): Promise<string> {
    const person = id === null ? null : await this.#options.users.findActive(id, transaction)
    const isOwn = person?.organizationId === organizationId && person.support === undefined
    if (isOwn && ADMIN_ROLES.includes(person.role) && person.passwordHash !== null) {
      if (await this.#options.hasSecondFactor(transaction, person.id)) return person.id
      throw new AppError(
        'invalid_request',
        `${person.name} needs a second factor first, because their password alone would stay enough; they set one up in their profile.`,
      )
    }
    throw new AppError(
      'invalid_request',
      'Name an admin who has a password: they get in when the identity provider is down.',
    )
  }
}
