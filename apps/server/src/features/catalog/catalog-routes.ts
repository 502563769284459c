import { CatalogSchema, CatalogTable, ErrorBody, QueryParameters, SourceDescription } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { CatalogService } from './catalog-service.ts'

const Refresh = Type.Object({
  refresh: Type.Optional(Type.Boolean({ description: 'Ask the warehouse now instead of answering from memory.' })),
})
const spatialDataColumn = Type.Optional(
  Type.String({
    minLength: 1,
    description:
      'A column, or "longitude,latitude", to draw by although it was not detected; 400 when it holds no geometry.',
  }),
)
const NameParams = Type.Object({ name: Type.String() })

/** Browsing a connection: its schemas, tables and columns, and the shape of a query's result. */
export function registerCatalogRoutes(app: App, catalog: CatalogService): void {
  const config = { access: 'session', action: 'data.browse' } as const
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }

  app.get(
    '/workspace-api/connections/:name/schemas',
    {
      config,
      schema: {
        tags: ['Catalogue'],
        summary: 'List the schemas of a connection',
        params: NameParams,
        querystring: Refresh,
        response: { 200: Type.Object({ schemas: Type.Array(CatalogSchema) }), ...errors },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const schemas = await catalog.listSchemas(userCallerOf(request, reply), params.name, query.refresh ?? false)
      return { schemas: [...schemas] }
    },
  )

  app.get(
    '/workspace-api/connections/:name/schemas/:schema/tables',
    {
      config,
      schema: {
        tags: ['Catalogue'],
        summary: 'List the tables and views of a schema',
        params: Type.Object({ name: Type.String(), schema: Type.String() }),
        querystring: Refresh,
        response: { 200: Type.Object({ tables: Type.Array(CatalogTable) }), ...errors },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const caller = userCallerOf(request, reply)
      const tables = await catalog.listTables(caller, params.name, params.schema, query.refresh ?? false)
      return { tables: [...tables] }
    },
  )

  app.get(
    '/workspace-api/connections/:name/tables/:table',
    {
      config,
      schema: {
        tags: ['Catalogue'],
        summary: 'Describe a table: columns, detected geometry, estimates',
        params: Type.Object({ name: Type.String(), table: Type.String({ description: 'schema.table' }) }),
        querystring: Type.Object({ ...Refresh.properties, spatialDataColumn }),
        response: { 200: SourceDescription, ...errors },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const { refresh = false, spatialDataColumn: drawnBy } = query
      return catalog.describeTable(userCallerOf(request, reply), params.name, params.table, refresh, drawnBy)
    },
  )

  app.post(
    '/workspace-api/connections/:name/describe',
    {
      config: { access: 'session', action: 'sql.run' },
      schema: {
        tags: ['Catalogue'],
        summary: 'Describe the result of a query without reading all of it',
        params: NameParams,
        body: Type.Object({
          source: Type.String({ minLength: 1, description: 'One SELECT statement.' }),
          queryParameters: Type.Optional(Type.Union([QueryParameters, Type.Null()])),
          spatialDataColumn,
          mapId: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The map that asks.' })),
        }),
        response: { 200: SourceDescription, ...errors },
      },
    },
    async (request, reply) => {
      const { source: sql, queryParameters, spatialDataColumn: drawnBy, mapId } = request.body
      const source = { type: 'query', sql, ...(queryParameters ? { parameters: queryParameters } : {}) } as const
      return catalog.describeQuery(userCallerOf(request, reply), request.params.name, source, { drawnBy, mapId })
    },
  )
}
