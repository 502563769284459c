import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, BasemapSummary, ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { BasemapService } from './basemap-service.ts'

/** Styles change only with a new version of the server. */
const STYLE_CACHE_CONTROL = 'public, max-age=3600'

/** The basemaps, open to everybody because public maps are. */
export function registerBasemapRoutes(app: App, basemaps: BasemapService, settings: AddressSettings): void {
  const config = { access: 'anonymous', action: null } as const
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Basemaps']

  app.get(
    '/workspace-api/basemaps',
    {
      config,
      schema: {
        tags,
        summary: 'List the basemaps, with those of my organization when I am signed in',
        response: { 200: Type.Array(BasemapSummary), ...errors },
      },
    },
    async (request) => {
      const { principal } = request
      const organizationId = principal.kind === 'user' ? principal.organizationId : null
      return basemaps.list(baseUrlOf(request, settings), organizationId)
    },
  )

  app.get(
    '/basemaps/:id/style.json',
    {
      config,
      schema: {
        tags,
        summary: 'A MapLibre style document with absolute addresses',
        params: Type.Object({ id: Type.String() }),
        // Sent as text that was prepared; its shape is MapLibre's.
        response: { 200: Type.Unsafe<string>({ type: 'object', description: 'A MapLibre style.' }), ...errors },
      },
    },
    async (request, reply) => {
      const style = basemaps.readStyle(baseUrlOf(request, settings), request.params.id)
      return reply
        .header('cache-control', STYLE_CACHE_CONTROL)
        .type('application/json; charset=utf-8')
        .serializer((text: string) => text)
        .send(style)
    },
  )

  app.get(
    '/basemaps/data/:file',
    {
      config,
      schema: {
        tags,
        summary: 'Data that basemap styles draw',
        params: Type.Object({ file: Type.String({ pattern: '^[a-z0-9-]+\\.json$' }) }),
      },
    },
    async (request, reply) => {
      const path = join(basemaps.folder, 'data', request.params.file)
      const found = await stat(path).catch(() => null)
      if (!found?.isFile()) throw new AppError('not_found', `There is no basemap file "${request.params.file}".`)
      return reply
        .header('cache-control', STYLE_CACHE_CONTROL)
        .header('content-length', found.size)
        .type('application/json; charset=utf-8')
        .send(createReadStream(path))
    },
  )
}
