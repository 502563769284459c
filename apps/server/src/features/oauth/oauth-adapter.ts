import { AppError } from '@graticule/contract'
import { decideAddress } from '@graticule/policy'
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { AddressRanges } from '../../platform/addresses/address-ranges.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { OAuthArtifactRow } from '../../platform/db/tables.ts'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { OAuthArtifactStore } from './oauth-artifact-store.ts'
import { clientMetadata } from './oauth-client-metadata.ts'
import type { OAuthClientStore } from './oauth-client-store.ts'
import { oauthContext } from './oauth-context.ts'

export interface OAuthAdapterOptions {
  readonly artifacts: OAuthArtifactStore
  readonly clients: OAuthClientStore
  readonly store: Store
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly secretBox: SecretBox
  /** Whether the session lives, and its person is active. Throws AppError where it does not count. */
  readonly isSessionLive: (sessionId: string, address: string | null) => Promise<boolean>
  /** Called after something was taken back, so that nothing remembers it. */
  readonly onRevoked: () => void
  /** Whether somebody may still be acted for, in an organization that is not suspended. */
  readonly isPersonActive: (userId: string) => Promise<boolean>
}

/** What was given in a session and counts as long as it lives; what it is exchanged for was given in the same one. */
const OF_SESSIONS: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken', 'AccessToken'])
/** What whoever holds it may give back. */
const GIVEN_BACK: ReadonlySet<string> = new Set(['AccessToken', 'ClientCredentials', 'RefreshToken'])
const ACCESS_TOKENS: ReadonlySet<string> = new Set(['AccessToken', 'ClientCredentials'])

/** What an artifact is found by; its holder's own words are stored nowhere. */
export function artifactHash(model: string, id: string): string {
  return hashToken(`${model}:${id}`)
}

/** The metadata store as oidc-provider asks for it. */
export function createAdapterFactory(options: OAuthAdapterOptions): AdapterFactory {
  return (model) => new OAuthAdapter(model, options)
}

class OAuthAdapter implements Adapter {
  readonly #model: string
  readonly #options: OAuthAdapterOptions

  constructor(model: string, options: OAuthAdapterOptions) {
    this.#model = model
    this.#options = options
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { artifacts, clock, secretBox, store } = this.#options
    const model = this.#model
    const now = clock.now()
    const idHash = artifactHash(model, id)
    await store.transaction().execute(async (transaction) => {
      if (OF_SESSIONS.has(model)) {
        const isHeld = await artifacts.holdGrant(artifactHash('Grant', payload.grantId ?? ''), transaction)
        if (!isHeld) throw new errors.InvalidGrant('grant not found')
      } else if (model === 'ClientCredentials') {
        await this.#requireProgramInside(payload.clientId ?? '', transaction)
      }
      const isNew = await artifacts.save(
        {
          id_hash: idHash,
          model,
          client_id: payload.clientId ?? null,
          user_id: payload.accountId ?? null,
          session_id: this.#sessionOf(),
          grant_hash: payload.grantId === undefined ? null : hashToken(payload.grantId),
          uid_hash: model === 'Session' && payload.uid !== undefined ? hashToken(payload.uid) : null,
          sealed_payload: secretBox.seal(JSON.stringify(payload), SEALED_COLUMNS.oauthArtifact.in(idHash)),
          created_at: now,
          expires_at: expiresIn === undefined ? null : new Date(now.getTime() + expiresIn * 1000),
        },
        transaction,
      )
      if (isNew) await this.#recordNew(transaction, payload)
    })
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.#model === 'Client') return this.#findClient(id)
    return this.#open(await this.#options.artifacts.find(artifactHash(this.#model, id)))
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#open(await this.#options.artifacts.findByUid(hashToken(uid)))
  }

  async findByUserCode(): Promise<undefined> {
    return undefined
  }

  /** Of those who use something up at the same moment, on whichever server, one does; it was not theirs alone. */
  async consume(id: string): Promise<void> {
    const { artifacts, clock } = this.#options
    if (await artifacts.consume(artifactHash(this.#model, id), clock.now())) return
    const payload = await this.find(id)
    if (payload?.grantId !== undefined) await this.#destroyGrant(payload.grantId)
    throw new errors.InvalidGrant('already consumed')
  }

  async destroy(id: string): Promise<void> {
    if (this.#model === 'Grant') return this.#destroyGrant(id)
    const { artifacts, onRevoked, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      const row = await artifacts.delete(artifactHash(this.#model, id), transaction)
      if (row !== null && GIVEN_BACK.has(row.model)) {
        await this.#record(transaction, 'oauth-client.token-revoked', row.client_id, row.user_id)
      }
    })
    onRevoked()
  }

  /** Asked of each kind apart; what somebody agreed to ends when `destroy` is asked of it. */
  async revokeByGrantId(grantId: string): Promise<void> {
    const { artifacts, onRevoked, store } = this.#options
    const [grantIdHash, grantHash] = [artifactHash('Grant', grantId), hashToken(grantId)]
    await store
      .transaction()
      .execute((transaction) => artifacts.deleteIssued(this.#model, grantIdHash, grantHash, transaction))
    onRevoked()
  }

  async #destroyGrant(grantId: string): Promise<void> {
    const { artifacts, onRevoked, store } = this.#options
    await store
      .transaction()
      .execute((transaction) => artifacts.deleteGrant(artifactHash('Grant', grantId), hashToken(grantId), transaction))
    onRevoked()
  }

  async #findClient(id: string): Promise<AdapterPayload | undefined> {
    const row = await this.#options.clients.find(id)
    if (row === null) return undefined
    if (row.kind === 'machine' && !(await this.#options.isPersonActive(row.owner_id))) return undefined
    return clientMetadata(row)
  }

  async #open(row: OAuthArtifactRow | null): Promise<AdapterPayload | undefined> {
    const { clock, isSessionLive, secretBox } = this.#options
    if (row === null || (row.expires_at !== null && row.expires_at <= clock.now())) return undefined
    if (OF_SESSIONS.has(row.model)) {
      const { address } = oauthContext()
      if (row.session_id === null) return undefined
      if (!(await isSessionLive(row.session_id, address).catch(denyAccess))) return undefined
      oauthContext().sessionId = row.session_id
      // Somebody else may have it: what follows ends all that was given with it. To give it back is no use.
      if (row.consumed_at !== null && address !== null) await this.#recordReuse(row)
    }
    const payload: AdapterPayload = JSON.parse(
      secretBox.open(row.sealed_payload, SEALED_COLUMNS.oauthArtifact.in(row.id_hash)),
    )
    return row.consumed_at === null ? payload : { ...payload, consumed: Math.floor(row.consumed_at.getTime() / 1000) }
  }

  async #recordReuse({ client_id: clientId, model, user_id: userId }: OAuthArtifactRow): Promise<void> {
    const what = model === 'RefreshToken' ? 'refresh-token' : 'code'
    await this.#options.store
      .transaction()
      .execute((transaction) => this.#record(transaction, 'oauth-client.reuse-refused', clientId, userId, { what }))
  }

  async #requireProgramInside(clientId: string, transaction: Store): Promise<void> {
    const lines = await this.#options.clients.findAddressRanges(clientId, transaction)
    const { address } = oauthContext()
    if (lines === null || address === null) return
    const decision = decideAddress('tokens.addresses', address, new AddressRanges(lines).holds(address))
    if (!decision.allowed) throw new errors.AccessDenied(toDescription(decision.reason))
  }

  /** The session that what is saved ends with. */
  #sessionOf(): string | null {
    const context = oauthContext()
    if (!OF_SESSIONS.has(this.#model)) return null
    const sessionId = this.#model === 'AuthorizationCode' ? (context.person?.sessionId ?? null) : context.sessionId
    if (sessionId === null) throw new errors.InvalidGrant('session not found')
    return sessionId
  }

  async #recordNew(transaction: Store, payload: AdapterPayload): Promise<void> {
    const { gty } = payload
    const [accountId, clientId] = [payload.accountId ?? null, payload.clientId ?? null]
    if (ACCESS_TOKENS.has(this.#model)) {
      const how = { how: gty ?? 'client_credentials' }
      await this.#record(transaction, 'oauth-client.token-issued', clientId, accountId, how)
      if (clientId !== null) {
        await this.#options.clients.update(clientId, { last_used_at: this.#options.clock.now() }, transaction)
      }
    } else if (this.#model === 'Grant') {
      await this.#record(transaction, 'app-access.given', clientId, accountId)
    }
  }

  async #record(
    transaction: Store,
    type: string,
    clientId: string | null,
    userId: string | null,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const client = clientId === null ? null : await this.#options.clients.find(clientId, transaction)
    if (client === null) throw new errors.InvalidClient('client not found')
    await this.#options.activity.record(transaction, {
      organizationId: client.organization_id,
      actor: { kind: 'user', id: userId ?? client.owner_id },
      type,
      assetType: 'oauth-client',
      assetId: client.id,
      requestId: oauthContext().requestId,
      details: { name: client.title, kind: client.kind, ...details },
    })
  }
}

/** What we refuse ourselves, in the words of RFC 6749. */
function denyAccess(error: unknown): never {
  if (error instanceof AppError) throw new errors.AccessDenied(toDescription(error.message))
  throw error
}

/** With the characters that an `error_description` may have; it stands in headers too. */
function toDescription(sentence: string): string {
  return sentence.replaceAll(/["\\]/g, "'").replaceAll(/[^ -~]+/g, '>')
}
