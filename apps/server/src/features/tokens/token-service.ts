import type { Clock } from '../../platform/clock/clock.ts'
import type { ResolvedToken } from '../auth/principal-resolver.ts'
import type { TokenStore } from './token-store.ts'

/** Makes, recognises, lists and revokes API tokens. */
export class TokenService {
  readonly #tokens: TokenStore
  readonly #clock: Clock
  #uses = new Map<string, Date>()

  constructor(tokens: TokenStore, clock: Clock) {
    this.#tokens = tokens
    this.#clock = clock
  }

  /** What a presented token is worth; null when it is unknown or revoked. */
  async resolve(tokenHash: string): Promise<ResolvedToken | null> {
    const row = await this.#tokens.findLive(tokenHash)
    if (row === null) return null
    return {
      principal: {
        kind: 'token',
        tokenId: row.id,
        ownerId: row.owner_id,
        organizationId: row.organization_id,
        grants: row.grants,
        allowedApis: row.allowed_apis,
      },
      referers: row.referers,
      expiresAt: row.expires_at,
    }
  }

  /** Remembers that a token was used; written with the next `flush`. */
  noteUse(tokenId: string): void {
    this.#uses.set(tokenId, this.#clock.now())
  }

  /** Writes the times of last use noted since the last call. */
  async flush(): Promise<void> {
    if (this.#uses.size === 0) return
    const uses = this.#uses
    this.#uses = new Map()
    await this.#tokens.noteUse(uses)
  }
}
