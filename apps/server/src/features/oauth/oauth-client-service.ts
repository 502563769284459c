import {
  AppError,
  type OAuthClientCreateBody,
  type OAuthClientCreated,
  type OAuthClientSummary,
  type OAuthClientUpdateBody,
} from '@graticule/contract'
import { type Action, authorize, type OAuthClientAsset, type UserPrincipal, visibleWhere } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { OAuthClientRow } from '../../platform/db/tables.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import type { AssetTransfer, ManagedAssets } from '../assets/managed-assets.ts'
import { describeHandover, type Handover, type OwnedAssets } from '../users/handover.ts'
import {
  type ClientAddresses,
  type OwnedClientRow,
  oauthClientAsset,
  readAddresses,
  toClientSummary,
} from './oauth-client.ts'
import type { OAuthClientStore } from './oauth-client-store.ts'

export interface OAuthClientServiceOptions {
  readonly clients: OAuthClientStore
  readonly store: Store
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** Called after a client has been changed or deleted, so that nothing remembers it as it was. */
  readonly onChanged: () => void
}

/** Who asks, and under which request. */
interface Asker {
  readonly principal: UserPrincipal
  readonly requestId: string
}

/** Makes, lists, changes and deletes OAuth clients. */
export class OAuthClientService implements ManagedAssets, OwnedAssets {
  readonly #options: OAuthClientServiceOptions

  constructor(options: OAuthClientServiceOptions) {
    this.#options = options
  }

  async list(principal: UserPrincipal): Promise<OAuthClientSummary[]> {
    const rows = await this.#options.clients.list(visibleWhere(principal, 'oauth-client'))
    return rows.map((row) => toClientSummary(row, principal.userId))
  }

  async get(principal: UserPrincipal, id: string): Promise<OAuthClientSummary> {
    const row = await this.#find(id)
    authorize(principal, 'oauth-client.read', oauthClientAsset(row))
    return toClientSummary(row, principal.userId)
  }

  /** A client by what decisions rest on, for whoever explains who may do what to it. */
  async findAsset(id: string): Promise<OAuthClientAsset | null> {
    const row = await this.#options.clients.find(id)
    return row === null ? null : oauthClientAsset(row)
  }

  /** The answer is the only place where the secret of a machine client ever appears. */
  async create(asker: Asker, body: OAuthClientCreateBody): Promise<OAuthClientCreated> {
    const { principal } = asker
    authorize(principal, 'oauth-client.create')
    const addresses = readAddresses(body.kind, body)
    const clientSecret = body.kind === 'machine' ? createRandomToken('gcs_') : null
    const now = this.#options.clock.now()
    const id = createId()
    const row = await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, principal, 'oauth-client.create')
      await this.#options.clients.insert(
        {
          id,
          organization_id: principal.organizationId,
          owner_id: principal.userId,
          kind: body.kind,
          title: body.title.trim(),
          secret_hash: clientSecret === null ? null : hashToken(clientSecret),
          ...toColumns(addresses),
          created_at: now,
          updated_at: now,
        },
        transaction,
      )
      const inserted = await this.#find(id, transaction)
      await this.#record(transaction, asker, 'oauth-client.created', inserted)
      return inserted
    })
    return { ...toClientSummary(row, principal.userId), clientSecret }
  }

  async update(asker: Asker, id: string, body: OAuthClientUpdateBody): Promise<OAuthClientSummary> {
    authorize(asker.principal, 'oauth-client.update', oauthClientAsset(await this.#find(id)))
    const row = await this.#options.store.transaction().execute(async (transaction) => {
      const locked = await this.#options.clients.lock(id, transaction)
      if (locked === null) throw missing()
      authorize(asker.principal, 'oauth-client.update', oauthClientAsset(locked))
      const addresses = readAddresses(locked.kind, body, locked)
      const title = body.title?.trim() ?? locked.title
      const changes = { title, ...toColumns(addresses), updated_at: this.#options.clock.now() }
      await this.#options.clients.update(id, changes, transaction)
      const updated = await this.#find(id, transaction)
      await this.#record(transaction, asker, 'oauth-client.updated', updated)
      return updated
    })
    this.#options.onChanged()
    return toClientSummary(row, asker.principal.userId)
  }

  /** Ends the client and everything that was issued to it: this server refuses it from now on, others within a second. */
  async remove(asker: Asker, id: string): Promise<void> {
    authorize(asker.principal, 'oauth-client.delete', oauthClientAsset(await this.#find(id)))
    await this.#end(asker, id)
  }

  async removeManaged(caller: UserCaller, id: string): Promise<void> {
    await this.#findManaged(caller, id)
    await this.#end(caller, id)
  }

  async transfer(id: string, { caller }: AssetTransfer): Promise<void> {
    const { title } = await this.#findManaged(caller, id)
    throw new AppError(
      'rule_violated',
      `"${title}" goes to nobody else while its owner is here; delete it, and let the new owner make one.`,
      { details: { rule: 'oauth-client.transfer' } },
    )
  }

  /**
   * Gives the clients that people sign in to to the receiver. Machine clients end: they do what their owner may, and
   * whoever knows the secret would from then on do what the receiver may.
   */
  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const { activity, clients, clock } = this.#options
    const rows = await clients.lockAllOf(handover.from.id, transaction)
    for (const row of rows) {
      const isMoved = row.kind === 'spa'
      if (isMoved) await clients.update(row.id, { owner_id: handover.to.id, updated_at: clock.now() }, transaction)
      else await clients.delete(row.id, transaction)
      await activity.record(transaction, {
        organizationId: row.organization_id,
        actor: actorOf(handover.caller.principal),
        type: isMoved ? 'oauth-client.transferred' : 'oauth-client.deleted',
        assetType: 'oauth-client',
        assetId: row.id,
        requestId: handover.caller.requestId,
        details: { name: row.title, kind: row.kind, ...describeHandover(handover) },
      })
    }
    return rows.length
  }

  async #end(asker: Asker, id: string): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      const locked = await this.#options.clients.lock(id, transaction)
      if (locked === null) throw missing()
      await this.#record(transaction, asker, 'oauth-client.deleted', locked)
      await this.#options.clients.delete(id, transaction)
    })
    this.#options.onChanged()
  }

  async #find(id: string, store?: Store): Promise<OwnedClientRow> {
    const row = await this.#options.clients.find(id, store)
    if (row === null) throw missing()
    return row
  }

  /** A client of the caller's organization, whoever owns it. */
  async #findManaged({ principal }: UserCaller, id: string): Promise<OwnedClientRow> {
    const row = await this.#find(id)
    if (row.organization_id !== principal.organizationId) throw missing()
    return row
  }

  async #record(transaction: Store, asker: Asker, type: string, row: OAuthClientRow): Promise<void> {
    await this.#options.activity.record(transaction, {
      organizationId: row.organization_id,
      actor: actorOf(asker.principal),
      type,
      assetType: 'oauth-client',
      assetId: row.id,
      requestId: asker.requestId,
      details: { name: row.title, kind: row.kind, callbackUrls: row.callback_urls },
    })
  }
}

function missing(): AppError {
  return new AppError('not_found', 'There is no such OAuth client, or it is not of your organization.')
}

function toColumns(addresses: ClientAddresses) {
  return {
    callback_urls: toJson(addresses.callback_urls),
    logout_urls: toJson(addresses.logout_urls),
    web_origins: toJson(addresses.web_origins),
    cors_origins: toJson(addresses.cors_origins),
    login_uri: addresses.login_uri,
  }
}
