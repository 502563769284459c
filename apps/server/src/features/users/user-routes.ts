import { ErrorBody, RoleSchema, UserSummary } from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { UserService } from './user-service.ts'

/** The people of the organization. */
export function registerUserRoutes(app: App, users: UserService): void {
  app.get(
    '/v3/users',
    {
      config: { access: 'session', action: 'user.list' },
      schema: {
        tags: ['People'],
        summary: 'List the people of my organization',
        response: {
          200: Type.Array(Type.Intersect([UserSummary, Type.Object({ role: RoleSchema })])),
          '4xx': ErrorBody,
        },
      },
    },
    async (request) => users.list(requireUser(request)),
  )
}
