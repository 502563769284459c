import type { Readable } from 'node:stream'
import { ACTIVITY_DATA_CATEGORIES, ActivityDataJob, ActivityDataJobBody, ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { callerOf, userCallerOf } from '../../http/caller.ts'
import { sendCsv } from '../../http/csv.ts'
import { writeParquetTable } from '../../http/parquet.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { ActivityDataService } from './activity-data-service.ts'
import { ACTIVITY_DATA_COLUMNS } from './activity-data-tables.ts'

const JobParams = Type.Object({ id: Type.String({ maxLength: 64 }) })
const DataFile = Type.Unsafe<Readable | Buffer>(Type.String({ format: 'binary', description: 'CSV or Parquet.' }))
const errors = { '4xx': ErrorBody }
const tags = ['Activity']

/** Exports of activity data, in the addresses and tables of CARTO. */
export function registerActivityDataRoutes(app: App, jobs: ActivityDataService, settings: AddressSettings): void {
  const config = { access: 'session', action: 'activity.read' } as const
  app.post(
    '/activity-data-jobs',
    {
      config,
      schema: {
        tags,
        summary: 'Export activity, usage, people or groups of my organization',
        body: ActivityDataJobBody,
        response: { 201: ActivityDataJob, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const job = await jobs.create(userCallerOf(request, reply), request.body, baseUrlOf(request, settings))
      return reply.status(201).send(job)
    },
  )
  app.get(
    '/activity-data-jobs/:id',
    {
      config,
      schema: {
        tags,
        summary: 'How an export of activity data is doing, and where its results are',
        params: JobParams,
        response: { 200: ActivityDataJob, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return jobs.get(userCallerOf(request, reply), request.params.id, baseUrlOf(request, settings))
    },
  )
  app.delete(
    '/activity-data-jobs/:id/cancel',
    {
      config,
      schema: {
        tags,
        summary: 'End an export of activity data: the addresses of its results work no more',
        params: JobParams,
        response: { 200: ActivityDataJob, ...errors },
      },
    },
    async (request, reply) =>
      jobs.cancel(userCallerOf(request, reply), request.params.id, baseUrlOf(request, settings)),
  )
  app.get(
    '/activity-data-jobs/:id/files/:category',
    {
      config: { access: 'anonymous', action: null },
      schema: {
        tags,
        summary: 'A result of an export of activity data, for whoever has its address',
        params: Type.Object({ ...JobParams.properties, category: Type.Enum([...ACTIVITY_DATA_CATEGORIES]) }),
        querystring: Type.Object({ token: Type.String({ maxLength: 200 }) }),
        response: { 200: DataFile, ...errors },
      },
    },
    async (request, reply) => {
      const { id, category } = request.params
      const { requestId, signal } = callerOf(request, reply)
      const file = await jobs.open(id, category, request.query.token, { requestId, signal })
      const columns = ACTIVITY_DATA_COLUMNS[file.category]
      if (file.format === 'csv') {
        return sendCsv(
          reply,
          `${file.category}.csv`,
          columns.map(({ name }) => name),
          file.rows,
        )
      }
      return reply
        .header('content-type', 'application/vnd.apache.parquet')
        .header('content-disposition', `attachment; filename="${file.category}.parquet"`)
        .header('cache-control', 'no-store')
        .send(await writeParquetTable(file.category, columns, file.rows))
    },
  )
}
