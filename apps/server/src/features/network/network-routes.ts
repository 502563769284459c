import {
  ErrorBody,
  NetworkPlanBody,
  NetworkSettings,
  NetworkTrial,
  NetworkTryBody,
  NetworkUpdateBody,
  OrganizationPlan,
} from '@graticule/contract'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { NetworkService } from './network-service.ts'

const errors = { '4xx': ErrorBody }
const tags = ['Organization']
const path = '/workspace-api/organization/network'

/** Which hosts the server reaches for an organization. */
export function registerNetworkRoutes(app: App, network: NetworkService): void {
  app.get(
    path,
    {
      config: { access: 'session', action: 'governance.manage' },
      schema: {
        tags,
        summary: 'Which hosts the server may reach for the organization, and which it needs now',
        response: { 200: NetworkSettings, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return network.get(requireUser(request))
    },
  )

  app.post(
    `${path}/plan`,
    {
      config: { access: 'session', action: 'governance.manage' },
      schema: {
        tags,
        summary: 'What another list of allowed hosts would do to connections and identity providers; changes nothing',
        body: NetworkPlanBody,
        response: { 200: OrganizationPlan, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return network.preview(requireUser(request), request.body)
    },
  )

  app.put(
    path,
    {
      config: { access: 'session', action: 'governance.manage' },
      schema: {
        tags,
        summary: 'Replace the list of allowed hosts; 409 when somebody else changed it first, or the plan has changed',
        description: 'Open connections to what is no longer allowed are closed; 422 says which line cannot be kept.',
        body: NetworkUpdateBody,
        response: { 200: NetworkSettings, ...errors },
      },
    },
    async (request, reply) => network.update(userCallerOf(request, reply), request.body),
  )

  app.post(
    `${path}/try`,
    {
      config: { access: 'session', action: 'governance.manage' },
      schema: {
        tags,
        summary: 'Whether the server would reach a host now, and why; nothing is connected to',
        body: NetworkTryBody,
        response: { 200: NetworkTrial, ...errors },
      },
    },
    async (request, reply) => network.try(userCallerOf(request, reply), request.body),
  )
}
