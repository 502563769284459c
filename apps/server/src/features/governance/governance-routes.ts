import {
  ErrorBody,
  GovernancePlan,
  GovernanceSettings,
  GovernanceUpdateBody,
  OwnSharingDefault,
} from '@graticule/contract'
import { DEFAULTED_KINDS } from '@graticule/policy'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { GovernanceService } from './governance-service.ts'

const errors = { '4xx': ErrorBody }
const tags = ['Organization']
const path = '/workspace-api/organization/governance'
const KindParams = Type.Object({ kind: Type.Enum([...DEFAULTED_KINDS]) })

/** What an organization forbids from now on, and whom new assets are shared with. */
export function registerGovernanceRoutes(app: App, governance: GovernanceService): void {
  app.get(
    path,
    {
      config: { access: 'session', action: 'governance.read' },
      schema: {
        tags,
        summary: 'The governance policies and the defaults of sharing',
        response: { 200: GovernanceSettings, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return governance.get(requireUser(request))
    },
  )

  app.patch(
    path,
    {
      config: { access: 'session', action: 'governance.manage' },
      schema: {
        tags,
        summary: 'Change governance; 409 when somebody else changed it first',
        description: 'What was made before keeps working; 422 names what cannot be set so.',
        body: GovernanceUpdateBody,
        response: { 200: GovernanceSettings, ...errors },
      },
    },
    async (request, reply) => governance.update(userCallerOf(request, reply), request.body),
  )

  app.post(
    `${path}/plan`,
    {
      config: { access: 'session', action: 'governance.manage' },
      schema: {
        tags,
        summary: 'What a change of governance would mean: who gains and loses what, and what stays as it is',
        body: GovernanceUpdateBody,
        response: { 200: GovernancePlan, ...errors },
      },
    },
    async (request, reply) => governance.preview(userCallerOf(request, reply), request.body),
  )

  app.get(
    '/workspace-api/sharing-defaults/:kind',
    {
      config: { access: 'session', action: 'governance.read' },
      schema: {
        tags,
        summary: 'Whom something new of mine is shared with',
        params: KindParams,
        response: { 200: OwnSharingDefault, ...errors },
      },
    },
    async (request) => governance.readOwnDefault(requireUser(request), request.params.kind),
  )
}
