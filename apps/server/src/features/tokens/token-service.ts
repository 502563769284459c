import {
  AppError,
  type TokenCreateBody,
  type TokenGrant,
  type TokenSummary,
  type TokenUpdateBody,
} from '@graticule/contract'
import {
  type Action,
  authorize,
  decideTokenTerms,
  describeGrantMistake,
  type TokenAsset,
  type TokenPrincipal,
  type TokenTerms,
  type UserPrincipal,
  visibleWhere,
} from '@graticule/policy'
import type { Static } from 'typebox'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityEntry, type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { TokenRow } from '../../platform/db/tables.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import type { KnownToken } from '../access/explained-subject.ts'
import type { AssetTransfer, ManagedAssets } from '../assets/managed-assets.ts'
import type { ResolvedToken } from '../auth/principal-resolver.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import { describeHandover, type Handover } from '../users/handover.ts'
import type { TokenStore } from './token-store.ts'

export interface TokenServiceOptions {
  readonly tokens: TokenStore
  readonly store: Store
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws `not_found` for a connection that the person may not use. */
  readonly requireConnection: (principal: UserPrincipal, name: string) => Promise<void>
  /** Those of the connections of these names that the person may use, as things are inside the transaction. */
  readonly listUsable: (transaction: Store, userId: string, names: readonly string[]) => Promise<ReadonlySet<string>>
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** Called after a token has been changed or revoked, so that nothing remembers it as it was. */
  readonly onChanged: () => void
}

/** Who asks, and under which request. */
interface Asker {
  readonly principal: UserPrincipal
  readonly requestId: string
}

/** Characters of a token that are shown to recognise it by. */
const PREFIX_LENGTH = 10
const FLUSH_EVERY_MS = 10_000

/** Makes, recognises, lists and revokes API tokens. */
export class TokenService implements ManagedAssets {
  readonly #options: TokenServiceOptions
  #uses = new Map<string, Date>()
  #timer: NodeJS.Timeout | null = null

  constructor(options: TokenServiceOptions) {
    this.#options = options
  }

  /** What a presented token is worth; null when it is unknown or revoked. Throws `organization_suspended`. */
  async resolve(tokenHash: string): Promise<ResolvedToken | null> {
    const row = await this.#options.tokens.findLive(tokenHash)
    if (row === null) return null
    if (row.suspended_at !== null) throw organizationSuspended()
    return {
      principal: principalOf(row),
      referers: row.referers,
      expiresAt: row.expires_at,
      addressRanges: row.address_ranges,
    }
  }

  /** A token that is not revoked, by its id, for whoever explains what it may do. */
  async findKnown(id: string): Promise<KnownToken | null> {
    const row = await this.#options.tokens.findWithOwner(id)
    if (row === null) return null
    const { referers, expires_at: expiresAt, name } = row
    const isOwnerActive = row.owner_disabled_at === null
    return { asset: assetOf(row), name, principal: principalOf(row), referers, expiresAt, isOwnerActive }
  }

  /** Whether this installation made the token, even if it is revoked by now. */
  async hasIssued(token: string): Promise<boolean> {
    return this.#options.tokens.hasIssued(hashToken(token))
  }

  async list(principal: UserPrincipal): Promise<TokenSummary[]> {
    return (await this.#options.tokens.list(visibleWhere(principal, 'token'))).map(toSummary)
  }

  async get(principal: UserPrincipal, id: string): Promise<TokenSummary> {
    const row = await this.#find(id)
    authorize(principal, 'token.read', assetOf(row))
    return toSummary(row)
  }

  /** The answer is the only place where the token itself ever appears. */
  async create(asker: Asker, body: Static<typeof TokenCreateBody>): Promise<TokenSummary & { token: string }> {
    const { principal } = asker
    authorize(principal, 'token.create')
    await this.#checkGrants(principal, body.grants)
    const now = this.#options.clock.now()
    const expiresAt = body.expiration_date ? new Date(body.expiration_date) : null
    if (expiresAt !== null && expiresAt <= now) {
      throw new AppError('invalid_request', 'The expiration date lies in the past; choose a later one, or none.')
    }
    const referers = checkReferers(body.referers ?? [])
    const token = createRandomToken('gtk_')
    const row = await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, principal, 'token.create')
      const terms = { grants: body.grants, referers, expiresAt }
      await this.#options.governance.hold(transaction, principal, (policies, maker) =>
        decideTokenTerms(policies, maker, null, terms, now),
      )
      const inserted = await this.#options.tokens.insert(
        {
          id: createId(),
          organization_id: principal.organizationId,
          owner_id: principal.userId,
          name: body.name.trim(),
          token_hash: hashToken(token),
          prefix: token.slice(0, PREFIX_LENGTH),
          grants: toJson(body.grants),
          allowed_apis: toJson([...new Set(body.allowed_apis)]),
          referers: toJson(referers),
          expires_at: expiresAt,
          created_at: now,
        },
        transaction,
      )
      await this.#record(transaction, asker, 'token.created', inserted)
      return inserted
    })
    return { ...toSummary(row), token }
  }

  async update(asker: Asker, id: string, body: Static<typeof TokenUpdateBody>): Promise<TokenSummary> {
    const found = await this.#find(id)
    authorize(asker.principal, 'token.update', assetOf(found))
    if (body.grants !== undefined) await this.#checkGrants(asker.principal, body.grants)
    const referers = body.referers === undefined ? undefined : checkReferers(body.referers)
    const changes = {
      ...(body.name === undefined ? {} : { name: body.name.trim() }),
      ...(body.grants === undefined ? {} : { grants: toJson(body.grants) }),
      ...(body.allowed_apis === undefined ? {} : { allowed_apis: toJson([...new Set(body.allowed_apis)]) }),
      ...(referers === undefined ? {} : { referers: toJson(referers) }),
    }
    if (Object.keys(changes).length === 0) return toSummary(found)
    const row = await this.#options.store.transaction().execute(async (transaction) => {
      const locked = await this.#options.tokens.lock(id, transaction)
      if (locked === null) throw missing()
      const before = termsOf(locked)
      const after = { ...before, grants: body.grants ?? before.grants, referers: referers ?? before.referers }
      await this.#options.governance.hold(transaction, asker.principal, (policies, maker) =>
        decideTokenTerms(policies, maker, before, after, this.#options.clock.now()),
      )
      const updated = await this.#options.tokens.update(id, changes, transaction)
      if (updated === null) throw missing()
      await this.#record(transaction, asker, 'token.updated', updated)
      return updated
    })
    this.#options.onChanged()
    return toSummary(row)
  }

  /** Ends a token for good: this process refuses it from now on, others within a second. */
  async revoke(asker: Asker, id: string): Promise<void> {
    authorize(asker.principal, 'token.delete', assetOf(await this.#find(id)))
    await this.#end(asker, id)
  }

  async removeManaged(caller: UserCaller, id: string): Promise<void> {
    await this.#findManaged(caller, id)
    await this.#end(caller, id)
  }

  async transfer(id: string, { caller }: AssetTransfer): Promise<void> {
    const { name } = await this.#findManaged(caller, id)
    throw new AppError(
      'rule_violated',
      `What "${name}" opens was granted to its owner, so it goes to nobody else while they are here; revoke it, and let the new owner make one.`,
      { details: { rule: 'token.transfer' } },
    )
  }

  async #end(asker: Asker, id: string): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      const changes = { revoked_at: this.#options.clock.now() }
      const revoked = await this.#options.tokens.update(id, changes, transaction)
      if (revoked === null) throw missing()
      await this.#record(transaction, asker, 'token.revoked', revoked)
    })
    this.#options.onChanged()
  }

  /**
   * Gives all tokens of a person to the receiver, each with what the receiver may use of it; one of which nothing is left
   * ends. Connections must have been handed over before.
   */
  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const { clock, listUsable, tokens } = this.#options
    const rows = await tokens.lockAllOf(handover.from.id, transaction)
    if (rows.length === 0) return 0
    const names = rows.flatMap(({ grants }) => grants.map((grant) => grant.connection_name))
    const usable = await listUsable(transaction, handover.to.id, [...new Set(names)])
    const events: ActivityEntry[] = []
    for (const row of rows) {
      const kept = row.grants.filter((grant) => usable.has(grant.connection_name))
      const lost = row.grants.filter((grant) => !usable.has(grant.connection_name))
      const changes = { owner_id: handover.to.id, grants: toJson(kept) }
      await tokens.update(row.id, kept.length === 0 ? { revoked_at: clock.now() } : changes, transaction)
      const left = kept.length === 0 ? { grants: lost } : { grants: kept, ...(lost.length === 0 ? {} : { lost }) }
      events.push({
        organizationId: row.organization_id,
        actor: actorOf(handover.caller.principal),
        type: kept.length === 0 ? 'token.revoked' : 'token.transferred',
        assetType: 'token',
        assetId: row.id,
        requestId: handover.caller.requestId,
        details: { name: row.name, ...left, allowedApis: row.allowed_apis, ...describeHandover(handover) },
      })
    }
    await this.#options.activity.recordAll(transaction, events)
    return rows.length
  }

  /** Remembers that a token was used; written a little later, together with other uses. */
  noteUse(tokenId: string): void {
    this.#uses.set(tokenId, this.#options.clock.now())
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      // A time of last use is not worth an error: the next flush brings a newer one.
      this.flush().catch(() => undefined)
    }, FLUSH_EVERY_MS).unref()
  }

  /** Writes the times of last use noted since the last call. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#uses.size === 0) return
    const uses = this.#uses
    this.#uses = new Map()
    await this.#options.tokens.noteUse(uses)
  }

  async #find(id: string): Promise<TokenRow> {
    const row = await this.#options.tokens.find(id)
    if (row === null) throw missing()
    return row
  }

  /** A token of the caller's organization, whoever owns it. */
  async #findManaged({ principal }: UserCaller, id: string): Promise<TokenRow> {
    const row = await this.#find(id)
    if (row.organization_id !== principal.organizationId) throw missing()
    return row
  }

  async #checkGrants(principal: UserPrincipal, grants: readonly TokenGrant[]): Promise<void> {
    for (const { source } of grants) {
      const mistake = describeGrantMistake(source)
      if (mistake !== null) throw new AppError('invalid_request', mistake)
    }
    for (const name of new Set(grants.map((grant) => grant.connection_name))) {
      await this.#options.requireConnection(principal, name)
    }
  }

  async #record(transaction: Store, asker: Asker, type: string, row: TokenRow): Promise<void> {
    await this.#options.activity.record(transaction, {
      organizationId: row.organization_id,
      actor: actorOf(asker.principal),
      type,
      assetType: 'token',
      assetId: row.id,
      requestId: asker.requestId,
      details: { name: row.name, grants: row.grants, allowedApis: row.allowed_apis },
    })
  }
}

function missing(): AppError {
  return new AppError('not_found', 'There is no such token, or it is not yours.')
}

function assetOf(row: TokenRow): TokenAsset {
  return { kind: 'token', id: row.id, organizationId: row.organization_id, ownerId: row.owner_id }
}

function principalOf(row: TokenRow): TokenPrincipal {
  return {
    kind: 'token',
    tokenId: row.id,
    ownerId: row.owner_id,
    organizationId: row.organization_id,
    grants: row.grants,
    allowedApis: row.allowed_apis,
  }
}

function termsOf(row: TokenRow): TokenTerms {
  return { grants: row.grants, referers: row.referers, expiresAt: row.expires_at }
}

/** Keeps the origins only, because a stray path or slash would lock every page out. */
function checkReferers(referers: readonly string[]): string[] {
  return referers.map((referer) => {
    const url = URL.parse(referer.trim())
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      throw new AppError('invalid_request', `"${referer}" is not the address of a site, such as https://example.org.`)
    }
    return url.origin
  })
}

function toSummary(row: TokenRow): TokenSummary {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    grants: row.grants,
    allowed_apis: row.allowed_apis as TokenSummary['allowed_apis'],
    referers: row.referers,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    expiration_date: row.expires_at?.toISOString() ?? null,
  }
}
