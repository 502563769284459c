import { ErrorBody, type SignInProblem } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { readCookie, serializeCookie } from '../../../http/cookies.ts'
import { type AddressSettings, baseUrlOf } from '../../../http/public-address.ts'
import type { App } from '../../../http/server.ts'
import type { IdentityProvider } from '../../identity-providers/identity-provider-service.ts'
import { SignInRefusal } from '../../identity-providers/sign-in-refusal.ts'
import { setSessionCookie } from '../session-cookie.ts'
import { originOf } from '../signed-in-answer.ts'
import { nameOfError } from './name-of-error.ts'
import { toOwnPath } from './own-path.ts'
import type { RedirectLoginService } from './redirect-login-service.ts'

/** Where admins come back to from a test login. */
const TEST_PAGE = '/settings/single-sign-on'
const ANYONE = { access: 'anonymous', action: null } as const
const tags = ['Sign-in']

/** What the end of the way answers when nobody is signed in: a page that goes on by itself. */
const REFUSED = {
  401: {
    description: 'Nobody was signed in; a browser goes on to the page that says why.',
    content: { 'text/html': { schema: Type.String() } },
  },
}

/** Answers of routes that a browser passes on its way. */
export const REDIRECTS = {
  302: Type.Null({ description: 'Onwards, or to the sign-in page with the problem.' }),
  '4xx': ErrorBody,
}

/** Where the way of a protocol begins and ends. */
export interface RedirectPaths {
  /** With `:id` for the provider. */
  readonly start: string
  readonly finish: string
  /** The query parameter of the end that holds the login's secret. */
  readonly stateParameter: string
  /** Where the login's cookie is sent. */
  readonly cookie: string
}

/** The way of a browser to a provider and back. Whatever goes wrong ends on the sign-in page, with one sentence. */
export function registerRedirectLogin<Provider extends IdentityProvider>(
  app: App,
  logins: RedirectLoginService<Provider>,
  paths: RedirectPaths,
  settings: AddressSettings,
): void {
  app.get(
    paths.start,
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Go to an identity provider to sign in',
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          target: Type.Optional(Type.String({ description: 'Path in the workspace to go to afterwards.' })),
        }),
        response: REDIRECTS,
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string }
      const target = toOwnPath((request.query as { target?: string }).target)
      try {
        const begun = await logins.begin(id, { target, baseUrl: baseUrlOf(request, settings) }, originOf(request))
        if (begun.cookie !== null) reply.header('set-cookie', serializeCookie(request, begun.cookie, settings))
        return leadTo(reply, begun.url)
      } catch (error) {
        if (!(error instanceof SignInRefusal)) throw error
        noteProblem(request, error.problem, error.cause)
        return leadTo(reply, problemPage('/sign-in', error.problem, target))
      }
    },
  )

  app.get(
    paths.finish,
    {
      config: ANYONE,
      schema: { tags, summary: 'Come back from an identity provider', response: { ...REDIRECTS, ...REFUSED } },
    },
    async (request, reply) => {
      const url = new URL(`${baseUrlOf(request, settings)}${request.url}`)
      const finished = await logins.finish({
        state: url.searchParams.get(paths.stateParameter) ?? '',
        url,
        readCookie: (name) => readCookie(request, name),
        principal: request.principal,
        origin: originOf(request),
      })
      if (finished.cookieName !== null) {
        const cookie = { name: finished.cookieName, value: '', path: paths.cookie, maxAgeSeconds: 0 }
        reply.header('set-cookie', serializeCookie(request, cookie, settings))
      }
      if (finished.problem !== null) {
        noteProblem(request, finished.problem, finished.cause)
        const page = finished.isTest ? TEST_PAGE : '/sign-in'
        return refuseOnTheWay(reply, problemPage(page, finished.problem, finished.target))
      }
      if (finished.signedIn !== null) setSessionCookie(request, reply, finished.signedIn.session, settings)
      return leadTo(reply, finished.isTest ? `${TEST_PAGE}?tested=true` : finished.target)
    },
  )
}

/** The address of a page that says why nobody was signed in. */
export function problemPage(page: string, problem: SignInProblem, target: string): string {
  const query = new URLSearchParams({ problem, ...(target === '/' ? {} : { target }) })
  return `${page}?${query}`
}

/** The address may hold a code and a state, which no other page and no cache is to learn. */
export function leadTo(reply: FastifyReply, address: string, status: 302 | 303 = 302) {
  return reply
    .status(status)
    .header('location', address)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .send(null)
}

/**
 * The status is that of a refusal, for whoever judges by it; a browser comes to the page that says why and lets one try
 * again.
 */
function refuseOnTheWay(reply: FastifyReply, address: string) {
  const link = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return reply
    .status(401)
    .header('refresh', `0;url=${address}`)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><title>Nobody was signed in</title><p>Nobody was signed in. <a href="${link}">Read why, and try again</a>.</p></html>`,
    )
}

/** The name of the library's error and nothing of what it holds. */
function noteProblem(request: FastifyRequest, problem: SignInProblem, cause: unknown): void {
  request.log.warn({ problem, reason: cause === undefined ? undefined : nameOfError(cause) }, 'a sign-in was refused')
}
