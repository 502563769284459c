import type { UserSummary } from '@graticule/contract'
import { can, type Principal, type UserPrincipal } from '@graticule/policy'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { type Connection, connectionAsset, connectionNames } from '../connections/connection.ts'
import type { Dependent, DependentKind, Repointing } from '../connections/connection-dependents.ts'
import type { TokenStore } from './token-store.ts'

export interface TokensOnConnectionsOptions {
  readonly tokens: TokenStore
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Everybody active of an organization. */
  readonly listPeople: (
    organizationId: string,
    transaction: Store,
  ) => Promise<readonly { readonly person: UserSummary; readonly principal: UserPrincipal }[]>
  readonly onRepointed: () => void
}

/**
 * The tokens with grants on connections. They depend on them for two reasons: whoever holds one has an application that
 * would stop, and a grant that is left behind would open the next connection that is given the name.
 */
export class TokensOnConnections implements DependentKind {
  readonly kind = 'token'
  readonly #options: TokensOnConnectionsOptions

  constructor(options: TokensOnConnectionsOptions) {
    this.#options = options
  }

  /** Those that are neither revoked nor expired. */
  async list(store: Store, asker: Principal, connection: Connection): Promise<Dependent[]> {
    const names = connectionNames(connection)
    const found = await this.#options.tokens.listGranting(store, connection.organizationId, names)
    const now = this.#options.clock.now()
    return found
      .filter(({ token }) => token.expires_at === null || token.expires_at > now)
      .map(({ token, owner }) => ({
        id: token.id,
        title: token.name,
        owner,
        isListed: can(asker, 'token.read', {
          kind: 'token',
          id: token.id,
          organizationId: token.organization_id,
          ownerId: token.owner_id,
        }).allowed,
      }))
  }

  /**
   * A grant goes over where the token's owner may use the other connection, as they could make such a token themselves;
   * otherwise it ends. A token that has no grant left is revoked.
   */
  async repoint(transaction: Store, { caller, from, names, to, cause }: Repointing): Promise<number> {
    const found = await this.#options.tokens.listGranting(transaction, from.organizationId, names)
    const people = await this.#options.listPeople(from.organizationId, transaction)
    for (const { token } of found) {
      const owner = people.find(({ person }) => person.id === token.owner_id)?.principal
      const mayUse =
        from.id === to.id || (owner !== undefined && can(owner, 'connection.use', connectionAsset(to)).allowed)
      const grants = token.grants.flatMap((grant) => {
        if (!names.includes(grant.connection_name)) return [grant]
        return mayUse ? [{ ...grant, connection_name: to.name }] : []
      })
      const revoked = grants.length === 0 ? { revoked_at: this.#options.clock.now() } : {}
      await this.#options.tokens.update(token.id, { grants: toJson(grants), ...revoked }, transaction)
      await this.#options.activity.record(transaction, {
        organizationId: from.organizationId,
        actor: actorOf(caller.principal),
        type: grants.length === 0 ? 'token.revoked' : 'token.repointed',
        assetType: 'token',
        assetId: token.id,
        requestId: caller.requestId,
        details: {
          name: token.name,
          grants,
          from: names[0],
          to: mayUse ? to.name : null,
          cause,
        },
      })
    }
    return found.length
  }

  onRepointed(): void {
    this.#options.onRepointed()
  }
}
