import { AppError } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import { importJWK, jwtVerify } from 'jose'
import type { SessionService } from '../auth/session-service.ts'
import type { OAuthClientStore } from './oauth-client-store.ts'
import type { OAuthServer } from './oauth-server.ts'

/** What an application sends along with whoever signs out of it. */
export interface LogoutRequest {
  readonly idTokenHint: string
  readonly returnTo: string | null
  readonly state: string | null
}

export interface OAuthLogoutOptions {
  readonly clients: OAuthClientStore
  readonly server: OAuthServer
  readonly sessions: SessionService
}

/** Signs people out of everything from within an application that they signed in to. */
export class OAuthLogout {
  readonly #options: OAuthLogoutOptions

  constructor(options: OAuthLogoutOptions) {
    this.#options = options
  }

  /**
   * Ends the session of the person whom the ID token names, if it is they who are there: nobody is signed out by a page
   * that never signed them in. Answers where the browser goes on; null for nowhere in particular.
   */
  async end(
    { idTokenHint, returnTo, state }: LogoutRequest,
    issuer: string,
    person: UserPrincipal | null,
    requestId: string,
  ): Promise<string | null> {
    const { clients, server, sessions } = this.#options
    const { idToken: key } = await server.keys()
    const { e, kid, kty, n } = key
    const verified = await jwtVerify(idTokenHint, await importJWK({ e, kid, kty, n } as never, 'RS256'), {
      issuer,
      // Whoever signs out may have signed in long ago.
      currentDate: new Date(0),
    }).catch(() => null)
    const client = verified === null ? null : await clients.find(String(verified.payload.aud))
    if (verified === null || client === null) {
      throw new AppError('invalid_request', 'Send the ID token of the sign-in as id_token_hint to sign out.')
    }
    if (returnTo !== null && !client.logout_urls.includes(returnTo)) {
      throw new AppError(
        'invalid_request',
        'Add the address to the logout URLs of the OAuth client to come back to it.',
      )
    }
    if (person !== null && person.userId === verified.payload.sub) {
      await sessions.revoke(person, person.sessionId, requestId)
    }
    if (returnTo === null) return null
    const address = new URL(returnTo)
    if (state !== null) address.searchParams.set('state', state)
    return address.href
  }
}
