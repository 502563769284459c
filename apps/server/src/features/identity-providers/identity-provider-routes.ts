import {
  ErrorBody,
  IdentityProviderCreateBody,
  IdentityProviderList,
  IdentityProviderSummary,
  IdentityProviderUpdateBody,
  SignInMethods,
  SignInMethodsQuery,
  SsoEnforcement,
} from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import { type Cookie, serializeCookie } from '../../http/cookies.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { EnforcementService } from './enforcement-service.ts'
import type { IdentityProvider, IdentityProviderService } from './identity-provider-service.ts'

/** Where SAML providers have browsers post their answers, and where our metadata, whose address is our entity id, stands. */
export const SAML_CONSUMER_PATH = '/auth/saml/acs'
export const SAML_METADATA_PATH = '/auth/saml/metadata'
/** Where identity providers send people back to, after signing in and after signing out. */
export const OIDC_CALLBACK_PATH = '/auth/oidc/callback'
export const SIGNED_OUT_PATH = '/sign-in'
/** Where they tell that somebody signed out with them. */
export const BACK_CHANNEL_LOGOUT_PATH = '/auth/oidc/back-channel-logout'

const MANAGE = { access: 'session', action: 'identity-provider.manage' } as const
const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['Single sign-on']

/** Begins a login that signs nobody in, with whatever the provider speaks. */
type BeginTest = (
  provider: IdentityProvider,
  tester: UserPrincipal,
  baseUrl: string,
) => Promise<{ readonly url: string; readonly cookie: Cookie | null }>

/** The identity providers of the organization, for those who set up single sign-on. */
export function registerIdentityProviderRoutes(
  app: App,
  providers: IdentityProviderService,
  enforcement: EnforcementService,
  beginTest: BeginTest,
  settings: AddressSettings,
): void {
  app.get(
    '/auth/sign-in/methods',
    {
      config: { access: 'anonymous', action: null },
      schema: {
        tags: ['Sign-in'],
        summary: 'The identity providers that one can sign in through',
        querystring: SignInMethodsQuery,
        response: { 200: SignInMethods, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const offered = await providers.listOffered(request.query.email)
      return { providers: offered.map(({ id, kind, name }) => ({ id, name, startPath: `/auth/${kind}/${id}/start` })) }
    },
  )

  app.get(
    '/workspace-api/identity-providers',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'List the identity providers, with the address to register with each',
        response: { 200: IdentityProviderList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { principal } = userCallerOf(request, reply)
      const baseUrl = baseUrlOf(request, settings)
      return {
        providers: await providers.list(principal),
        redirectUri: `${baseUrl}${OIDC_CALLBACK_PATH}`,
        signedOutUri: `${baseUrl}${SIGNED_OUT_PATH}`,
        backChannelLogoutUri: `${baseUrl}${BACK_CHANNEL_LOGOUT_PATH}`,
        saml: {
          entityId: `${baseUrl}${SAML_METADATA_PATH}`,
          assertionConsumerUri: `${baseUrl}${SAML_CONSUMER_PATH}`,
          metadataUri: `${baseUrl}${SAML_METADATA_PATH}`,
        },
        enforcement: await enforcement.read(principal.organizationId),
      }
    },
  )

  app.post(
    '/workspace-api/identity-providers',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Add an identity provider, after a look at its discovery document or metadata',
        body: IdentityProviderCreateBody,
        response: { 201: IdentityProviderSummary, ...errors },
      },
    },
    async (request, reply) => {
      const created = await providers.create(userCallerOf(request, reply), request.body)
      return reply.status(201).header('cache-control', 'no-store').send(created)
    },
  )

  app.patch(
    '/workspace-api/identity-providers/:id',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Change an identity provider; new settings have to be tested anew',
        params: IdParams,
        body: IdentityProviderUpdateBody,
        response: { 200: IdentityProviderSummary, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return providers.update(userCallerOf(request, reply), request.params.id, request.body)
    },
  )

  app.delete(
    '/workspace-api/identity-providers/:id',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Delete an identity provider; the people who came through it stay',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await providers.remove(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/workspace-api/identity-providers/:id/test',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Begin a test login, which signs nobody in; go to the address in the answer with this browser',
        params: IdParams,
        response: { 200: Type.Object({ url: Type.String() }), ...errors },
      },
    },
    async (request, reply) => {
      const tester = requireUser(request)
      const provider = await providers.get(tester, request.params.id)
      const begun = await beginTest(provider, tester, baseUrlOf(request, settings))
      if (begun.cookie !== null) reply.header('set-cookie', serializeCookie(request, begun.cookie, settings))
      reply.header('cache-control', 'no-store')
      return { url: begun.url }
    },
  )

  app.put(
    '/workspace-api/sso-enforcement',
    {
      config: MANAGE,
      schema: {
        tags,
        summary: 'Say whether people must sign in through an identity provider',
        body: SsoEnforcement,
        response: { 200: SsoEnforcement, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return enforcement.change(userCallerOf(request, reply), request.body)
    },
  )
}
