import { timingSafeEqual } from 'node:crypto'
import { OAUTH_AUDIENCE } from '@graticule/contract'
import {
  type AdapterFactory,
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { originsOf } from './oauth-client.ts'
import { OAUTH_SCOPES } from './oauth-client-metadata.ts'
import { oauthContext } from './oauth-context.ts'
import type { OAuthKeys } from './oauth-keys.ts'

export interface OAuthProviderOptions {
  readonly adapter: AdapterFactory
  readonly keys: OAuthKeys
  /** What applications are told of a person; null for one who is gone. */
  readonly findClaims: (userId: string) => Promise<{ readonly name: string; readonly email: string } | null>
  /** The id of what the person agreed to for the client before. */
  readonly findGrantId: (clientId: string, userId: string) => Promise<string | null>
  readonly onError: (error: Error) => void
}

const HOUR = 3600
const DAY = 24 * HOUR

/** The authorization server at one address, which is its issuer. */
export function createOAuthProvider(issuer: string, options: OAuthProviderOptions): Provider {
  const provider = new Provider(issuer, configure(issuer, options))
  // Its address is the issuer's, whatever stands between it and the world.
  provider.proxy = true
  provider.use(async (ctx, next) => {
    // Without a scope there would be nothing to agree to; who one is, is the least of it.
    if (ctx.path === '/authorize' && ctx.query.scope === undefined) ctx.query = { ...ctx.query, scope: 'openid' }
    await next()
  })
  provider.on('server_error', (_ctx: unknown, error: Error) => options.onError(error))
  // What a leak is recognised by, in logs and in repositories.
  const prefixes = { AccessToken: 'gto_', ClientCredentials: 'gto_', RefreshToken: 'gtr_' } as const
  for (const [model, prefix] of Object.entries(prefixes)) {
    const { prototype } = provider[model as keyof typeof prefixes]
    Object.assign(prototype, {
      generateTokenId(this: { format?: string }) {
        this.format = 'opaque'
        return createRandomToken(prefix)
      },
    })
  }
  Object.assign(provider.Client.prototype, { compareClientSecret })
  return provider
}

/** Secrets are random, so that a plain hash of one says nothing of it. */
function compareClientSecret(this: { readonly clientSecret?: string }, actual: string): boolean {
  const [known, given] = [Buffer.from(this.clientSecret ?? ''), Buffer.from(hashToken(actual))]
  return known.length === given.length && timingSafeEqual(known, given)
}

function configure(issuer: string, { adapter, findClaims, findGrantId, keys }: OAuthProviderOptions): Configuration {
  return {
    adapter,
    jwks: { keys: [keys.idToken] },
    cookies: {
      keys: [keys.cookies],
      names: { session: 'graticule_oauth', interaction: 'graticule_oauth_step', resume: 'graticule_oauth_resume' },
    },
    scopes: OAUTH_SCOPES,
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    responseTypes: ['code'],
    extraClientMetadata: { properties: ['web_origins'] },
    extraParams: { audience: (_ctx, value) => requireAudience(value) },
    routes: {
      authorization: '/authorize',
      token: '/token',
      revocation: '/revoke',
      userinfo: '/userinfo',
      jwks: '/jwks',
    },
    discovery: { end_session_endpoint: `${issuer}/logout` },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: false },
    },
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 60,
      ClientCredentials: HOUR,
      Grant: 365 * DAY,
      IdToken: HOUR,
      Interaction: HOUR,
      // They end with the session that they were given in, which is as long as the organization says.
      RefreshToken: 90 * DAY,
      Session: DAY,
    },
    pkce: { required: () => true },
    clientBasedCORS: (_ctx, origin, client) => listWebOrigins(client.metadata()).includes(origin),
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    // Called for each access token, before it is kept.
    extraTokenClaims: (ctx) => {
      requireAudience(ctx.oidc.body?.audience)
      return undefined
    },
    findAccount: async (_ctx, sub) => {
      const claims = await findClaims(sub)
      return claims === null ? undefined : { accountId: sub, claims: async () => ({ sub, ...claims }) }
    },
    loadExistingGrant: async (ctx) => {
      const { client, provider, result, session } = ctx.oidc
      if (client === undefined || session?.accountId === undefined) return undefined
      const grantId = result?.consent?.grantId ?? (await findGrantId(client.clientId, session.accountId))
      return grantId === null ? undefined : provider.Grant.find(grantId)
    },
    interactions: {
      // Cookies of a step are sent below its path, where its page asks too.
      url: (_ctx, interaction) => `${new URL(issuer).pathname}/interaction/${interaction.uid}`,
      policy: createInteractionPolicy(),
    },
    renderError: (ctx, out) => {
      ctx.type = 'text/plain; charset=utf-8'
      const why = String(out.error_description ?? out.error).replaceAll(/\s+/g, ' ')
      ctx.body = `The application could not sign you in (${why}); go back to it and try again.\n`
    },
  }
}

/** Whoever is signed in to the workspace is signed in to applications, and nobody else: each time, it is looked at. */
function createInteractionPolicy() {
  const policy = interactionPolicy.base()
  const { Check } = interactionPolicy
  const isSomebodyElse = (ctx: KoaContextWithOIDC) => oauthContext().person?.userId !== ctx.oidc.session?.accountId
  policy
    .get('login')
    ?.checks.add(
      new Check('workspace', 'Nobody is signed in to the workspace', 'login_required', (ctx) =>
        isSomebodyElse(ctx) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    )
  return policy
}

function listWebOrigins({ redirect_uris: callbacks = [], web_origins: origins }: ClientMetadata): string[] {
  return originsOf({ callback_urls: [...callbacks] }, Array.isArray(origins) ? origins.map(String) : [])
}

function requireAudience(audience: unknown): void {
  if (audience === undefined || audience === OAUTH_AUDIENCE) return
  throw new errors.InvalidTarget(`the audience of this server is ${OAUTH_AUDIENCE}`)
}
