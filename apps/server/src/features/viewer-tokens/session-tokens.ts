import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../../platform/db/database.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import { Secret } from '../../platform/secrets/secret.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { FetchedTokens } from '../auth/methods/oidc/fetch-tokens.ts'
import { TokenRefusal } from '../auth/methods/oidc/fetch-tokens.ts'
import type { OidcProvider } from '../identity-providers/identity-provider-service.ts'
import { refreshClientOf } from '../identity-providers/provider-settings.ts'
import {
  giveBackRefreshToken,
  listTokenSessions,
  type TakenRefreshToken,
  type TokenSessionRow,
  takeRefreshToken,
} from './token-session-store.ts'

const GIVE_UP_MS = 30_000
const LOOK_AGAIN_MS = 100

export interface SessionTokensOptions {
  readonly store: Store
  readonly secrets: SecretBox
  /** Null for one that is gone, or not of OpenID Connect. */
  readonly findProvider: (id: string) => Promise<OidcProvider | null>
  /** Asks the provider; throws `TokenRefusal` when it gives none. */
  readonly fetch: (provider: OidcProvider, refreshToken: Secret, scope: string | null) => Promise<FetchedTokens>
}

/** The session has no refresh token, or lost it while it was used. */
export class NoRefreshToken extends Error {}

/**
 * Fetches the tokens of sessions at their providers. Of all servers one at a time uses a session's refresh token, since a
 * provider may give another with each use and take a second use of one for a theft.
 */
export class SessionTokens {
  readonly #options: SessionTokensOptions

  constructor(options: SessionTokensOptions) {
    this.#options = options
  }

  /**
   * Fresh tokens of a session. Throws `NoRefreshToken` or `TokenRefusal` when it gets none, and whatever else when the
   * provider could not be asked.
   */
  async fetch(session: TokenSessionRow, scope: string | null): Promise<FetchedTokens> {
    const { fetch, findProvider, secrets, store } = this.#options
    const { sessionId } = session
    const provider = await findProvider(session.providerId)
    if (provider === null || !provider.isEnabled) throw new NoRefreshToken()
    const { client, sealed, until } = await this.#take(sessionId)
    if (client !== refreshClientOf(provider.settings)) {
      // Whoever the provider is now would be told what another gave.
      await giveBackRefreshToken(store, sessionId, until, null)
      throw new NoRefreshToken()
    }
    let tokens: FetchedTokens
    try {
      tokens = await fetch(provider, new Secret(secrets.open(sealed, SEALED_COLUMNS.refreshToken.in(sessionId))), scope)
    } catch (error) {
      // Of all refusals this one alone says that the token is no good any more.
      const isOver = error instanceof TokenRefusal && error.code === 'invalid_grant'
      await giveBackRefreshToken(store, sessionId, until, isOver ? null : undefined)
      throw error
    }
    // An ID token that names somebody else means that the provider mixes people up.
    const isOfOther = tokens.idToken !== null && tokens.idToken.claims.sub !== session.subject
    const next =
      tokens.refreshToken === null
        ? undefined
        : secrets.seal(tokens.refreshToken.reveal(), SEALED_COLUMNS.refreshToken.in(sessionId))
    const isKept = await giveBackRefreshToken(store, sessionId, until, isOfOther ? null : next)
    if (isOfOther || !isKept) throw new NoRefreshToken()
    return tokens
  }

  async #take(sessionId: string): Promise<TakenRefreshToken> {
    const { store } = this.#options
    const giveUpAt = performance.now() + GIVE_UP_MS
    for (;;) {
      const taken = await takeRefreshToken(store, sessionId)
      if (taken !== null) return taken
      const [row] = await listTokenSessions(store, [sessionId])
      if (row === undefined || !row.hasRefreshToken) throw new NoRefreshToken()
      if (performance.now() > giveUpAt) throw new Error('Another server keeps the refresh token of this session.')
      await sleep(LOOK_AGAIN_MS)
    }
  }
}
