import {
  ErrorBody,
  LinkSignInBody,
  SecondStep,
  SessionInfo,
  SessionSummary,
  SetupBody,
  SetupOffer,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser } from '../../http/caller.ts'
import { rejectForeignForm } from '../../http/cross-site.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { UserService } from '../users/user-service.ts'
import { clearSessionCookie } from './session-cookie.ts'
import type { SessionService } from './session-service.ts'
import type { SetupService } from './setup-service.ts'
import type { SignInService } from './sign-in-service.ts'
import { answerSignedIn, answerSignIn, originOf, toSessionInfo } from './signed-in-answer.ts'
import type { ViewAsService } from './view-as-service.ts'

export interface AuthServices {
  readonly signIns: SignInService
  readonly sessions: SessionService
  readonly setup: SetupService
  readonly users: UserService
  readonly views: ViewAsService
  /** Where the session behind one of ours can be ended; null when there is none. */
  readonly findSignOutAddress: (sessionId: string, readBaseUrl: () => string) => Promise<string | null>
}

const ANYONE = { access: 'anonymous', action: null } as const
const PERSON = { access: 'session', action: null } as const
const tags = ['Sign-in']

/** What does not depend on how one signs in: signing out, one's own sessions, and the links that the server prints. */
export function registerAuthRoutes(app: App, services: AuthServices, settings: AddressSettings): void {
  const { signIns, sessions, setup, users, views } = services

  app.post(
    '/auth/sign-in/link',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Sign in with the token of a one-time link',
        body: LinkSignInBody,
        response: { 200: SessionInfo, 202: SecondStep, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      return answerSignIn(request, reply, await signIns.withLink(request.body.token, originOf(request)), settings)
    },
  )

  app.post(
    '/auth/sign-out',
    {
      // It ends the session of whoever really is there.
      config: { ...ANYONE, viewAs: 'open' },
      schema: {
        tags,
        summary: 'End this session',
        response: {
          200: Type.Object({ redirectTo: Type.String({ description: 'Where the identity provider ends its own.' }) }),
          204: Type.Null(),
          '4xx': ErrorBody,
        },
      },
    },
    async (request, reply) => {
      const { principal } = request
      clearSessionCookie(request, reply, settings)
      if (principal.kind !== 'user') return reply.status(204).send(null)
      const redirectTo = await services.findSignOutAddress(principal.sessionId, () => baseUrlOf(request, settings))
      await sessions.revoke(principal, principal.sessionId, request.id)
      if (redirectTo === null) return reply.status(204).send(null)
      return reply.header('cache-control', 'no-store').send({ redirectTo })
    },
  )

  app.get(
    '/auth/session',
    {
      config: { ...PERSON, viewAs: 'open' },
      schema: { tags, summary: 'Who is signed in', response: { 200: SessionInfo, '4xx': ErrorBody } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const principal = requireUser(request)
      const person = await users.findActive(principal.userId)
      if (person === null) throw new Error('A session leads to a person who is not there.')
      const view = await views.find(principal)
      return {
        ...toSessionInfo(person, baseUrlOf(request, settings)),
        ...(view && { viewedBy: { name: view.name, until: view.until.toISOString() } }),
      }
    },
  )

  app.get(
    '/auth/sessions',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'My sessions, the latest first',
        response: { 200: Type.Array(SessionSummary), '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return sessions.list(requireUser(request))
    },
  )

  app.delete(
    '/auth/sessions/:id',
    {
      config: PERSON,
      schema: {
        tags,
        summary: 'End one of my sessions',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null(), '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      const principal = requireUser(request)
      await sessions.revoke(principal, request.params.id, request.id)
      if (request.params.id === principal.sessionId) clearSessionCookie(request, reply, settings)
      return reply.status(204).send(null)
    },
  )

  app.get(
    '/auth/setup',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Whether a set-up link may still be used',
        querystring: Type.Object({ token: Type.String() }),
        response: { 200: SetupOffer, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return setup.read(request.query.token)
    },
  )

  app.post(
    '/auth/setup',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Create the organization and its first administrator',
        body: SetupBody,
        response: { 200: SessionInfo, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      return answerSignedIn(request, reply, await setup.complete(request.body, originOf(request)), settings)
    },
  )
}
