import { ConnectionGrants, ConnectionPosture, ErrorBody, GrantCheckBody } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { PostureService } from './posture-service.ts'

/** What the login of a connection can do, and what it should be able to do, for those who keep the connection. */
export function registerPostureRoutes(app: App, postures: PostureService): void {
  const config = { access: 'session', action: 'connection.update' } as const
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Connections']
  const params = Type.Object({ idOrName: Type.String() })

  app.get(
    '/v3/connections/:idOrName/posture',
    {
      config,
      schema: {
        tags,
        summary: 'What was last found out about the login of a connection',
        params,
        response: { 200: ConnectionPosture, ...errors },
      },
    },
    async (request, reply) => postures.get(userCallerOf(request, reply), request.params.idOrName),
  )

  app.post(
    '/v3/connections/:idOrName/posture',
    {
      config,
      schema: {
        tags,
        summary: 'Check the login of a connection now',
        description: 'Looks at the catalogue of the warehouse, and counts what views and materialised views show.',
        params,
        response: { 200: ConnectionPosture, ...errors },
      },
    },
    async (request, reply) => postures.check(userCallerOf(request, reply), request.params.idOrName),
  )

  app.post(
    '/v3/connections/:idOrName/grants',
    {
      config,
      schema: {
        tags,
        summary: 'The rights that the login needs for a purpose, and how far it is from having exactly those',
        description: 'Nothing is changed in the warehouse: the scripts are for its administrator to run.',
        params,
        body: GrantCheckBody,
        response: { 200: ConnectionGrants, ...errors },
      },
    },
    async (request, reply) => postures.checkGrants(userCallerOf(request, reply), request.params.idOrName, request.body),
  )
}
