import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { ErrorBody, SignInMethods, SignInMethodsQuery, type SignInProblem } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requireUser } from '../../../../http/caller.ts'
import { readCookie, serializeCookie } from '../../../../http/cookies.ts'
import { type AddressSettings, baseUrlOf } from '../../../../http/public-address.ts'
import type { App } from '../../../../http/server.ts'
import { BACK_CHANNEL_LOGOUT_PATH, OIDC_CALLBACK_PATH } from '../../../identity-providers/identity-provider-routes.ts'
import type { IdentityProviderService } from '../../../identity-providers/identity-provider-service.ts'
import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import { setSessionCookie } from '../../session-cookie.ts'
import { originOf } from '../../signed-in-answer.ts'
import { nameOfError } from './describe-problem.ts'
import type { OidcLoginService } from './oidc-login-service.ts'
import type { OidcLogoutService } from './oidc-logout-service.ts'
import { toOwnPath } from './own-path.ts'

const ANYONE = { access: 'anonymous', action: null } as const
/** Where admins come back to from a test login. */
const TEST_PAGE = '/settings/single-sign-on'
const COOKIE_PATH = '/auth/oidc'
const tags = ['Sign-in']
const redirects = {
  302: Type.Null({ description: 'Onwards, or to the sign-in page with the problem.' }),
  '4xx': ErrorBody,
}

/** The way of a browser through OpenID Connect. Whatever goes wrong ends on the sign-in page, with one sentence. */
export function registerOidcRoutes(
  app: App,
  services: {
    readonly logins: OidcLoginService
    readonly logouts: OidcLogoutService
    readonly providers: IdentityProviderService
  },
  settings: AddressSettings,
): void {
  const { logins, logouts, providers } = services
  app.get(
    '/auth/sign-in/methods',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'The identity providers that one can sign in through',
        querystring: SignInMethodsQuery,
        response: { 200: SignInMethods, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const offered = await providers.listOffered(request.query.email)
      return { providers: offered.map(({ id, name }) => ({ id, name, startPath: `/auth/oidc/${id}/start` })) }
    },
  )

  app.get(
    '/auth/oidc/:id/start',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Go to an identity provider to sign in',
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          target: Type.Optional(Type.String({ description: 'Path in the workspace to go to afterwards.' })),
        }),
        response: redirects,
      },
    },
    async (request, reply) => {
      const target = toOwnPath(request.query.target)
      const redirectUri = `${baseUrlOf(request, settings)}${OIDC_CALLBACK_PATH}`
      try {
        const begun = await logins.begin(request.params.id, { target, redirectUri }, originOf(request))
        const cookie = { ...begun.cookie, path: COOKIE_PATH }
        reply.header('set-cookie', serializeCookie(request, cookie, settings))
        return leadTo(reply, begun.url)
      } catch (error) {
        if (!(error instanceof SignInRefusal)) throw error
        noteProblem(request, error.problem, error.cause)
        return leadTo(reply, problemPage('/sign-in', error.problem, target))
      }
    },
  )

  app.post(
    '/workspace-api/identity-providers/:id/test',
    {
      config: { access: 'session', action: 'identity-provider.manage' },
      schema: {
        tags: ['Single sign-on'],
        summary: 'Begin a test login, which signs nobody in; go to the address in the answer with this browser',
        params: Type.Object({ id: Type.String() }),
        response: { 200: Type.Object({ url: Type.String() }), '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      const redirectUri = `${baseUrlOf(request, settings)}${OIDC_CALLBACK_PATH}`
      const provider = await providers.get(requireUser(request), request.params.id)
      const begun = await logins.beginTest(provider, requireUser(request), redirectUri)
      reply.header('set-cookie', serializeCookie(request, { ...begun.cookie, path: COOKIE_PATH }, settings))
      reply.header('cache-control', 'no-store')
      return { url: begun.url }
    },
  )

  app.register(async (scope) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    scope.withTypeProvider<TypeBoxTypeProvider>().post(
      BACK_CHANNEL_LOGOUT_PATH,
      {
        config: ANYONE,
        schema: {
          tags,
          summary: 'For identity providers: somebody signed out there (OpenID Connect Back-Channel Logout)',
          body: Type.Object({ logout_token: Type.String({ maxLength: 20_000 }) }),
          response: { 200: Type.Null(), '4xx': ErrorBody },
        },
      },
      async (request, reply) => {
        await logouts.endNamedSessions(request.body.logout_token, request.id)
        return reply.status(200).header('cache-control', 'no-store').send(null)
      },
    )
  })

  app.get(
    OIDC_CALLBACK_PATH,
    {
      config: ANYONE,
      schema: { tags, summary: 'Come back from an identity provider', response: redirects },
    },
    async (request, reply) => {
      const url = new URL(`${baseUrlOf(request, settings)}${request.url}`)
      const finished = await logins.finish({
        url,
        readCookie: (name) => readCookie(request, name),
        principal: request.principal,
        origin: originOf(request),
      })
      if (finished.cookieName !== null) {
        const cookie = { name: finished.cookieName, value: '', path: COOKIE_PATH, maxAgeSeconds: 0 }
        reply.header('set-cookie', serializeCookie(request, cookie, settings))
      }
      if (finished.problem !== null) {
        noteProblem(request, finished.problem, finished.cause)
        const page = finished.isTest ? TEST_PAGE : '/sign-in'
        return leadTo(reply, problemPage(page, finished.problem, finished.target))
      }
      if (finished.signedIn !== null) setSessionCookie(request, reply, finished.signedIn.session, settings)
      return leadTo(reply, finished.isTest ? `${TEST_PAGE}?tested=true` : finished.target)
    },
  )
}

function problemPage(page: string, problem: SignInProblem, target: string): string {
  const query = new URLSearchParams({ problem, ...(target === '/' ? {} : { target }) })
  return `${page}?${query}`
}

/** The address holds a code and a state, which no other page and no cache is to learn. */
function leadTo(reply: FastifyReply, address: string) {
  return reply
    .status(302)
    .header('location', address)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .send(null)
}

/** The name of the library's error and nothing of what it holds. */
function noteProblem(request: FastifyRequest, problem: SignInProblem, cause: unknown): void {
  request.log.warn({ problem, reason: cause === undefined ? undefined : nameOfError(cause) }, 'a sign-in was refused')
}
