import { ErrorBody, TileAdvice, TileAdviceBody } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { TileAdviceService } from './tile-advice-service.ts'

/** Why a layer is slow. */
export function registerTileAdviceRoutes(app: App, advice: TileAdviceService): void {
  app.post(
    '/workspace-api/connections/:name/advice',
    {
      config: { access: 'session', action: 'data.browse' },
      schema: {
        tags: ['Catalogue'],
        summary: 'Say why the tiles of a source are slow, with the script that mends it',
        description: 'Asks the warehouse how it would read a tile under the login of whoever asks; no tile is read.',
        params: Type.Object({ name: Type.String() }),
        body: TileAdviceBody,
        response: { 200: TileAdvice, '4xx': ErrorBody, '5xx': ErrorBody },
      },
    },
    async (request, reply) => {
      const { type, source: text, queryParameters, spatialDataColumn: drawnBy, mapId } = request.body
      const source =
        type === 'table'
          ? ({ type, name: text } as const)
          : ({ type, sql: text, ...(queryParameters ? { parameters: queryParameters } : {}) } as const)
      return advice.advise(userCallerOf(request, reply), request.params.name, source, { drawnBy, mapId })
    },
  )
}
