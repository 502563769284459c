import { AppError, type ScimSettings, type ScimSettingsBody, type ScimTokenCreated } from '@graticule/contract'
import type { Action, UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import type { IdentityProviderService } from '../identity-providers/identity-provider-service.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import type { RoleMappingService } from '../role-mapping/role-mapping-service.ts'
import type { UserService } from '../users/user-service.ts'
import type { ScimStore } from './scim-store.ts'

export interface ScimSettingsServiceOptions {
  readonly scim: ScimStore
  readonly store: Store
  readonly users: UserService
  readonly identityProviders: IdentityProviderService
  readonly roleMapping: RoleMappingService
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
}

const MANAGE = 'scim.manage'
const TOKEN = /^gsc_[\w-]{43}$/
const PREFIX_LENGTH = 10
/** One at work and one that takes its place, for each of a few directories. */
const MAX_TOKENS = 5
const SHOWN_REFUSALS = 10
/** The time of last use is written at most this often. */
const TOUCH_EVERY_MS = 10_000

/** Sets SCIM up: its tokens, the identity provider behind the directory, and what became of it. */
export class ScimSettingsService {
  readonly #options: ScimSettingsServiceOptions

  constructor(options: ScimSettingsServiceOptions) {
    this.#options = options
  }

  async get({ organizationId }: UserPrincipal, baseUrl: string): Promise<ScimSettings> {
    const { roleMapping, scim } = this.#options
    const tokens = await scim.listTokens(organizationId)
    const uses = tokens.flatMap(({ last_used_at }) => (last_used_at === null ? [] : [last_used_at.getTime()]))
    const provider = await scim.findProvider(organizationId)
    const refusals = await scim.listRefusals(organizationId, SHOWN_REFUSALS)
    return {
      baseUrl,
      providerId: provider?.id ?? null,
      emailsVerified: await scim.readEmailsVerified(organizationId),
      custodian: await roleMapping.readCustodian(organizationId),
      tokens: tokens.map((token) => ({
        id: token.id,
        prefix: token.prefix,
        createdBy: token.creator_name,
        createdAt: token.created_at.toISOString(),
        lastUsedAt: token.last_used_at?.toISOString() ?? null,
      })),
      lastSyncAt: uses.length === 0 ? null : new Date(Math.max(...uses)).toISOString(),
      counts: await scim.countAll(organizationId),
      refusals: refusals.map(({ at, details }) => ({
        at: at.toISOString(),
        request: String(details.request),
        status: Number(details.status),
        detail: String(details.detail),
      })),
    }
  }

  /** Makes a token, which is told this once. With `replacedId` the token of that id ends in the same moment. */
  async createToken(caller: UserCaller, replacedId: string | undefined): Promise<ScimTokenCreated> {
    const { activity, clock, holdRight, scim, store, users } = this.#options
    const { organizationId, userId } = caller.principal
    const token = createRandomToken('gsc_')
    const id = createId()
    await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      await holdRight(transaction, caller.principal, MANAGE)
      if (replacedId !== undefined) await this.#revoke(transaction, caller, replacedId)
      if ((await scim.listTokens(organizationId, transaction)).length >= MAX_TOKENS) {
        throw new AppError(
          'conflict',
          `There are ${MAX_TOKENS} tokens already; revoke one that is not used any more.`,
          { details: { rule: 'scim.tokens' } },
        )
      }
      const prefix = token.slice(0, PREFIX_LENGTH)
      await scim.insertToken(transaction, {
        id,
        organization_id: organizationId,
        token_hash: hashToken(token),
        prefix,
        created_by: userId,
        created_at: clock.now(),
      })
      await activity.record(transaction, {
        organizationId,
        actor: actorOf(caller.principal),
        type: 'scim-token.created',
        assetType: 'scim-token',
        assetId: id,
        requestId: caller.requestId,
        details: { prefix, ...(replacedId !== undefined && { replacedId }) },
      })
    })
    return { id, token }
  }

  async revokeToken(caller: UserCaller, id: string): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, caller.principal, MANAGE)
      await this.#revoke(transaction, caller, id)
    })
  }

  /**
   * Names the identity provider that signs in those whom the directory adds, null for none, and says whether the
   * directory vouches for its e-mails.
   */
  async set(caller: UserCaller, { providerId, emailsVerified }: ScimSettingsBody): Promise<void> {
    const { activity, holdRight, identityProviders, scim, store, users } = this.#options
    const { organizationId } = caller.principal
    const provider = providerId === null ? null : await identityProviders.get(caller.principal, providerId)
    await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      await holdRight(transaction, caller.principal, MANAGE)
      const wereVerified = await scim.readEmailsVerified(organizationId, transaction)
      const areVerified = emailsVerified ?? wereVerified
      await scim.setProvider(transaction, organizationId, providerId, areVerified)
      await activity.record(transaction, {
        organizationId,
        actor: actorOf(caller.principal),
        type: 'scim.updated',
        assetType: 'organization',
        assetId: organizationId,
        requestId: caller.requestId,
        details: {
          provider: provider?.name ?? null,
          ...(areVerified !== wereVerified && { emailsVerified: areVerified }),
        },
      })
    })
  }

  /** Whose token that is; null for one that is unknown or revoked. Throws `organization_suspended`. */
  async recognize(token: string): Promise<{ tokenId: string; organizationId: string } | null> {
    const { clock, scim } = this.#options
    if (!TOKEN.test(token)) return null
    const row = await scim.findToken(hashToken(token))
    if (row === null) return null
    if (row.suspended_at !== null) throw organizationSuspended()
    const now = clock.now()
    if (row.last_used_at === null || now.getTime() - row.last_used_at.getTime() > TOUCH_EVERY_MS) {
      // A time of last use is not worth an error.
      await scim.noteTokenUse(row.id, now).catch(() => undefined)
    }
    return { tokenId: row.id, organizationId: row.organization_id }
  }

  async #revoke(transaction: Store, caller: UserCaller, id: string): Promise<void> {
    const { activity, clock, scim } = this.#options
    const { organizationId } = caller.principal
    const isRevoked = await scim.revokeToken(transaction, organizationId, id, clock.now())
    if (!isRevoked) throw new AppError('not_found', 'There is no such token; it may have been revoked already.')
    await activity.record(transaction, {
      organizationId,
      actor: actorOf(caller.principal),
      type: 'scim-token.revoked',
      assetType: 'scim-token',
      assetId: id,
      requestId: caller.requestId,
      details: {},
    })
  }
}
