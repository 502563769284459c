import { ErrorBody, TokenCreateBody, TokenSummary, TokenUpdateBody } from '@graticule/contract'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { TokenService } from './token-service.ts'

const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['Tokens']

/** API access tokens: a person makes, lists, changes and revokes their own. */
export function registerTokenRoutes(app: App, tokens: TokenService): void {
  app.get(
    '/v3/tokens',
    {
      config: { access: 'session', action: 'token.read' },
      schema: { tags, summary: 'List my API tokens', response: { 200: Type.Array(TokenSummary), ...errors } },
    },
    async (request) => tokens.list(requireUser(request)),
  )

  app.post(
    '/v3/tokens',
    {
      config: { access: 'session', action: 'token.create' },
      schema: {
        tags,
        summary: 'Make an API token; it is shown in this answer only',
        body: TokenCreateBody,
        response: { 201: Type.Intersect([TokenSummary, Type.Object({ token: Type.String() })]), ...errors },
      },
    },
    async (request, reply) => {
      const created = await tokens.create(askerOf(request), request.body)
      return reply.status(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.get(
    '/v3/tokens/:id',
    {
      config: { access: 'session', action: 'token.read' },
      schema: { tags, summary: 'One of my API tokens', params: IdParams, response: { 200: TokenSummary, ...errors } },
    },
    async (request) => tokens.get(requireUser(request), request.params.id),
  )

  app.patch(
    '/v3/tokens/:id',
    {
      config: { access: 'session', action: 'token.update' },
      schema: {
        tags,
        summary: 'Change what an API token may reach',
        params: IdParams,
        body: TokenUpdateBody,
        response: { 200: TokenSummary, ...errors },
      },
    },
    async (request) => tokens.update(askerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/v3/tokens/:id',
    {
      config: { access: 'session', action: 'token.delete' },
      schema: {
        tags,
        summary: 'Revoke an API token at once',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await tokens.revoke(askerOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}

function askerOf(request: FastifyRequest) {
  return { principal: requireUser(request), requestId: request.id }
}
