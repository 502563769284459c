import {
  ErrorBody,
  OrganizationPlan,
  OrganizationPlanBody,
  OrganizationSettings,
  OrganizationUpdateBody,
  TypedNameBody,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { AddressSettings } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import { clearSessionCookie } from '../auth/session-cookie.ts'
import type { OrganizationLifeService } from './organization-life-service.ts'
import type { OrganizationService } from './organization-service.ts'

const errors = { '4xx': ErrorBody }
const tags = ['Organization']

/** The settings of the organization that one belongs to. */
export function registerOrganizationRoutes(
  app: App,
  organizations: OrganizationService,
  life: OrganizationLifeService,
  settings: AddressSettings,
): void {
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

  app.post(
    '/workspace-api/organization/plan',
    {
      config: { access: 'session', action: 'organization.update' },
      schema: {
        tags,
        summary: 'What a change of the settings of my organization would do to whom; changes nothing',
        body: OrganizationPlanBody,
        response: { 200: OrganizationPlan, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return organizations.plan(requireUser(request), request.body)
    },
  )

  app.post(
    '/workspace-api/organization/suspend',
    {
      config: { access: 'session', action: 'organization.suspend' },
      schema: {
        tags,
        summary: 'Shut my organization for everybody, until the operator restores it',
        body: TypedNameBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await life.suspend(userCallerOf(request, reply), request.body.name)
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/workspace-api/organization/delete',
    {
      config: { access: 'session', action: 'organization.delete' },
      schema: {
        tags,
        summary: 'Delete my organization and everything in it, for good',
        body: TypedNameBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await life.delete(userCallerOf(request, reply), request.body.name)
      clearSessionCookie(request, reply, settings)
      return reply.status(204).send(null)
    },
  )
}
