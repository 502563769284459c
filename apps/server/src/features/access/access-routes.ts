import { AccessExplanation, ErrorBody, ExplainQuery } from '@graticule/contract'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { AccessService } from './access-service.ts'

/** Why people may or may not do things. */
export function registerAccessRoutes(app: App, access: AccessService): void {
  app.get(
    '/v3/access/explain',
    {
      config: { access: 'session', action: null },
      schema: {
        tags: ['Access'],
        summary: 'Why somebody may or may not do something, and what would change that',
        querystring: ExplainQuery,
        response: { 200: AccessExplanation, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return access.explain(requireUser(request), request.query)
    },
  )
}
