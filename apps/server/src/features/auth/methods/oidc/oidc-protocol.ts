import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  type TokenEndpointResponse,
} from 'openid-client'
import type { OutboundDoor } from '../../../../platform/outbound/outbound.ts'
import type { ExternalIdentity, ExternalSession } from '../../../identity-providers/external-sign-in-service.ts'
import { OIDC_CALLBACK_PATH } from '../../../identity-providers/identity-provider-routes.ts'
import type { OidcProvider } from '../../../identity-providers/identity-provider-service.ts'
import { findClaim } from '../../../identity-providers/read-claimed-groups.ts'
import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import type { RedirectProtocol } from '../../redirect-login/redirect-protocol.ts'
import type { LoginContext } from '../login-method.ts'
import { readIdentity } from './claims.ts'
import { describeProblem } from './describe-problem.ts'
import { configurationOf } from './discovery.ts'

interface Checks {
  readonly nonce: string
  readonly verifier: string
}

const SCOPE = 'openid email profile'

/** OpenID Connect: authorization code with PKCE, state and nonce. */
export const createOidcProtocol = (doorOf: LoginContext['doorOf']): RedirectProtocol<OidcProvider> => ({
  kind: 'oidc',

  async begin(provider, { state, baseUrl }) {
    const configuration = await configurationOf(provider, doorOf(provider)).catch((error: unknown) => {
      throw new SignInRefusal('provider_unreachable', error)
    })
    const checks = { nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: `${baseUrl}${OIDC_CALLBACK_PATH}`,
      response_type: 'code',
      scope: scopeFor(provider, configuration),
      state,
      nonce: checks.nonce,
      code_challenge: await calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, checks }
  },

  async check(provider, { url }, { nonce = '', verifier = '' }) {
    const { identity, ...session } = await fetchIdentity(provider, doorOf(provider), url, { nonce, verifier })
    return { identity, session }
  },
})

/** Exchanges the code and checks the answer: issuer, audience, expiry, nonce, signature. Throws `SignInRefusal`. */
async function fetchIdentity(
  provider: OidcProvider,
  door: OutboundDoor,
  url: URL,
  checks: Checks,
): Promise<{ identity: ExternalIdentity } & ExternalSession> {
  const configuration = await configurationOf(provider, door).catch((error: unknown) => {
    throw new SignInRefusal('provider_unreachable', error)
  })
  try {
    const tokens = await authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: checks.verifier,
      expectedState: url.searchParams.get('state') ?? undefined,
      expectedNonce: checks.nonce,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined || tokens.id_token === undefined) throw new SignInRefusal('invalid_answer')
    const { groupsClaim } = provider
    const isComplete =
      claims.email !== undefined && (groupsClaim === null || findClaim(claims, groupsClaim) !== undefined)
    const userInfo = isComplete ? {} : await askUserInfo(configuration, tokens, claims.sub)
    return {
      identity: readIdentity(claims, userInfo, groupsClaim),
      idToken: tokens.id_token,
      // Kept for nothing but tokens that an admin lets be sent to databases.
      refreshToken: provider.tokenPlaces.length === 0 ? null : (tokens.refresh_token ?? null),
      providerSessionId: typeof claims.sid === 'string' ? claims.sid : null,
    }
  } catch (error) {
    throw error instanceof SignInRefusal ? error : new SignInRefusal(describeProblem(error), error)
  }
}

/** Many providers tell the e-mail and the groups only here. */
async function askUserInfo(
  configuration: Configuration,
  tokens: TokenEndpointResponse,
  subject: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {}
  return fetchUserInfo(configuration, tokens.access_token, subject)
}

/** Some providers tell groups, or let tokens be fetched later, only to those who ask for it by a scope. */
function scopeFor(provider: OidcProvider, configuration: Configuration): string {
  const supported = configuration.serverMetadata().scopes_supported ?? []
  const wanted = [
    ...(provider.groupsClaim !== null ? ['groups'] : []),
    ...(provider.tokenPlaces.length > 0 ? ['offline_access'] : []),
  ]
  return [SCOPE, ...wanted.filter((scope) => supported.includes(scope))].join(' ')
}
