import { AppError } from '@graticule/contract'
import { decideAddress } from '@graticule/policy'
import { LRUCache } from 'lru-cache'
import type { Provider } from 'oidc-provider'
import { AddressRanges } from '../../platform/addresses/address-ranges.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { SessionService } from '../auth/session-service.ts'
import type { UserService } from '../users/user-service.ts'
import { createAdapterFactory, type OAuthAdapterOptions } from './oauth-adapter.ts'
import { loadOAuthKeys, type OAuthKeys } from './oauth-keys.ts'
import { createOAuthProvider } from './oauth-provider.ts'

export interface OAuthServerOptions extends Omit<OAuthAdapterOptions, 'isSessionLive' | 'isPersonActive'> {
  readonly store: Store
  readonly clock: Clock
  readonly secretBox: SecretBox
  readonly sessions: SessionService
  readonly users: UserService
  readonly onError: (error: Error) => void
}

/** Below the address of the server. */
export const OAUTH_PATH = '/oauth'

/** The authorization server, at each address that this server is reached by. */
export class OAuthServer {
  readonly #options: OAuthServerOptions
  readonly #providers = new LRUCache<string, Provider>({ max: 20 })
  #keys: Promise<OAuthKeys> | null = null

  constructor(options: OAuthServerOptions) {
    this.#options = options
  }

  async provider(baseUrl: string): Promise<Provider> {
    const keys = await this.keys()
    const known = this.#providers.get(baseUrl)
    if (known !== undefined) return known
    const { sessions, users } = this.#options
    const made = createOAuthProvider(`${baseUrl}${OAUTH_PATH}`, {
      keys,
      adapter: createAdapterFactory({
        ...this.#options,
        isSessionLive: async (sessionId, address) => {
          const session = await sessions.resolveForApp(sessionId, address)
          if (session !== null && address !== null) requireInside(session.addressRanges, address)
          return session !== null
        },
        isPersonActive: async (userId) => (await sessions.findPerson(userId)) !== null,
      }),
      findClaims: async (userId) => {
        const person = await users.findActive(userId)
        return person === null ? null : { name: person.name, email: person.email }
      },
      findGrantId: (clientId, userId) => this.findGrantId(clientId, userId),
      onError: this.#options.onError,
    })
    this.#providers.set(baseUrl, made)
    return made
  }

  /** Made when somebody asks first; a failure is no reason to fail the next who asks. */
  async keys(): Promise<OAuthKeys> {
    const { clock, secretBox, store } = this.#options
    this.#keys ??= loadOAuthKeys(store, secretBox, clock).catch((error: unknown) => {
      this.#keys = null
      throw error
    })
    return this.#keys
  }

  /** What the person agreed to last for the client; null when that is nothing. */
  async findGrantId(clientId: string, userId: string): Promise<string | null> {
    const { artifacts, clock, secretBox } = this.#options
    const row = await artifacts.findGrant(clientId, userId, clock.now())
    if (row === null) return null
    const payload: { readonly jti?: string } = JSON.parse(
      secretBox.open(row.sealed_payload, SEALED_COLUMNS.oauthArtifact.in(row.id_hash)),
    )
    return payload.jti ?? null
  }
}

function requireInside(lines: readonly string[] | null | undefined, address: string): void {
  if (!lines) return
  const decision = decideAddress('people.addresses', address, new AddressRanges(lines).holds(address))
  if (!decision.allowed) throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}
