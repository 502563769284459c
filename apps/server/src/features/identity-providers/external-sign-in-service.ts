import { AppError, type Role } from '@graticule/contract'
import { decideSeat } from '@graticule/policy'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { SessionOrigin, SessionService } from '../auth/session-service.ts'
import type { SignedIn } from '../auth/sign-in-service.ts'
import type { ClaimedGroup, ClaimedGroups } from '../groups/claimed-groups.ts'
import type { InvitationTaking, PendingInvitation } from '../invitations/invitation-taking.ts'
import type { RoleMappingService } from '../role-mapping/role-mapping-service.ts'
import type { FollowedDirectory } from '../users/user-change-service.ts'
import type { Person, UserService } from '../users/user-service.ts'
import {
  findIdentity,
  type IdentityKey,
  insertExternalSession,
  insertIdentity,
  moveIdentity,
  noteIdentityUse,
} from './external-identity-store.ts'
import { domainOf, type IdentityProvider } from './identity-provider-service.ts'
import { refreshClientOf } from './provider-settings.ts'
import { SignInRefusal } from './sign-in-refusal.ts'

/** What a provider has proved about somebody, whatever the protocol. */
export interface ExternalIdentity {
  readonly issuer: string
  readonly subject: string
  /** Null when the provider tells none. */
  readonly email: string | null
  /** False only when the provider says so; null when neither it nor an admin says anything of it. */
  readonly isEmailVerified: boolean | null
  readonly name: string | null
  /** Their groups; null when the provider says nothing about them, which changes nothing here. */
  readonly groups: readonly ClaimedGroup[] | null
}

/** What is kept of the provider's own session, to end both together. */
export interface ExternalSession {
  readonly providerSessionId: string | null
  /** Null for a protocol that has none. */
  readonly idToken: string | null
  /** What tokens are fetched with later; null where none are to be, or the provider gives none. */
  readonly refreshToken: string | null
}

export interface ExternalSignInOptions {
  readonly store: Store
  readonly users: UserService
  readonly sessions: SessionService
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly secretBox: SecretBox
  readonly claimedGroups: ClaimedGroups
  readonly roleMapping: RoleMappingService
  readonly invitations: InvitationTaking
  /** Whom the organization's directory has added that this login may be of; null when there is nobody. */
  readonly findProvisioned: (
    transaction: Store,
    provider: IdentityProvider,
    identity: ExternalIdentity,
  ) => Promise<string | null>
}

/**
 * Lets in whom an identity provider vouches for. A person is who the issuer's subject is, never who has the e-mail:
 * e-mails change, and where people may edit them an e-mail proves nothing.
 */
export class ExternalSignInService {
  readonly #options: ExternalSignInOptions

  constructor(options: ExternalSignInOptions) {
    this.#options = options
  }

  /** Begins a session, for a newcomer after adding them. Throws `SignInRefusal` for whom it does not let in. */
  async signIn(
    provider: IdentityProvider,
    identity: ExternalIdentity,
    session: ExternalSession,
    origin: SessionOrigin,
  ): Promise<SignedIn> {
    const { signedIn, followed } = await this.#options.store
      .transaction()
      .execute((transaction) => this.#signIn(transaction, provider, identity, session, origin))
      .catch(refuseEntrance)
    if (followed.isChanged) await this.#options.roleMapping.noteFollowed(followed)
    return signedIn
  }

  async #signIn(
    transaction: Store,
    provider: IdentityProvider,
    identity: ExternalIdentity,
    externalSession: ExternalSession,
    origin: SessionOrigin,
  ): Promise<{ signedIn: SignedIn; followed: FollowedDirectory }> {
    const { clock, secretBox, sessions, users } = this.#options
    const known =
      (await this.#findKnown(transaction, provider, identity)) ??
      (await this.#admit(transaction, provider, identity, origin))
    const now = clock.now()
    const { groups } = identity
    const followed = await this.#followGroups(transaction, provider, known.id, groups, origin.requestId)
    const person = followed.isChanged ? await users.requireActive(known.id, transaction) : known
    await noteIdentityUse(transaction, keyOf(provider, identity), { email: identity.email, at: now })
    await users.noteSignIn(transaction, person.id, now)
    const { idToken, refreshToken } = externalSession
    const session = await sessions.start(transaction, person, origin, provider.kind)
    await insertExternalSession(transaction, {
      session_id: session.sessionId,
      provider_id: provider.id,
      subject: identity.subject,
      provider_session_id: externalSession.providerSessionId,
      id_token: idToken === null ? null : secretBox.seal(idToken, SEALED_COLUMNS.idToken.in(session.sessionId)),
      refreshing_until: null,
      refresh_client: refreshToken !== null && provider.kind === 'oidc' ? refreshClientOf(provider.settings) : null,
      refresh_token:
        refreshToken === null ? null : secretBox.seal(refreshToken, SEALED_COLUMNS.refreshToken.in(session.sessionId)),
    })
    return { signedIn: { person, session }, followed }
  }

  /** Puts the person into the groups that were claimed, and gives them the role that follows. */
  async #followGroups(
    transaction: Store,
    provider: IdentityProvider,
    userId: string,
    groups: readonly ClaimedGroup[] | null,
    requestId: string | undefined,
  ): Promise<FollowedDirectory> {
    if (groups === null) return { isChanged: false, dispossessed: [] }
    const { claimedGroups, clock, roleMapping, users } = this.#options
    const isChanged = await claimedGroups.follow(transaction, provider, userId, groups, requestId)
    const how = { isRefusalThrown: false, requestId }
    const roles = await roleMapping.follow(transaction, provider.organizationId, [userId], how)
    await users.noteDirectory(transaction, userId, clock.now())
    return { ...roles, isChanged: isChanged || roles.isChanged }
  }

  async #findKnown(transaction: Store, provider: IdentityProvider, identity: ExternalIdentity): Promise<Person | null> {
    const known = await findIdentity(transaction, keyOf(provider, identity))
    if (known === null) return null
    const { findProvisioned, users } = this.#options
    const person = await users.findActive(known.userId, transaction)
    if (person !== null) return person
    // A directory may have deleted them and added them again.
    const provisionedId = await findProvisioned(transaction, provider, identity)
    const provisioned = provisionedId === null ? null : await users.findActive(provisionedId, transaction)
    if (provisioned === null) throw new SignInRefusal('account_ended')
    await moveIdentity(transaction, keyOf(provider, identity), provisioned.id)
    return provisioned
  }

  async #admit(
    transaction: Store,
    provider: IdentityProvider,
    identity: ExternalIdentity,
    origin: SessionOrigin,
  ): Promise<Person> {
    const { activity, clock, invitations, users } = this.#options
    await users.holdSeats(transaction, provider.organizationId)
    // Of several first sign-ins at once the first has added the person while the others waited.
    const known = await this.#findKnown(transaction, provider, identity)
    if (known !== null) return known
    const now = clock.now()
    const provisionedId = await this.#options.findProvisioned(transaction, provider, identity)
    if (provisionedId !== null) {
      const provisioned = await users.findActive(provisionedId, transaction)
      if (provisioned === null) throw new SignInRefusal('account_ended')
      await insertIdentity(transaction, keyOf(provider, identity), {
        userId: provisioned.id,
        email: identity.email,
        at: now,
      })
      return provisioned
    }
    const { email, invitation, role } = await this.#requireAdmission(transaction, provider, identity)
    const { organizationId } = provider
    const name = identity.name ?? email.slice(0, email.lastIndexOf('@'))
    const id = await users.add(transaction, { organizationId, email, name, role, passwordHash: null, createdAt: now })
    await insertIdentity(transaction, keyOf(provider, identity), { userId: id, email, at: now })
    if (invitation !== null) {
      const details = { method: provider.kind, provider: provider.name }
      await invitations.take(transaction, invitation, { userId: id, requestId: origin.requestId, details })
    }
    await activity.record(transaction, {
      organizationId,
      actor: { kind: 'user', id },
      type: 'user.created',
      assetType: 'user',
      assetId: id,
      requestId: origin.requestId,
      details: { email, role, method: provider.kind, provider: provider.name },
    })
    return users.requireActive(id, transaction)
  }

  /** What a newcomer is added with, and the invitation that they come by. */
  async #requireAdmission(
    store: Store,
    provider: IdentityProvider,
    identity: ExternalIdentity,
  ): Promise<{ email: string; role: Role; invitation: PendingInvitation | null }> {
    const { users } = this.#options
    const { email } = identity
    if (email === null) throw new SignInRefusal('email_missing')
    if (identity.isEmailVerified === false) throw new SignInRefusal('email_unverified')
    if (!provider.domains.includes(domainOf(email))) throw new SignInRefusal('domain_not_admitted')
    if (await users.isMember(store, provider.organizationId, email)) throw new SignInRefusal('email_taken')
    const invitation = await this.#findInvitation(store, provider, identity)
    const role = await this.#roleOf(store, provider, identity, invitation)
    const seat = decideSeat(await users.readSeats(provider.organizationId, store), role)
    if (!seat.allowed) throw new SignInRefusal('seats_taken')
    return { email, role, invitation }
  }

  /**
   * An invitation is its address's alone, and may make an admin: only a provider that vouches for the address, by what it
   * says or as an admin states of it, shows that this is whom it was sent to.
   */
  async #findInvitation(
    transaction: Store,
    { organizationId }: IdentityProvider,
    { email, isEmailVerified }: ExternalIdentity,
  ): Promise<PendingInvitation | null> {
    if (email === null || isEmailVerified !== true) return null
    return this.#options.invitations.findTakeable(transaction, organizationId, email)
  }

  /**
   * A newcomer's role: what they were invited with, unless their groups decide. Whoever asked for a link
   * themselves, by their e-mail's domain, was promised none.
   */
  async #roleOf(
    transaction: Store,
    { defaultRole, organizationId }: IdentityProvider,
    { groups }: ExternalIdentity,
    invitation: PendingInvitation | null,
  ): Promise<Role> {
    if (invitation === null || invitation.invited_by === null) return defaultRole
    if (groups === null) return invitation.role
    const groupsDecide = await this.#options.roleMapping.isEnabled(transaction, organizationId)
    return groupsDecide ? defaultRole : invitation.role
  }
}

/** Whoever comes by a provider is told on the sign-in page. */
function refuseEntrance(error: unknown): never {
  if (!(error instanceof AppError)) throw error
  if (error.details?.rule === 'governance.people.addresses') throw new SignInRefusal('address_outside', error)
  if (error.code === 'organization_suspended') throw new SignInRefusal('organization_suspended', error)
  throw error
}

function keyOf(provider: IdentityProvider, identity: ExternalIdentity): IdentityKey {
  return { organizationId: provider.organizationId, issuer: identity.issuer, subject: identity.subject }
}
