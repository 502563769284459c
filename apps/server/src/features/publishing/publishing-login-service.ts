import { AppError, type PublishingLogin, type PublishingLoginList } from '@graticule/contract'
import { authorize, can, type Principal } from '@graticule/policy'
import type { Provider, ViewerLogin } from '@graticule/warehouses'
import { LRUCache } from 'lru-cache'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import type { PublishingLoginRow } from '../../platform/db/tables.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { WarehousePool } from '../../platform/warehouses/warehouse-pool.ts'
import type { WarehouseTarget } from '../../platform/warehouses/warehouse-target.ts'
import { AttemptLimit } from '../auth/attempt-limit.ts'
import { type Connection, connectionAsset, limitsOf } from '../connections/connection.ts'
import type { PostureClearance } from '../posture/posture-service.ts'
import { configFor, placeOf, viewerLoginOf } from '../viewer-credentials/viewer-credential.ts'
import {
  LOGIN_REMOVED,
  publicationClosed,
  publishingCredentialOf,
  publishingIdentity,
  stateOfLogin,
} from './publishing-login.ts'
import {
  countPublicMapsByLogin,
  deletePublishingLogin,
  findPublishingLogin,
  insertPublishingLogin,
  listPublishingLogins,
  listUsableLogins,
  rejectPublishingLogin,
  updatePublishingLogin,
} from './publishing-login-store.ts'

/** How long a change made by another process may go unnoticed, in milliseconds; our own is noticed at once. */
const REMEMBER_MS = 1_000

/** Logins are tried at the warehouse, where too many wrong ones may lock somebody out. */
const ATTEMPTS = {
  policy: 'publishing-logins',
  maxFailures: 5,
  windowMs: 5 * 60_000,
  purpose: 'to add a publishing login',
}

export interface PublishingLoginServiceOptions {
  readonly store: Store
  readonly pool: WarehousePool
  readonly secrets: SecretBox
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly findProvider: (providerId: string) => Provider
  /** 404 for one that is not the principal's to know of. */
  readonly findUsable: (principal: Principal, idOrName: string) => Promise<Connection>
  /** The connection as it is now, kept so until the transaction ends; null when it is gone. */
  readonly holdConnection: (transaction: Store, organizationId: string, id: string) => Promise<Connection | null>
  /** Really connects with another login than the connection's own, and looks at what that one can do. */
  readonly tryLogin: (
    caller: UserCaller,
    connection: Connection,
    config: Record<string, unknown>,
    reason: string | undefined,
  ) => Promise<PostureClearance>
  /** Called after a login was stored, refused or removed. */
  readonly onChanged: () => void
}

/** What somebody gives for a publishing login; what is undefined stays. */
interface LoginEdit {
  readonly name?: string | undefined
  readonly login?: Readonly<Record<string, string>> | undefined
  /** Why it is stored over a red finding. */
  readonly reason?: string | undefined
}

/** One that public maps can read with now. */
export interface WorkingLogin {
  readonly id: string
  readonly name: string
  readonly changedAt: string
}

/** The logins that connections hold for public maps: tried, sealed, and ended at once when they are changed or removed. */
export class PublishingLoginService {
  readonly #options: PublishingLoginServiceOptions
  readonly #remembered = new LRUCache<string, { readonly row: PublishingLoginRow | null }>({
    max: 10_000,
    ttl: REMEMBER_MS,
    ttlResolution: 50,
  })
  readonly #attempts: AttemptLimit

  constructor(options: PublishingLoginServiceOptions) {
    this.#options = options
    this.#attempts = new AttemptLimit(ATTEMPTS, options.clock)
  }

  /** For whoever may use the connection, as they choose among them; what the logins are is for those who keep it. */
  async list({ principal }: UserCaller, idOrName: string): Promise<PublishingLoginList> {
    const connection = await this.#options.findUsable(principal, idOrName)
    const isKeeper = can(principal, 'connection.update', connectionAsset(connection)).allowed
    const [rows, counts] = await Promise.all([
      listPublishingLogins(this.#options.store, connection.id),
      countPublicMapsByLogin(this.#options.store, connection.id),
    ])
    const provider = this.#options.findProvider(connection.providerId)
    const place = this.#placeOf(connection)
    return {
      logins: rows.map(
        (row): PublishingLogin => ({
          id: row.id,
          name: row.name,
          state: stateOfLogin(row, place),
          loginName: isKeeper ? row.login_name : null,
          posture: isKeeper ? row.posture : null,
          publicMapCount: counts.get(row.id) ?? 0,
          changedAt: row.changed_at.toISOString(),
        }),
      ),
      fields: connection.embedded
        ? []
        : provider.configFields
            .filter(({ name }) => provider.viewerLogin?.fields.includes(name))
            .map(({ name, label, required, secret }) => ({ name, label, required, secret })),
    }
  }

  async add(
    caller: UserCaller,
    idOrName: string,
    given: LoginEdit & Required<Pick<LoginEdit, 'name' | 'login'>>,
  ): Promise<PublishingLoginList> {
    const connection = await this.#findKept(caller, idOrName)
    const row = { id: createId(), connection_id: connection.id, name: (given.name ?? '').trim() }
    const stored = await this.#try(caller, connection, row.id, given.login ?? {}, given.reason)
    const { reason, ...login } = stored
    await this.#write(connection, row.name, async (transaction) => {
      await this.#hold(transaction, caller, connection)
      await insertPublishingLogin(transaction, { ...row, ...login })
      const details = { login: row.name, loginName: login.login_name, posture: login.posture, ...reason }
      await this.#record(transaction, caller, connection, 'added', details)
    })
    this.#forget()
    return this.list(caller, connection.id)
  }

  /** Gives it another name, or another login in its place, from then on the only one that its maps read with. */
  async change(caller: UserCaller, idOrName: string, id: string, edit: LoginEdit): Promise<PublishingLoginList> {
    const connection = await this.#findKept(caller, idOrName)
    const found = await this.#findLogin(this.#options.store, connection, id)
    const name = edit.name?.trim() ?? found.name
    const stored = edit.login === undefined ? null : await this.#try(caller, connection, id, edit.login, edit.reason)
    const before = await this.#write(connection, name, async (transaction) => {
      await this.#hold(transaction, caller, connection)
      const present = await this.#findLogin(transaction, connection, id)
      const { reason = {}, ...login } = stored ?? {}
      await updatePublishingLogin(transaction, id, { name, changed_at: this.#options.clock.now(), ...login })
      const renamed = name === present.name ? {} : { from: present.name }
      const replaced = stored === null ? {} : { loginName: stored.login_name, posture: stored.posture, replaced: true }
      await this.#record(transaction, caller, connection, 'changed', {
        login: name,
        ...renamed,
        ...replaced,
        ...reason,
      })
      return present
    })
    this.#forget()
    if (stored !== null) this.#end(before)
    return this.list(caller, connection.id)
  }

  /** What runs under it ends; public maps that read with it show nothing of the connection until they are published anew. */
  async remove(caller: UserCaller, idOrName: string, id: string): Promise<void> {
    const connection = await this.#findKept(caller, idOrName)
    const removed = await this.#options.store.transaction().execute(async (transaction) => {
      await this.#hold(transaction, caller, connection)
      const found = await this.#findLogin(transaction, connection, id)
      const counts = await countPublicMapsByLogin(transaction, connection.id)
      await deletePublishingLogin(transaction, id)
      const details = { login: found.name, loginName: found.login_name, publicMaps: counts.get(id) ?? 0 }
      await this.#record(transaction, caller, connection, 'removed', details)
      return found
    })
    this.#forget()
    this.#end(removed)
  }

  /** The publishing logins of a connection that work, as things are inside the transaction. */
  async listWorking(connection: Connection, store: Store = this.#options.store): Promise<WorkingLogin[]> {
    if (connection.embedded) return []
    const place = this.#placeOf(connection)
    const rows = await listPublishingLogins(store, connection.id)
    return rows
      .filter((row) => stateOfLogin(row, place) === 'valid')
      .map((row) => ({ id: row.id, name: row.name, changedAt: row.changed_at.toISOString() }))
  }

  /** Where statements for public maps go. Throws `publication.closed` when there is no such login that may be used. */
  async target(principal: Principal, connection: Connection, loginId: string): Promise<WarehouseTarget> {
    const login = viewerLoginOf(this.#options.findProvider(connection.providerId))
    const row = await this.#recall(connection.id, loginId)
    if (row?.secrets == null || stateOfLogin(row, placeOf(connection, login)) !== 'valid') throw publicationClosed()
    const { secrets } = row
    return {
      organizationId: connection.organizationId,
      connectionId: connection.id,
      connectionName: connection.name,
      providerId: connection.providerId,
      databaseIdentity: publishingIdentity(row),
      credentialVersion: connection.credentialVersion,
      embedded: false,
      ...limitsOf(connection.options),
      readConfig: () => configFor(connection, login, this.#unseal(row, secrets)),
      onLoginRefused: () => this.#noteRefused(principal, connection, row),
    }
  }

  /** Ends what still runs under logins that are gone, by whichever server. Called every second or two. */
  async endGone(): Promise<void> {
    const { pool, store } = this.#options
    const open = pool.listPersonalIdentities().flatMap((identity) => {
      const id = publishingCredentialOf(identity)
      return id === null ? [] : [{ identity, id }]
    })
    const usable = await listUsableLogins(
      store,
      open.map(({ id }) => id),
    )
    const gone = open.filter(({ id }) => !usable.has(id))
    if (gone.length > 0) this.#forget()
    for (const { identity } of gone) pool.endIdentity(identity, LOGIN_REMOVED)
  }

  /** Called after something changed on which stored logins rest. */
  forget(): void {
    this.#remembered.clear()
  }

  async #recall(connectionId: string, id: string): Promise<PublishingLoginRow | null> {
    const key = `${connectionId}/${id}`
    const remembered = this.#remembered.get(key)
    if (remembered) return remembered.row
    const row = await findPublishingLogin(this.#options.store, connectionId, id)
    this.#remembered.set(key, { row })
    return row
  }

  /** Connects with a login and looks at what it can do; what is to be stored of it, and the reason for the log. */
  async #try(
    caller: UserCaller,
    connection: Connection,
    id: string,
    given: Readonly<Record<string, string>>,
    reason: string | undefined,
  ) {
    const { clock, findProvider, secrets, tryLogin } = this.#options
    const login = viewerLoginOf(findProvider(connection.providerId))
    const unknown = Object.keys(given).find((name) => !login.fields.includes(name))
    if (unknown !== undefined) {
      throw new AppError('invalid_request', `Here a login consists of ${login.fields.join(' and ')} alone.`)
    }
    const attempt = `${caller.principal.userId}/${connection.id}`
    this.#attempts.count(attempt)
    try {
      const clearance = await tryLogin(caller, connection, configFor(connection, login, given), reason)
      this.#attempts.forgive(attempt)
      return {
        credential_id: createId(),
        login_name: given[login.nameField] ?? '',
        secrets: secrets.seal(JSON.stringify(given), SEALED_COLUMNS.publishingLogins.in(id)),
        place: placeOf(connection, login),
        state: 'valid',
        posture: clearance.severity,
        changed_at: clock.now(),
        reason: clearance.reason === null ? {} : { postureReason: clearance.reason },
      } as const
    } catch (error) {
      const isRefused = error instanceof AppError && error.code === 'warehouse_auth_failed'
      if (!isRefused) this.#attempts.forgiveOne(attempt)
      throw error
    }
  }

  async #noteRefused(principal: Principal, connection: Connection, row: PublishingLoginRow): Promise<AppError> {
    await this.#options.store.transaction().execute(async (transaction) => {
      if (!(await rejectPublishingLogin(transaction, row.credential_id))) return
      const details = { login: row.name, loginName: row.login_name }
      await this.#record(transaction, { principal, requestId: undefined }, connection, 'rejected', details)
    })
    this.#forget()
    this.#end(row)
    return publicationClosed()
  }

  /** The connection, for whoever keeps it and where logins can be given at all. */
  async #findKept({ principal }: UserCaller, idOrName: string): Promise<Connection> {
    const connection = await this.#options.findUsable(principal, idOrName)
    authorize(principal, 'connection.update', connectionAsset(connection))
    if (connection.embedded) {
      const sentence = `"${connection.name}" is the warehouse that this server runs itself, which has no other login.`
      throw new AppError('rule_violated', sentence, { details: { rule: 'publishing-login.embedded' } })
    }
    viewerLoginOf(this.#options.findProvider(connection.providerId))
    return connection
  }

  /** Whoever keeps the connection keeps it still, and it leads where the login was tried. */
  async #hold(transaction: Store, { principal }: UserCaller, connection: Connection): Promise<void> {
    const present = await this.#options.holdConnection(transaction, connection.organizationId, connection.id)
    if (present === null) throw loginNotFound()
    authorize(principal, 'connection.update', connectionAsset(present))
    if (this.#placeOf(present) === this.#placeOf(connection)) return
    throw new AppError('conflict', 'Somebody else changed this connection meanwhile; look at it again first.', {
      details: { rule: 'connection.revision' },
    })
  }

  async #write<Answer>(
    connection: Connection,
    name: string,
    work: (transaction: Store) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await this.#options.store.transaction().execute(work)
    } catch (error) {
      if (!isUniqueViolation(error, 'publishing_logins_name')) throw error
      const sentence = `"${connection.name}" has a publishing login called "${name}" already; choose another name.`
      throw new AppError('conflict', sentence, { details: { rule: 'publishing-login.name' } })
    }
  }

  async #findLogin(store: Store, connection: Connection, id: string): Promise<PublishingLoginRow> {
    const row = await findPublishingLogin(store, connection.id, id)
    if (row === null) throw loginNotFound()
    return row
  }

  #placeOf(connection: Connection): string {
    const viewerLogin: ViewerLogin | null = this.#options.findProvider(connection.providerId).viewerLogin
    return viewerLogin === null ? '' : placeOf(connection, viewerLogin)
  }

  #unseal({ id }: PublishingLoginRow, secrets: string): Record<string, unknown> {
    const opened = this.#options.secrets.open(secrets, SEALED_COLUMNS.publishingLogins.in(id))
    return JSON.parse(opened) as Record<string, unknown>
  }

  #end(row: PublishingLoginRow): void {
    this.#options.pool.endIdentity(publishingIdentity(row), LOGIN_REMOVED)
  }

  #forget(): void {
    this.forget()
    this.#options.onChanged()
  }

  #record(
    transaction: Store,
    { principal, requestId }: { readonly principal: Principal; readonly requestId: string | undefined },
    connection: Connection,
    what: 'added' | 'changed' | 'rejected' | 'removed',
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#options.activity.record(transaction, {
      organizationId: connection.organizationId,
      actor: actorOf(principal),
      type: `publishing-login.${what}`,
      assetType: 'connection',
      assetId: connection.id,
      ...(requestId === undefined ? {} : { requestId }),
      details: { name: connection.name, ...details },
    })
  }
}

function loginNotFound(): AppError {
  return new AppError('not_found', 'This connection has no such publishing login.')
}
