import { AccessGrantBody, AccessRequestBody, AccessRequestList, ErrorBody } from '@graticule/contract'
import { SHARE_ACTION } from '@graticule/policy'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { AccessRequestService } from './access-request-service.ts'

const IdParams = Type.Object({ id: Type.String({ maxLength: 64 }) })
/** A request is the asset's owner's to answer, which is decided with the request in hand. */
const PERSON = { access: 'session', action: null } as const
const errors = { '4xx': ErrorBody }
const tags = ['Access']

/** Asking for access to something, and answering. */
export function registerAccessRequestRoutes(app: App, requests: AccessRequestService, settings: AddressSettings): void {
  app.post(
    '/workspace-api/access-requests',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Ask the owner of something for access; the answer is the same whether or not there is such a thing',
        body: AccessRequestBody,
        response: { 202: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      await requests.request(caller, request.body, baseUrlOf(request, settings))
      return reply.status(202).send(null)
    },
  )

  app.get(
    '/workspace-api/access-requests',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'What people ask me for, the oldest first',
        response: { 200: AccessRequestList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { requests: await requests.list(requireUser(request)) }
    },
  )

  app.post(
    '/workspace-api/access-requests/:id/grant',
    {
      config: { ...PERSON, decides: Object.values(SHARE_ACTION) },
      schema: {
        tags,
        summary: 'Share it with whoever asked, for good or until a time, or let a map be edited',
        params: IdParams,
        body: AccessGrantBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const { expiresAt } = request.body
      await requests.grant(userCallerOf(request, reply), request.params.id, expiresAt ? new Date(expiresAt) : null)
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/workspace-api/access-requests/:id/decline',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Leave it as it is; whoever asked is not told',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await requests.decline(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
