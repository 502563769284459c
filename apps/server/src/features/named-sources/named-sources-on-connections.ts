import { can, type Principal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Connection } from '../connections/connection.ts'
import type { Dependent, DependentKind, Repointing } from '../connections/connection-dependents.ts'
import { closePublicationsOfName } from '../maps/closing-publications.ts'
import type { NamedSourceStore } from './named-source-store.ts'

export interface NamedSourcesOnConnectionsOptions {
  readonly sources: NamedSourceStore
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Called when a transaction that pointed some elsewhere is through. */
  readonly onRepointed: () => void
}

/** The named sources of connections: their SQL is written for one, and programs stop without it. */
export class NamedSourcesOnConnections implements DependentKind {
  readonly kind = 'named source'
  readonly #options: NamedSourcesOnConnectionsOptions

  constructor(options: NamedSourcesOnConnectionsOptions) {
    this.#options = options
  }

  async list(store: Store, asker: Principal, connection: Connection): Promise<Dependent[]> {
    const found = await this.#options.sources.listOnConnection(store, connection.id)
    return found.map(({ id, name, organization_id: organizationId, owner_id: ownerId, owner_name, owner_email }) => ({
      id,
      title: name,
      owner: { id: ownerId, name: owner_name, email: owner_email },
      isListed: can(asker, 'named-source.read', { kind: 'named-source', id, organizationId, ownerId }).allowed,
    }))
  }

  /**
   * All of them go over: the name lends nobody a right to the other connection, since whoever reads by it needs one of
   * their own. Only its owner changes its SQL, and for that needs the right too.
   */
  async repoint(transaction: Store, { caller, from, to, cause }: Repointing): Promise<number> {
    // They know their connection by its id, so another name of it changes nothing.
    if (from.id === to.id) return 0
    const { activity, clock, sources } = this.#options
    const moved = await sources.moveAll(transaction, from.id, to.id, clock.now())
    for (const { deleted_at, id, name, organization_id: organizationId } of moved) {
      if (deleted_at === null) await closePublicationsOfName(transaction, to.id, name)
      await activity.record(transaction, {
        organizationId,
        actor: actorOf(caller.principal),
        type: 'named-source.repointed',
        assetType: 'named-source',
        assetId: id,
        requestId: caller.requestId,
        details: { name, from: from.name, to: to.name, cause },
      })
    }
    return moved.length
  }

  /** What rests in the trash was written for this connection alone, and goes with it. */
  async purgeResting(transaction: Store, caller: UserCaller, connection: Connection): Promise<number> {
    const { activity, sources } = this.#options
    const purged = await sources.purgeOnConnection(connection.id, transaction)
    await activity.recordAll(
      transaction,
      purged.map(({ id, name, organization_id: organizationId }) => ({
        organizationId,
        actor: actorOf(caller.principal),
        type: 'named-source.purged',
        assetType: 'named-source',
        assetId: id,
        requestId: caller.requestId,
        details: { name, connection: connection.name, cause: 'connection.deleted' },
      })),
    )
    return purged.length
  }

  onRepointed(): void {
    this.#options.onRepointed()
  }
}
