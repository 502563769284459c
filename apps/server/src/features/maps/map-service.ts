import {
  AppError,
  emptyMapDocument,
  type MapDetail,
  type MapDocument,
  type MapList,
  type MapListQuery,
  type MapSummary,
  type Permission,
  type Privacy,
  type ViewerMap,
} from '@graticule/contract'
import {
  type Action,
  authorize,
  can,
  type MapAsset,
  type Principal,
  type PublicMapPrincipal,
  type UserPrincipal,
  visibleWhere,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { createPublicMapToken, readPublicMapToken } from '../../platform/secrets/public-map-token.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import { connectionAsset } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import { describeHandover, type Handover } from '../users/handover.ts'
import { checkMapDocument } from './map-document-checks.ts'
import { type MapRecord, mapAsset } from './map-record.ts'
import { changeMap, findMap, insertMap, type ListedMap, listMaps, transferMaps, updateMap } from './map-store.ts'

export interface MapServiceOptions {
  readonly store: Store
  readonly connections: ConnectionService
  readonly activity: ActivityLog
  readonly secrets: SecretBox
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /**
   * Called after a change of what may be read through a map, so that no right outlives it. `access`: who may open it
   * changed as well, and with it the worth of its public token.
   */
  readonly onChanged: (change: 'document' | 'access') => void
}

/** The maps of an organization: kept as documents, edited under a revision, shared and made public. */
export class MapService {
  readonly #options: MapServiceOptions

  constructor(options: MapServiceOptions) {
    this.#options = options
  }

  async list(caller: UserCaller, query: MapListQuery): Promise<MapList> {
    const { principal } = caller
    const visible = visibleWhere(principal, 'map')
    const { maps, total } = await listMaps(this.#options.store, visible, principal.userId, query)
    return { maps: maps.map((map) => summarize(principal, map)), total }
  }

  async get(caller: UserCaller, id: string, baseUrl: string): Promise<MapDetail> {
    return this.#detail(caller.principal, await this.#find(caller.principal, id), baseUrl)
  }

  /** For whoever may open the map: with the token that reads its data while it is public. */
  async view(principal: Principal, id: string, baseUrl: string): Promise<ViewerMap> {
    const map = await this.#find(principal, id)
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
    await this.#checkConnections(principal, edit.document, map.document, map.privacy)
    await this.#options.store.transaction().execute(async (transaction) => {
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
    const map = await this.#find(caller.principal, id)
    authorize(caller.principal, 'map.delete', mapAsset(map))
    await this.#options.store.transaction().execute(async (transaction) => {
      const now = this.#options.clock.now()
      const changes = { deleted_at: now, public_token_version: map.publicTokenVersion + 1 }
      if (!(await changeMap(transaction, id, changes))) throw mapNotFound()
      await this.#record(transaction, caller, 'map.deleted', id, { title: map.document.title })
    })
    this.#options.onChanged('access')
  }

  /** Sharing makes people read data through the map, so its owner must be able to use every connection in it. */
  async setPrivacy(caller: UserCaller, id: string, privacy: Privacy, baseUrl: string): Promise<MapDetail> {
    const { principal } = caller
    const map = await this.#find(principal, id)
    authorize(principal, 'map.share', mapAsset(map))
    if (privacy === map.privacy) return this.#detail(principal, map, baseUrl)
    if (privacy !== 'private') await this.#checkConnections(principal, map.document, null, privacy)
    await this.#options.store.transaction().execute(async (transaction) => {
      const changes = {
        privacy,
        // A token of the time when the map was public must not come back to life with it.
        ...(map.privacy === 'public' ? { public_token_version: map.publicTokenVersion + 1 } : {}),
      }
      if (!(await changeMap(transaction, id, changes))) throw mapNotFound()
      const details = { title: map.document.title, from: map.privacy, to: privacy }
      await this.#record(transaction, caller, 'map.privacy-changed', id, details)
    })
    this.#options.onChanged('access')
    return this.get(caller, id, baseUrl)
  }

  /** A stored map that the principal may open; 404 otherwise. */
  async open(principal: Principal, id: string): Promise<MapRecord> {
    return this.#find(principal, id)
  }

  /** The token inside a public map's document; null while the map is not public. */
  publicToken(map: MapRecord): string | null {
    if (map.privacy !== 'public') return null
    return createPublicMapToken(this.#options.secrets, map.id, map.publicTokenVersion)
  }

  /** Who a token of a public map's document is; null for a forgery and once the map is not public any more. */
  async findByPublicToken(token: string): Promise<PublicMapPrincipal | null> {
    const named = readPublicMapToken(this.#options.secrets, token)
    const map = named === null ? null : await findMap(this.#options.store, named.mapId)
    if (map?.privacy !== 'public' || map.publicTokenVersion !== named?.version) return null
    return { kind: 'public-map', mapId: map.id, organizationId: map.organizationId }
  }

  /** Gives all maps of a person to another, with their sharing and public links as they are. */
  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const maps = await transferMaps(transaction, handover.from.id, handover.to.id)
    await this.#options.activity.recordAll(
      transaction,
      maps.map((map) => ({
        organizationId: map.organization_id,
        actor: actorOf(handover.caller.principal),
        type: 'map.transferred',
        assetType: 'map',
        assetId: map.id,
        requestId: handover.caller.requestId,
        details: { title: map.title, ...describeHandover(handover) },
      })),
    )
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
    await this.#checkConnections(principal, document, null, 'private')
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
        privacy: 'private',
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
   * before are let be, so that losing a connection does not lock a person out of their own map. Colleagues read a
   * shared map under their own right to its connections, so those must be shared as well.
   */
  async #checkConnections(
    principal: Principal,
    document: MapDocument,
    stored: MapDocument | null,
    privacy: Privacy,
  ): Promise<void> {
    const known = new Set(stored?.datasets.map((dataset) => canonicalJson(datasetIdentity(dataset))))
    for (const dataset of document.datasets) {
      if (known.has(canonicalJson(datasetIdentity(dataset)))) continue
      const connection = await this.#options.connections.find(principal, dataset.connectionName).catch((error) => {
        if (error instanceof AppError && error.code === 'not_found') return null
        throw error
      })
      const action: Action = dataset.type === 'query' ? 'sql.run' : 'data.browse'
      const isUsable = connection !== null && can(principal, action, connectionAsset(connection)).allowed
      if (isUsable && (privacy !== 'shared' || connection.privacy !== 'private')) continue
      const problem = isUsable
        ? 'is private, so that others would see an empty map. Share the connection first.'
        : 'does not exist or is not shared with you.'
      throw new AppError(
        'invalid_request',
        `The dataset "${dataset.label}" reads the connection "${dataset.connectionName}", which ${problem}`,
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

  #detail(principal: Principal, map: MapRecord, baseUrl: string): MapDetail {
    const listed: ListedMap = {
      id: map.id,
      organizationId: map.organizationId,
      owner: map.owner,
      title: map.document.title,
      description: map.document.description,
      privacy: map.privacy,
      createdAt: map.createdAt,
      updatedAt: map.updatedAt,
      layerCount: map.document.keplerMapConfig.config.visState.layers.length,
      connectionNames: [...new Set(map.document.datasets.map((dataset) => dataset.connectionName))].sort(),
    }
    const isPublic = map.privacy === 'public'
    return {
      ...summarize(principal, listed),
      revision: map.revision,
      document: map.document,
      publicUrl: isPublic ? `${baseUrl}/map/${map.id}` : null,
      embedUrl: isPublic ? `${baseUrl}/embed/${map.id}` : null,
    }
  }

  #record(
    transaction: Store,
    caller: UserCaller,
    type: string,
    mapId: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#options.activity.record(transaction, {
      organizationId: caller.principal.organizationId,
      actor: actorOf(caller.principal),
      type,
      assetType: 'map',
      assetId: mapId,
      requestId: caller.requestId,
      details,
    })
  }
}

function summarize(principal: Principal, map: ListedMap): MapSummary {
  const asset = mapAsset(map)
  return {
    id: map.id,
    title: map.title,
    description: map.description,
    privacy: map.privacy,
    owner: map.owner,
    createdAt: map.createdAt.toISOString(),
    updatedAt: map.updatedAt.toISOString(),
    layerCount: map.layerCount,
    connectionNames: [...map.connectionNames],
    permissions: {
      edit: permission(principal, 'map.update', asset),
      delete: permission(principal, 'map.delete', asset),
      share: permission(principal, 'map.share', asset),
      duplicate: permission(principal, 'map.duplicate', asset),
    },
  }
}

function permission(principal: Principal, action: Action, asset: MapAsset): Permission {
  const decision = can(principal, action, asset)
  return decision.allowed ? { allowed: true } : { allowed: false, reason: decision.reason }
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
