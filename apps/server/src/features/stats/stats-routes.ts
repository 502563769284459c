import { ColumnStatsBody, ErrorBody } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { cacheHeaders } from '../../http/cache-status.ts'
import { callerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import { WireParameters } from '../../http/wire-parameters.ts'
import { readFreshness } from '../../platform/cache/freshness.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { readStatsAddress, type StatsService } from './stats-service.ts'

const PREFIX = '/v3/stats/'

/** Statistics of one column of a table or query, and the extent of a geometry column. */
export function registerStatsRoutes(app: App, stats: StatsService, clock: Clock): void {
  const read = async (request: FastifyRequest, reply: FastifyReply) => {
    // The router decodes the whole rest of the path at once, which would lose slashes inside of names.
    const path = request.url.split('?', 1)[0] ?? ''
    const address = readStatsAddress(path.slice(PREFIX.length))
    const parameters = new WireParameters(request.query, request.body)
    const freshness = readFreshness(request.headers['cache-control'])
    const answer = await stats.read(callerOf(request, reply), address, parameters, freshness)
    const headers = { 'cache-control': 'no-store', ...cacheHeaders(answer, clock.now(), answer.isUnkept) }
    return reply.headers(headers).send(answer.value)
  }
  const config = { access: 'principal', action: 'widget.read', usage: 'maps.stats' } as const
  const text = (description: string) => Type.Optional(Type.String({ description }))
  const schema = {
    tags: ['Statistics'],
    summary: 'Statistics of one column: {connection}/{table}/{column}, or {connection}/{column} with a query as q',
    querystring: Type.Object({
      q: text('SQL query.'),
      queryParameters: text('JSON array or object.'),
      filters: text('JSON object of column → filters.'),
      spatialDataType: text('"geo": the column, or "longitude,latitude", is meant as a geometry.'),
    }),
    response: { 200: ColumnStatsBody, '4xx': ErrorBody, '5xx': ErrorBody },
  }
  app.get(`${PREFIX}*`, { config, schema }, read)
  app.post(
    `${PREFIX}*`,
    {
      config,
      schema: { ...schema, body: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])) },
    },
    read,
  )
}
