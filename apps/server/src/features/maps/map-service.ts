import {
  AppError,
  emptyMapDocument,
  type MapDetail,
  type MapDocument,
  type MapList,
  type MapListQuery,
  type MapSummary,
  type ViewerMap,
} from '@graticule/contract'
import {
  type Action,
  type Audience,
  authorize,
  can,
  isSameAudience,
  matches,
  NOBODY,
  ownOrSharedWhere,
  type Predicate,
  type Principal,
  type PublicMapPrincipal,
  privacyOf,
  sharedWithWhere,
  sharingScopeOf,
  type UserPrincipal,
  visibleWhere,
} from '@graticule/policy'
import type { Caller, UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { createPublicMapToken, readPublicMapToken } from '../../platform/secrets/public-map-token.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import { type AssetTransfer, describeTransfer, type ManagedAssets } from '../assets/managed-assets.ts'
import { connectionAsset } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { NoteUse } from '../connections/source-access.ts'
import { assetPermission } from '../sharing/asset-permission.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import type { NamedAsset, ShareableAssets } from '../sharing/shareable-assets.ts'
import { type Handover, recordHandover } from '../users/handover.ts'
import { checkMapDocument } from './map-document-checks.ts'
import { type MapRecord, mapAsset } from './map-record.ts'
import {
  changeMap,
  findMap,
  insertMap,
  type ListedMap,
  listMaps,
  listMapsById,
  lockMap,
  transferMaps,
  updateMap,
} from './map-store.ts'

export interface MapServiceOptions {
  readonly store: Store
  readonly connections: ConnectionService
  readonly audiences: AudienceService
  readonly activity: ActivityLog
  readonly secrets: SecretBox
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  readonly noteUse: NoteUse
  /**
   * Called after a change of what may be read through a map, so that no right outlives it. `access`: who may open it
   * changed as well, and with it the worth of its public token.
   */
  readonly onChanged: (change: 'document' | 'access') => void
}

/** The maps of an organization: kept as documents, edited under a revision, shared and made public. */
export class MapService implements ShareableAssets, ManagedAssets {
  readonly #options: MapServiceOptions
  readonly #record: RecordChange

  constructor(options: MapServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'map')
  }

  async list(caller: UserCaller, query: MapListQuery): Promise<MapList> {
    const { principal } = caller
    const { maps, total } = await listMaps(this.#options.store, whereScope(principal, query.scope), query)
    return { maps: maps.map((map) => summarize(principal, map)), total }
  }

  async get(caller: UserCaller, id: string, baseUrl: string): Promise<MapDetail> {
    const map = await this.#find(caller.principal, id)
    this.#noteOpening(caller, map)
    return this.#detail(caller.principal, map, baseUrl)
  }

  /** For whoever may open the map: with the token that reads its data while it is public. */
  async view(caller: Caller, id: string, baseUrl: string): Promise<ViewerMap> {
    const { principal } = caller
    const map = await this.#find(principal, id)
    this.#noteOpening(caller, map)
    const detail = this.#detail(principal, map, baseUrl)
    const isColleague = principal.kind === 'user' && principal.organizationId === map.organizationId
    return {
      ...detail,
      // Strangers learn who made a map, not how to write to them.
      owner: isColleague ? detail.owner : { ...detail.owner, email: '' },
      token: this.publicToken(map),
    }
  }

  async create(
    caller: UserCaller,
    draft: { readonly document?: MapDocument | undefined; readonly title?: string | undefined },
    baseUrl: string,
  ): Promise<MapDetail> {
    authorize(caller.principal, 'map.create')
    const document = draft.document ?? emptyMapDocument(draft.title ?? 'Untitled map')
    return this.#insert(caller, draft.title === undefined ? document : { ...document, title: draft.title }, {}, baseUrl)
  }

  /** Replaces the document; 409 `conflict` when somebody saved since `revision` was read. */
  async update(
    caller: UserCaller,
    id: string,
    edit: { readonly revision: number; readonly document: MapDocument },
    baseUrl: string,
  ): Promise<MapDetail> {
    const { principal } = caller
    const map = await this.#find(principal, id)
    authorize(principal, 'map.update', mapAsset(map))
    if (map.revision !== edit.revision) throw staleRevision(map.revision)
    checkMapDocument(edit.document)
    await this.#checkConnections(principal, edit.document, map.document)
    await this.#options.store.transaction().execute(async (transaction) => {
      // It may have been given to somebody else meanwhile.
      authorize(principal, 'map.update', mapAsset(await this.#lock(transaction, id)))
      const isUpdated = await updateMap(transaction, id, edit.revision, {
        title: edit.document.title,
        description: edit.document.description,
        document: toJson(edit.document),
        updated_at: this.#options.clock.now(),
      })
      if (!isUpdated) throw staleRevision(null)
      const details = { title: edit.document.title, revision: edit.revision + 1 }
      await this.#record(transaction, caller, 'map.updated', id, details)
    })
    this.#options.onChanged('document')
    return this.get(caller, id, baseUrl)
  }

  async duplicate(caller: UserCaller, id: string, baseUrl: string): Promise<MapDetail> {
    const map = await this.#find(caller.principal, id)
    authorize(caller.principal, 'map.duplicate', mapAsset(map))
    const title = `Copy of ${map.document.title}`.slice(0, 200)
    return this.#insert(caller, { ...map.document, title }, { copyOf: id }, baseUrl)
  }

  async remove(caller: UserCaller, id: string): Promise<void> {
    authorize(caller.principal, 'map.delete', mapAsset(await this.#find(caller.principal, id)))
    await this.#options.store.transaction().execute(async (transaction) => {
      const map = await this.#lock(transaction, id)
      authorize(caller.principal, 'map.delete', mapAsset(map))
      const now = this.#options.clock.now()
      const changes = {
        deleted_at: now,
        deleted_by: caller.principal.userId,
        public_token_version: map.publicTokenVersion + 1,
      }
      await changeMap(transaction, id, changes)
      await this.#options.audiences.suspend(transaction, 'map', id)
      await this.#record(transaction, caller, 'map.deleted', id, { title: map.document.title })
    })
    this.#options.onChanged('access')
  }

  async findShareable(principal: Principal, id: string): Promise<NamedAsset> {
    const map = await this.#find(principal, id)
    return { asset: mapAsset(map), name: map.document.title, owner: map.owner }
  }

  async listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]> {
    const maps = await listMapsById(transaction ?? this.#options.store, ids)
    return maps.map((map) => ({ asset: mapAsset(map), name: map.title, owner: map.owner }))
  }

  /** Sharing makes people read data through the map, so its owner must be able to use every connection in it. */
  async setAudience(caller: UserCaller, id: string, audience: Audience): Promise<void> {
    const { principal } = caller
    const { audiences, store } = this.#options
    const found = await this.#find(principal, id)
    authorize(principal, 'map.share', mapAsset(found))
    if (audience.public && !found.audience.public) authorize(principal, 'map.publish', mapAsset(found))
    if (privacyOf(audience) !== 'private' && !isSameAudience(audience, found.audience)) {
      await this.#checkConnections(principal, found.document, null)
    }
    await store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'map', found.organizationId, audience)
      const map = await this.#lock(transaction, id)
      // It may have been handed to somebody else, or shared otherwise, until it was locked.
      authorize(principal, 'map.share', mapAsset(map))
      if (isSameAudience(audience, map.audience)) return
      if (audience.public && !map.audience.public) authorize(principal, 'map.publish', mapAsset(map))
      if (map.audience.public && !audience.public) {
        // A token of the time when the map was public must not come back to life with it.
        await changeMap(transaction, id, { public_token_version: map.publicTokenVersion + 1 })
      }
      await audiences.replace(transaction, mapAsset(map), audience)
      const change = { from: privacyOf(map.audience), to: privacyOf(audience), ...describeAudience(audience) }
      await this.#record(transaction, caller, 'map.privacy-changed', id, { title: map.document.title, ...change })
    })
    this.#options.onChanged('access')
  }

  /**
   * Shares a map with one person more, for good or until a time; what happens besides belongs to the same transaction. A
   * person whom it is shared with for good stays among them for good.
   */
  async shareWith(
    caller: UserCaller,
    id: string,
    userId: string,
    expiresAt: Date | null,
    besides: (transaction: Store) => Promise<void>,
  ): Promise<void> {
    const { principal } = caller
    const { audiences, store } = this.#options
    const found = await this.#find(principal, id)
    authorize(principal, 'map.share', mapAsset(found))
    if (privacyOf(found.audience) === 'private') await this.#checkConnections(principal, found.document, null)
    await store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'map', found.organizationId, { ...NOBODY, userIds: [userId] })
      await lockMap(transaction, id)
      const map = await findMap(transaction, id)
      if (!map) throw mapNotFound()
      // It may have been handed to somebody else until it was locked.
      authorize(principal, 'map.share', mapAsset(map))
      if (!map.audience.userIds.includes(userId)) await audiences.add(transaction, mapAsset(map), userId, expiresAt)
      await besides(transaction)
    })
    this.#options.onChanged('access')
  }

  /** A stored map that the principal may open; 404 otherwise. */
  async open(principal: Principal, id: string): Promise<MapRecord> {
    return this.#find(principal, id)
  }

  /** The token inside a public map's document; null while the map is not public. */
  publicToken(map: MapRecord): string | null {
    if (!map.audience.public) return null
    return createPublicMapToken(this.#options.secrets, map.id, map.publicTokenVersion)
  }

  /** Who a token of a public map's document is; null for a forgery and once the map is not public any more. */
  async findByPublicToken(token: string): Promise<PublicMapPrincipal | null> {
    const named = readPublicMapToken(this.#options.secrets, token)
    const map = named === null ? null : await findMap(this.#options.store, named.mapId)
    if (!map?.audience.public || map.publicTokenVersion !== named?.version) return null
    return { kind: 'public-map', mapId: map.id, organizationId: map.organizationId }
  }

  async transfer(id: string, { caller, to, hold }: AssetTransfer): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      await hold(transaction)
      const map = await this.#lock(transaction, id)
      if (map.organizationId !== caller.principal.organizationId) throw mapNotFound()
      if (map.owner.id === to.id) return
      await changeMap(transaction, id, { owner_id: to.id })
      const details = { title: map.document.title, ...describeTransfer(map.owner, to) }
      await this.#record(transaction, caller, 'map.transferred', id, details)
    })
    this.#options.onChanged('access')
  }

  async removeManaged(caller: UserCaller, id: string): Promise<void> {
    await this.remove(caller, id)
  }

  /** Gives all maps of a person to another, with their sharing and public links as they are. */
  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const maps = await transferMaps(transaction, handover.from.id, handover.to.id)
    const assets = maps.map(({ id, organization_id: organizationId, title }) => ({
      id,
      organizationId,
      details: { title },
    }))
    await recordHandover(this.#options.activity, transaction, 'map', handover, assets)
    return maps.length
  }

  async #insert(
    caller: UserCaller,
    document: MapDocument,
    details: Readonly<Record<string, unknown>>,
    baseUrl: string,
  ): Promise<MapDetail> {
    const { principal } = caller
    checkMapDocument(document)
    await this.#checkConnections(principal, document, null)
    const id = createId()
    const now = this.#options.clock.now()
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, principal, 'map.create')
      await insertMap(transaction, {
        id,
        organization_id: principal.organizationId,
        owner_id: principal.userId,
        title: document.title,
        description: document.description,
        public_token_version: 1,
        revision: 1,
        document: toJson(document),
        created_at: now,
        updated_at: now,
      })
      await this.#record(transaction, caller, 'map.created', id, { title: document.title, ...details })
    })
    return this.get(caller, id, baseUrl)
  }

  /**
   * Every connection that the document newly draws from must be one that the editor may use. Datasets that were there
   * before are let be, so that losing a connection does not lock a person out of their own map.
   */
  async #checkConnections(principal: Principal, document: MapDocument, stored: MapDocument | null): Promise<void> {
    const known = new Set(stored?.datasets.map((dataset) => canonicalJson(datasetIdentity(dataset))))
    for (const dataset of document.datasets) {
      if (known.has(canonicalJson(datasetIdentity(dataset)))) continue
      const connection = await this.#options.connections.find(principal, dataset.connectionName).catch((error) => {
        if (error instanceof AppError && error.code === 'not_found') return null
        throw error
      })
      const action: Action = dataset.type === 'query' ? 'sql.run' : 'data.browse'
      const isUsable = connection !== null && can(principal, action, connectionAsset(connection)).allowed
      if (isUsable) continue
      throw new AppError(
        'invalid_request',
        `The dataset "${dataset.label}" reads the connection "${dataset.connectionName}", which does not exist or is not shared with you.`,
        { details: { datasetId: dataset.id, connectionName: dataset.connectionName } },
      )
    }
  }

  async #find(principal: Principal, id: string): Promise<MapRecord> {
    const map = await findMap(this.#options.store, id)
    if (!map) throw mapNotFound()
    authorize(principal, 'map.read', mapAsset(map))
    return map
  }

  async #lock(transaction: Store, id: string): Promise<MapRecord> {
    await lockMap(transaction, id)
    const map = await findMap(transaction, id)
    if (!map) throw mapNotFound()
    return map
  }

  /** Whoever opens a map by nothing but their role, or looks as somebody else, is seen to. */
  #noteOpening({ principal, requestId }: Caller, map: MapRecord): void {
    const asset = mapAsset(map)
    this.#options.noteUse(principal, asset)
    if (principal.kind !== 'user') return
    if (principal.viewedBy === undefined && matches(ownOrSharedWhere(principal, 'map'), asset)) return
    // A public map of another organization is open to everybody.
    if (map.organizationId !== principal.organizationId) return
    this.#options.activity.enqueue({
      organizationId: map.organizationId,
      actor: actorOf(principal),
      type: 'map.inspected',
      assetType: 'map',
      assetId: map.id,
      requestId,
      details: { title: map.document.title },
    })
  }

  #detail(principal: Principal, map: MapRecord, baseUrl: string): MapDetail {
    const listed: ListedMap = {
      id: map.id,
      organizationId: map.organizationId,
      owner: map.owner,
      title: map.document.title,
      description: map.document.description,
      audience: map.audience,
      createdAt: map.createdAt,
      updatedAt: map.updatedAt,
      layerCount: map.document.keplerMapConfig.config.visState.layers.length,
      connectionNames: [...new Set(map.document.datasets.map((dataset) => dataset.connectionName))].sort(),
    }
    const isPublic = map.audience.public
    return {
      ...summarize(principal, listed),
      revision: map.revision,
      document: map.document,
      publicUrl: isPublic ? `${baseUrl}/map/${map.id}` : null,
      embedUrl: isPublic ? `${baseUrl}/embed/${map.id}` : null,
    }
  }
}

function summarize(principal: Principal, map: ListedMap): MapSummary {
  const asset = mapAsset(map)
  return {
    id: map.id,
    title: map.title,
    description: map.description,
    privacy: privacyOf(map.audience),
    sharingScope: sharingScopeOf(map.audience),
    owner: map.owner,
    createdAt: map.createdAt.toISOString(),
    updatedAt: map.updatedAt.toISOString(),
    layerCount: map.layerCount,
    connectionNames: [...map.connectionNames],
    permissions: {
      edit: assetPermission(principal, 'map.update', asset),
      delete: assetPermission(principal, 'map.delete', asset),
      share: assetPermission(principal, 'map.share', asset),
      duplicate: assetPermission(principal, 'map.duplicate', asset),
    },
  }
}

/** Which maps a list of this scope shows. */
function whereScope(principal: UserPrincipal, scope: MapListQuery['scope']): Predicate {
  const visible = visibleWhere(principal, 'map')
  const own: Predicate = { type: 'equals', field: 'ownerId', value: principal.userId }
  switch (scope) {
    case 'mine':
      return { type: 'and', terms: [visible, own] }
    case 'shared':
      return { type: 'and', terms: [sharedWithWhere(principal, 'map'), { type: 'not', term: own }] }
    default:
      return visible
  }
}

function datasetIdentity(dataset: MapDocument['datasets'][number]) {
  return [dataset.connectionName, dataset.type, dataset.source, dataset.queryParameters ?? null]
}

function mapNotFound(): AppError {
  return new AppError('not_found', 'There is no such map, or it is not shared with you.')
}

function staleRevision(current: number | null): AppError {
  return new AppError(
    'conflict',
    'This map was changed somewhere else since you opened it. Load it again before you save, or save a copy.',
    current === null ? {} : { details: { revision: current } },
  )
}
