import type { ActivityDataCategory } from '@graticule/contract'
import { sql } from 'kysely'
import { addressRangesColumn } from '../../platform/db/address-ranges-column.ts'
import { type Store, toJson } from '../../platform/db/database.ts'

/** What was asked for, and until when it is there. */
export interface StoredJob {
  readonly id: string
  readonly organizationId: string
  readonly createdBy: string
  readonly startDay: string
  readonly endDay: string
  readonly categories: readonly ActivityDataCategory[]
  readonly format: 'csv' | 'parquet'
  readonly sealedToken: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly cancelledAt: Date | null
}

export async function insertJob(transaction: Store, job: StoredJob): Promise<void> {
  await transaction
    .insertInto('activity_data_jobs')
    .values({
      id: job.id,
      organization_id: job.organizationId,
      created_by: job.createdBy,
      start_day: job.startDay,
      end_day: job.endDay,
      categories: toJson(job.categories),
      format: job.format,
      sealed_token: job.sealedToken,
      created_at: job.createdAt,
      expires_at: job.expiresAt,
      cancelled_at: job.cancelledAt,
    })
    .execute()
}

/** Where the organization of a job lets people come from; null for anywhere. */
export async function readAddressRanges(store: Store, organizationId: string): Promise<readonly string[] | null> {
  const row = await store
    .selectFrom('organizations')
    .select(addressRangesColumn('people.addresses', 'organizations.id').as('ranges'))
    .where('id', '=', organizationId)
    .executeTakeFirst()
  return row?.ranges ?? null
}

/** Of whichever organization; the caller decides who may know of it. */
export async function findJob(store: Store, id: string): Promise<StoredJob | null> {
  const row = await store
    .selectFrom('activity_data_jobs')
    .select([
      'id',
      'organization_id as organizationId',
      'created_by as createdBy',
      'categories',
      'format',
      'sealed_token as sealedToken',
      'created_at as createdAt',
      'expires_at as expiresAt',
      'cancelled_at as cancelledAt',
    ])
    .select([
      sql<string>`to_char(start_day, 'YYYY-MM-DD')`.as('startDay'),
      sql<string>`to_char(end_day, 'YYYY-MM-DD')`.as('endDay'),
    ])
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** False when it was cancelled before. */
export async function cancelJob(transaction: Store, id: string, at: Date): Promise<boolean> {
  const row = await transaction
    .updateTable('activity_data_jobs')
    .set({ cancelled_at: at })
    .where('id', '=', id)
    .where('cancelled_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function deleteJobsBefore(store: Store, at: Date): Promise<void> {
  await store.deleteFrom('activity_data_jobs').where('expires_at', '<', at).execute()
}
