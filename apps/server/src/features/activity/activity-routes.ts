import { ActivityList, ErrorBody } from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { ActivityService } from './activity-service.ts'

const ActivityQuerystring = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  before: Type.Optional(Type.String()),
  type: Type.Optional(Type.String({ maxLength: 100 })),
  assetId: Type.Optional(Type.String({ maxLength: 64, description: 'Only what happened to this one asset.' })),
})

/** The activity log, for admins. */
export function registerActivityRoutes(app: App, activity: ActivityService): void {
  app.get(
    '/v3/activity',
    {
      config: { access: 'session', action: 'activity.read' },
      schema: {
        tags: ['Activity'],
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
}
