import {
  AppError,
  type ConnectionGrants,
  type ConnectionPosture,
  type GrantPurpose,
  type PostureReport,
  type PostureSeverity,
} from '@graticule/contract'
import { authorize, judgePosture, type Principal, type UserPrincipal } from '@graticule/policy'
import type { Provider } from '@graticule/warehouses'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, type SystemPrincipal } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { GovernedWarehouse } from '../../platform/warehouses/governed-warehouse.ts'
import type { StatementContext } from '../../platform/warehouses/warehouse-target.ts'
import { type Connection, connectionAsset } from '../connections/connection.ts'
import { comparePostures } from './posture-change.ts'
import {
  beginAttempt,
  claimDue,
  findPosture,
  holdPosture,
  listDue,
  type StoredPosture,
  saveFailure,
  saveReport,
} from './posture-store.ts'

const CHECK_TIMEOUT_MS = 30_000
/** A check that began longer ago than this and left nothing died with its server. */
const GIVEN_UP_MS = 5 * 60_000
/** The hour of the day, in UTC, after which connections are due once more. */
const NIGHT_HOUR = 2
const MAX_A_SWEEP = 100

/** Who wants a check: a person, or the server by night. */
interface Asker {
  readonly principal: Principal | SystemPrincipal
  readonly requestId: string
  readonly signal?: AbortSignal
}

/** What stands in the way of viewer credentials, and why somebody took it upon themselves. */
export interface PostureClearance {
  readonly severity: PostureSeverity
  /** Null when nothing red was found. */
  readonly reason: string | null
}

export interface PostureServiceOptions {
  readonly store: Store
  readonly activity: ActivityLog
  readonly clock: Clock
  /** 404 for one that is not the principal's to know of. */
  readonly findUsable: (principal: Principal, idOrName: string) => Promise<Connection>
  readonly findById: (organizationId: string, id: string) => Promise<Connection | null>
  readonly findProvider: (providerId: string) => Provider
  /** The warehouse under the connection's own login. */
  readonly openOwn: (connection: Connection, context: StatementContext) => GovernedWarehouse
  /** Whether the organization forbids reading with the rights of somebody else where everybody has a login of their own. */
  readonly isOwnerRightsForbidden: (organizationId: string) => Promise<boolean>
  readonly onError: (error: unknown) => void
}

/** What the login of a connection can do in its warehouse: checked on save, on demand and by night, and kept. */
export class PostureService {
  readonly #options: PostureServiceOptions
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: PostureServiceOptions) {
    this.#options = options
  }

  /** The last report, for those who keep the connection. */
  async get({ principal }: UserCaller, idOrName: string): Promise<ConnectionPosture> {
    const connection = await this.#findKept(principal, idOrName)
    return this.#show(connection, await findPosture(this.#options.store, connection.id))
  }

  /** Checks now and answers the new report; a warehouse that does not answer is told as `failed`, with the reason. */
  async check(caller: UserCaller, idOrName: string): Promise<ConnectionPosture> {
    const connection = await this.#findKept(caller.principal, idOrName)
    if (!connection.embedded) await this.#check(caller, connection)
    return this.#show(connection, await findPosture(this.#options.store, connection.id))
  }

  /** Begins a check of a connection that was just saved, and returns before it is over. */
  noteSaved({ principal, requestId }: UserCaller, connectionId: string): void {
    const { findById, onError } = this.#options
    const work = async (): Promise<void> => {
      const connection = await findById(principal.organizationId, connectionId)
      if (connection && !connection.embedded) await this.#check({ principal, requestId }, connection)
    }
    const checking = work()
      .catch(onError)
      .finally(() => this.#underWay.delete(checking))
    this.#underWay.add(checking)
  }

  /** Resolves when the checks that were begun are over. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  /** Checks every connection that was not checked since the night began. Several servers at once share them. */
  async checkDue(now: Date): Promise<void> {
    const { store, findById, onError } = this.#options
    const night = lastNight(now)
    for (const { connectionId, organizationId } of await listDue(store, night, MAX_A_SWEEP)) {
      if (!(await claimDue(store, connectionId, night, now))) continue
      const connection = await findById(organizationId, connectionId)
      if (!connection) continue
      const asker = { principal: { kind: 'system' }, requestId: `posture-${connectionId}` } as const
      await this.#run(asker, connection).catch(onError)
    }
  }

  /**
   * Clears the way for what rests on a login, viewer credentials unless told: checks the login now, and refuses over a red
   * finding unless a reason is given, which the caller records with the change. Throws 422 `rule_violated` with the
   * findings, and 503 when nothing could be found out.
   */
  async requirePosture(
    caller: UserCaller,
    connection: Connection,
    reason: string | undefined,
    wish = 'viewer credentials are to be switched on',
  ): Promise<PostureClearance> {
    const checked = await this.#check(caller, connection)
    const report = checked && (await this.#judge(connection, checked))
    if (report === null) {
      throw new AppError(
        'warehouse_unavailable',
        'The login could not be checked, so nothing was changed; mend the connection and try again.',
      )
    }
    const red = report.findings.filter(({ severity }) => severity === 'red')
    const given = reason?.trim() ?? ''
    if (red.length === 0) return { severity: report.severity, reason: null }
    if (given !== '') return { severity: 'red', reason: given }
    throw new AppError(
      'rule_violated',
      `${(red[0]?.sentence ?? '').replace(/\.$/, '')}; mend that first, or say why ${wish} all the same.`,
      { details: { rule: 'connection.posture.red', findings: red } },
    )
  }

  /** The rights that the login needs for a purpose, what is missing and too much, and what a firewall must let through. */
  async checkGrants(
    caller: UserCaller,
    idOrName: string,
    request: { readonly purpose: GrantPurpose; readonly schemas: readonly string[] },
  ): Promise<ConnectionGrants> {
    const connection = await this.#findKept(caller.principal, idOrName)
    if (connection.embedded) {
      throw new AppError(
        'invalid_request',
        'The warehouse that this server runs itself has one login and no rights to give.',
      )
    }
    const warehouse = this.#options.openOwn(connection, { ...context(caller), purpose: 'posture' })
    const report = await warehouse.checkGrants(request, { signal: caller.signal, timeoutMs: CHECK_TIMEOUT_MS })
    const egress = this.#options.findProvider(connection.providerId).listEgress({ ...connection.config })
    return { ...report, egress: [...egress] }
  }

  async #check(asker: Asker, connection: Connection): Promise<PostureReport | null> {
    await beginAttempt(this.#options.store, connection.id, this.#options.clock.now())
    return this.#run(asker, connection)
  }

  /** Null when the warehouse could not be asked; that is kept as well. */
  async #run(asker: Asker, connection: Connection): Promise<PostureReport | null> {
    const { store } = this.#options
    try {
      const warehouse = this.#options.openOwn(connection, { ...context(asker), purpose: 'posture' })
      const signal = asker.signal ? { signal: asker.signal } : {}
      const report = await warehouse.checkPosture({ ...signal, timeoutMs: CHECK_TIMEOUT_MS })
      await store.transaction().execute((transaction) => this.#save(transaction, asker, connection, report))
      return report
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal') throw error
      await saveFailure(store, connection.id, error.message)
      return null
    }
  }

  async #save(transaction: Store, asker: Asker, connection: Connection, report: PostureReport): Promise<void> {
    const { activity, clock } = this.#options
    const held = await holdPosture(transaction, connection.id, connection.credentialVersion)
    // Saved with another login meanwhile, whose own check is under way.
    if (!held) return
    await saveReport(transaction, connection.id, report, clock.now())
    const change = comparePostures(held.before, report)
    if (!change) return
    await activity.record(transaction, {
      organizationId: connection.organizationId,
      actor: actorOf(asker.principal),
      type: 'connection.posture-changed',
      assetType: 'connection',
      assetId: connection.id,
      requestId: asker.requestId,
      details: { name: connection.name, login: report.login, ...change },
    })
  }

  async #findKept(principal: UserPrincipal, idOrName: string): Promise<Connection> {
    const connection = await this.#options.findUsable(principal, idOrName)
    authorize(principal, 'connection.update', connectionAsset(connection))
    return connection
  }

  async #show(connection: Connection, stored: StoredPosture | null): Promise<ConnectionPosture> {
    const report = stored?.report ?? null
    const isPersonal = connection.credentialPolicy === 'viewer'
    return {
      state: this.#stateOf(connection, stored),
      checkedAt: stored?.checkedAt?.toISOString() ?? null,
      report: report !== null && isPersonal ? await this.#judge(connection, report) : report,
      failure: stored?.failure ?? null,
    }
  }

  /** As the organization sees what was found, where everybody reads with a login of their own. */
  async #judge({ organizationId }: Connection, report: PostureReport): Promise<PostureReport> {
    return (await this.#options.isOwnerRightsForbidden(organizationId)) ? judgePosture(report) : report
  }

  #stateOf(connection: Connection, stored: StoredPosture | null): ConnectionPosture['state'] {
    if (connection.embedded) return 'embedded'
    if (stored === null) return 'unchecked'
    if (stored.failure !== null) return 'failed'
    const isOver = stored.checkedAt !== null && stored.checkedAt >= stored.attemptedAt
    if (isOver) return 'checked'
    const isGivenUp = this.#options.clock.now().getTime() - stored.attemptedAt.getTime() > GIVEN_UP_MS
    if (!isGivenUp) return 'checking'
    return stored.checkedAt === null ? 'unchecked' : 'checked'
  }
}

function context({ principal, requestId }: Asker): Pick<StatementContext, 'principal' | 'requestId'> {
  return { principal, requestId }
}

/** The last two o'clock in the morning. */
function lastNight(now: Date): Date {
  const night = new Date(now)
  night.setUTCHours(NIGHT_HOUR, 0, 0, 0)
  if (night > now) night.setUTCDate(night.getUTCDate() - 1)
  return night
}
