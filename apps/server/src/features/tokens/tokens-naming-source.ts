import type { TokenGrant, UserSummary } from '@graticule/contract'
import { can, EVERYTHING, type Principal, sourceGranted } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import type { TokenRow } from '../../platform/db/tables.ts'
import type { TokenStore } from './token-store.ts'

/** A named source as grants name it. */
export interface NamedOnConnection {
  readonly organizationId: string
  /** All that its connection answers to. */
  readonly connectionNames: readonly string[]
  readonly name: string
}

/** A token that is granted a named source, by its name where the asker may know of it. */
export interface NamingToken {
  readonly name: string | null
  readonly owner: UserSummary
}

/** The API tokens that are granted a named source by its name; what is granted everything needs no name. */
export class TokensNamingSource {
  readonly #tokens: TokenStore
  readonly #activity: ActivityLog
  readonly #clock: Clock

  constructor(tokens: TokenStore, activity: ActivityLog, clock: Clock) {
    this.#tokens = tokens
    this.#activity = activity
    this.#clock = clock
  }

  /** Those that are neither revoked nor expired. */
  async list(store: Store, asker: Principal, source: NamedOnConnection): Promise<NamingToken[]> {
    const now = this.#clock.now()
    return (await this.#find(store, source))
      .filter(({ token }) => token.expires_at === null || token.expires_at > now)
      .map(({ token, owner }) => ({ name: mayKnow(asker, token) ? token.name : null, owner }))
  }

  /** How many those are. */
  async count(store: Store, source: NamedOnConnection): Promise<number> {
    const now = this.#clock.now()
    return (await this.#find(store, source)).filter(({ token }) => token.expires_at === null || token.expires_at > now)
      .length
  }

  /** Takes the name out of all of them, each with its event; one of which nothing is left is revoked. */
  async withdraw(transaction: Store, caller: UserCaller, source: NamedOnConnection, cause: string): Promise<void> {
    for (const { token } of await this.#find(transaction, source)) {
      const grants = token.grants.filter((grant) => !names(grant, source))
      const isRevoked = grants.length === 0
      const changes = isRevoked ? { revoked_at: this.#clock.now() } : { grants: toJson(grants) }
      await this.#tokens.update(token.id, changes, transaction)
      await this.#activity.record(transaction, {
        organizationId: source.organizationId,
        actor: actorOf(caller.principal),
        type: isRevoked ? 'token.revoked' : 'token.updated',
        assetType: 'token',
        assetId: token.id,
        requestId: caller.requestId,
        details: { name: token.name, grants, lost: token.grants.filter((grant) => names(grant, source)), cause },
      })
    }
  }

  async #find(store: Store, source: NamedOnConnection) {
    const found = await this.#tokens.listGranting(store, source.organizationId, source.connectionNames)
    return found.filter(({ token }) => token.grants.some((grant) => names(grant, source)))
  }
}

function names(grant: TokenGrant, { connectionNames, name }: NamedOnConnection): boolean {
  if (grant.source.trim() === EVERYTHING) return false
  const asQuery = { type: 'query', sql: name } as const
  const asTable = { type: 'table', name } as const
  return [asQuery, asTable].some((source) => sourceGranted([grant], connectionNames, source))
}

function mayKnow(asker: Principal, token: TokenRow): boolean {
  const { id, organization_id: organizationId, owner_id: ownerId } = token
  return can(asker, 'token.read', { kind: 'token', id, organizationId, ownerId }).allowed
}
