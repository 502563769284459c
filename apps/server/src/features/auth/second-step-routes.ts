import {
  ErrorBody,
  SecondStep,
  SecondStepBody,
  SecondStepEnrolled,
  SessionInfo,
  TotpConfirmBody,
  TotpEnrolment,
} from '@graticule/contract'
import { rejectForeignForm } from '../../http/cross-site.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import { clearSecondStepCookie, readSecondStepCookie } from './second-step-cookie.ts'
import type { SecondStepService } from './second-step-service.ts'
import { setSessionCookie } from './session-cookie.ts'
import { originOf, toSecondStep, toSessionInfo } from './signed-in-answer.ts'

const ANYONE = { access: 'anonymous', action: null } as const
const errors = { '4xx': ErrorBody }
const tags = ['Sign-in']

/** What somebody half signed in can do: see who they are, prove a second factor, or set one up. */
export function registerSecondStepRoutes(app: App, secondSteps: SecondStepService, settings: AddressSettings): void {
  app.get(
    '/auth/second-step',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'The second step that this browser has before it',
        response: { 200: SecondStep, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return toSecondStep(await secondSteps.read(readSecondStepCookie(request)))
    },
  )

  app.post(
    '/auth/second-step',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Prove a second factor, and sign in',
        body: SecondStepBody,
        response: { 200: SessionInfo, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      const { proof } = request.body
      const signedIn = await secondSteps.prove(readSecondStepCookie(request), proof, originOf(request))
      clearSecondStepCookie(request, reply, settings)
      setSessionCookie(request, reply, signedIn.session, settings)
      reply.header('cache-control', 'no-store')
      return toSessionInfo(signedIn.person, baseUrlOf(request, settings))
    },
  )

  app.post(
    '/auth/second-step/totp',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Begin to set up an authenticator app, where a second factor is required',
        response: { 200: TotpEnrolment, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      reply.header('cache-control', 'no-store')
      return secondSteps.beginTotp(readSecondStepCookie(request), request.id)
    },
  )

  app.post(
    '/auth/second-step/totp/confirm',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Confirm the authenticator app with one of its codes, and sign in',
        body: TotpConfirmBody,
        response: { 200: SecondStepEnrolled, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      const { signedIn, added } = await secondSteps.confirmTotp(
        readSecondStepCookie(request),
        request.body.code,
        originOf(request),
      )
      clearSecondStepCookie(request, reply, settings)
      setSessionCookie(request, reply, signedIn.session, settings)
      reply.header('cache-control', 'no-store')
      const session = toSessionInfo(signedIn.person, baseUrlOf(request, settings))
      return { session, recoveryCodes: added.recoveryCodes }
    },
  )
}
