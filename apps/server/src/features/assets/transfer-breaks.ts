import type { ResourceBreak, ResourceKey, UserSummary } from '@graticule/contract'
import { type ConnectionAsset, can, type UserPrincipal } from '@graticule/policy'
import type { ConnectionUse } from './asset-store.ts'

/** What a transfer would rest on. */
export interface PlannedTransfer {
  readonly resources: readonly ResourceKey[]
  readonly receiver: { readonly person: UserSummary; readonly principal: UserPrincipal }
  /** Every use of a connection that one of the assets has a part in. */
  readonly uses: readonly ConnectionUse[]
  /** The connections of those uses as they are now. */
  readonly connections: ReadonlyMap<string, ConnectionAsset>
  /** Everybody active of the organization, by id. */
  readonly people: ReadonlyMap<string, UserPrincipal>
}

/** The maps and workflows whose owner could use a connection of theirs before a transfer, or gets them by it, and cannot afterwards. */
export function findBreaks(transfer: PlannedTransfer): ResourceBreak[] {
  const { resources, receiver, uses, connections, people } = transfer
  const moves = (kind: ResourceKey['resourceType'], id: string) =>
    resources.some((resource) => resource.resourceType === kind && resource.id === id)
  return uses.flatMap((use): ResourceBreak[] => {
    const connection = connections.get(use.connection_id)
    if (connection === undefined) return []
    const movesUser = moves(use.kind, use.id)
    const movesConnection = moves('connection', use.connection_id)
    const owner = people.get(use.owner_id)
    const ownerAfter = movesUser ? receiver.principal : owner
    const after = movesConnection ? { ...connection, ownerId: receiver.person.id } : connection
    const worksBefore = owner !== undefined && can(owner, 'data.browse', connection).allowed
    const worksAfter = ownerAfter !== undefined && can(ownerAfter, 'data.browse', after).allowed
    // What did not work before does not break; what is given to somebody is said to work for them or not.
    if (worksAfter || (!worksBefore && !movesUser)) return []
    const ownerName = movesUser ? receiver.person.name : use.owner_name
    const isOwned = connection.ownerId !== null
    return [
      {
        resourceType: use.kind,
        id: use.id,
        name: use.name,
        connection: { id: use.connection_id, name: use.connection_name },
        sentence: `The ${use.kind} "${use.name}" would break: ${ownerName} may not use its connection "${use.connection_name}".`,
        together: movesUser
          ? isOwned && !movesConnection
            ? { resourceType: 'connection', id: use.connection_id, name: use.connection_name }
            : null
          : { resourceType: use.kind, id: use.id, name: use.name },
      },
    ]
  })
}
