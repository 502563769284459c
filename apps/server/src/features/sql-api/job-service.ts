import { AppError } from '@graticule/contract'
import { decideMaking, type Principal } from '@graticule/policy'
import type { Statement } from '@graticule/sql'
import type { Caller } from '../../http/caller.ts'
import type { WireParameters } from '../../http/wire-parameters.ts'
import { type ActivityActor, type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { SqlJobRow } from '../../platform/db/tables.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { SourceAccess } from '../connections/source-access.ts'
import { type GovernanceRules, isMember } from '../governance/governance-rules.ts'
import { readMapId } from '../maps-api/map-source-service.ts'
import { checkSqlSize } from '../maps-api/source-definition.ts'
import type { NamedSourceResolver } from '../named-sources/named-source-resolver.ts'
import {
  deleteEndedJobs,
  failInterruptedJobs,
  findJob,
  finishJob,
  insertJob,
  JOB_STATUSES,
  type JobEnd,
  type JobError,
  type JobStatus,
  listJobs,
  startJob,
} from './job-store.ts'
import { readBatches } from './read-batches.ts'

export { JOB_STATUSES } from './job-store.ts'

/** The longest that a job may run, in milliseconds. */
const JOB_TIMEOUT_MS = 60 * 60_000

/** Waiting for a turn and running may each take the timeout; clocks of servers differ a little besides. */
const LOST_AFTER_MS = 3 * JOB_TIMEOUT_MS

/** How long a job can be looked up after its end; SQL may hold values, so it is not kept for ever. Milliseconds. */
const FORGET_AFTER_MS = 7 * 86_400_000

const MAX_LISTED_JOBS = 100

const INTERRUPTED: JobError = {
  code: 'interrupted',
  message: 'The server stopped while this job was running; start it again.',
}

/** A job as its owner sees it. */
export interface JobSummary {
  readonly jobId: string
  readonly externalId: string
  readonly status: JobStatus
  readonly query: string
  readonly connection: string
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly error: string | null
  readonly errorDetails: Record<string, unknown> | null
}

export interface JobServiceOptions {
  readonly store: Store
  /** Jobs of other servers on the same store are theirs to end. */
  readonly serverId: string
  readonly access: SourceAccess
  readonly connections: ConnectionService
  readonly named: NamedSourceResolver
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
}

interface RunningJob {
  readonly ownerId: string
  readonly connection: Connection
  readonly controller: AbortController
}

/** Statements that run on after their request: started, watched and cancelled by whoever owns them. */
export class JobService {
  readonly #options: JobServiceOptions
  readonly #running = new Map<string, RunningJob>()
  readonly #ends = new Set<Promise<void>>()

  constructor(options: JobServiceOptions) {
    this.#options = options
  }

  /** Called once at the start, before any job can be created: nobody works on what this server left unfinished. */
  async recover(): Promise<void> {
    await this.#failInterrupted(this.#options.serverId)
  }

  /**
   * Ends the jobs that have outlived every limit, whose server went and did not come back, and forgets those that ended
   * a week ago.
   */
  async sweep(): Promise<void> {
    const { clock, store } = this.#options
    await this.#failInterrupted(null)
    await deleteEndedJobs(store, new Date(clock.now().getTime() - FORGET_AFTER_MS))
  }

  async #failInterrupted(serverId: string | null): Promise<void> {
    const { activity, clock, store } = this.#options
    const now = clock.now()
    const lostBefore = new Date(now.getTime() - LOST_AFTER_MS)
    await store.transaction().execute(async (transaction) => {
      for (const job of await failInterruptedJobs(transaction, { serverId, lostBefore }, INTERRUPTED, now)) {
        await activity.record(transaction, {
          organizationId: job.organization_id,
          actor: SYSTEM_ACTOR,
          type: 'sql-job.finished',
          assetType: 'connection',
          assetId: job.connection_id,
          details: { jobId: job.id, status: 'failure', code: INTERRUPTED.code },
        })
      }
    })
  }

  async create(asker: Caller, connectionName: string, parameters: WireParameters): Promise<JobSummary> {
    const { access, activity, clock, connections, named, store } = this.#options
    const query = parameters.text('q') ?? parameters.requiredText('query', 'a SQL statement')
    checkSqlSize(query)
    const queryParameters = parameters.queryParameters()
    const connection = await access.authorizeConnection(asker.principal, 'sql.run', connectionName)
    const caller = await access.nameMap(asker, readMapId(parameters))
    if (!access.mayRunFreeSql(caller.principal, connection)) {
      throw new AppError('forbidden', 'Jobs need the right to run any SQL on this connection.', {
        details: { rule: 'job.sql' },
      })
    }
    // Who lacks a login of their own is told now, and not by a job that failed.
    const warehouse = await connections.warehouse(caller, connection, 'job')
    const { compiler } = connections.findProvider(connection.providerId)
    const bound = queryParameters ? { parameters: queryParameters } : {}
    const isNamed = await named.isNamed(connection, { type: 'query', sql: query })
    if (isNamed) throw new AppError('invalid_request', 'A named source is for reading, so no job runs it; query it.')
    const statement = warehouse.compile(() => compiler.compileQuery({ sql: query, ...bound }))
    const id = createId()
    await store.transaction().execute(async (transaction) => {
      if (isMember(caller.principal)) {
        await this.#options.governance.hold(transaction, caller.principal, (policies, present) =>
          decideMaking(policies, present, 'exports.jobs'),
        )
      }
      await insertJob(transaction, {
        id,
        serverId: this.#options.serverId,
        organizationId: connection.organizationId,
        ownerId: ownerOf(caller.principal),
        connectionId: connection.id,
        query,
        queryParameters,
        createdAt: clock.now(),
      })
      await activity.record(transaction, {
        organizationId: connection.organizationId,
        actor: actorOf(caller.principal),
        type: 'sql-job.created',
        assetType: 'connection',
        assetId: connection.id,
        requestId: caller.requestId,
        details: { jobId: id, connection: connection.name },
      })
    })
    this.#start(caller, connection, id, statement)
    return this.#read(caller.principal, connection, id)
  }

  async get(caller: Caller, connectionName: string, id: string): Promise<JobSummary> {
    const connection = await this.#options.access.authorizeConnection(caller.principal, 'sql.run', connectionName)
    return this.#read(caller.principal, connection, id)
  }

  async list(caller: Caller): Promise<JobSummary[]> {
    const rows = await listJobs(this.#options.store, ownerOf(caller.principal), MAX_LISTED_JOBS)
    return rows.map((row) => summarize(row, row.connection_name))
  }

  /** Cancels the statement in the warehouse. A job that has ended stays as it ended. */
  async cancel(caller: Caller, connectionName: string, id: string): Promise<JobSummary> {
    const connection = await this.#options.access.authorizeConnection(caller.principal, 'sql.run', connectionName)
    await this.#read(caller.principal, connection, id)
    await this.#finish(connection, id, 'cancelled', null, actorOf(caller.principal), caller.requestId)
    this.#running.get(id)?.controller.abort(new AppError('client_closed_request', 'The job was cancelled.'))
    return this.#read(caller.principal, connection, id)
  }

  /** Cancels what still runs for a person who may run nothing any more. */
  async cancelAllOf(ownerId: string): Promise<void> {
    await this.#cancelWhere((running) => running.ownerId === ownerId, 'its owner may no longer run it')
  }

  /** As above, for everybody of an organization that nobody can enter any more. */
  async cancelAllOfOrganization(organizationId: string): Promise<void> {
    await this.#cancelWhere(
      ({ connection }) => connection.organizationId === organizationId,
      'nobody can enter its organization any more',
    )
  }

  async #cancelWhere(isMeant: (running: RunningJob) => boolean, why: string): Promise<void> {
    const reason = new AppError('client_closed_request', `The job was cancelled: ${why}.`)
    for (const [id, running] of this.#running) {
      if (!isMeant(running)) continue
      await this.#finish(running.connection, id, 'cancelled', null, SYSTEM_ACTOR)
      running.controller.abort(reason)
    }
  }

  /** Ends all jobs of this process, marked as interrupted. */
  async close(): Promise<void> {
    const reason = new AppError('warehouse_unavailable', INTERRUPTED.message)
    for (const [id, { connection, controller }] of this.#running) {
      await this.#finish(connection, id, 'failure', INTERRUPTED, SYSTEM_ACTOR)
      controller.abort(reason)
    }
    await Promise.all(this.#ends)
  }

  #start(caller: Caller, connection: Connection, id: string, statement: Statement): void {
    const controller = new AbortController()
    this.#running.set(id, { ownerId: ownerOf(caller.principal), connection, controller })
    const end = this.#run(caller, connection, id, statement, controller.signal)
      // Only the store can fail here, and the next start tells the job's owner.
      .catch(() => undefined)
      .finally(() => {
        this.#running.delete(id)
        this.#ends.delete(end)
      })
    this.#ends.add(end)
  }

  async #run(
    caller: Caller,
    connection: Connection,
    id: string,
    statement: Statement,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, connections, store } = this.#options
    if (!(await startJob(store, id, clock.now()))) return
    const warehouse = await connections.warehouse(caller, connection, 'job')
    try {
      // A job is for what it does, not for its rows: they are passed over without being kept.
      for await (const _batch of readBatches(warehouse, statement, { signal, timeoutMs: JOB_TIMEOUT_MS })) {
        signal.throwIfAborted()
      }
      await this.#finish(connection, id, 'success', null, actorOf(caller.principal), caller.requestId)
    } catch (error) {
      const failure = describeFailure(error)
      await this.#finish(connection, id, 'failure', failure, actorOf(caller.principal), caller.requestId)
    }
  }

  /** Ends a job and records it, both or neither; nothing happens to a job that has ended. */
  async #finish(
    connection: Connection,
    id: string,
    status: JobEnd,
    error: JobError | null,
    actor: ActivityActor,
    requestId?: string,
  ): Promise<void> {
    const { activity, clock, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      if (!(await finishJob(transaction, id, status, error, clock.now()))) return
      await activity.record(transaction, {
        organizationId: connection.organizationId,
        actor,
        type: status === 'cancelled' ? 'sql-job.cancelled' : 'sql-job.finished',
        assetType: 'connection',
        assetId: connection.id,
        ...(requestId === undefined ? {} : { requestId }),
        details: { jobId: id, connection: connection.name, status, ...(error === null ? {} : { code: error.code }) },
      })
    })
  }

  async #read(principal: Principal, connection: Connection, id: string): Promise<JobSummary> {
    const row = await findJob(this.#options.store, ownerOf(principal), connection.id, id)
    if (!row) throw new AppError('not_found', 'There is no such job, or it is not yours.')
    return summarize(row, connection.name)
  }
}

/** A token's jobs belong to the person who made the token. */
function ownerOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return principal.userId
    case 'token':
      return principal.ownerId
    case 'public-map':
    case 'anonymous':
      throw new AppError('forbidden', 'Jobs need a person who is signed in, or an API token.', {
        details: { rule: 'job.person' },
      })
  }
}

function describeFailure(error: unknown): JobError {
  if (!(error instanceof AppError)) return { code: 'internal', message: 'Something went wrong on our side.' }
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.details ?? {}),
  }
}

function summarize(row: SqlJobRow, connectionName: string): JobSummary {
  const message = row.error?.message
  return {
    jobId: row.id,
    externalId: row.id,
    status: readStatus(row.status),
    query: row.query,
    connection: connectionName,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    error: typeof message === 'string' ? message : null,
    errorDetails: row.error,
  }
}

function readStatus(text: string): JobStatus {
  const status = JOB_STATUSES.find((candidate) => candidate === text)
  if (status === undefined) throw new Error(`The store holds a job of the unknown status "${text}".`)
  return status
}
