import { AppError } from '@graticule/contract'
import { authorize, type ConnectionAsset } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { RecordChange } from '../../platform/activity/record-change.ts'
import type { Store } from '../../platform/db/database.ts'
import type { AudienceService } from '../sharing/audience-service.ts'
import { type Connection, connectionAsset, connectionNames } from './connection.ts'
import { type DependentKind, describeDependents, listDependents, showDependents } from './connection-dependents.ts'
import { deleteConnection, findConnection, lockConnection } from './connection-store.ts'

export interface ConnectionRemovalOptions {
  readonly store: Store
  readonly audiences: AudienceService
  readonly dependents: readonly DependentKind[]
  readonly record: RecordChange
}

/** One connection that is to go. */
export interface Removal {
  readonly connection: Connection
  /** What takes its place for all that reads from it; without it, nothing may. */
  readonly targetId?: string | undefined
  /** Decides on the connection as it is under its lock. */
  readonly demand: (asset: ConnectionAsset) => void
}

/** How many of each kind were pointed at the connection that took the place of a deleted one. */
export type RepointCounts = Readonly<Record<string, number>>

/** Deletes connections that nothing reads from any more, or after pointing what does at another one. */
export class ConnectionRemoval {
  readonly #options: ConnectionRemovalOptions

  constructor(options: ConnectionRemovalOptions) {
    this.#options = options
  }

  /** Everything that depends on it goes over in the transaction that deletes it, or nothing happens at all. */
  async remove(caller: UserCaller, { connection, targetId, demand }: Removal): Promise<RepointCounts> {
    const { dependents, record, store } = this.#options
    const repointed: Record<string, number> = {}
    await store.transaction().execute(async (transaction) => {
      // Both in the order of their ids, so that two such deletions never wait for each other.
      for (const id of [connection.id, targetId].filter((found) => found !== undefined).sort()) {
        await lockConnection(transaction, id)
      }
      const found = await readLocked(transaction, connection)
      demand(connectionAsset(found))
      const target = targetId === undefined ? null : await this.#demandTarget(transaction, caller, found, targetId)
      if (target) {
        const names = connectionNames(found)
        const repointing = { caller, from: found, names, to: target, cause: 'connection.deleted' }
        for (const kind of dependents) repointed[kind.kind] = await kind.repoint(transaction, repointing)
      }
      const left = await listDependents(dependents, transaction, caller.principal, found)
      const sentence = describeDependents(found.name, left)
      if (sentence !== null)
        throw new AppError('conflict', sentence, { details: { rule: 'connection.in-use', ...showDependents(left) } })
      const purged: Record<string, number> = {}
      for (const kind of dependents) {
        const count = (await kind.purgeResting?.(transaction, caller, found)) ?? 0
        if (count > 0) purged[kind.kind] = count
      }
      await this.#options.audiences.clear(transaction, 'connection', found.id)
      await deleteConnection(transaction, found.id)
      const replaced = target ? { replacedBy: target.id, replacedByName: target.name, repointed } : {}
      await record(transaction, caller, 'connection.deleted', found.id, {
        name: found.name,
        ...replaced,
        ...(Object.keys(purged).length > 0 && { purged }),
      })
    })
    if (targetId !== undefined) for (const kind of dependents) kind.onRepointed?.()
    return repointed
  }

  /** The connection that takes the place of another, under its lock; 404 or 422 with the rule that it breaks. */
  async #demandTarget(
    transaction: Store,
    { principal }: UserCaller,
    from: Connection,
    targetId: string,
  ): Promise<Connection> {
    const found = await findConnection(transaction, from.organizationId, targetId)
    if (found?.connection.id !== targetId) {
      throw new AppError('not_found', 'There is no such connection to take its place, or it is not shared with you.')
    }
    const target = found.connection
    authorize(principal, 'connection.use', connectionAsset(target))
    const refuse = (rule: string, sentence: string) =>
      new AppError('rule_violated', sentence, { details: { rule: `connection.target.${rule}` } })
    if (target.id === from.id) throw refuse('other', `"${from.name}" cannot take its own place; choose another one.`)
    if (target.providerId !== from.providerId) {
      throw refuse(
        'provider',
        `"${target.name}" is to another kind of warehouse than "${from.name}", so its SQL would not run there; choose one of the same kind.`,
      )
    }
    if (target.ownerId === null || target.ownerId !== from.ownerId) {
      throw refuse(
        'owner',
        `"${target.name}" does not belong to the owner of "${from.name}"; choose one that they own as well.`,
      )
    }
    return target
  }
}

async function readLocked(transaction: Store, { id, name, organizationId }: Connection): Promise<Connection> {
  const found = await findConnection(transaction, organizationId, id)
  if (!found) {
    throw new AppError('not_found', `There is no connection called "${name}", or it is not shared with you.`)
  }
  return found.connection
}
