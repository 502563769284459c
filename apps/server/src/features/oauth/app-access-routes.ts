import { AppAccess, AppAccessDecision, AppAccessOutcome, AppAccessRequest, ErrorBody } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { AppAccessService, Step } from './app-access-service.ts'
import { runWithOAuthContext } from './oauth-context.ts'
import { contextOf } from './oauth-routes.ts'
import { OAUTH_PATH, type OAuthServer } from './oauth-server.ts'

// As long as the library makes them, so that no other part of a path is taken for one.
const UidParams = Type.Object({ uid: Type.String({ minLength: 20, maxLength: 100 }) })
const errors = { '4xx': ErrorBody }
const tags = ['Applications with access']

/** Letting an application act as oneself, and taking that back. */
export function registerAppAccessRoutes(
  app: App,
  access: AppAccessService,
  server: OAuthServer,
  settings: AddressSettings,
): void {
  const config = { access: 'session', action: 'app-access.manage' } as const
  const stepOf = async (request: FastifyRequest, reply: FastifyReply): Promise<Step> => ({
    provider: await server.provider(baseUrlOf(request, settings)),
    request: request.raw,
    response: reply.raw,
  })

  // Below the path that the cookies of the step are for.
  app.get(
    `${OAUTH_PATH}/interaction/:uid`,
    {
      config: { access: 'anonymous', action: null },
      // No part of the API: a browser is led here on its way.
      schema: { hide: true, params: UidParams },
    },
    async (request, reply) => {
      const page = `${baseUrlOf(request, settings)}/let-in/${encodeURIComponent(request.params.uid)}`
      return reply.header('cache-control', 'no-store').redirect(page, 303)
    },
  )

  app.get(
    `${OAUTH_PATH}/interaction/:uid/request`,
    {
      config,
      schema: {
        tags,
        summary: 'What an application asks of me, in the browser in which it asks',
        params: UidParams,
        response: { 200: AppAccessRequest, ...errors },
      },
    },
    async (request, reply) => {
      const step = await stepOf(request, reply)
      return runWithOAuthContext(contextOf(request), () => access.read(step, request.params.uid, requireUser(request)))
    },
  )

  app.post(
    `${OAUTH_PATH}/interaction/:uid/decision`,
    {
      config,
      schema: {
        tags,
        summary: 'Let the application act as me, or not',
        params: UidParams,
        body: AppAccessDecision,
        response: { 200: AppAccessOutcome, ...errors },
      },
    },
    async (request, reply) => {
      const step = await stepOf(request, reply)
      return runWithOAuthContext(contextOf(request), () =>
        access.decide(step, request.params.uid, requireUser(request), request.body),
      )
    },
  )

  app.get(
    '/workspace-api/app-access',
    {
      config,
      schema: { tags, summary: 'The applications that act as me', response: { 200: Type.Array(AppAccess), ...errors } },
    },
    async (request) => access.list(requireUser(request)),
  )

  app.delete(
    '/workspace-api/app-access/:clientId',
    {
      config,
      schema: {
        tags,
        summary: 'End what an application may do as me, with all its tokens',
        params: Type.Object({ clientId: Type.String() }),
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await access.revoke(requireUser(request), request.params.clientId, request.id)
      return reply.status(204).send(null)
    },
  )
}
