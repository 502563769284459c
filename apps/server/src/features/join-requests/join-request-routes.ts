import {
  ErrorBody,
  InvitationSent,
  JoinAcceptBody,
  JoinAsked,
  JoinOffer,
  JoinQuery,
  JoinRequestBody,
  JoinRequestList,
  JoinRequestSettings,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { rejectForeignForm } from '../../http/cross-site.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { OrganizationService } from '../organizations/organization-service.ts'
import type { JoinRequestService } from './join-request-service.ts'

const ANYONE = { access: 'anonymous', action: null } as const
const INVITERS = { access: 'session', action: 'user.invite' } as const
const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['Join requests']

/** Asking to join an organization, and answering who asks. */
export function registerJoinRequestRoutes(
  app: App,
  requests: JoinRequestService,
  organizations: OrganizationService,
  settings: AddressSettings,
): void {
  app.get(
    '/auth/join-requests',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Whether one may ask to join',
        querystring: JoinQuery,
        response: { 200: JoinOffer, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { open: await requests.isOpen(request.query.organizationId) }
    },
  )

  app.post(
    '/auth/join-requests',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Ask to join; the answer does not tell whether the e-mail is known',
        body: JoinRequestBody,
        response: { 202: JoinAsked, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      const origin = { ipAddress: request.ip, requestId: request.id, baseUrl: baseUrlOf(request, settings) }
      const asked = await requests.ask(request.body, origin)
      return reply.status(202).header('cache-control', 'no-store').send(asked)
    },
  )

  app.get(
    '/workspace-api/join-requests',
    {
      config: INVITERS,
      schema: { tags, summary: 'Who asks to join my organization', response: { 200: JoinRequestList, ...errors } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const principal = requireUser(request)
      const query = new URLSearchParams({ organization: principal.organizationId })
      return { ...(await requests.list(principal)), link: `${baseUrlOf(request, settings)}/join?${query}` }
    },
  )

  app.put(
    '/workspace-api/join-requests/settings',
    {
      config: { access: 'session', action: 'organization.update' },
      schema: {
        tags,
        summary: 'Say whether people may ask to join',
        body: JoinRequestSettings,
        response: { 200: JoinRequestSettings, ...errors },
      },
    },
    async (request, reply) => {
      await organizations.setTakesJoinRequests(userCallerOf(request, reply), request.body.open)
      return { open: request.body.open }
    },
  )

  app.post(
    '/workspace-api/join-requests/:id/accept',
    {
      config: INVITERS,
      schema: {
        tags,
        summary: 'Invite somebody who asks to join; the answer holds the link this once unless it was mailed',
        params: IdParams,
        body: JoinAcceptBody,
        response: { 200: InvitationSent, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { body, params } = request
      return requests.accept(userCallerOf(request, reply), params.id, body.role, baseUrlOf(request, settings))
    },
  )

  app.post(
    '/workspace-api/join-requests/:id/refuse',
    {
      config: INVITERS,
      schema: {
        tags,
        summary: 'Refuse somebody who asks to join, and tell them by mail',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await requests.refuse(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
