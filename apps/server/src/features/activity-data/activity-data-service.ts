import { timingSafeEqual } from 'node:crypto'
import {
  type ActivityDataCategory,
  type ActivityDataJob,
  type ActivityDataJobBody,
  AppError,
  MAX_ACTIVITY_DATA_DAYS,
} from '@graticule/contract'
import { type Action, can, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { ParquetCell } from '../../http/parquet.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { currentOrigin } from '../../platform/activity/request-origin.ts'
import { AddressRanges } from '../../platform/addresses/address-ranges.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { ActivityService } from '../activity/activity-service.ts'
import { dayAfter, dayOf, isDay } from '../usage/quota-year.ts'
import type { UsageService } from '../usage/usage-service.ts'
import {
  cancelJob,
  deleteJobsBefore,
  findJob,
  insertJob,
  readAddressRanges,
  type StoredJob,
} from './activity-data-store.ts'
import { activityRow, type ListedUser, usageRow, userRow } from './activity-data-tables.ts'

/** The addresses of results work this long. */
const EXPIRES_AFTER_MS = 60 * 60_000
/** What has expired is still known for this long, so that whoever asks is told. */
const KEPT_FOR_MS = 24 * 60 * 60_000
const DAY_MS = 24 * 60 * 60_000

export interface ActivityDataServiceOptions {
  readonly store: Store
  readonly clock: Clock
  readonly secretBox: SecretBox
  readonly activityLog: ActivityLog
  readonly activity: ActivityService
  readonly usage: UsageService
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  readonly readCreatedAt: (organizationId: string) => Promise<Date>
  /** Throws when nobody can enter the organization. */
  readonly requireOpen: (organizationId: string) => Promise<void>
  readonly findPrincipal: (userId: string) => Promise<UserPrincipal | null>
  readonly listUsers: (organizationId: string) => Promise<readonly ListedUser[]>
  readonly listGroups: (organizationId: string) => Promise<readonly { id: string; name: string }[]>
}

/** A file of a job, as it is made while it is read. */
export interface ActivityDataFile {
  readonly category: ActivityDataCategory
  readonly format: 'csv' | 'parquet'
  readonly rows: AsyncIterable<readonly ParquetCell[]>
}

/**
 * Exports of activity data, as CARTO shapes them. A job keeps what was asked for and no file: each is made anew whenever
 * its address is opened, which works for an hour and as long as whoever asked may still read the log.
 */
export class ActivityDataService {
  readonly #options: ActivityDataServiceOptions

  constructor(options: ActivityDataServiceOptions) {
    this.#options = options
  }

  async create(caller: UserCaller, body: ActivityDataJobBody, baseUrl: string): Promise<ActivityDataJob> {
    const { principal } = caller
    const { organizationId } = principal
    const { activity, activityLog, clock, holdRight, secretBox, store } = this.#options
    const { categories, endDate, format = 'csv', startDate } = body
    await this.#requireRange(organizationId, body)
    if (format === 'parquet' && categories.includes('activity')) {
      await activity.requireParquetSize(organizationId, filterOf(startDate, endDate))
    }
    const id = createId()
    const now = clock.now()
    const job: StoredJob = {
      id,
      organizationId,
      createdBy: principal.userId,
      startDay: startDate,
      endDay: endDate,
      categories,
      format,
      sealedToken: secretBox.seal(createRandomToken(), SEALED_COLUMNS.activityDataToken.in(id)),
      createdAt: now,
      expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS),
      cancelledAt: null,
    }
    await store.transaction().execute(async (transaction) => {
      await holdRight(transaction, principal, 'activity.read')
      await insertJob(transaction, job)
      await activityLog.record(transaction, {
        organizationId,
        actor: actorOf(principal),
        type: 'activity.exported',
        requestId: caller.requestId,
        details: { job: id, format, categories, from: startDate, to: endDate },
      })
    })
    return this.#toAnswer(job, baseUrl)
  }

  /** For admins of the organization; whether one may look was decided by the route's action. */
  async get({ principal }: UserCaller, id: string, baseUrl: string): Promise<ActivityDataJob> {
    return this.#toAnswer(await this.#find(principal, id), baseUrl)
  }

  /** From now on the addresses of the results do not work. */
  async cancel(caller: UserCaller, id: string, baseUrl: string): Promise<ActivityDataJob> {
    const { principal } = caller
    const { activityLog, clock, holdRight, store } = this.#options
    await this.#find(principal, id)
    await store.transaction().execute(async (transaction) => {
      await holdRight(transaction, principal, 'activity.read')
      if (!(await cancelJob(transaction, id, clock.now()))) return
      await activityLog.record(transaction, {
        organizationId: principal.organizationId,
        actor: actorOf(principal),
        type: 'activity.export-cancelled',
        requestId: caller.requestId,
        details: { job: id },
      })
    })
    return this.get(caller, id, baseUrl)
  }

  /** A result for whoever has its address; 404 for every reason for which it does not work. */
  async open(
    id: string,
    category: string,
    token: string,
    { requestId, signal }: { readonly requestId: string; readonly signal: AbortSignal },
  ): Promise<ActivityDataFile> {
    const { activityLog, findPrincipal, requireOpen, store } = this.#options
    const job = await findJob(store, id)
    const found = job?.categories.find((candidate) => candidate === category)
    if (job === null || found === undefined || !this.#isToken(job, token)) throw fileNotFound()
    if (this.#statusOf(job) !== 'success') throw fileNotFound()
    const maker = await findPrincipal(job.createdBy)
    if (maker === null || !can(maker, 'activity.read').allowed) throw fileNotFound()
    await requireOpen(job.organizationId)
    // Whoever has the address holds no session that is bound to a network.
    const ranges = await readAddressRanges(store, job.organizationId)
    if (ranges !== null && !new AddressRanges(ranges).holds(currentOrigin()?.ipAddress ?? '')) throw fileNotFound()
    await activityLog.record(store, {
      organizationId: job.organizationId,
      actor: { kind: 'anonymous', id: null },
      type: 'activity.file-taken',
      requestId,
      details: { job: id, category, format: job.format },
    })
    return { category: found, format: job.format, rows: this.#rowsOf(job, found, signal) }
  }

  /** Forgets jobs that expired a day ago. */
  async sweep(): Promise<void> {
    const { clock, store } = this.#options
    await deleteJobsBefore(store, new Date(clock.now().getTime() - KEPT_FOR_MS))
  }

  async #requireRange(organizationId: string, { endDate, startDate }: ActivityDataJobBody): Promise<void> {
    const { clock, readCreatedAt } = this.#options
    const fail = (sentence: string) => new AppError('invalid_request', sentence)
    if (!isDay(startDate) || !isDay(endDate)) throw fail('"startDate" and "endDate" must be days of the calendar.')
    if (startDate > endDate) throw fail('"startDate" must not be after "endDate".')
    const days = (Date.parse(endDate) - Date.parse(startDate)) / DAY_MS + 1
    if (days >= MAX_ACTIVITY_DATA_DAYS) {
      throw fail(`One job tells of less than ${MAX_ACTIVITY_DATA_DAYS} days; make another one for the rest.`)
    }
    const first = dayOf(await readCreatedAt(organizationId))
    if (startDate < first) throw fail(`"startDate" must not be before ${first}, when the organization was created.`)
    const last = dayOf(new Date(clock.now().getTime() - DAY_MS))
    if (endDate > last) throw fail(`"endDate" must not be after ${last}, the latest day whose data is complete.`)
  }

  async #find(principal: UserPrincipal, id: string): Promise<StoredJob> {
    const job = await findJob(this.#options.store, id)
    if (job !== null && job.organizationId === principal.organizationId) return job
    throw new AppError('not_found', 'There is no such job here; jobs are kept for a day.')
  }

  #statusOf({ cancelledAt, expiresAt }: StoredJob): ActivityDataJob['status'] {
    if (cancelledAt !== null) return 'cancelled'
    return expiresAt <= this.#options.clock.now() ? 'expired' : 'success'
  }

  #tokenOf({ id, sealedToken }: StoredJob): string {
    return this.#options.secretBox.open(sealedToken, SEALED_COLUMNS.activityDataToken.in(id))
  }

  /** Compared by their hashes, whose length says nothing. */
  #isToken(job: StoredJob, token: string): boolean {
    return timingSafeEqual(Buffer.from(hashToken(this.#tokenOf(job))), Buffer.from(hashToken(token)))
  }

  #toAnswer(job: StoredJob, baseUrl: string): ActivityDataJob {
    const status = this.#statusOf(job)
    const token = this.#tokenOf(job)
    const urlOf = (category: string) => `${baseUrl}/activity-data-jobs/${job.id}/files/${category}?token=${token}`
    return {
      jobId: job.id,
      status,
      startDate: job.startDay,
      endDate: job.endDay,
      categories: [...job.categories],
      format: job.format,
      createdAt: job.createdAt.toISOString(),
      expiresAt: job.expiresAt.toISOString(),
      results: status === 'success' ? job.categories.map((category) => ({ category, url: urlOf(category) })) : [],
    }
  }

  async *#rowsOf(job: StoredJob, category: ActivityDataCategory, signal: AbortSignal): AsyncGenerator<ParquetCell[]> {
    const { activity, listGroups, listUsers, usage } = this.#options
    const { endDay, organizationId, startDay } = job
    switch (category) {
      case 'activity':
        for await (const event of activity.readAll(organizationId, filterOf(startDay, endDay), signal)) {
          yield activityRow(event)
        }
        return
      case 'apiUsage':
        for await (const line of usage.readLines(
          { organizationId, from: startDay, to: endDay, userId: null },
          signal,
        )) {
          yield usageRow(line)
        }
        return
      case 'userList':
        for (const user of await listUsers(organizationId)) yield userRow(user)
        return
      case 'groupList':
        for (const { id, name } of await listGroups(organizationId)) yield [id, name]
        return
    }
  }
}

function filterOf(startDay: string, endDay: string) {
  return { from: `${startDay}T00:00:00.000Z`, to: `${dayAfter(endDay)}T00:00:00.000Z` }
}

function fileNotFound(): AppError {
  return new AppError('not_found', 'The address of this file is wrong or works no more: make another export.')
}
