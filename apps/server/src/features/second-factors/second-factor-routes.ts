import {
  ErrorBody,
  FactorAdded,
  FreshProofBody,
  RecoveryCodes,
  SecondFactors,
  TotpConfirmBody,
  TotpEnrolment,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { FactorResetService } from './factor-reset-service.ts'
import type { SecondFactorService } from './second-factor-service.ts'

const PERSON = { access: 'session', action: null } as const
const errors = { '4xx': ErrorBody }
const tags = ['Second factors']

/** One's own second factors, and taking somebody else's away. */
export function registerSecondFactorRoutes(
  app: App,
  factors: SecondFactorService,
  resets: FactorResetService,
  settings: AddressSettings,
): void {
  app.get(
    '/auth/second-factors',
    {
      config: PERSON,
      schema: { tags, summary: 'My second factors', response: { 200: SecondFactors, ...errors } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return factors.read(requireUser(request).userId)
    },
  )

  app.post(
    '/auth/totp',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Begin to set up an authenticator app',
        body: FreshProofBody,
        response: { 200: TotpEnrolment, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const person = await factors.demandFresh(
        userCallerOf(request, reply),
        request.body.proof,
        baseUrlOf(request, settings),
      )
      return factors.beginTotp({ person, requestId: request.id, mustBeFirst: false })
    },
  )

  app.post(
    '/auth/totp/confirm',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Confirm the authenticator app with one of its codes',
        body: TotpConfirmBody,
        response: { 200: FactorAdded, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return factors.confirmOwnTotp(userCallerOf(request, reply), request.body.code)
    },
  )

  app.post(
    '/auth/totp/remove',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Remove my authenticator app',
        body: FreshProofBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await factors.removeTotp(userCallerOf(request, reply), request.body.proof, baseUrlOf(request, settings))
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/auth/recovery-codes',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'Make new recovery codes; all of before end',
        body: FreshProofBody,
        response: { 200: RecoveryCodes, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const caller = userCallerOf(request, reply)
      const recoveryCodes = await factors.renewRecoveryCodes(caller, request.body.proof, baseUrlOf(request, settings))
      return { recoveryCodes }
    },
  )

  app.post(
    '/workspace-api/users/:id/second-factor-reset',
    {
      config: { access: 'session', action: 'user.reset-second-factor' },
      schema: {
        tags: ['People'],
        summary: 'Take all second factors of a person away, and end their sessions; they are told by mail',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await resets.reset(userCallerOf(request, reply), request.params.id, baseUrlOf(request, settings))
      return reply.status(204).send(null)
    },
  )
}
