import {
  ErrorBody,
  SupportEnableBody,
  SupportEnabled,
  SupportGrantList,
  SupportLink,
  SupportRevokeBody,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { SupportAccessService } from './support-access-service.ts'

const errors = { '4xx': ErrorBody }
const tags = ['Support access']
const config = { access: 'session', action: 'support-access.manage' } as const

/** Letting people in from outside for a time. */
export function registerSupportAccessRoutes(app: App, support: SupportAccessService, settings: AddressSettings): void {
  app.get(
    '/workspace-api/support-access',
    {
      config,
      schema: {
        tags,
        summary: 'Every time that support access was enabled, the latest first',
        response: { 200: SupportGrantList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { grants: await support.list(requireUser(request)) }
    },
  )

  app.post(
    '/workspace-api/support-access',
    {
      config,
      schema: {
        tags,
        summary: 'Enable support access; the answer holds the links of its people this once',
        body: SupportEnableBody,
        response: { 201: SupportEnabled, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const caller = userCallerOf(request, reply)
      return reply.status(201).send(await support.enable(caller, request.body, baseUrlOf(request, settings)))
    },
  )

  app.post(
    '/workspace-api/support-access/:id/people/:personId/link',
    {
      config,
      schema: {
        tags,
        summary: 'Give a support person a new link; the old one is refused from then on',
        params: Type.Object({ id: Type.String(), personId: Type.String() }),
        response: { 200: SupportLink, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { id, personId } = request.params
      return support.renewLink(userCallerOf(request, reply), id, personId, baseUrlOf(request, settings))
    },
  )

  app.post(
    '/workspace-api/support-access/:id/revoke',
    {
      config,
      schema: {
        tags,
        summary: 'End support access: its people are deleted, and the receiver gets what they own',
        params: Type.Object({ id: Type.String() }),
        body: SupportRevokeBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await support.revoke(userCallerOf(request, reply), request.params.id, request.body.receiverId)
      return reply.status(204).send(null)
    },
  )
}
