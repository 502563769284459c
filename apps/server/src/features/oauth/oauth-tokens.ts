import type { Clock } from '../../platform/clock/clock.ts'
import type { ResolvedAppToken } from '../auth/principal-resolver.ts'
import type { SessionService } from '../auth/session-service.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import { artifactHash } from './oauth-adapter.ts'
import type { IssuedToken, OAuthArtifactStore } from './oauth-artifact-store.ts'
import { originsOf } from './oauth-client.ts'

export interface OAuthTokensOptions {
  readonly artifacts: OAuthArtifactStore
  readonly sessions: SessionService
  readonly clock: Clock
}

/** Says for whom an application acts that presents an access token. */
export class OAuthTokens {
  readonly #options: OAuthTokensOptions

  constructor(options: OAuthTokensOptions) {
    this.#options = options
  }

  /**
   * What a presented token is worth at this moment: as much as the session that it was given in, or as its owner is; null
   * when it is unknown, expired or revoked, or whoever is behind it is gone. Throws `organization_suspended`.
   */
  async resolve(token: string, address: string): Promise<ResolvedAppToken | null> {
    const { artifacts, clock } = this.#options
    const now = clock.now()
    const found =
      (await artifacts.findToken(artifactHash('AccessToken', token), now)) ??
      (await artifacts.findToken(artifactHash('ClientCredentials', token), now))
    if (found === null) return null
    if (found.suspendedAt !== null) throw organizationSuspended()
    const { client, expiresAt } = found
    if (found.model === 'ClientCredentials') return this.#forOwner(found)
    const session =
      found.sessionId === null ? null : await this.#options.sessions.resolveForApp(found.sessionId, address)
    if (session === null || session.userId !== found.userId || session.support !== undefined) return null
    const { addressRanges = null, ...person } = session
    return {
      principal: { kind: 'user', ...person, app: { clientId: client.id, kind: 'spa' } },
      addressRanges,
      origins: originsOf(client, client.cors_origins),
      expiresAt,
    }
  }

  async #forOwner({ addressRanges, client, expiresAt }: IssuedToken): Promise<ResolvedAppToken | null> {
    const owner = await this.#options.sessions.findPerson(client.owner_id)
    if (owner === null) return null
    return {
      // The log shows a session for everything that somebody does; a program's is its client.
      principal: {
        kind: 'user',
        ...owner,
        sessionId: `oauth-client:${client.id}`,
        app: { clientId: client.id, kind: 'machine' },
      },
      addressRanges,
      origins: [],
      expiresAt,
    }
  }
}
