import type { QueryParameters } from '@graticule/contract'
import { type Store, toJson } from '../../platform/db/database.ts'
import type { SqlJobRow } from '../../platform/db/tables.ts'

export const JOB_STATUSES = ['pending', 'running', 'success', 'failure', 'cancelled'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]
/** How a job can end. */
export type JobEnd = Exclude<JobStatus, 'pending' | 'running'>

/** Why a job failed, in the shape of an error body. */
export interface JobError {
  readonly code: string
  readonly message: string
  readonly [key: string]: unknown
}

const UNFINISHED: readonly JobStatus[] = ['pending', 'running']

export interface NewJob {
  readonly id: string
  readonly serverId: string
  readonly organizationId: string
  readonly ownerId: string
  readonly connectionId: string
  readonly query: string
  readonly queryParameters: QueryParameters | undefined
  readonly createdAt: Date
}

export async function insertJob(transaction: Store, job: NewJob): Promise<void> {
  await transaction
    .insertInto('sql_jobs')
    .values({
      id: job.id,
      organization_id: job.organizationId,
      owner_id: job.ownerId,
      connection_id: job.connectionId,
      query: job.query,
      query_parameters: job.queryParameters === undefined ? null : toJson(job.queryParameters),
      status: 'pending',
      server_id: job.serverId,
      error: null,
      created_at: job.createdAt,
      started_at: null,
      finished_at: null,
    })
    .execute()
}

/** A job of this owner on this connection; null for everybody else's. */
export async function findJob(
  store: Store,
  ownerId: string,
  connectionId: string,
  id: string,
): Promise<SqlJobRow | null> {
  const row = await store
    .selectFrom('sql_jobs')
    .selectAll()
    .where('id', '=', id)
    .where('owner_id', '=', ownerId)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst()
  return row ?? null
}

/** The owner's newest jobs, with the name of the connection that each runs on. */
export async function listJobs(store: Store, ownerId: string, limit: number) {
  return store
    .selectFrom('sql_jobs')
    .innerJoin('connections', 'connections.id', 'sql_jobs.connection_id')
    .selectAll('sql_jobs')
    .select('connections.name as connection_name')
    .where('sql_jobs.owner_id', '=', ownerId)
    .orderBy('sql_jobs.created_at', 'desc')
    .limit(limit)
    .execute()
}

/** False when the job is no longer pending, because it was cancelled meanwhile. */
export async function startJob(store: Store, id: string, startedAt: Date): Promise<boolean> {
  const result = await store
    .updateTable('sql_jobs')
    .set({ status: 'running', started_at: startedAt })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** False when the job had already ended. */
export async function finishJob(
  store: Store,
  id: string,
  status: JobEnd,
  error: JobError | null,
  finishedAt: Date,
): Promise<boolean> {
  const result = await store
    .updateTable('sql_jobs')
    .set({ status, error: error === null ? null : toJson(error), finished_at: finishedAt })
    .where('id', '=', id)
    .where('status', 'in', UNFINISHED)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Forgets jobs that ended before the moment: their SQL, their parameters and how they ended. */
export async function deleteEndedJobs(store: Store, endedBefore: Date): Promise<void> {
  await store.deleteFrom('sql_jobs').where('finished_at', '<', endedBefore).execute()
}

/** Ends what this server has left unfinished, and jobs of any server that began before `lostBefore`, and tells which. */
export async function failInterruptedJobs(
  store: Store,
  jobs: { readonly serverId: string | null; readonly lostBefore: Date },
  error: JobError,
  finishedAt: Date,
) {
  return store
    .updateTable('sql_jobs')
    .set({ status: 'failure', error: toJson(error), finished_at: finishedAt })
    .where('status', 'in', UNFINISHED)
    .where((where) =>
      where.or([where('created_at', '<', jobs.lostBefore), where('server_id', '=', jobs.serverId ?? '')]),
    )
    .returning(['id', 'organization_id', 'connection_id'])
    .execute()
}
