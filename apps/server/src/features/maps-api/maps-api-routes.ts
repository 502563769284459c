import { AppError, ErrorBody, SchemaField } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import { WireParameters } from '../../http/wire-parameters.ts'
import { readFreshness } from '../../platform/cache/freshness.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Telemetry } from '../../platform/telemetry/telemetry.ts'
import { freshnessFor } from '../connections/connection.ts'
import { type MapSourceService, readMapId } from './map-source-service.ts'
import type { SourceEndpoint } from './source-definition.ts'
import { noteTileAnswer, readCoordinate, readTileFreshness, tileReply } from './tile-reply.ts'
import type { TileService } from './tile-service.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

/** The parameters of opening a source, as text in a GET; a POST sends the same names as JSON values. */
const SourceQuery = Type.Object({
  name: text('Table, as schema.table.'),
  q: text('SQL query.'),
  queryParameters: text('JSON array for $1…$n, or object for :name.'),
  spatialDataColumn: text('Geometry column, or "longitude,latitude"; "geom" unless given.'),
  spatialDataType: text('"geo".'),
  columns: text('Attributes that tiles carry, separated by commas; all unless given.'),
  filters: text('JSON object of column → filters.'),
  tileResolution: text('0.25, 0.5, 1, 2 or 4.'),
  featureBbox: text('"true": polygons carry _carto_bbox.'),
})
const SourceBody = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]))
const OpenedSourceBody = Type.Object({
  nrows: Type.Number(),
  size: Type.Number(),
  schema: Type.Array(SchemaField),
  tilejson: Type.Object({ url: Type.Array(Type.String()) }),
})
const TileJsonBody = Type.Object({ tilejson: Type.Literal('2.2.0'), tiles: Type.Array(Type.String()) })
const ConnectionParams = Type.Object({ connection: Type.String() })
const AddressQuery = Type.Object({
  cache: text('Answers from before this moment are not used.'),
  maxAge: text('Seconds.'),
})

export interface MapsApiServices {
  readonly sources: MapSourceService
  readonly tiles: TileService
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** The maps API: opening sources, their TileJSON, and their tiles. */
export function registerMapsApiRoutes(
  app: App,
  { sources, tiles, clock, telemetry }: MapsApiServices,
  settings: AddressSettings,
): void {
  const config = { access: 'principal', action: 'tile.read' } as const
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Maps API']

  for (const endpoint of ['table', 'query'] as const satisfies readonly SourceEndpoint[]) {
    const open = async (request: FastifyRequest<{ Params: { connection: string } }>, reply: FastifyReply) => {
      const parameters = new WireParameters(request.query, request.body)
      const freshness = readFreshness(request.headers['cache-control'])
      const caller = callerOf(request, reply)
      const baseUrl = baseUrlOf(request, settings)
      const opened = await sources.open(caller, request.params.connection, endpoint, parameters, freshness, baseUrl)
      return reply.header('cache-control', 'no-store').send(opened)
    }
    const schema = {
      tags,
      summary: endpoint === 'table' ? 'Open a table as a tiled source' : 'Open a query as a tiled source',
      params: ConnectionParams,
      querystring: SourceQuery,
      response: { 200: OpenedSourceBody, ...errors },
    }
    app.get(`/v3/maps/:connection/${endpoint}`, { config, schema }, open)
    app.post(`/v3/maps/:connection/${endpoint}`, { config, schema: { ...schema, body: SourceBody } }, open)
  }

  for (const endpoint of ['tileset', 'raster', 'boundary'] as const) {
    app.route({
      method: ['GET', 'POST'],
      url: `/v3/maps/:connection/${endpoint}`,
      config,
      schema: { tags, summary: `Not served by this version: ${endpoint} sources`, response: errors },
      handler: async () => {
        throw new AppError(
          'not_implemented',
          `Sources of the kind "${endpoint}" are not served by this version; use a table or a query.`,
        )
      },
    })
  }

  const readTileJson = async (
    request: FastifyRequest<{ Params: { connection: string; handle: string } }>,
    reply: FastifyReply,
  ) => {
    const { connection, handle } = request.params
    // Clients add parameters of their own to the address and may turn to POST; what we wrote there is in the query.
    const parameters = new WireParameters(request.query)
    const freshness = readTileFreshness(request.headers['cache-control'], readAddressNotes(parameters))
    const notes = { freshness, mapId: readMapId(parameters) }
    const caller = callerOf(request, reply)
    const tileJson = await sources.readTileJson(caller, connection, handle, notes, baseUrlOf(request, settings))
    return reply.header('cache-control', 'no-store').send(tileJson)
  }
  const tileJsonSchema = {
    tags,
    summary: 'The TileJSON document of an opened source',
    params: Type.Object({ connection: Type.String(), handle: Type.String() }),
    querystring: AddressQuery,
    response: { 200: TileJsonBody, ...errors },
  }
  app.get('/v3/maps/:connection/tilejson/:handle', { config, schema: tileJsonSchema }, readTileJson)
  app.post(
    '/v3/maps/:connection/tilejson/:handle',
    { config, schema: { ...tileJsonSchema, body: SourceBody } },
    readTileJson,
  )

  app.get(
    '/v3/maps/:connection/tiles/:handle/:z/:x/:y',
    {
      config: { ...config, usage: 'maps.tile' },
      // A cached tile costs little more than its bytes, so its few parts are checked by hand; the schema documents them.
      validatorCompiler: () => (value) => ({ value }),
      schema: {
        tags,
        summary: 'One vector tile (MVT); 204 when it is empty',
        params: Type.Object({
          connection: Type.String(),
          handle: Type.String(),
          z: Type.String({ pattern: '^\\d{1,2}$' }),
          x: Type.String({ pattern: '^\\d{1,10}$' }),
          y: Type.String({ pattern: '^\\d{1,10}$' }),
        }),
      },
    },
    async (request, reply) => {
      const { params } = request
      const tile = { z: readCoordinate(params.z), x: readCoordinate(params.x), y: readCoordinate(params.y) }
      const parameters = new WireParameters(request.query)
      const caller = callerOf(request, reply)
      const prepared = await tiles.prepare(caller, params.connection, params.handle, tile)
      const asked = readTileFreshness(request.headers['cache-control'], readAddressNotes(parameters))
      const freshness = freshnessFor(prepared.connection, asked)
      const mapId = readMapId(parameters)
      const obtained = await tiles.obtain(caller, prepared, tile, freshness, mapId)
      noteTileAnswer(telemetry, obtained.answer, obtained.isHit)
      const ifNoneMatch = request.headers['if-none-match']
      const { status, headers, body } = tileReply(obtained, freshness, ifNoneMatch, clock.now(), prepared.isPersonal)
      return reply.status(status).headers(headers).send(body)
    },
  )
}

function readAddressNotes(parameters: WireParameters) {
  return { cache: parameters.text('cache'), maxAge: parameters.text('maxAge') }
}
