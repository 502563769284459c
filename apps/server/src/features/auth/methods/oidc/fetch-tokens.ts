import { ResponseBodyError, refreshTokenGrant, WWWAuthenticateChallengeError } from 'openid-client'
import type { OutboundDoor } from '../../../../platform/outbound/outbound.ts'
import { Secret } from '../../../../platform/secrets/secret.ts'
import type { OidcProvider } from '../../../identity-providers/identity-provider-service.ts'
import { configurationOf } from './discovery.ts'

/** What a provider gave for a session that goes on. */
export interface FetchedTokens {
  readonly accessToken: Secret
  /** Null when the provider does not say. */
  readonly accessTokenSeconds: number | null
  /** Null when the provider gives none but at the sign-in. */
  readonly idToken: { readonly token: Secret; readonly seconds: number; readonly claims: Claims } | null
  /** In place of the one that was used; null when that one goes on. */
  readonly refreshToken: Secret | null
}

type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** The provider answered, and gives no tokens. */
export class TokenRefusal extends Error {
  /** As OAuth calls it, such as `invalid_grant`: the session at the provider is over. */
  readonly code: string

  constructor(code: string, cause: unknown) {
    super(`The identity provider gives no tokens: ${code}.`, { cause })
    this.code = code
  }
}

/**
 * Fetches tokens of a session with its refresh token; an ID token is checked as at the sign-in. Throws `TokenRefusal` when
 * the provider gives none, and whatever else when it could not be asked.
 */
export async function fetchTokens(
  provider: OidcProvider,
  door: OutboundDoor,
  refreshToken: Secret,
  scope: string | null,
): Promise<FetchedTokens> {
  const configuration = await configurationOf(provider, door)
  const parameters: Record<string, string> = scope === null ? {} : { scope }
  const tokens = await refreshTokenGrant(configuration, refreshToken.reveal(), parameters).catch(refuse)
  const claims = tokens.claims()
  return {
    accessToken: new Secret(tokens.access_token),
    accessTokenSeconds: tokens.expires_in ?? null,
    idToken:
      tokens.id_token === undefined || claims === undefined
        ? null
        : { token: new Secret(tokens.id_token), seconds: claims.exp - claims.iat, claims },
    refreshToken: tokens.refresh_token === undefined ? null : new Secret(tokens.refresh_token),
  }
}

function refuse(error: unknown): never {
  if (error instanceof ResponseBodyError) throw new TokenRefusal(readCode(error.error), error)
  // Some say with a challenge that the client itself is not known.
  if (error instanceof WWWAuthenticateChallengeError) throw new TokenRefusal('invalid_client', error)
  throw error
}

/** Its text goes into sentences, so only what can be a code does. */
function readCode(code: string): string {
  return /^[a-z][a-z0-9_]{0,40}$/.test(code) ? code : 'unknown_error'
}
