import type { RefusalRule } from '@graticule/contract'
import { decideSeat } from '@graticule/policy'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { domainOf } from '../identity-providers/identity-provider-service.ts'
import type { InvitationTaking, PendingInvitation } from '../invitations/invitation-taking.ts'
import type { RoleMappingService } from '../role-mapping/role-mapping-service.ts'
import type { UserChangeService } from '../users/user-change-service.ts'
import type { UserService } from '../users/user-service.ts'
import type { ScimCaller } from './scim-caller.ts'
import { ScimError } from './scim-error.ts'
import { compileScimFilter, parseScimFilter } from './scim-filter.ts'
import { applyScimPatch, isObject, type Resource } from './scim-patch.ts'
import { type ListQuery, requireVersion, type ScimList, toList } from './scim-protocol.ts'
import { type ScimStore, type ScimUserRow, USER_FILTERS } from './scim-store.ts'
import { ENTERPRISE_SCHEMA, readScimUser, type ScimUserValues, USER_ATTRIBUTES, USER_SCHEMA } from './scim-user.ts'

export interface ScimUserServiceOptions {
  readonly scim: ScimStore
  readonly store: Store
  readonly users: UserService
  readonly userChanges: UserChangeService
  readonly roleMapping: RoleMappingService
  readonly activity: ActivityLog
  readonly invitations: InvitationTaking
  readonly clock: Clock
}

/**
 * The people of an organization as its directory sees them. It adds them, renames them, lets them in and keeps them out,
 * and never sees those who came some other way.
 */
export class ScimUserService {
  readonly #options: ScimUserServiceOptions

  constructor(options: ScimUserServiceOptions) {
    this.#options = options
  }

  async list({ organizationId, baseUrl }: ScimCaller, query: ListQuery): Promise<ScimList> {
    const filter = query.filter === undefined ? null : compileScimFilter(parseScimFilter(query.filter), USER_FILTERS)
    const { rows, total } = await this.#options.scim.listUsers(organizationId, filter, query.window)
    return toList(
      rows.map((row) => toResource(row, baseUrl)),
      total,
      query,
    )
  }

  async get({ organizationId, baseUrl }: ScimCaller, id: string): Promise<Resource> {
    const row = await this.#options.scim.findUser(organizationId, id)
    if (row === null) throw userNotFound()
    return toResource(row, baseUrl)
  }

  /**
   * Adds somebody, or joins them with who came through the directory's own identity provider before. Throws
   * `uniqueness` when the directory has them already, or their e-mail is somebody's who did not come from there.
   */
  async create(caller: ScimCaller, body: unknown): Promise<Resource> {
    const { scim, store, userChanges, users } = this.#options
    const { organizationId } = caller
    const values = readScimUser(requireObject(body))
    const { id, followed } = await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      if (await scim.isUserTaken(transaction, organizationId, values, null)) {
        throw userTaken('The directory has somebody with this userName or externalId already.')
      }
      const joinedId = await this.#findJoinable(transaction, organizationId, values)
      const id = joinedId ?? (await this.#add(transaction, caller, values))
      const now = this.#options.clock.now()
      await scim.insertUser(transaction, {
        user_id: id,
        organization_id: organizationId,
        user_name: values.userName,
        external_id: values.externalId,
        attributes: toJson(values.attributes),
        version: 1,
        created_at: now,
        updated_at: now,
      })
      if (joinedId !== null) await this.#record(transaction, caller, 'user.joined-directory', id, values)
      return { id, followed: await this.#follow(transaction, caller, id, values) }
    })
    if (followed.isChanged) await userChanges.noteFollowed(followed.dispossessed)
    return this.get(caller, id)
  }

  async replace(caller: ScimCaller, id: string, body: unknown, ifMatch: string | undefined): Promise<Resource> {
    const sent = requireObject(body)
    return this.#update(caller, id, ifMatch, () => sent)
  }

  async patch(caller: ScimCaller, id: string, body: unknown, ifMatch: string | undefined): Promise<Resource> {
    return this.#update(caller, id, ifMatch, (row) => applyScimPatch(toWritable(row), body, USER_ATTRIBUTES))
  }

  /** Deletes somebody; the asset custodian receives what they own. */
  async remove(caller: ScimCaller, id: string, ifMatch: string | undefined): Promise<void> {
    const { roleMapping, scim, store, userChanges, users } = this.#options
    const { organizationId, requestId } = caller
    await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      const row = await scim.findUser(organizationId, id, transaction)
      if (row === null) throw userNotFound()
      requireVersion(row.version, ifMatch)
      const custodianId = await roleMapping.readCustodianId(transaction, organizationId)
      await userChanges.removeBySystem(transaction, { organizationId, id, custodianId, requestId })
      await scim.deleteUser(transaction, id)
    })
    await userChanges.noteFollowed([id])
  }

  /**
   * Whom a login through the directory's identity provider brings, who never came before: by the id that the directory
   * gave them, or by an e-mail of a domain of that provider which it does not call unverified. Null when SCIM knows
   * nobody like that.
   */
  async findForLogin(
    transaction: Store,
    provider: { readonly id: string; readonly organizationId: string; readonly domains: readonly string[] },
    identity: {
      readonly issuer: string
      readonly subject: string
      readonly email: string | null
      readonly isEmailVerified: boolean | null
    },
  ): Promise<string | null> {
    const { scim } = this.#options
    const own = await scim.findProvider(provider.organizationId, transaction)
    if (own?.id !== provider.id) return null
    const { issuer, subject, email, isEmailVerified } = identity
    const isOwnEmail = email !== null && isEmailVerified !== false && provider.domains.includes(domainOf(email))
    return scim.findForLogin(transaction, provider.organizationId, {
      issuer,
      subject,
      email: isOwnEmail ? email : null,
    })
  }

  async #update(
    caller: ScimCaller,
    id: string,
    ifMatch: string | undefined,
    change: (row: ScimUserRow) => Resource,
  ): Promise<Resource> {
    const { clock, scim, store, userChanges, users } = this.#options
    const { organizationId } = caller
    const followed = await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      const row = await scim.findUser(organizationId, id, transaction)
      if (row === null) throw userNotFound()
      requireVersion(row.version, ifMatch)
      const values = readScimUser(change(row))
      if (await scim.isUserTaken(transaction, organizationId, values, id)) {
        throw userTaken('The directory has somebody else with this userName or externalId.')
      }
      await scim.updateUser(transaction, id, {
        user_name: values.userName,
        external_id: values.externalId,
        attributes: toJson(values.attributes),
        updated_at: clock.now(),
      })
      return this.#follow(transaction, caller, id, values)
    })
    if (followed.isChanged) await userChanges.noteFollowed(followed.dispossessed)
    return this.get(caller, id)
  }

  /** Makes the person be called what the directory says, and lets them in or keeps them out. */
  async #follow(transaction: Store, caller: ScimCaller, id: string, values: ScimUserValues) {
    const { organizationId, requestId } = caller
    const { active, email, name } = values
    return this.#options.userChanges.followDirectory(transaction, {
      organizationId,
      id,
      active,
      email,
      name,
      requestId,
    })
  }

  /** Who is the same person, for certain: the directory's own identity provider vouches for them. */
  async #findJoinable(transaction: Store, organizationId: string, values: ScimUserValues): Promise<string | null> {
    const { scim } = this.#options
    const provider = await scim.findProvider(organizationId, transaction)
    if (provider === null) return null
    const { email, externalId } = values
    const bySubject =
      externalId === null ? null : await scim.findBySubject(transaction, organizationId, provider.issuer, externalId)
    const found =
      bySubject ??
      (provider.domains.includes(domainOf(email))
        ? await scim.findByIssuerAndEmail(transaction, organizationId, provider.issuer, email)
        : null)
    if (found === null) return null
    const [known] = await scim.listKnownUsers(transaction, organizationId, [found])
    return known === undefined ? found : null
  }

  async #add(transaction: Store, caller: ScimCaller, values: ScimUserValues): Promise<string> {
    const { clock, invitations, roleMapping, users } = this.#options
    const { organizationId, requestId } = caller
    const { email, name } = values
    if (await users.isMember(transaction, organizationId, email)) {
      const detail = `Somebody who does not come from this directory has the e-mail ${email}.`
      throw new ScimError(409, detail, 'uniqueness', 'user.email-taken')
    }
    const invitation = await this.#findInvitation(transaction, organizationId, email)
    // Whoever asked for a link themselves, by their e-mail's domain, was promised no role. Groups are told later.
    const isPromised = invitation !== null && invitation.invited_by !== null
    const role = isPromised ? invitation.role : await roleMapping.readNewcomerRole(transaction, organizationId)
    const seat = decideSeat(await users.readSeats(organizationId, transaction), role)
    if (!seat.allowed && values.active) throw new ScimError(409, seat.reason, undefined, seat.rule as RefusalRule)
    const createdAt = clock.now()
    const id = await users.add(transaction, { organizationId, email, name, role, passwordHash: null, createdAt })
    if (invitation !== null) {
      const taker = { userId: id, actor: SYSTEM_ACTOR, requestId, details: { method: 'scim' } }
      await invitations.take(transaction, invitation, taker)
    }
    await this.#record(transaction, caller, 'user.created', id, values, { role, method: 'scim' })
    return id
  }

  /** The invitation that waits for somebody's address, where an admin states that the directory vouches for it. */
  async #findInvitation(transaction: Store, organizationId: string, email: string): Promise<PendingInvitation | null> {
    const { invitations, scim } = this.#options
    if (!(await scim.readEmailsVerified(organizationId, transaction))) return null
    return invitations.findTakeable(transaction, organizationId, email)
  }

  #record(
    transaction: Store,
    { organizationId, requestId }: ScimCaller,
    type: string,
    id: string,
    { email, externalId, userName }: ScimUserValues,
    details: object = {},
  ): Promise<void> {
    return this.#options.activity.record(transaction, {
      organizationId,
      actor: SYSTEM_ACTOR,
      type,
      assetType: 'user',
      assetId: id,
      requestId,
      details: { email, userName, externalId, ...details },
    })
  }
}

function toWritable(row: ScimUserRow): Resource {
  return {
    ...row.attributes,
    userName: row.user_name,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    active: row.disabled_at === null,
  }
}

function toResource(row: ScimUserRow, baseUrl: string): Resource {
  const location = `${baseUrl}/Users/${row.user_id}`
  const hasExtension = Object.hasOwn(row.attributes, ENTERPRISE_SCHEMA)
  return {
    schemas: hasExtension ? [USER_SCHEMA, ENTERPRISE_SCHEMA] : [USER_SCHEMA],
    id: row.user_id,
    displayName: row.name,
    emails: [{ value: row.email, primary: true }],
    ...toWritable(row),
    groups: row.groups.map(({ id, name }) => ({ value: id, display: name, $ref: `${baseUrl}/Groups/${id}` })),
    meta: {
      resourceType: 'User',
      created: row.created_at.toISOString(),
      lastModified: row.updated_at.toISOString(),
      location,
      version: `W/"${row.version}"`,
    },
  }
}

function requireObject(body: unknown): Resource {
  if (isObject(body)) return body
  throw new ScimError(400, 'The body must be a JSON object.', 'invalidSyntax')
}

function userTaken(detail: string): ScimError {
  return new ScimError(409, detail, 'uniqueness', 'scim.user-taken')
}

function userNotFound(): ScimError {
  return new ScimError(404, 'There is no such person in the directory.')
}
