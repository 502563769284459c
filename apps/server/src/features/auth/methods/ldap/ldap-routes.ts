import { AppError, DirectoryLoginBody, ErrorBody, SessionInfo } from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser } from '../../../../http/caller.ts'
import { rejectForeignForm } from '../../../../http/cross-site.ts'
import type { App } from '../../../../http/server.ts'
import { toOwnPath } from '../../redirect-login/own-path.ts'
import { leadTo, problemPage } from '../../redirect-login/redirect-login-routes.ts'
import { answerSignedIn, originOf } from '../../signed-in-answer.ts'
import type { LoginContext } from '../login-method.ts'
import type { LdapSignInService } from './ldap-sign-in-service.ts'

/** The page on which names and passwords of a directory are entered. */
export const DIRECTORY_PAGE = '/directory-sign-in'

const ANYONE = { access: 'anonymous', action: null } as const
const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['Sign-in']

/** Signing in with a directory: everything happens on our own page. */
export function registerLdapRoutes(
  app: App,
  logins: LdapSignInService,
  { identityProviders, settings }: LoginContext,
): void {
  app.get(
    '/auth/ldap/:id/start',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Go to the page on which one signs in with a directory',
        params: IdParams,
        querystring: Type.Object({ target: Type.Optional(Type.String()) }),
        response: { 302: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const target = toOwnPath(request.query.target)
      const isOffered = await logins.isOffered(request.params.id)
      if (!isOffered) return leadTo(reply, problemPage('/sign-in', 'provider_unknown', target))
      const query = new URLSearchParams({ provider: request.params.id, ...(target !== '/' && { target }) })
      return leadTo(reply, `${DIRECTORY_PAGE}?${query}`)
    },
  )

  app.get(
    '/auth/ldap/:id',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'The name of a directory that one can sign in with',
        params: IdParams,
        response: { 200: Type.Object({ name: Type.String() }), ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return logins.describe(request.params.id)
    },
  )

  app.post(
    '/auth/ldap/:id',
    {
      config: ANYONE,
      schema: {
        tags,
        summary: 'Sign in with a name and password of a directory',
        params: IdParams,
        body: DirectoryLoginBody,
        response: { 200: SessionInfo, ...errors },
      },
    },
    async (request, reply) => {
      rejectForeignForm(request, settings)
      const signedIn = await logins.signIn(request.params.id, request.body, originOf(request))
      return answerSignedIn(request, reply, signedIn, settings)
    },
  )

  app.post(
    '/workspace-api/identity-providers/:id/test/directory',
    {
      config: { access: 'session', action: 'identity-provider.manage' },
      schema: {
        tags: ['Single sign-on'],
        summary: 'Try a name and password of the directory, which signs nobody in',
        params: IdParams,
        body: DirectoryLoginBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const tester = requireUser(request)
      const provider = await identityProviders.get(tester, request.params.id)
      if (provider.kind !== 'ldap') throw new AppError('invalid_request', 'This provider has a test login of its own.')
      await logins.test(provider, tester, request.body, originOf(request))
      return reply.status(204).send(null)
    },
  )
}
