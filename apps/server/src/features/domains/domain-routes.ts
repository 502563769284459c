import {
  AutoJoinSettings,
  DomainAddBody,
  ErrorBody,
  OrganizationDomain,
  OrganizationDomainList,
  OrganizationPlan,
  PlanVersion,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { OrganizationService } from '../organizations/organization-service.ts'
import type { DomainService } from './domain-service.ts'

const MANAGE = { access: 'session', action: 'domain.manage' } as const
const CHANGE = { access: 'session', action: 'organization.update' } as const
const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['Domains']

/** The domains of one's organization, and who joins by them. */
export function registerDomainRoutes(app: App, domains: DomainService, organizations: OrganizationService): void {
  app.get(
    '/workspace-api/domains',
    {
      config: { access: 'session', action: 'organization.inspect' },
      schema: {
        tags,
        summary: 'The domains of my organization, and whether people join by them',
        response: { 200: OrganizationDomainList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return domains.list(requireUser(request))
    },
  )

  app.post(
    '/workspace-api/domains',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Claim a domain; it counts once DNS verifies it',
        body: DomainAddBody,
        response: { 201: OrganizationDomain, ...errors },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await domains.add(userCallerOf(request, reply), request.body.domain)),
  )

  app.post(
    '/workspace-api/domains/:id/verify',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Ask DNS whether the domain shows the record that verifies it',
        params: IdParams,
        response: { 200: OrganizationDomain, ...errors },
      },
    },
    async (request, reply) => domains.verify(userCallerOf(request, reply), request.params.id),
  )

  app.post(
    '/workspace-api/domains/:id/removal-plan',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'What giving a domain up would do to whom; changes nothing',
        params: IdParams,
        response: { 200: OrganizationPlan, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return domains.planRemoval(requireUser(request), request.params.id)
    },
  )

  app.delete(
    '/workspace-api/domains/:id',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Give a domain up; 409 when it would do something else by now than the plan that was looked at',
        params: IdParams,
        querystring: Type.Object({ planVersion: PlanVersion }),
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await domains.remove(userCallerOf(request, reply), request.params.id, request.query.planVersion)
      return reply.status(204).send(null)
    },
  )

  app.put(
    '/workspace-api/domains/auto-join',
    {
      config: CHANGE,
      schema: {
        tags,
        summary: 'Say whether people with an e-mail at a verified domain join without being asked in',
        body: AutoJoinSettings,
        response: { 200: AutoJoinSettings, ...errors },
      },
    },
    async (request, reply) => {
      await organizations.setAutoJoin(userCallerOf(request, reply), request.body.autoJoin)
      return { autoJoin: request.body.autoJoin }
    },
  )
}
