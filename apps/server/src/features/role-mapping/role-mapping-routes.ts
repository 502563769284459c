import { ErrorBody, RoleMappingBody, RoleMappingSaveBody, RoleMappingSettings, RolePlan } from '@graticule/contract'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { RoleMappingService } from './role-mapping-service.ts'

const MANAGE = { access: 'session', action: 'role-mapping.manage' } as const
const errors = { '4xx': ErrorBody }
const tags = ['Role mapping']

/** Which roles follow from which groups, for those who look after people. */
export function registerRoleMappingRoutes(app: App, roleMapping: RoleMappingService): void {
  app.get(
    '/workspace-api/role-mapping',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Which roles follow from which groups, and who is the asset custodian',
        response: { 200: RoleMappingSettings, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return roleMapping.get(requireUser(request))
    },
  )

  app.post(
    '/workspace-api/role-mapping/plan',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Who would gain or lose which role if this mapping were saved; changes nothing',
        body: RoleMappingBody,
        response: { 200: RolePlan, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return roleMapping.plan(requireUser(request), request.body)
    },
  )

  app.put(
    '/workspace-api/role-mapping',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Save a mapping and change the roles that follow; 409 when that is not what the plan said',
        body: RoleMappingSaveBody,
        response: { 200: RoleMappingSettings, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return roleMapping.save(userCallerOf(request, reply), request.body)
    },
  )
}
