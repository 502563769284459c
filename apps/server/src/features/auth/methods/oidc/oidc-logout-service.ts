import { AppError } from '@graticule/contract'
import { createRemoteJWKSet, customFetch, decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { buildEndSessionUrl } from 'openid-client'
import { SYSTEM_ACTOR } from '../../../../platform/activity/activity-log.ts'
import { outboundFetch } from '../../../../platform/outbound/outbound-fetch.ts'
import { SEALED_COLUMNS } from '../../../../platform/secrets/sealed-columns.ts'
import { SIGNED_OUT_PATH } from '../../../identity-providers/identity-provider-routes.ts'
import type { OidcProvider } from '../../../identity-providers/identity-provider-service.ts'
import type { LoginContext } from '../login-method.ts'
import { configurationOf } from './discovery.ts'
import { findExternalSession, listSessionIds } from './external-session-store.ts'

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'
/** Asymmetric ones only: `none` proves nothing, and a client secret is known to two. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const MAX_TOKEN_AGE_SECONDS = 5 * 60
const CLOCK_TOLERANCE_SECONDS = 60

/** Signing out with the provider together, whichever side begins. */
export class OidcLogoutService {
  readonly #context: LoginContext
  readonly #keys = new LRUCache<string, JWTVerifyGetKey>({ max: 200 })

  constructor(context: LoginContext) {
    this.#context = context
  }

  /** The provider's own page for signing out; null when it has none, or cannot be asked now. */
  async findSignOutAddress(sessionId: string, readBaseUrl: () => string): Promise<string | null> {
    const { identityProviders, secretBox, store } = this.#context
    const session = await findExternalSession(store, sessionId)
    const provider = session === null ? null : await identityProviders.find(session.provider_id)
    if (session === null || session.id_token === null || provider?.kind !== 'oidc') return null
    // Our own session ends in any case.
    const configuration = await configurationOf(provider, this.#context.doorOf(provider)).catch(() => null)
    if (configuration?.serverMetadata().end_session_endpoint === undefined) return null
    return buildEndSessionUrl(configuration, {
      id_token_hint: secretBox.open(session.id_token, SEALED_COLUMNS.idToken.in(sessionId)),
      post_logout_redirect_uri: `${readBaseUrl()}${SIGNED_OUT_PATH}`,
    }).href
  }

  /** Ends the sessions that a logout token names. Throws `invalid_request` for a token that is not to be believed. */
  async endNamedSessions(logoutToken: string, requestId: string): Promise<void> {
    const providers = await this.#findProviders(logoutToken)
    if (providers.length === 0) throw refuse('The logout token names no identity provider that is known here.')
    for (const provider of providers) {
      const claims = await this.#verify(provider, logoutToken)
      const ended = {
        subject: claims.sub ?? null,
        providerSessionId: typeof claims.sid === 'string' ? claims.sid : null,
      }
      const { activity, sessions, store } = this.#context
      await sessions.end(await listSessionIds(store, provider.id, ended), (transaction, ids) =>
        activity.recordAll(
          transaction,
          ids.map((id) => ({
            organizationId: provider.organizationId,
            actor: SYSTEM_ACTOR,
            type: 'session.revoked',
            assetType: 'session',
            assetId: id,
            requestId,
            details: { reason: 'signed_out_at_provider', provider: provider.name },
          })),
        ),
      )
    }
  }

  /** By what the token says of itself; whether that is true is checked with each. */
  async #findProviders(logoutToken: string): Promise<OidcProvider[]> {
    let claims: JWTPayload
    try {
      claims = decodeJwt(logoutToken)
    } catch {
      throw refuse('The logout token is not a JSON Web Token.')
    }
    const audience = [claims.aud ?? []].flat()
    if (claims.iss === undefined || audience.length === 0) return []
    return this.#context.identityProviders.listByClient(claims.iss, audience)
  }

  async #verify(provider: OidcProvider, logoutToken: string): Promise<JWTPayload> {
    const configuration = await configurationOf(provider, this.#context.doorOf(provider)).catch(() => null)
    const address = configuration?.serverMetadata().jwks_uri
    if (address === undefined) throw refuse('The keys of the identity provider could not be read; try again.')
    let claims: JWTPayload
    try {
      const { payload } = await jwtVerify(logoutToken, this.#keysAt(provider, address), {
        issuer: provider.settings.issuer,
        audience: provider.settings.clientId,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: MAX_TOKEN_AGE_SECONDS,
        requiredClaims: ['iat', 'jti', 'events'],
      })
      claims = payload
    } catch {
      throw refuse('The logout token is not valid: check its signature, issuer, audience and age.')
    }
    const events = claims.events as Readonly<Record<string, unknown>> | null
    const isLogout = typeof events === 'object' && events !== null && LOGOUT_EVENT in events
    // An ID token, which has a nonce, must not pass for one.
    if (!isLogout || claims.nonce !== undefined) throw refuse('This is no logout token.')
    if (claims.sub === undefined && claims.sid === undefined) {
      throw refuse('The logout token names neither a subject nor a session.')
    }
    return claims
  }

  #keysAt(provider: OidcProvider, address: string): JWTVerifyGetKey {
    const key = `${provider.id} ${address}`
    const door = this.#context.doorOf(provider)
    const keys =
      this.#keys.get(key) ??
      createRemoteJWKSet(new URL(address), { [customFetch]: (url, options) => outboundFetch(url, options, door) })
    this.#keys.set(key, keys)
    return keys
  }
}

function refuse(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
