import { AppError, type TrashRestorePreview } from '@graticule/contract'
import { can, mayRestore, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Store } from '../../platform/db/database.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import { connectionAsset } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import { closePublicationsOfName } from '../maps/closing-publications.ts'
import type { NamedOnConnection, TokensNamingSource } from '../tokens/tokens-naming-source.ts'
import { notInTrash } from '../trash/not-in-trash.ts'
import type { RestingDescription, RestingKind, Restoration } from '../trash/resting-kind.ts'
import { requireNoTable } from './free-name.ts'
import { namedSourceAsset } from './named-source.ts'
import type { NamedSourceStore, StoredNamedSource } from './named-source-store.ts'

export interface NamedSourceTrashOptions {
  readonly store: Store
  readonly sources: NamedSourceStore
  readonly connections: Pick<ConnectionService, 'find' | 'warehouse'>
  readonly tokens: TokensNamingSource
  readonly activity: ActivityLog
  /** The asker with the role that they have now, kept until the transaction ends. */
  readonly holdPrincipal: (transaction: Store, principal: UserPrincipal) => Promise<UserPrincipal>
  /** Called after something came back, so that nothing remembers what its name, its tokens and public maps were. */
  readonly onRestored: () => void
}

/**
 * Deleted named sources. Their names are free meanwhile; what still names one are API tokens and maps. The grants of
 * tokens hold again only when that is confirmed, and are taken out of them otherwise.
 */
export class NamedSourceTrash implements RestingKind {
  readonly #options: NamedSourceTrashOptions
  readonly #record: RecordChange

  constructor(options: NamedSourceTrashOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'named-source')
  }

  async describe(ids: readonly string[]): Promise<ReadonlyMap<string, RestingDescription>> {
    const { sources, store, tokens } = this.#options
    const described = new Map<string, RestingDescription>()
    for (const row of await sources.listDeleted(ids)) {
      const named = namedBy(row)
      const namedByCounts = {
        connectionName: row.connection_name,
        tokens: await tokens.count(store, named),
        maps: await sources.countMaps(row.organization_id, named.connectionNames, row.name),
      }
      described.set(row.id, { namedBy: namedByCounts })
    }
    return described
  }

  async preview(caller: UserCaller, id: string, { isShared, name }: Restoration): Promise<TrashRestorePreview> {
    const { sources, store, tokens } = this.#options
    const row = demandOne(caller.principal, await sources.findDeleted(id))
    const isNamed = isShared && (name ?? row.name) === row.name
    return {
      gains: [],
      itemCount: 0,
      tokens: isNamed ? await tokens.list(store, caller.principal, namedBy(row)) : [],
    }
  }

  async restore(caller: UserCaller, id: string, { isShared, name: wish }: Restoration): Promise<void> {
    const { holdPrincipal, sources, store, tokens } = this.#options
    const found = demandOne(caller.principal, await sources.findDeleted(id))
    const name = wish ?? found.name
    await this.#requireNoTable(caller, found, name)
    try {
      await store.transaction().execute(async (transaction) => {
        const principal = await holdPrincipal(transaction, caller.principal)
        // In this order, so that neither a handover nor another connection's taking over waits for this and this for it.
        await sources.holdConnection(found.connection_id, transaction)
        // The warehouse may have been asked for long, so that the connection has another name, or the source another one.
        const held = demandOne(principal, await sources.readDeleted(id, transaction))
        if (held.connection_id !== found.connection_id) throw movedMeanwhile()
        if (!isShared || name !== held.name) {
          // Under a new name too: tokens may name what was called so before.
          await tokens.withdraw(transaction, caller, { ...namedBy(held), name }, 'named-source.restored')
        }
        const row = demandOne(principal, await sources.findDeleted(id, transaction))
        await sources.restore(id, name, transaction)
        await closePublicationsOfName(transaction, row.connection_id, name)
        const renamed = name === row.name ? {} : { from: row.name }
        const details = { name, ...renamed, connection: row.connection_name, tokens: isShared && name === row.name }
        await this.#record(transaction, caller, 'named-source.restored', id, details)
      })
    } catch (error) {
      if (!isUniqueViolation(error, 'named_sources_name')) throw error
      throw new AppError(
        'conflict',
        `Another named source is called "${name}" by now; restore this one under another name.`,
        { details: { rule: 'named-source.name' } },
      )
    }
    this.#options.onRestored()
  }

  async purge(caller: UserCaller, id: string): Promise<void> {
    const { holdPrincipal, sources, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      const principal = await holdPrincipal(transaction, caller.principal)
      const row = demandOne(principal, await sources.findDeleted(id, transaction))
      await sources.purge(id, transaction)
      await this.#record(transaction, caller, 'named-source.purged', id, { name: row.name })
    })
  }

  async sweep(until: Date): Promise<void> {
    const { activity, sources, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      const purged = await sources.purgeDeletedUntil(until, transaction)
      await activity.recordAll(
        transaction,
        purged.map(({ id, name, organization_id: organizationId }) => ({
          organizationId,
          actor: SYSTEM_ACTOR,
          type: 'named-source.purged',
          assetType: 'named-source',
          assetId: id,
          details: { name },
        })),
      )
    })
  }

  /** As when it is made, for who may look at the connection's tables; a warehouse that is away keeps nothing from coming back. */
  async #requireNoTable(caller: UserCaller, { connection_id: connectionId }: StoredNamedSource, name: string) {
    const { connections } = this.#options
    try {
      const connection = await connections.find(caller.principal, connectionId)
      if (!can(caller.principal, 'sql.run', connectionAsset(connection)).allowed) return
      await requireNoTable(connections, caller, connection, name)
    } catch (error) {
      if (error instanceof AppError && error.code !== 'conflict') return
      throw error
    }
  }
}

function namedBy(row: StoredNamedSource): NamedOnConnection {
  const connectionNames = [row.connection_name, ...row.connection_aliases]
  return { organizationId: row.organization_id, connectionNames, name: row.name }
}

function movedMeanwhile(): AppError {
  return new AppError('conflict', 'Its connection was replaced by another one meanwhile; look at it again.', {
    details: { rule: 'named-source.connection' },
  })
}

function demandOne(principal: UserPrincipal, row: StoredNamedSource | null): StoredNamedSource {
  if (row === null) throw notInTrash('named-source')
  if (!mayRestore(principal, namedSourceAsset(row))) throw notInTrash('named-source')
  return row
}
