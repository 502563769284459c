import {
  AcceptInvitationBody,
  ErrorBody,
  InvitationLinkBody,
  InvitationList,
  InvitationListQuery,
  InvitationOffer,
  InvitationSent,
  InviteBody,
  InviteResult,
  SecondStep,
  SessionInfo,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { rejectForeignForm } from '../../http/cross-site.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import { answerSignIn, originOf } from '../auth/signed-in-answer.ts'
import type { InvitationAcceptance } from './invitation-acceptance.ts'
import type { InvitationService } from './invitation-service.ts'

const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['Invitations']

/** Inviting people, and joining by an invitation. */
export function registerInvitationRoutes(
  app: App,
  invitations: InvitationService,
  acceptance: InvitationAcceptance,
  settings: AddressSettings,
): void {
  app.get(
    '/workspace-api/invitations',
    {
      config: { access: 'session', action: 'user.invite' },
      schema: {
        tags,
        summary: 'The invitations of my organization, the latest first',
        querystring: InvitationListQuery,
        response: { 200: InvitationList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return invitations.list(requireUser(request).organizationId, request.query)
    },
  )

  app.post(
    '/workspace-api/invitations',
    {
      config: { access: 'session', action: 'user.invite' },
      schema: {
        tags,
        summary: 'Invite several addresses with one role; the answer tells of each, and holds its link this once',
        body: InviteBody,
        response: { 200: Type.Object({ results: Type.Array(InviteResult) }), ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const caller = userCallerOf(request, reply)
      return { results: await invitations.invite(caller, request.body, baseUrlOf(request, settings)) }
    },
  )

  app.post(
    '/workspace-api/invitations/:id/resend',
    {
      config: { access: 'session', action: 'user.invite' },
      schema: {
        tags,
        summary: 'Give an invitation a new link; the old one is refused from then on',
        params: IdParams,
        response: { 200: InvitationSent, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return invitations.resend(userCallerOf(request, reply), request.params.id, baseUrlOf(request, settings))
    },
  )

  app.delete(
    '/workspace-api/invitations/:id',
    {
      config: { access: 'session', action: 'user.invite' },
      schema: {
        tags,
        summary: 'Withdraw an invitation',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await invitations.withdraw(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/auth/invitation/read',
    {
      config: { access: 'anonymous', action: null },
      schema: {
        tags,
        summary: 'What the link of an invitation offers',
        body: InvitationLinkBody,
        response: { 200: InvitationOffer, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return acceptance.read(request.body.token, request.ip)
    },
  )

  app.post(
    '/auth/invitation',
    {
      config: { access: 'anonymous', action: null },
      schema: {
        tags,
        summary: 'Join the organization by the link of an invitation, and sign in',
        body: AcceptInvitationBody,
        response: { 200: SessionInfo, 202: SecondStep, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      return answerSignIn(request, reply, await acceptance.accept(request.body, originOf(request)), settings)
    },
  )
}
