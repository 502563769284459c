import type { Readable } from 'node:stream'
import { ErrorBody, UsageLimitsBody, UsagePeriod, UsageQuery, UsageReport } from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type CsvCell, sendCsv } from '../../http/csv.ts'
import type { App } from '../../http/server.ts'
import type { UsageLine } from './usage-line.ts'
import type { UsageService } from './usage-service.ts'

/** The columns of usage in files, as CARTO names them where it has them. */
const HEADER = ['ts', 'user_id', 'metric', 'amount', 'quota_usage_weight', 'units', 'map_id'] as const

const UsageFile = Type.Unsafe<Readable>(
  Type.String({ format: 'binary', description: 'A line of CSV for each day, person, metric and map.' }),
)
const tags = ['Usage']
const errors = { '4xx': ErrorBody }

/** How much of the APIs is used, by everybody or by oneself, and what the quota and the limits are. */
export function registerUsageRoutes(app: App, usage: UsageService): void {
  const scopes = [
    { scope: 'all', path: '/v3/usage', action: 'usage.read', whose: 'my organization' },
    { scope: 'mine', path: '/v3/usage/mine', action: 'usage.read-own', whose: 'me' },
  ] as const
  for (const { action, path, scope, whose } of scopes) {
    const config = { access: 'session', action } as const
    app.get(
      path,
      {
        config,
        schema: {
          tags,
          summary: `What was used of the APIs by ${whose}`,
          querystring: UsageQuery,
          response: { 200: UsageReport, ...errors },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store')
        return usage.report(requireUser(request), request.query, scope)
      },
    )
    app.get(
      `${path}/csv`,
      {
        config,
        schema: {
          tags,
          summary: `What was used of the APIs by ${whose}, as a file`,
          querystring: UsagePeriod,
          response: { 200: UsageFile, ...errors },
        },
      },
      async (request, reply) => {
        const lines = await usage.lines(userCallerOf(request, reply), request.query, scope)
        return sendCsv(reply, 'usage.csv', HEADER, mapEach(lines, toCsvRow))
      },
    )
  }

  app.put(
    '/workspace-api/organization/usage-limits',
    {
      config: { access: 'session', action: 'usage.limit' },
      schema: {
        tags,
        summary: 'Change the usage quota of my organization, and the limits of its people and groups',
        body: UsageLimitsBody,
        response: { 200: UsageReport, ...errors },
      },
    },
    async (request, reply) => usage.update(userCallerOf(request, reply), request.body),
  )
}

function toCsvRow({ client, day, mapId, method, requests, userId, weight }: UsageLine): CsvCell[] {
  return [day, userId, `${method}/${client}`, requests, weight, roundUnits(requests * weight), mapId]
}

/** Without the last digits that multiplying by a tenth makes up. */
function roundUnits(units: number): number {
  return Math.round(units * 1_000) / 1_000
}

async function* mapEach<From, To>(items: AsyncIterable<From>, change: (item: From) => To): AsyncGenerator<To> {
  for await (const item of items) yield change(item)
}
