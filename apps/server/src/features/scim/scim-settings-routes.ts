import { ErrorBody, ScimSettings, ScimSettingsBody, ScimTokenBody, ScimTokenCreated } from '@graticule/contract'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { ScimSettingsService } from './scim-settings-service.ts'

export const SCIM_PATH = '/scim/v2'

const MANAGE = { access: 'session', action: 'scim.manage' } as const
const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['SCIM settings']

/** Setting SCIM up, for those who look after people. */
export function registerScimSettingsRoutes(app: App, scim: ScimSettingsService, settings: AddressSettings): void {
  const read = (request: FastifyRequest) =>
    scim.get(requireUser(request), `${baseUrlOf(request, settings)}${SCIM_PATH}`)

  app.get(
    '/workspace-api/scim',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'The address for directories, their tokens, and what became of their requests',
        response: { 200: ScimSettings, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return read(request)
    },
  )

  app.put(
    '/workspace-api/scim',
    {
      config: MANAGE,
      schema: {
        tags,
        summary:
          'Say which identity provider signs in those whom the directory adds, and whether its e-mails are theirs',
        body: ScimSettingsBody,
        response: { 200: ScimSettings, ...errors },
      },
    },
    async (request, reply) => {
      await scim.set(userCallerOf(request, reply), request.body)
      reply.header('cache-control', 'no-store')
      return read(request)
    },
  )

  app.post(
    '/workspace-api/scim/tokens',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Make a token for a directory, in the place of another if that is named; it is told this once',
        body: ScimTokenBody,
        response: { 201: ScimTokenCreated, ...errors },
      },
    },
    async (request, reply) => {
      const created = await scim.createToken(userCallerOf(request, reply), request.body.replacedId)
      return reply.status(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.delete(
    '/workspace-api/scim/tokens/:id',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Revoke the token of a directory, which works no more at once',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await scim.revokeToken(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
