import {
  ErrorBody,
  type FactorAdded,
  PasskeyCreateBody,
  PasskeyOptions,
  SecondStep,
  SecondStepBody,
  SecondStepEnrolled,
  SessionInfo,
  TotpConfirmBody,
  TotpEnrolment,
} from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { rejectForeignForm } from '../../http/cross-site.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import { siteOf } from '../second-factors/site.ts'
import { clearSecondStepCookie, readSecondStepCookie } from './second-step-cookie.ts'
import type { SecondStepService } from './second-step-service.ts'
import { setSessionCookie } from './session-cookie.ts'
import type { SignedIn } from './sign-in-service.ts'
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
      const baseUrl = baseUrlOf(request, settings)
      const signedIn = await secondSteps.prove(readSecondStepCookie(request), proof, originOf(request), baseUrl)
      clearSecondStepCookie(request, reply, settings)
      setSessionCookie(request, reply, signedIn.session, settings)
      reply.header('cache-control', 'no-store')
      return toSessionInfo(signedIn.person, baseUrl)
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
      return answerEnrolled(request, reply, signedIn, added)
    },
  )

  app.post(
    '/auth/second-step/passkey-options',
    {
      config: ANYONE,
      schema: { tags, summary: 'Begin to prove a passkey', response: { 200: PasskeyOptions, ...errors } },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      reply.header('cache-control', 'no-store')
      return secondSteps.beginPasskeyProof(readSecondStepCookie(request), siteOf(baseUrlOf(request, settings)))
    },
  )

  app.post(
    '/auth/second-step/passkeys/options',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Begin to make a passkey, where a second factor is required',
        response: { 200: PasskeyOptions, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      reply.header('cache-control', 'no-store')
      const site = siteOf(baseUrlOf(request, settings))
      return secondSteps.beginPasskey(readSecondStepCookie(request), request.id, site)
    },
  )

  app.post(
    '/auth/second-step/passkeys',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Add the passkey, and sign in',
        body: PasskeyCreateBody,
        response: { 200: SecondStepEnrolled, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      const { signedIn, added } = await secondSteps.addPasskey(
        readSecondStepCookie(request),
        request.body,
        originOf(request),
        siteOf(baseUrlOf(request, settings)),
      )
      return answerEnrolled(request, reply, signedIn, added)
    },
  )

  function answerEnrolled(request: FastifyRequest, reply: FastifyReply, signedIn: SignedIn, added: FactorAdded) {
    clearSecondStepCookie(request, reply, settings)
    setSessionCookie(request, reply, signedIn.session, settings)
    reply.header('cache-control', 'no-store')
    return {
      session: toSessionInfo(signedIn.person, baseUrlOf(request, settings)),
      recoveryCodes: added.recoveryCodes,
    }
  }
}
