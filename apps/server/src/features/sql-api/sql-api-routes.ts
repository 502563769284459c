import { ErrorBody, SchemaField } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { CACHE_BYPASSED, cacheHeaders } from '../../http/cache-status.ts'
import { callerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import { WireParameters } from '../../http/wire-parameters.ts'
import { readFreshness } from '../../platform/cache/freshness.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { JOB_STATUSES, type JobService } from './job-service.ts'
import type { ModelService } from './model-service.ts'
import type { QueryService } from './query-service.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const AnyBody = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]))
const ConnectionParams = Type.Object({ connection: Type.String() })
const JobParams = Type.Object({ connection: Type.String(), id: Type.String() })
const Rows = Type.Array(Type.Record(Type.String(), Type.Unknown()))

const Query = Type.Object({
  q: text('One SQL statement.'),
  queryParameters: text('JSON array for $1…$n, or object for :name.'),
  format: text('json, csv, geojson or ndjson.'),
  filename: text('Offers the answer as a download under this name.'),
})
const QueryBody = Type.Object({
  rows: Rows,
  schema: Type.Array(SchemaField),
  meta: Type.Object({ cacheHit: Type.Boolean(), location: Type.String(), totalBytesProcessed: Type.String() }),
})
const ModelQuery = Type.Object({
  type: text('table or query.'),
  source: text('A table, or the SQL of a query.'),
  params: text('JSON object; what it holds depends on the model.'),
  queryParameters: text('JSON array or object.'),
  filters: text('JSON object of column → filters.'),
  filtersLogicalOperator: text('and, or.'),
  spatialDataType: text('geo unless given.'),
  spatialDataColumn: text('geom unless given.'),
  spatialFilters: text('JSON object of column → GeoJSON Polygon or MultiPolygon.'),
})
const ModelBody = Type.Object({ rows: Rows, metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())) })
const Job = Type.Object({
  jobId: Type.String(),
  externalId: Type.String(),
  status: Type.Enum([...JOB_STATUSES]),
  query: Type.String(),
  connection: Type.String(),
  createdAt: Type.String(),
  startedAt: Type.Union([Type.String(), Type.Null()]),
  finishedAt: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([Type.String(), Type.Null()]),
  errorDetails: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
})

export interface SqlApiServices {
  readonly queries: QueryService
  readonly models: ModelService
  readonly jobs: JobService
  readonly clock: Clock
}

/** The SQL API: queries, widget models and jobs. */
export function registerSqlApiRoutes(app: App, { queries, models, jobs, clock }: SqlApiServices): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['SQL API']

  const runQuery = async (request: FastifyRequest<{ Params: { connection: string } }>, reply: FastifyReply) => {
    const parameters = new WireParameters(request.query, request.body)
    const answer = await queries.run(callerOf(request, reply), request.params.connection, parameters)
    reply.headers({ 'cache-control': 'no-store', ...CACHE_BYPASSED }).type(answer.contentType)
    if (answer.filename !== undefined) {
      reply.header('content-disposition', `attachment; filename="${safeFilename(answer.filename)}"`)
    }
    // The text is JSON already where JSON is what was asked for.
    return reply.serializer((body: string) => body).send('text' in answer.body ? answer.body.text : answer.body.stream)
  }
  const querySchema = {
    tags,
    summary: 'Run SQL and read its rows (one minute, 200,000 rows)',
    params: ConnectionParams,
    querystring: Query,
    response: { 200: QueryBody, ...errors },
  }
  const queryConfig = { access: 'principal', action: 'sql.run' } as const
  const countedQuery = { ...queryConfig, usage: 'sql.query' } as const
  app.get('/v3/sql/:connection/query', { config: countedQuery, schema: querySchema }, runQuery)
  app.post('/v3/sql/:connection/query', { config: countedQuery, schema: { ...querySchema, body: AnyBody } }, runQuery)

  const answerModel = async (
    request: FastifyRequest<{ Params: { connection: string; model: string } }>,
    reply: FastifyReply,
  ) => {
    const parameters = new WireParameters(request.query, request.body)
    const { connection, model } = request.params
    const freshness = readFreshness(request.headers['cache-control'])
    const answer = await models.answer(callerOf(request, reply), connection, model, parameters, freshness)
    const headers = { 'cache-control': 'no-store', ...cacheHeaders(answer, clock.now(), answer.isUnkept) }
    return reply.headers(headers).send(answer.value)
  }
  const modelSchema = {
    tags,
    summary:
      'What a widget shows: formula, category, histogram, range, scatterplot, table, timeseries, aggregations, pick',
    params: Type.Object({ connection: Type.String(), model: Type.String() }),
    querystring: ModelQuery,
    response: { 200: ModelBody, ...errors },
  }
  const modelConfig = { access: 'principal', action: 'widget.read', usage: 'sql.model' } as const
  app.get('/v3/sql/:connection/model/:model', { config: modelConfig, schema: modelSchema }, answerModel)
  app.post(
    '/v3/sql/:connection/model/:model',
    { config: modelConfig, schema: { ...modelSchema, body: AnyBody } },
    answerModel,
  )

  app.post(
    '/v3/sql/:connection/job',
    {
      config: { ...queryConfig, usage: 'sql.job' },
      schema: {
        tags,
        summary: 'Start a statement that runs on after the request',
        params: ConnectionParams,
        body: AnyBody,
        response: { 200: Job, ...errors },
      },
    },
    async (request, reply) => {
      const parameters = new WireParameters(request.query, request.body)
      return jobs.create(callerOf(request, reply), request.params.connection, parameters)
    },
  )
  app.get(
    '/v3/sql/:connection/job/:id',
    {
      config: queryConfig,
      schema: { tags, summary: 'How a job is doing', params: JobParams, response: { 200: Job, ...errors } },
    },
    async (request, reply) => jobs.get(callerOf(request, reply), request.params.connection, request.params.id),
  )
  app.delete(
    '/v3/sql/:connection/job/:id',
    {
      config: queryConfig,
      schema: { tags, summary: 'Cancel a job', params: JobParams, response: { 200: Job, ...errors } },
    },
    async (request, reply) => jobs.cancel(callerOf(request, reply), request.params.connection, request.params.id),
  )
  app.get(
    '/v3/sql/jobs',
    {
      config: queryConfig,
      schema: { tags, summary: 'Your newest jobs', response: { 200: Type.Array(Job), ...errors } },
    },
    async (request, reply) => jobs.list(callerOf(request, reply)),
  )
}

/** Letters, digits and a few signs: nothing that could end the header or name another folder. */
function safeFilename(name: string): string {
  return name.replace(/[^\w.() -]/g, '_').slice(0, 120)
}
