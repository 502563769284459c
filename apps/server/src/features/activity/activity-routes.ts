import type { Readable } from 'node:stream'
import { ActivityFilter, ActivityList, ActivityStatement, ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { sendCsv } from '../../http/csv.ts'
import type { App } from '../../http/server.ts'
import { CSV_HEADER, toCsvRow } from './activity-csv.ts'
import { writeParquet } from './activity-parquet.ts'
import type { ActivityService } from './activity-service.ts'

const ActivityQuerystring = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  before: Type.Optional(Type.String()),
  ...ActivityFilter.properties,
})

const ExportQuerystring = Type.Object({
  format: Type.Union([Type.Literal('csv'), Type.Literal('parquet')]),
  ...ActivityFilter.properties,
})

const ActivityFile = Type.Unsafe<Readable | Buffer>(
  Type.String({
    format: 'binary',
    description: 'A line of CSV for each event, or a Parquet file with the same columns.',
  }),
)

/** The activity log, for admins. */
export function registerActivityRoutes(app: App, activity: ActivityService): void {
  const config = { access: 'session', action: 'activity.read' } as const
  const tags = ['Activity']
  app.get(
    '/v3/activity',
    {
      config,
      schema: {
        tags,
        summary: 'What happened in my organization, the newest first',
        querystring: ActivityQuerystring,
        response: { 200: ActivityList, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { limit = 50, ...filters } = request.query
      return activity.list(requireUser(request), { limit, ...filters })
    },
  )

  app.get(
    '/v3/activity/export',
    {
      config,
      schema: {
        tags,
        summary: 'What happened in my organization as a file, the oldest first',
        querystring: ExportQuerystring,
        response: { 200: ActivityFile, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      const { format, ...filter } = request.query
      const events = await activity.export(userCallerOf(request, reply), format, filter)
      if (format === 'csv') return sendCsv(reply, 'activity.csv', CSV_HEADER, mapEach(events, toCsvRow))
      return reply
        .header('content-type', 'application/vnd.apache.parquet')
        .header('content-disposition', 'attachment; filename="activity.parquet"')
        .header('cache-control', 'no-store')
        .send(await writeParquet(events))
    },
  )

  app.get(
    '/v3/activity/statements/:digest',
    {
      config,
      schema: {
        tags,
        summary: 'The text of a statement that events name by its digest',
        params: Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
        response: { 200: ActivityStatement, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return activity.readStatement(requireUser(request), request.params.digest)
    },
  )
}

async function* mapEach<From, To>(items: AsyncIterable<From>, change: (item: From) => To): AsyncGenerator<To> {
  for await (const item of items) yield change(item)
}
