import { AppError, type CredentialState, type MyCredentials } from '@graticule/contract'
import { type Action, authorize, decideCredential, type Principal, type UserPrincipal } from '@graticule/policy'
import type { Provider, ViewerLogin } from '@graticule/warehouses'
import { LRUCache } from 'lru-cache'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { ViewerCredentialRow } from '../../platform/db/tables.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { WarehousePool } from '../../platform/warehouses/warehouse-pool.ts'
import type { WarehouseTarget } from '../../platform/warehouses/warehouse-target.ts'
import { AttemptLimit } from '../auth/attempt-limit.ts'
import { type Connection, connectionAsset, limitsOf } from '../connections/connection.ts'
import { checkConfig } from '../connections/connection-config.ts'
import type { ViewerCertificateService } from '../viewer-certificates/viewer-certificate-service.ts'
import type { ViewerTokenService } from '../viewer-tokens/viewer-token-service.ts'
import {
  configFor,
  credentialIdOf,
  credentialsRequired,
  identityOf,
  placeOf,
  stateOf,
  viewerLoginOf,
} from './viewer-credential.ts'
import {
  findCredential,
  listCredentials,
  listUsable,
  putCredential,
  rejectCredential,
  removeCredentials,
} from './viewer-credential-store.ts'

/** How long a change made by another process may go unnoticed, in milliseconds; our own is noticed at once. */
const REMEMBER_MS = 1_000

/** Logins are tried at the warehouse, where too many wrong ones may lock somebody out. */
const ATTEMPTS = { policy: 'database-logins', maxFailures: 5, windowMs: 5 * 60_000, purpose: 'to add a database login' }

export interface ViewerCredentialServiceOptions {
  readonly store: Store
  readonly pool: WarehousePool
  readonly secrets: SecretBox
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Let people in where nobody gives a login. */
  readonly certificates: ViewerCertificateService
  readonly tokens: ViewerTokenService
  readonly findProvider: (providerId: string) => Provider
  /** The connection, if the person may use it or meets it in a map; throws `not_found` otherwise. */
  readonly findKnown: (principal: UserPrincipal, idOrName: string) => Promise<Connection>
  /** The connection as it is now, kept so until the transaction ends; null when it is gone. */
  readonly holdConnection: (transaction: Store, organizationId: string, id: string) => Promise<Connection | null>
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** Called after a login was given, refused or removed. */
  readonly onChanged: () => void
}

/**
 * The logins that people give for themselves: kept sealed, opened only for the person whose they are, and ended at once
 * when they are removed or the warehouse refuses them.
 */
export class ViewerCredentialService {
  readonly #options: ViewerCredentialServiceOptions
  readonly #remembered = new LRUCache<string, { readonly row: ViewerCredentialRow | null }>({
    max: 10_000,
    ttl: REMEMBER_MS,
    ttlResolution: 50,
  })
  readonly #attempts: AttemptLimit

  constructor(options: ViewerCredentialServiceOptions) {
    this.#options = options
    this.#attempts = new AttemptLimit(ATTEMPTS, options.clock)
  }

  /** Where this person's statements go. Throws `credentials_required` when they have no login that may be used. */
  async target(principal: Principal, connection: Connection, userId: string): Promise<WarehouseTarget> {
    if (connection.viewerAuthentication === 'certificate') {
      return this.#options.certificates.target(connection, userId)
    }
    if (connection.viewerAuthentication === 'token') {
      if (principal.kind !== 'user') throw new Error('Only a session has tokens.')
      return this.#options.tokens.target(principal, connection)
    }
    const login = viewerLoginOf(this.#options.findProvider(connection.providerId))
    const row = await this.#recall(connection.id, userId)
    const state = stateOf(row, placeOf(connection, login))
    if (state !== 'valid') throw credentialsRequired(connection, state, login.fields)
    if (row?.secrets == null) throw new Error('A valid login has its secrets.')
    const { secrets } = row
    return {
      organizationId: connection.organizationId,
      connectionId: connection.id,
      connectionName: connection.name,
      providerId: connection.providerId,
      databaseIdentity: identityOf(row),
      credentialVersion: connection.credentialVersion,
      embedded: connection.embedded,
      ...limitsOf(connection.options),
      readConfig: () => configFor(connection, login, this.#unseal(row, secrets)),
      onLoginRefused: () => this.#noteRefused(principal, connection, row, login),
    }
  }

  /** How the person stands with each of these connections; nothing of those that ask for no login of theirs. */
  async listStates(
    principal: UserPrincipal,
    connections: readonly Connection[],
  ): Promise<ReadonlyMap<string, CredentialState>> {
    const asked = connections.filter((connection) => isAsked(principal, connection))
    if (asked.length === 0) return new Map()
    const rows = await listCredentials(this.#options.store, principal.userId)
    return new Map(
      asked.map((connection) => {
        const row = rows.find((candidate) => candidate.connection_id === connection.id) ?? null
        return [connection.id, stateOf(row, this.#placeOf(connection))]
      }),
    )
  }

  /** What the database calls a person who reads from a connection; null when they have no login that may be used. */
  async findLoginName(userId: string, connection: Connection): Promise<string | null> {
    const { certificates, tokens } = this.#options
    if (connection.viewerAuthentication === 'certificate') return certificates.findLoginName(userId)
    if (connection.viewerAuthentication === 'token') return tokens.findLoginName(userId, connection)
    const row = await findCredential(this.#options.store, connection.id, userId)
    return row !== null && stateOf(row, this.#placeOf(connection)) === 'valid' ? row.login_name : null
  }

  async read({ principal }: UserCaller, idOrName: string): Promise<MyCredentials> {
    authorize(principal, 'credential.manage')
    const connection = await this.#options.findKnown(principal, idOrName)
    const provider = this.#options.findProvider(connection.providerId)
    const { viewerAuthentication } = connection
    if (viewerAuthentication !== 'stored') return this.#readGiven(principal, connection)
    const row = await findCredential(this.#options.store, connection.id, principal.userId)
    return {
      viewerAuthentication,
      connectionId: connection.id,
      connectionName: connection.name,
      credentialPolicy: connection.credentialPolicy,
      needed: isAsked(principal, connection),
      state: stateOf(row, this.#placeOf(connection)),
      loginName: row?.login_name ?? null,
      givenAt: row?.given_at.toISOString() ?? null,
      fields: provider.configFields
        .filter(({ name }) => provider.viewerLogin?.fields.includes(name))
        .map(({ name, label, required, secret }) => ({ name, label, required, secret })),
    }
  }

  /** Where certificates or tokens let people in there is nothing to give, only to know. */
  async #readGiven(principal: UserPrincipal, connection: Connection): Promise<MyCredentials> {
    const isOwn = decideCredential(principal, connectionAsset(connection))
    const isGiven = isOwn.allowed && isOwn.choice.kind === 'viewer'
    return {
      connectionId: connection.id,
      connectionName: connection.name,
      credentialPolicy: connection.credentialPolicy,
      viewerAuthentication: connection.viewerAuthentication,
      needed: false,
      state: 'none',
      loginName: isGiven ? await this.findLoginName(principal.userId, connection) : null,
      givenAt: null,
      fields: [],
    }
  }

  /** Really connects as that login, and stores it in place of the one before. */
  async put(caller: UserCaller, idOrName: string, given: Readonly<Record<string, string>>): Promise<MyCredentials> {
    const { clock, holdConnection, holdRight, store } = this.#options
    const { principal } = caller
    authorize(principal, 'credential.manage')
    const connection = await this.#options.findKnown(principal, idOrName)
    const login = this.#requireAsked(principal, connection)
    const unknown = Object.keys(given).find((name) => !login.fields.includes(name))
    if (unknown !== undefined) {
      throw new AppError('invalid_request', `Here a login consists of ${login.fields.join(' and ')} alone.`)
    }
    await this.#try(caller, connection, login, given)
    const row: ViewerCredentialRow = {
      connection_id: connection.id,
      user_id: principal.userId,
      id: createId(),
      login_name: given[login.nameField] ?? '',
      secrets: this.#options.secrets.seal(
        JSON.stringify(given),
        SEALED_COLUMNS.viewerCredentials.in(connection.id, principal.userId),
      ),
      place: placeOf(connection, login),
      state: 'valid',
      given_at: clock.now(),
    }
    const before = await store.transaction().execute(async (transaction) => {
      await holdRight(transaction, principal, 'credential.manage')
      // It may be gone, handed over or lent to everybody since the login was tried.
      const present = await holdConnection(transaction, connection.organizationId, connection.id)
      if (present === null) throw goneMeanwhile(connection)
      this.#requireAsked(principal, present)
      const found = await findCredential(transaction, connection.id, principal.userId)
      await putCredential(transaction, row)
      await this.#record(transaction, caller, connection, 'added', {
        loginName: row.login_name,
        replaced: found !== null,
      })
      return found
    })
    this.#forget()
    if (before) this.#end(before, credentialsRequired(connection, 'none', login.fields))
    return this.read(caller, connection.id)
  }

  /** Removes the login; what runs under it ends. Nothing happens when there is none. */
  async remove(caller: UserCaller, idOrName: string): Promise<void> {
    const { principal } = caller
    authorize(principal, 'credential.manage')
    const connection = await this.#options.findKnown(principal, idOrName)
    const removed = await this.#options.store.transaction().execute(async (transaction) => {
      const of = { connectionId: connection.id, userId: principal.userId }
      const [found] = await removeCredentials(transaction, of)
      if (found) await this.#record(transaction, caller, connection, 'removed', { loginName: found.loginName })
      return found
    })
    if (!removed) return
    this.#forget()
    const { id, userId } = removed
    const fields = viewerLoginOf(this.#options.findProvider(connection.providerId)).fields
    this.#end({ id, user_id: userId }, credentialsRequired(connection, 'none', fields))
  }

  /** Removes what a person or a connection leaves behind, inside the transaction that says why; `endGone` afterwards. */
  async removeAll(
    transaction: Store,
    of: { readonly userId?: string; readonly connectionId?: string },
    cause: { readonly type: string; readonly requestId?: string | undefined },
  ): Promise<void> {
    for (const removed of await removeCredentials(transaction, of)) {
      await this.#options.activity.record(transaction, {
        organizationId: removed.organizationId,
        actor: SYSTEM_ACTOR,
        type: 'viewer-credential.removed',
        assetType: 'connection',
        assetId: removed.connectionId,
        ...(cause.requestId === undefined ? {} : { requestId: cause.requestId }),
        details: {
          name: removed.connectionName,
          userId: removed.userId,
          loginName: removed.loginName,
          cause: cause.type,
        },
      })
    }
  }

  /** Ends what still runs under logins that are gone, by whichever server. Called every second or two. */
  async endGone(): Promise<void> {
    const { pool, store } = this.#options
    const open = pool.listPersonalIdentities().flatMap((identity) => {
      const id = credentialIdOf(identity)
      return id === null ? [] : [{ identity, id }]
    })
    const usable = await listUsable(
      store,
      open.map(({ id }) => id),
    )
    const gone = open.filter(({ id }) => !usable.has(id))
    if (gone.length > 0) this.#forget()
    for (const { identity } of gone) pool.endIdentity(identity, GONE)
  }

  /** Called after something changed on which stored logins rest. */
  forget(): void {
    this.#remembered.clear()
  }

  async #recall(connectionId: string, userId: string): Promise<ViewerCredentialRow | null> {
    const key = `${connectionId}/${userId}`
    const remembered = this.#remembered.get(key)
    if (remembered) return remembered.row
    const row = await findCredential(this.#options.store, connectionId, userId)
    this.#remembered.set(key, { row })
    return row
  }

  async #try(
    { principal, requestId }: UserCaller,
    connection: Connection,
    login: ViewerLogin,
    given: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { findProvider, pool, store } = this.#options
    const config = configFor(connection, login, given)
    checkConfig(findProvider(connection.providerId), config)
    const attempt = `${principal.userId}/${connection.id}`
    this.#attempts.count(attempt)
    const target: WarehouseTarget = {
      organizationId: connection.organizationId,
      connectionId: connection.id,
      connectionName: connection.name,
      providerId: connection.providerId,
      databaseIdentity: 'trial',
      credentialVersion: 0,
      embedded: false,
      readConfig: () => config,
    }
    try {
      await pool.probe(target, { principal, requestId, purpose: 'connection-test' })
      this.#attempts.forgive(attempt)
    } catch (error) {
      const isRefused = error instanceof AppError && error.code === 'warehouse_auth_failed'
      if (!isRefused) {
        this.#attempts.forgiveOne(attempt)
        throw error
      }
      await store.transaction().execute((transaction) =>
        this.#record(transaction, { principal, requestId }, connection, 'rejected', {
          loginName: given[login.nameField] ?? '',
          when: 'added',
        }),
      )
      throw error
    }
  }

  /** The first who is refused notes it for everybody; the login is not tried again until it is given anew. */
  async #noteRefused(
    principal: Principal,
    connection: Connection,
    row: ViewerCredentialRow,
    login: ViewerLogin,
  ): Promise<AppError> {
    const refusal = credentialsRequired(connection, 'rejected', login.fields)
    await this.#options.store.transaction().execute(async (transaction) => {
      if (!(await rejectCredential(transaction, row.id))) return
      await this.#record(transaction, { principal, requestId: undefined }, connection, 'rejected', {
        loginName: row.login_name,
        when: 'used',
      })
    })
    this.#forget()
    this.#end(row, refusal)
    return refusal
  }

  /** Throws `rule_violated` when no login of theirs is ever used. */
  #requireAsked(principal: UserPrincipal, connection: Connection): ViewerLogin {
    const login = viewerLoginOf(this.#options.findProvider(connection.providerId))
    if (isAsked(principal, connection)) return login
    if (connection.viewerAuthentication === 'certificate') {
      const sentence = `"${connection.name}" is read without a password: you are let in by a certificate that is made for you.`
      throw new AppError('rule_violated', sentence, { details: { rule: 'credential.certificate.given' } })
    }
    if (connection.viewerAuthentication === 'token') {
      const sentence = `"${connection.name}" is read without a password: you are let in by a token of your single sign-on.`
      throw new AppError('rule_violated', sentence, { details: { rule: 'credential.token.given' } })
    }
    const isOwn = connection.credentialPolicy === 'viewer'
    const sentence = isOwn
      ? `You own "${connection.name}", so you read with the login that is stored in it; edit the connection to change it.`
      : `Everybody reads "${connection.name}" with the login that is stored in it, so yours would never be used.`
    throw new AppError('rule_violated', sentence, { details: { rule: isOwn ? 'credential.own' : 'credential.owner' } })
  }

  #placeOf(connection: Connection): string {
    const { viewerLogin } = this.#options.findProvider(connection.providerId)
    return viewerLogin === null ? '' : placeOf(connection, viewerLogin)
  }

  #unseal({ connection_id, user_id }: ViewerCredentialRow, secrets: string): Record<string, unknown> {
    const opened = this.#options.secrets.open(secrets, SEALED_COLUMNS.viewerCredentials.in(connection_id, user_id))
    return JSON.parse(opened) as Record<string, unknown>
  }

  #end(credential: Pick<ViewerCredentialRow, 'id' | 'user_id'>, reason: AppError): void {
    this.#options.pool.endIdentity(identityOf(credential), reason)
  }

  #forget(): void {
    this.forget()
    this.#options.onChanged()
  }

  #record(
    transaction: Store,
    { principal, requestId }: { readonly principal: Principal; readonly requestId: string | undefined },
    connection: Connection,
    what: 'added' | 'rejected' | 'removed',
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#options.activity.record(transaction, {
      organizationId: connection.organizationId,
      actor: actorOf(principal),
      type: `viewer-credential.${what}`,
      assetType: 'connection',
      assetId: connection.id,
      ...(requestId === undefined ? {} : { requestId }),
      details: { name: connection.name, ...details },
    })
  }
}

const GONE = new AppError('forbidden', 'The database login that this ran under was removed.', {
  details: { rule: 'credential.removed' },
})

/** Whether a connection's data are read with a login that this person gives, and with no other. */
function isAsked(principal: UserPrincipal, connection: Connection): boolean {
  if (connection.viewerAuthentication !== 'stored') return false
  const decision = decideCredential(principal, connectionAsset(connection))
  return decision.allowed && decision.choice.kind === 'viewer'
}

function goneMeanwhile({ name }: Connection): AppError {
  return new AppError('not_found', `The connection "${name}" was deleted meanwhile, so your login was not stored.`)
}
