import { ErrorBody, OrganizationCreationBody, OrganizationCreationOffer } from '@graticule/contract'
import { Type } from 'typebox'
import { rejectForeignForm } from '../../http/cross-site.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { OrganizationCreation } from './organization-creation.ts'

const ANYONE = { access: 'anonymous', action: null } as const
const tags = ['Organization']

/** Creating an organization as a visitor, where the operator allows it. */
export function registerOrganizationCreationRoutes(
  app: App,
  creation: OrganizationCreation,
  settings: AddressSettings,
): void {
  app.get(
    '/auth/organization-creation',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Whether visitors may create an organization here',
        response: { 200: OrganizationCreationOffer, '4xx': ErrorBody },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { open: creation.isOpen }
    },
  )

  app.post(
    '/auth/organization-creation',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Ask for the link that creates an organization; it is mailed',
        body: OrganizationCreationBody,
        response: { 202: Type.Null(), '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      await creation.ask(request.body, baseUrlOf(request, settings), request.ip)
      return reply.status(202).header('cache-control', 'no-store').send(null)
    },
  )
}
