import { ErrorBody, OrganizationSettings, OrganizationUpdateBody } from '@graticule/contract'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { OrganizationService } from './organization-service.ts'

const errors = { '4xx': ErrorBody }
const tags = ['Organization']

/** The settings of the organization that one belongs to. */
export function registerOrganizationRoutes(app: App, organizations: OrganizationService): void {
  app.get(
    '/workspace-api/organization',
    {
      config: { access: 'session', action: 'organization.inspect' },
      schema: {
        tags,
        summary: 'The settings of my organization and the use of its seats',
        response: { 200: OrganizationSettings, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return organizations.get(requireUser(request))
    },
  )

  app.patch(
    '/workspace-api/organization',
    {
      config: { access: 'session', action: 'organization.update' },
      schema: {
        tags,
        summary: 'Change the settings of my organization; seats only as a superadmin',
        body: OrganizationUpdateBody,
        response: { 200: OrganizationSettings, ...errors },
      },
    },
    async (request, reply) => organizations.update(userCallerOf(request, reply), request.body),
  )
}
