import {
  AssetReport,
  AssetReportFilter,
  AssetReportParams,
  AssetReportQuery,
  ErrorBody,
  GrantKey,
  PersonReport,
  PersonReportFilter,
  PersonReportParams,
  PersonReportQuery,
  UnusedGrantFilter,
  UnusedGrantQuery,
  UnusedGrants,
} from '@graticule/contract'
import { SHARE_ACTION } from '@graticule/policy'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type CsvCell, sendCsv } from '../../http/csv.ts'
import type { App } from '../../http/server.ts'
import type { ReportService } from './report-service.ts'
import type { UnusedGrantService } from './unused-grant-service.ts'

const REPORT = { access: 'session', action: 'access.report' } as const
const tags = ['Access']
const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
const CsvFile = Type.Unsafe<unknown>({ type: 'string', description: 'CSV (RFC 4180), in UTF-8.' })

/** Who reaches what by which ways, and which shares nobody uses: as pages, and as files. */
export function registerReportRoutes(app: App, reports: ReportService, unused: UnusedGrantService): void {
  app.get(
    '/v3/access/report/people/:id',
    {
      config: REPORT,
      schema: {
        tags,
        summary: 'Everything that a person reaches, by which ways, and when they last used it',
        params: PersonReportParams,
        querystring: PersonReportQuery,
        response: { 200: PersonReport, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return reports.ofPerson(requireUser(request), request.params.id, request.query)
    },
  )

  app.get(
    '/v3/access/report/people/:id/csv',
    {
      config: REPORT,
      schema: {
        tags,
        summary: 'The same as a file',
        params: PersonReportParams,
        querystring: PersonReportFilter,
        response: { 200: CsvFile, ...errors },
      },
    },
    async (request, reply) => {
      const rows = reports.eachOfPerson(requireUser(request), request.params.id, request.query)
      const header = ['kind', 'id', 'name', 'owner', 'owner_email', 'paths', 'last_used_on']
      const first = await rows.next()
      return sendCsv(
        reply,
        'access-of-person.csv',
        header,
        mapRows(first, rows, ({ kind, id, name, owner, paths, lastUsedOn }) => [
          kind,
          id,
          name,
          owner?.name ?? null,
          owner?.email ?? null,
          pathCell(paths),
          lastUsedOn,
        ]),
      )
    },
  )

  app.get(
    '/v3/access/report/assets/:kind/:id',
    {
      config: REPORT,
      schema: {
        tags,
        summary: 'Everybody who reaches an asset, by which ways, and when they last used it',
        params: AssetReportParams,
        querystring: AssetReportQuery,
        response: { 200: AssetReport, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return reports.ofAsset(requireUser(request), request.params, request.query)
    },
  )

  app.get(
    '/v3/access/report/assets/:kind/:id/csv',
    {
      config: REPORT,
      schema: {
        tags,
        summary: 'The same as a file',
        params: AssetReportParams,
        querystring: AssetReportFilter,
        response: { 200: CsvFile, ...errors },
      },
    },
    async (request, reply) => {
      const rows = reports.eachOfAsset(requireUser(request), request.params, request.query)
      const header = ['id', 'name', 'email', 'role', 'paths', 'last_used_on']
      const first = await rows.next()
      return sendCsv(
        reply,
        'access-to-asset.csv',
        header,
        mapRows(first, rows, ({ id, name, email, role, paths, lastUsedOn }) => [
          id,
          name,
          email,
          role,
          pathCell(paths),
          lastUsedOn,
        ]),
      )
    },
  )

  app.get(
    '/v3/access/unused-grants',
    {
      config: { access: 'session', action: 'map.create' },
      schema: {
        tags,
        summary: 'Shares that nobody has come by for long: all for admins, of their own assets for editors',
        querystring: UnusedGrantQuery,
        response: { 200: UnusedGrants, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return unused.list(requireUser(request), request.query)
    },
  )

  app.get(
    '/v3/access/unused-grants/csv',
    {
      config: { access: 'session', action: 'map.create' },
      schema: {
        tags,
        summary: 'The same as a file',
        querystring: UnusedGrantFilter,
        response: { 200: CsvFile, ...errors },
      },
    },
    async (request, reply) => {
      const rows = unused.each(requireUser(request), request.query)
      const header = ['kind', 'id', 'name', 'owner', 'shared_with', 'name_of_audience', 'since', 'by', 'last_used_on']
      const first = await rows.next()
      return sendCsv(
        reply,
        'unused-shares.csv',
        header,
        mapRows(first, rows, ({ asset, audience, audienceName, since, grantedBy, lastUsedOn }) => [
          asset.kind,
          asset.id,
          asset.name,
          asset.owner?.email ?? null,
          audience,
          audienceName,
          since,
          grantedBy?.email ?? null,
          lastUsedOn,
        ]),
      )
    },
  )

  app.post(
    '/v3/access/grants/revoke',
    {
      config: { access: 'session', action: null, decides: Object.values(SHARE_ACTION) },
      schema: {
        tags,
        summary: 'Take back one share of an asset that you may share',
        body: GrantKey,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await unused.revoke(userCallerOf(request, reply), request.body)
      return reply.status(204).send(null)
    },
  )
}

/** What the first row is was asked before, so that a refusal is answered and not half a file. */
async function* mapRows<Row>(
  first: IteratorResult<Row, unknown>,
  rest: AsyncIterable<Row>,
  toCells: (row: Row) => readonly CsvCell[],
): AsyncIterable<readonly CsvCell[]> {
  if (first.done) return
  yield toCells(first.value)
  for await (const row of rest) yield toCells(row)
}

function pathCell(paths: PersonReport['assets'][number]['paths']): string {
  return paths
    .map(({ path, groups, projects }) => {
      const names = [...groups, ...projects].map(({ name }) => name)
      return names.length === 0 ? path : `${path} ${names.join(', ')}`
    })
    .join('; ')
}
