import { OAuthErrorBody } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { AttemptLimit } from '../auth/attempt-limit.ts'
import { type OAuthContext, runWithOAuthContext } from './oauth-context.ts'
import type { OAuthLogout } from './oauth-logout.ts'
import { OAUTH_PATH, type OAuthServer } from './oauth-server.ts'

const tags = ['OAuth']
const response = { '4xx': OAuthErrorBody }
const REVOCATION = `${OAUTH_PATH}/revoke`
const WINDOW_MS = 15 * 60_000

/** What RFC 6749 and OpenID Connect say of an authorization server; oidc-provider answers, in their words and not in ours. */
export function registerOAuthRoutes(
  app: App,
  server: OAuthServer,
  logout: OAuthLogout,
  settings: AddressSettings,
  clock: Clock,
): void {
  const limit = new AttemptLimit(
    { policy: 'oauth-per-address', maxFailures: 100, windowMs: WINDOW_MS, purpose: 'to get tokens' },
    clock,
  )
  const config = { access: 'anonymous', action: null } as const
  // Pages of applications post from their own sites, and nobody is signed in there.
  const forPages = { ...config, takesForeignPosts: true } as const
  const answer = (request: FastifyRequest, reply: FastifyReply) => answerAsProvider(request, reply, server, settings)

  app.get(
    `${OAUTH_PATH}/logout`,
    {
      config,
      schema: {
        tags,
        summary: 'Sign out of the workspace, and with it of every application',
        querystring: Type.Object({
          id_token_hint: Type.Optional(Type.String()),
          post_logout_redirect_uri: Type.Optional(Type.String()),
          state: Type.Optional(Type.String()),
        }),
      },
    },
    async (request, reply) => {
      const baseUrl = baseUrlOf(request, settings)
      const { id_token_hint: idTokenHint = '', post_logout_redirect_uri: returnTo = null, state = null } = request.query
      const person = request.principal.kind === 'user' ? request.principal : null
      const isThere = contextOf(request).person !== null
      const asked = { idTokenHint, returnTo, state }
      const address = await logout.end(asked, `${baseUrl}${OAUTH_PATH}`, isThere ? person : null, request.id)
      return reply.header('cache-control', 'no-store').redirect(address ?? `${baseUrl}/sign-in`, 303)
    },
  )

  app.register(async (scope) => {
    // Bodies are left for oidc-provider to read.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))

    const get = (path: string, summary: string) =>
      scope.get(`${OAUTH_PATH}${path}`, { config, schema: { tags, summary, response } }, answer)
    get('/.well-known/openid-configuration', 'Where the authorization server is, and what it can do')
    get('/authorize', 'Sign in to an application')
    get('/authorize/:uid', 'Go on signing in, after the person was asked')
    get('/userinfo', 'Who the person is that an application acts as')
    get('/jwks', 'The public keys that ID tokens are signed with')

    const post = (path: string, summary: string) =>
      scope.post(
        `${OAUTH_PATH}${path}`,
        { config: forPages, schema: { tags, summary, response } },
        async (request, reply) => {
          limit.count(request.ip)
          await answer(request, reply)
          if (reply.raw.statusCode < 400) limit.forgiveOne(request.ip)
          return reply
        },
      )
    post('/token', 'Exchange a code, a refresh token or the secret of a machine client for an access token')
    post('/revoke', 'Give tokens back, which ends them')
  })
}

/** Hands a request on to oidc-provider with the headers that every answer of ours has, but those about other sites. */
async function answerAsProvider(
  request: FastifyRequest,
  reply: FastifyReply,
  server: OAuthServer,
  settings: AddressSettings,
): Promise<FastifyReply> {
  const baseUrl = new URL(baseUrlOf(request, settings))
  const provider = await server.provider(baseUrl.href.replace(/\/$/, ''))
  const { raw } = request
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined && !name.startsWith('access-control-')) reply.raw.setHeader(name, value)
  }
  const path = (raw.url ?? '').slice(OAUTH_PATH.length)
  const prefix = baseUrl.pathname.replace(/\/$/, '')
  Object.assign(raw, { url: path, originalUrl: `${prefix}${OAUTH_PATH}${path}` })
  raw.headers['x-forwarded-proto'] = baseUrl.protocol.slice(0, -1)
  raw.headers['x-forwarded-host'] = baseUrl.host
  await runWithOAuthContext(contextOf(request), () => provider.callback()(raw, reply.raw))
  return reply
}

/** Who is there themselves; an application, or somebody who looks as somebody else, lets no application in. */
export function contextOf({ id, ip, principal, routeOptions }: FastifyRequest): OAuthContext {
  const isThere = principal.kind === 'user' && principal.app === undefined && principal.viewedBy === undefined
  const person = isThere ? { userId: principal.userId, sessionId: principal.sessionId } : null
  // Whoever has found a token gives it back from wherever they are.
  const address = routeOptions.url === REVOCATION ? null : ip
  return { requestId: id, address, person, sessionId: null }
}
