import { ErrorBody, MyCredentials, MyCredentialsBody } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { ViewerCredentialService } from './viewer-credential-service.ts'

const PATH = '/v3/connections/:idOrName/my-credentials'

/** The login of one's own with which one reads through a connection that asks for it. Secrets never come back. */
export function registerViewerCredentialRoutes(app: App, credentials: ViewerCredentialService): void {
  const config = { access: 'session', action: 'credential.manage' } as const
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Connections']
  const params = Type.Object({ idOrName: Type.String() })

  app.get(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'How you stand with a login of your own',
        params,
        response: { 200: MyCredentials, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return credentials.read(userCallerOf(request, reply), request.params.idOrName)
    },
  )

  app.put(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Give the database login with which you read',
        description: 'It is really used to connect before it is stored. It replaces the one that you gave before.',
        params,
        body: MyCredentialsBody,
        response: { 200: MyCredentials, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return credentials.put(userCallerOf(request, reply), request.params.idOrName, request.body.login)
    },
  )

  app.delete(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Remove the database login that you gave',
        description: 'Takes effect at once: statements under it are ended and its connections closed.',
        params,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await credentials.remove(userCallerOf(request, reply), request.params.idOrName)
      return reply.status(204).send(null)
    },
  )
}
