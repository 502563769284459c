import {
  ErrorBody,
  OAuthClientCreateBody,
  OAuthClientCreated,
  OAuthClientSummary,
  OAuthClientUpdateBody,
} from '@graticule/contract'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { OAuthClientService } from './oauth-client-service.ts'

const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['OAuth clients']

/** OAuth clients: everybody who could make one sees those of the organization; their creators change them. */
export function registerOAuthClientRoutes(app: App, clients: OAuthClientService): void {
  app.get(
    '/v3/oauth-clients',
    {
      config: { access: 'session', action: 'oauth-client.read' },
      schema: {
        tags,
        summary: 'List the OAuth clients of the organization',
        response: { 200: Type.Array(OAuthClientSummary), ...errors },
      },
    },
    async (request) => clients.list(requireUser(request)),
  )

  app.post(
    '/v3/oauth-clients',
    {
      config: { access: 'session', action: 'oauth-client.create' },
      schema: {
        tags,
        summary: 'Make an OAuth client; the secret of a machine client is shown in this answer only',
        body: OAuthClientCreateBody,
        response: { 201: OAuthClientCreated, ...errors },
      },
    },
    async (request, reply) => {
      const created = await clients.create(askerOf(request), request.body)
      return reply.status(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.get(
    '/v3/oauth-clients/:id',
    {
      config: { access: 'session', action: 'oauth-client.read' },
      schema: { tags, summary: 'One OAuth client', params: IdParams, response: { 200: OAuthClientSummary, ...errors } },
    },
    async (request) => clients.get(requireUser(request), request.params.id),
  )

  app.patch(
    '/v3/oauth-clients/:id',
    {
      config: { access: 'session', action: 'oauth-client.update' },
      schema: {
        tags,
        summary: 'Change the title or the addresses of an OAuth client',
        params: IdParams,
        body: OAuthClientUpdateBody,
        response: { 200: OAuthClientSummary, ...errors },
      },
    },
    async (request) => clients.update(askerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/v3/oauth-clients/:id',
    {
      config: { access: 'session', action: 'oauth-client.delete' },
      schema: {
        tags,
        summary: 'Delete an OAuth client, which ends every token that it was given',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await clients.remove(askerOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}

function askerOf(request: FastifyRequest) {
  return { principal: requireUser(request), requestId: request.id }
}
