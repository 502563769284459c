import { ErrorBody, PublishingLoginBody, PublishingLoginList, PublishingLoginUpdateBody } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { PublishingLoginService } from './publishing-login-service.ts'

const PATH = '/v3/connections/:idOrName/publishing-logins'

/** The logins that a connection holds for public maps. Secrets never come back. */
export function registerPublishingLoginRoutes(app: App, logins: PublishingLoginService): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Connections']
  const params = Type.Object({ idOrName: Type.String() })
  const loginParams = Type.Object({ idOrName: Type.String(), loginId: Type.String() })
  const keeps = { access: 'session', action: 'connection.update' } as const

  app.get(
    PATH,
    {
      config: { access: 'session', action: 'connection.use' },
      schema: {
        tags,
        summary: 'The logins that public maps can read a connection with',
        params,
        response: { 200: PublishingLoginList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return logins.list(userCallerOf(request, reply), request.params.idOrName)
    },
  )

  app.post(
    PATH,
    {
      config: keeps,
      schema: {
        tags,
        summary: 'Add a login for public maps',
        description:
          'It is really used to connect, and what it can do is checked, before it is stored; over a red finding it takes a reason.',
        params,
        body: PublishingLoginBody,
        response: { 201: PublishingLoginList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const list = await logins.add(userCallerOf(request, reply), request.params.idOrName, request.body)
      return reply.status(201).send(list)
    },
  )

  app.patch(
    `${PATH}/:loginId`,
    {
      config: keeps,
      schema: {
        tags,
        summary: 'Rename a login for public maps, or put another login in its place',
        description: 'What was answered and runs under the one before ends at once; its maps read with the new one.',
        params: loginParams,
        body: PublishingLoginUpdateBody,
        response: { 200: PublishingLoginList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { idOrName, loginId } = request.params
      return logins.change(userCallerOf(request, reply), idOrName, loginId, request.body)
    },
  )

  app.delete(
    `${PATH}/:loginId`,
    {
      config: keeps,
      schema: {
        tags,
        summary: 'Remove a login for public maps',
        description: 'Public maps that read with it show nothing of the connection until they are published anew.',
        params: loginParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await logins.remove(userCallerOf(request, reply), request.params.idOrName, request.params.loginId)
      return reply.status(204).send(null)
    },
  )
}
