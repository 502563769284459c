import {
  AppError,
  type ConnectionInspection,
  type GroupName,
  type Resource,
  type ResourceDeletion,
  type ResourceKey,
  type ResourceList,
  type ResourceListQuery,
  type ResourceResult,
  type ResourceTransfer,
  type ResourceTransferBody,
  type ResourceTransferPreview,
} from '@graticule/contract'
import {
  type Audience,
  type ConnectionAsset,
  decideReceiver,
  NOBODY,
  type PersonFacts,
  privacyOf,
  SHAREABLE_KINDS,
  sharingScopeOf,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'
import type { InspectedConnection } from '../connections/connection-service.ts'
import type { PossibleReader } from '../sharing/sharing-service.ts'
import type { AssetStore, ConnectionUse, ListedAsset } from './asset-store.ts'
import { attemptPart } from './attempt-part.ts'
import type { ManagedKinds } from './managed-assets.ts'
import { findBreaks } from './transfer-breaks.ts'

export interface AssetServiceOptions {
  readonly assets: AssetStore
  readonly kinds: ManagedKinds
  /** Everybody active of an organization. */
  readonly listPeople: (organizationId: string) => Promise<readonly PossibleReader[]>
  /** Those of these connections that there are. */
  readonly listConnections: (ids: readonly string[]) => Promise<readonly ConnectionAsset[]>
  readonly inspectConnection: (caller: UserCaller, id: string) => Promise<InspectedConnection>
  readonly listGroupNames: (organizationId: string, ids: readonly string[]) => Promise<readonly GroupName[]>
  /**
   * Throws when the asker may not manage the assets of everybody any more; if they may, they and the receiver stay as
   * they are until the transaction ends. Null for a receiver who is not there.
   */
  readonly holdTransfer: (transaction: Store, caller: UserCaller, receiverId: string) => Promise<PersonFacts | null>
}

/** What depends on others is deleted before what it depends on. */
const DELETION_ORDER: readonly ResourceKey['resourceType'][] = [
  'map',
  'workflow',
  'application',
  'project',
  'connection',
  'token',
  'oauth-client',
]

/** The assets of everybody, for superadmins: found, deleted and given to others; the route's action decides who may. */
export class AssetService {
  readonly #options: AssetServiceOptions

  constructor(options: AssetServiceOptions) {
    this.#options = options
  }

  async list({ principal }: UserCaller, query: ResourceListQuery): Promise<ResourceList> {
    const { assets, total } = await this.#options.assets.list(principal.organizationId, query)
    const uses = await this.#options.assets.listConnectionUses(
      principal.organizationId,
      assets.map(({ kind, id }) => ({ resourceType: kind, id })),
    )
    const audiences = new Map<ResourceKey['resourceType'], Map<string, Audience>>(
      await Promise.all(
        SHAREABLE_KINDS.map(async (kind) => {
          const ids = assets.filter((asset) => asset.kind === kind).map(({ id }) => id)
          return [kind, await this.#options.assets.readAudiences(kind, ids)] as const
        }),
      ),
    )
    const resources = assets.map((asset): Resource => {
      const audience = audiences.get(asset.kind)?.get(asset.id) ?? NOBODY
      return {
        resourceType: asset.kind,
        id: asset.id,
        name: asset.name,
        owner: ownerOf(asset),
        privacy: privacyOf(audience),
        sharingScope: sharingScopeOf(audience),
        updatedAt: asset.updated_at.toISOString(),
        ...describeUses(asset, uses),
      }
    })
    return { resources, total }
  }

  /** One connection as it is set up and with whom it is shared, to look at and no more. */
  async inspectConnection(caller: UserCaller, id: string): Promise<ConnectionInspection> {
    const { connection, data, dependents, logins, owner } = await this.#options.inspectConnection(caller, id)
    const { audience, organizationId } = connection
    const people = await this.#options.listPeople(organizationId)
    return {
      id: connection.id,
      name: connection.name,
      aliases: [...connection.aliases],
      providerId: connection.providerId,
      owner,
      privacy: privacyOf(audience),
      sharingScope: sharingScopeOf(audience),
      groups: [...(await this.#options.listGroupNames(organizationId, audience.groupIds))],
      users: people.map(({ person }) => person).filter((person) => audience.userIds.includes(person.id)),
      credentialPolicy: connection.credentialPolicy,
      logins: [...logins],
      config: { ...connection.config },
      options: connection.options,
      createdAt: connection.createdAt.toISOString(),
      updatedAt: connection.updatedAt.toISOString(),
      dependents,
      data,
    }
  }

  /** Deletes one by one; what fails says why, and the others are deleted. */
  async remove(caller: UserCaller, resources: readonly ResourceKey[]): Promise<ResourceDeletion> {
    const outcomes = new Map<ResourceKey, ResourceResult>()
    const inOrder = [...resources].sort(
      (a, b) => DELETION_ORDER.indexOf(a.resourceType) - DELETION_ORDER.indexOf(b.resourceType),
    )
    for (const resource of inOrder) {
      outcomes.set(
        resource,
        await attemptPart(resource, () =>
          this.#options.kinds[resource.resourceType].removeManaged(caller, resource.id),
        ),
      )
    }
    return { results: resources.flatMap((resource) => outcomes.get(resource) ?? []) }
  }

  /** Which maps and workflows would break if these went to the receiver. */
  async preview({ principal }: UserCaller, body: ResourceTransferBody): Promise<ResourceTransferPreview> {
    const { organizationId } = principal
    const people = await this.#options.listPeople(organizationId)
    const receiver = people.find(({ person }) => person.id === body.receiverUserId)
    demandReceiver(organizationId, receiver ? { ...receiver.principal, id: receiver.person.id, isActive: true } : null)
    if (receiver === undefined) return { warnings: [] }
    const uses = await this.#options.assets.listConnectionUses(organizationId, body.resources)
    const connections = await this.#options.listConnections([...new Set(uses.map((use) => use.connection_id))])
    return {
      warnings: findBreaks({
        resources: body.resources,
        receiver,
        uses,
        connections: new Map(connections.map((connection) => [connection.id, connection])),
        people: new Map(people.map(({ person, principal: found }) => [person.id, found])),
      }),
    }
  }

  /** Gives them to the receiver one by one, shared as they are; what fails says why, and the others are moved. */
  async transfer(caller: UserCaller, body: ResourceTransferBody): Promise<ResourceTransfer> {
    const { organizationId } = caller.principal
    const { warnings } = await this.preview(caller, body)
    const people = await this.#options.listPeople(organizationId)
    const to = people.find(({ person }) => person.id === body.receiverUserId)?.person
    if (to === undefined) throw new AppError('not_found', 'There is no such receiver in your organization.')
    const hold = async (transaction: Store) => {
      demandReceiver(organizationId, await this.#options.holdTransfer(transaction, caller, to.id))
    }
    const results: ResourceResult[] = []
    for (const resource of body.resources) {
      const kind = this.#options.kinds[resource.resourceType]
      results.push(await attemptPart(resource, () => kind.transfer(resource.id, { caller, to, hold })))
    }
    return { results, warnings }
  }
}

function demandReceiver(organizationId: string, receiver: PersonFacts | null): void {
  const decision = decideReceiver(organizationId, receiver)
  if (decision.allowed) return
  const code = receiver === null ? 'not_found' : 'rule_violated'
  throw new AppError(code, decision.reason, { details: { rule: decision.rule } })
}

function ownerOf({ owner_id, owner_name, owner_email }: ListedAsset): Resource['owner'] {
  if (owner_id === null || owner_name === null || owner_email === null) return null
  return { id: owner_id, name: owner_name, email: owner_email }
}

function describeUses({ kind, id }: ListedAsset, uses: readonly ConnectionUse[]) {
  const own = uses.filter((use) => use.kind === kind && use.id === id)
  return {
    connections: own.map((use) => ({ id: use.connection_id, name: use.connection_name })),
    dependentCount: kind === 'connection' ? uses.filter((use) => use.connection_id === id).length : 0,
  }
}
