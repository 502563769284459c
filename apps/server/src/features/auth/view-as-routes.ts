import { ErrorBody, ViewAsBody } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { ViewAsService } from './view-as-service.ts'

/** Looking at the workspace as somebody else. */
export function registerViewAsRoutes(app: App, views: ViewAsService): void {
  const tags = ['Access']
  const response = { 204: Type.Null(), '4xx': ErrorBody }

  app.post(
    '/auth/view-as',
    {
      config: { access: 'session', action: 'user.view-as' },
      schema: {
        tags,
        summary: 'Look at the workspace as somebody of a weaker role for half an hour: reading only, and logged',
        body: ViewAsBody,
        response,
      },
    },
    async (request, reply) => {
      await views.begin(userCallerOf(request, reply), request.body.userId)
      return reply.status(204).send(null)
    },
  )

  app.delete(
    '/auth/view-as',
    {
      config: { access: 'session', action: null, viewAs: 'open' },
      schema: { tags, summary: 'Be oneself again', response },
    },
    async (request, reply) => {
      await views.end(userCallerOf(request, reply))
      return reply.status(204).send(null)
    },
  )
}
