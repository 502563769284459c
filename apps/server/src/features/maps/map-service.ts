import {
  AppError,
  emptyMapDocument,
  type MapDataset,
  type MapDetail,
  type MapDocument,
  type MapList,
  type MapListQuery,
  type MapSharingOptionsBody,
  type PublicationCheck,
  type PublicationWish,
  type UserSummary,
  type ViewerMap,
  type ViewerMapQuery,
} from '@graticule/contract'
import {
  type Action,
  type Audience,
  authorize,
  can,
  decideOpenLink,
  draftWhere,
  isSameAudience,
  isShared,
  isWithinAudience,
  matches,
  NOBODY,
  needsPassword,
  openableWhere,
  ownOrSharedWhere,
  ownWhere,
  type Predicate,
  type Principal,
  privacyOf,
  readsDraft,
  sharedWithWhere,
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
import type { MapChanges } from '../../platform/db/tables.ts'
import { toWordsColumn, wordsOfMap } from '../../platform/search/search-words.ts'
import { type AssetTransfer, describeTransfer, type ManagedAssets } from '../assets/managed-assets.ts'
import { hashPassword } from '../auth/password-hash.ts'
import { connectionNames } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { NoteUse } from '../connections/source-access.ts'
import type { GovernanceRules, SharedAsset } from '../governance/governance-rules.ts'
import type { Marks } from '../library/marks.ts'
import type { ContainedAssets, Placement } from '../projects/contained-assets.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import type { NamedAsset, ShareableAssets } from '../sharing/shareable-assets.ts'
import { type Handover, recordHandover } from '../users/handover.ts'
import { DatasetRights } from './dataset-rights.ts'
import { describeMap, summarizeMap } from './map-answers.ts'
import { checkMapDocument } from './map-document-checks.ts'
import { listMapOwners, listMaps } from './map-list-store.ts'
import { type MapRecord, type MapVersion, mapAsset, readersVersion, versionFor } from './map-record.ts'
import {
  changeMap,
  countMapsByProject,
  findMap,
  findOwner,
  insertMap,
  listMapsById,
  lockMap,
  releaseMaps,
  transferMaps,
  updateMap,
} from './map-store.ts'
import { type PublicLinks, passwordRequired } from './public-links.ts'
import { forgetPublications } from './publication-store.ts'
import { changedSinceLook, type PreparedPublication, type Publications } from './publications.ts'
import type { QueryHandles } from './query-handles.ts'
import { readersDocument, withoutFoundValues } from './readers-document.ts'

export interface MapServiceOptions {
  readonly store: Store
  readonly connections: ConnectionService
  readonly audiences: AudienceService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly links: PublicLinks
  readonly handles: QueryHandles
  readonly publications: Publications
  /** Those of the connections of an organization that everybody reads with a login of their own. */
  readonly listPersonal: (organizationId: string, names: readonly string[]) => Promise<ReadonlySet<string>>
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  readonly noteUse: NoteUse
  /** Throws `organization_suspended` when nobody can enter the organization. */
  readonly requireOpen: (organizationId: string) => Promise<void>
  /** The tags of a map, and whether it is a favourite; strangers are told neither. */
  readonly readMarks: (principal: Principal, map: MapRecord) => Promise<Marks>
  /**
   * Called after a change of what may be read through a map, so that no right outlives it. `access`: who may open it
   * changed as well, and with it the worth of its public token.
   */
  readonly onChanged: (change: 'document' | 'access') => void
  /** What a map of the organization is drawn on, and how its page looks. */
  readonly describeLook: (
    baseUrl: string,
    organizationId: string,
    styleType: string,
  ) => Promise<Pick<ViewerMap, 'basemap' | 'branding'>>
}

/** The maps of an organization: kept as documents, edited under a revision, shared and made public. */
export class MapService implements ShareableAssets, ManagedAssets, ContainedAssets {
  readonly #options: MapServiceOptions
  readonly #record: RecordChange
  readonly #rights: DatasetRights

  constructor(options: MapServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'map')
    this.#rights = new DatasetRights(options.connections)
  }

  async list(caller: UserCaller, query: MapListQuery): Promise<MapList> {
    const { principal } = caller
    const { userId, organizationId } = principal
    const reader = {
      userId,
      organizationId,
      // Whoever owns a map edits it, so that nothing about how it is shared needs to be looked up.
      draft: query.scope === 'mine' ? ownWhere(principal, 'map') : draftWhere(principal),
      findsOwners: can(principal, 'user.list').allowed,
    }
    const { maps, total } = await listMaps(this.#options.store, whereScope(principal, query.scope), reader, query)
    return { maps: maps.map((map) => summarizeMap(principal, map)), total }
  }

  /** By whom the maps are that the person may open. */
  async listOwners({ principal }: UserCaller): Promise<UserSummary[]> {
    return listMapOwners(this.#options.store, visibleWhere(principal, 'map'))
  }

  async get(caller: UserCaller, id: string, baseUrl: string): Promise<MapDetail> {
    const map = await this.#find(caller.principal, id)
    this.#noteOpening(caller, map)
    return this.#describe(caller.principal, map, baseUrl)
  }

  /**
   * For whoever may open the map: with the token that reads its data while it is public. Whoever edits it sees the draft,
   * as a preview.
   */
  async view(caller: Caller, id: string, { version }: ViewerMapQuery, baseUrl: string): Promise<ViewerMap> {
    const { principal } = caller
    const map = await this.open(principal, id)
    this.#noteOpening(caller, map)
    const shown = await this.#show(
      principal,
      map,
      version === 'published' ? readersVersion(map) : versionFor(principal, map),
    )
    const detail = describeMap(principal, map, shown, await this.#options.readMarks(principal, map), baseUrl)
    const isColleague = principal.kind === 'user' && principal.organizationId === map.organizationId
    const { styleType } = detail.document.keplerMapConfig.config.mapStyle
    return {
      ...detail,
      ...(await this.#options.describeLook(baseUrl, map.organizationId, styleType)),
      // Strangers learn who made a map, not how to write to them.
      owner: isColleague ? detail.owner : { ...detail.owner, email: '' },
      token: this.#options.links.tokenFor(principal, map),
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
    if (map.draft.revision !== edit.revision) throw staleRevision(map.draft.revision)
    checkMapDocument(edit.document, map.organizationId)
    await this.#rights.requireEditable(principal, edit.document, map.draft.document)
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#rights.holdConnections(transaction, map.organizationId, edit.document, map.draft.document)
      // It may have been given to somebody else meanwhile, or whoever helped with it may help no more.
      authorize(principal, 'map.update', mapAsset(await this.#lock(transaction, id)))
      const isUpdated = await updateMap(transaction, id, edit.revision, {
        title: edit.document.title,
        description: edit.document.description,
        document: toJson(edit.document),
        search_words: toWordsColumn(wordsOfMap(edit.document)),
        updated_at: this.#options.clock.now(),
      })
      if (!isUpdated) throw staleRevision(null)
      const details = { title: edit.document.title, revision: edit.revision + 1 }
      await this.#record(transaction, caller, 'map.updated', id, details)
    })
    this.#options.onChanged('document')
    return this.get(caller, id, baseUrl)
  }

  /**
   * Shows readers the draft of this revision; 409 when it was edited since it was looked at. What a public map comes to
   * read by it is published as it would be anew.
   */
  async publish(
    caller: UserCaller,
    id: string,
    revision: number,
    baseUrl: string,
    wish?: PublicationWish,
  ): Promise<MapDetail> {
    const { principal } = caller
    const { clock, publications, store } = this.#options
    const found = await this.#find(principal, id)
    const check = (map: MapRecord) => {
      authorize(principal, 'map.publish-updates', mapAsset(map))
      if (map.draft.revision !== revision) throw staleRevision(map.draft.revision)
      if (!isShared(mapAsset(map))) {
        const reason = 'A private map has no readers to publish it for; sharing it publishes it.'
        throw new AppError('rule_violated', reason, { details: { rule: 'publishing.private' } })
      }
    }
    check(found)
    const owner = await findOwner(store, found.owner.id)
    const people = owner === null ? [principal] : [principal, owner]
    await this.#rights.requireNewUsable(people, found.draft.document, found.published?.document ?? null)
    const added = listNewDatasets(found)
    const publication =
      found.audience.public && added.size > 0
        ? await publications.prepare(caller, { ...publicationNames(found), ...updateOf(found, added), wish })
        : null
    await store.transaction().execute(async (transaction) => {
      const map = await this.#lock(transaction, id)
      check(map)
      if (map.published?.revision === revision) return
      // It may have become public, or show something else by now, since what the public would see was looked at.
      const isAsLookedAt = found.audience.public && found.published?.revision === map.published?.revision
      if (map.audience.public && !isAsLookedAt) throw changedSinceLook()
      if (publication !== null && !map.audience.public) throw changedSinceLook()
      if (publication !== null) await publications.keep(transaction, caller, publication)
      await changeMap(transaction, id, publicationOf(map, principal.userId, clock.now()))
      await this.#record(transaction, caller, 'map.published', id, { title: map.draft.document.title, revision })
    })
    this.#options.onChanged('document')
    return this.get(caller, id, baseUrl)
  }

  /** Sets how the map opens besides its audience: the password of its link, whether lists show it, who may help. */
  async setSharingOptions(
    caller: UserCaller,
    id: string,
    options: MapSharingOptionsBody,
    baseUrl: string,
  ): Promise<MapDetail> {
    const { principal } = caller
    authorize(principal, 'map.share', mapAsset(await this.#find(principal, id)))
    const { password } = options
    const passwordHash = typeof password === 'string' ? await hashPassword(password) : password
    await this.#options.store.transaction().execute(async (transaction) => {
      const map = await this.#lock(transaction, id)
      authorize(principal, 'map.share', mapAsset(map))
      if (map.audience.public && map.hasPassword && passwordHash === null) {
        await this.#options.governance.hold(transaction, principal, decideOpenLink)
      }
      for (const { type, changes, details } of listOptionChanges(map, { ...options, passwordHash })) {
        await changeMap(transaction, id, changes)
        await this.#record(transaction, caller, type, id, { title: map.draft.document.title, ...details })
      }
    })
    this.#options.onChanged('access')
    return this.get(caller, id, baseUrl)
  }

  async duplicate(caller: UserCaller, id: string, baseUrl: string): Promise<MapDetail> {
    const map = await this.#find(caller.principal, id)
    authorize(caller.principal, 'map.duplicate', mapAsset(map))
    const { document } = await this.#copy(caller.principal, map)
    const title = `Copy of ${document.title}`.slice(0, 200)
    return this.#insert(caller, { ...document, title }, { copyOf: id }, baseUrl)
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
      await this.#record(transaction, caller, 'map.deleted', id, { title: map.draft.document.title })
    })
    this.#options.onChanged('access')
  }

  async findShareable(principal: Principal, id: string): Promise<NamedAsset> {
    const map = await this.#find(principal, id)
    const shown = readsDraft(principal, mapAsset(map)) ? map.draft : (map.published ?? map.draft)
    return { asset: mapAsset(map), name: shown.document.title, owner: map.owner }
  }

  async listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]> {
    const maps = await listMapsById(transaction ?? this.#options.store, ids)
    return maps.map(({ facts, title, publishedTitle }) => ({
      asset: mapAsset(facts),
      name: isShared(mapAsset(facts)) ? (publishedTitle ?? title) : title,
      owner: facts.owner,
    }))
  }

  /**
   * Sharing makes people read data through the map, so its owner must be able to use every connection in it. What was
   * private is published by it, as it is then. What becomes public is read with the logins that are wished for, if any.
   */
  async setAudience(caller: UserCaller, id: string, audience: Audience, wish?: PublicationWish): Promise<void> {
    const { principal } = caller
    const { audiences, publications, store } = this.#options
    const found = await this.#find(principal, id)
    authorize(principal, 'map.share', mapAsset(found))
    if (audience.public && !found.audience.public) authorize(principal, 'map.publish', mapAsset(found))
    if (!isWithinAudience(audience, found.audience)) {
      await this.#rights.requireUsable([principal], documentToShare(found))
    }
    const publication = await this.#preparePublication(caller, found, audience, wish)
    await store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'map', found.organizationId, audience)
      const map = await this.#lock(transaction, id)
      // It may have been handed to somebody else, or shared otherwise, until it was locked.
      authorize(principal, 'map.share', mapAsset(map))
      // Its link may have been ended meanwhile, and must not come back without a look at what the public would see; or
      // somebody else published it, and chose the logins.
      const isAnotherPublicness = map.audience.public !== found.audience.public
      if (isAnotherPublicness && (audience.public || !isWithinAudience(audience, map.audience))) {
        throw changedSinceLook()
      }
      if (publication !== null) {
        authorize(principal, 'map.publish', mapAsset(map))
        if (revisionToShare(map) !== revisionToShare(found)) throw changedSinceLook()
        await publications.keep(transaction, caller, publication)
      }
      if (isSameAudience(audience, map.audience)) return
      if (audience.public && !map.audience.public) authorize(principal, 'map.publish', mapAsset(map))
      await this.#options.governance.holdAudience(transaction, principal, sharedMap(map), audience)
      if (map.audience.public && !audience.public) {
        // A token of the time when the map was public must not come back to life with it.
        await changeMap(transaction, id, { public_token_version: map.publicTokenVersion + 1 })
        await forgetPublications(transaction, id)
      }
      if (privacyOf(audience) !== 'private') await this.#publishFirst(transaction, caller, map, 'map.privacy-changed')
      await audiences.replace(transaction, mapAsset(map), audience, principal.userId)
      const change = { from: privacyOf(map.audience), to: privacyOf(audience), ...describeAudience(audience) }
      await this.#record(transaction, caller, 'map.privacy-changed', id, { title: map.draft.document.title, ...change })
    })
    this.#options.onChanged('access')
  }

  /** What the public would see of a map, or of what its draft adds to what is public, with the logins that are wished for. */
  async checkPublication(caller: UserCaller, id: string, wish: PublicationWish): Promise<PublicationCheck> {
    const map = await this.#find(caller.principal, id)
    const { publications } = this.#options
    const names = publicationNames(map)
    if (!map.audience.public) {
      authorize(caller.principal, 'map.publish', mapAsset(map))
      const { datasets } = documentToShare(map)
      return publications.check(caller, { ...names, datasets, cause: 'published', wish })
    }
    authorize(caller.principal, 'map.publish-updates', mapAsset(map))
    const added = listNewDatasets(map)
    if (added.size > 0) return publications.check(caller, { ...names, ...updateOf(map, added), wish })
    const datasets = await this.#listWithLogins(caller, documentToShare(map).datasets, wish)
    return publications.check(caller, { ...names, datasets, cause: 'logins', wish })
  }

  /** What becomes public is looked at before it does, and so is a wish for other logins; null where there is neither. */
  async #preparePublication(
    caller: UserCaller,
    map: MapRecord,
    audience: Audience,
    wish: PublicationWish | undefined,
  ): Promise<PreparedPublication | null> {
    if (!audience.public || (map.audience.public && wish === undefined)) return null
    authorize(caller.principal, 'map.publish', mapAsset(map))
    const { datasets } = documentToShare(map)
    const names = publicationNames(map)
    if (!map.audience.public)
      return this.#options.publications.prepare(caller, { ...names, datasets, cause: 'published', wish })
    // Another login lets readers see something else, as sharing it with more people does.
    const kept = await this.#listWithLogins(caller, datasets, wish)
    await this.#rights.requireUsable([caller.principal], { ...documentToShare(map), datasets: kept })
    return this.#options.publications.prepare(caller, { ...names, datasets: kept, cause: 'logins', wish })
  }

  /**
   * The datasets whose logins somebody decides about: of a connection that was taken from them the login stays as it is,
   * unless they wish for another one, which they are then refused.
   */
  async #listWithLogins(
    { principal }: UserCaller,
    datasets: readonly MapDataset[],
    wish: PublicationWish | undefined,
  ): Promise<MapDataset[]> {
    const { connections } = this.#options
    const wished = new Set<string>()
    for (const id of Object.keys(wish?.logins ?? {})) {
      const connection = await connections.findById(principal.organizationId, id)
      for (const name of connection === null ? [] : connectionNames(connection)) wished.add(name)
    }
    const kept: MapDataset[] = []
    for (const dataset of datasets) {
      const isWished = wished.has(dataset.connectionName)
      if (isWished || (await this.#rights.isUsable(principal, dataset))) kept.push(dataset)
    }
    return kept
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
    if (!isShared(mapAsset(found))) await this.#rights.requireUsable([principal], found.draft.document)
    await store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'map', found.organizationId, { ...NOBODY, userIds: [userId] })
      const map = await this.#lock(transaction, id)
      // It may have been handed to somebody else until it was locked.
      authorize(principal, 'map.share', mapAsset(map))
      await this.#publishFirst(transaction, caller, map, 'map.privacy-changed')
      if (!map.audience.userIds.includes(userId)) {
        const audience = { ...map.audience, userIds: [...map.audience.userIds, userId] }
        await this.#options.governance.holdAudience(transaction, principal, sharedMap(map), audience)
        await audiences.add(transaction, mapAsset(map), userId, expiresAt, principal.userId)
      }
      await besides(transaction)
    })
    this.#options.onChanged('access')
  }

  /** Lets everybody edit a map who may open it and whose role makes maps; what happens besides is of the transaction. */
  async openEditing(caller: UserCaller, id: string, besides: (transaction: Store) => Promise<void>): Promise<void> {
    const { principal } = caller
    authorize(principal, 'map.share', mapAsset(await this.#find(principal, id)))
    await this.#options.store.transaction().execute(async (transaction) => {
      const map = await this.#lock(transaction, id)
      authorize(principal, 'map.share', mapAsset(map))
      const options = { collaborative: true, passwordHash: undefined }
      for (const { type, changes, details } of listOptionChanges(map, options)) {
        await changeMap(transaction, id, changes)
        await this.#record(transaction, caller, type, id, { title: map.draft.document.title, ...details })
      }
      await besides(transaction)
    })
    this.#options.onChanged('access')
  }

  /** A stored map that the principal may open; 401 when only its password is missing, 404 otherwise. */
  async open(principal: Principal, id: string): Promise<MapRecord> {
    const map = await findMap(this.#options.store, id)
    if (!map) throw mapNotFound()
    if (map.audience.public) await this.#requireEntry(principal, map)
    if (needsPassword(principal, mapAsset(map))) throw passwordRequired(id)
    authorize(principal, 'map.read', mapAsset(map))
    this.#options.noteUse(principal, mapAsset(map))
    return map
  }

  /** The organization and the basemap of a map that anybody may open; null for any other map. */
  async findPublicBasemap(id: string): Promise<{ organizationId: string; basemapId: string | null } | null> {
    const map = await findMap(this.#options.store, id)
    if (!map?.audience.public || map.published === null) return null
    const { styleType } = map.published.document.keplerMapConfig.config.mapStyle
    const basemapId = /^custom:(.*)$/.exec(styleType)?.[1] ?? null
    return { organizationId: map.organizationId, basemapId }
  }

  async transfer(id: string, { caller, to, hold }: AssetTransfer): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      await hold(transaction)
      const map = await this.#lock(transaction, id)
      if (map.organizationId !== caller.principal.organizationId) throw mapNotFound()
      if (map.owner.id === to.id) return
      await changeMap(transaction, id, { owner_id: to.id })
      const details = { title: map.draft.document.title, ...describeTransfer(map.owner, to) }
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

  /** The service of projects calls `onChanged` once all that it moves is moved. */
  async place(transaction: Store, id: string, { caller, projectId, decide, cause }: Placement): Promise<void> {
    const map = await this.#lock(transaction, id)
    await decide(mapAsset(map))
    const from = map.containers[0]?.id ?? null
    if (from === projectId) return
    // What is in a project has readers as soon as the project has, and they meet what was there when it was put there.
    if (projectId !== null) await this.#publishFirst(transaction, caller, map, 'map.moved')
    await changeMap(transaction, id, { project_id: projectId })
    const details = { title: map.draft.document.title, from, to: projectId, ...(cause !== undefined && { cause }) }
    await this.#record(transaction, caller, 'map.moved', id, details)
  }

  async release(
    transaction: Store,
    { principal, requestId }: UserCaller,
    projectIds: readonly string[],
  ): Promise<number> {
    const maps = await releaseMaps(transaction, projectIds)
    await this.#options.activity.recordAll(
      transaction,
      maps.map(({ id, title }) => ({
        organizationId: principal.organizationId,
        actor: actorOf(principal),
        type: 'map.moved',
        assetType: 'map',
        assetId: id,
        requestId,
        details: { title, to: null, cause: 'project.deleted' },
      })),
    )
    return maps.length
  }

  async countByProject(principal: UserPrincipal): Promise<ReadonlyMap<string, number>> {
    return countMapsByProject(this.#options.store, visibleWhere(principal, 'map'))
  }

  async #insert(
    caller: UserCaller,
    document: MapDocument,
    details: Readonly<Record<string, unknown>>,
    baseUrl: string,
  ): Promise<MapDetail> {
    const { principal } = caller
    checkMapDocument(document, principal.organizationId)
    await this.#rights.requireUsable([principal], document)
    const id = createId()
    const now = this.#options.clock.now()
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#rights.holdConnections(transaction, principal.organizationId, document, null)
      await this.#options.holdRight(transaction, principal, 'map.create')
      const { audiences, governance } = this.#options
      await governance.holdRoom(transaction, principal.organizationId, 'map')
      const audience = await governance.holdDefault(transaction, principal, 'map')
      await audiences.hold(transaction, 'map', principal.organizationId, audience)
      await insertMap(transaction, {
        id,
        organization_id: principal.organizationId,
        owner_id: principal.userId,
        title: document.title,
        description: document.description,
        public_token_version: 1,
        revision: 1,
        document: toJson(document),
        search_words: toWordsColumn(wordsOfMap(document)),
        created_at: now,
        updated_at: now,
      })
      if (privacyOf(audience) !== 'private') {
        await this.#publishFirst(transaction, caller, await this.#lock(transaction, id), 'map.created')
      }
      const { organizationId, userId } = principal
      await audiences.replace(transaction, { kind: 'map', id, organizationId }, audience, userId)
      const shared = isSameAudience(audience, NOBODY) ? {} : { audience: describeAudience(audience) }
      await this.#record(transaction, caller, 'map.created', id, { title: document.title, ...shared, ...details })
    })
    return this.get(caller, id, baseUrl)
  }

  async #find(principal: Principal, id: string): Promise<MapRecord> {
    const map = await findMap(this.#options.store, id)
    if (!map) throw mapNotFound()
    authorize(principal, 'map.read', mapAsset(map))
    await this.#requireEntry(principal, map)
    return map
  }

  /** Whoever belongs to the organization has proved with their credential that it can be entered. */
  async #requireEntry(principal: Principal, map: MapRecord): Promise<void> {
    const isStranger = principal.kind === 'anonymous' || principal.organizationId !== map.organizationId
    if (isStranger) await this.#options.requireOpen(map.organizationId)
  }

  async #describe(principal: Principal, map: MapRecord, baseUrl: string): Promise<MapDetail> {
    const marks = await this.#options.readMarks(principal, map)
    const shown = await this.#show(principal, map, versionFor(principal, map))
    return describeMap(principal, map, shown, marks, baseUrl)
  }

  /** A version as the principal gets it: whoever edits the map its draft as it is, everybody else what readers get. */
  async #show(principal: Principal, map: MapRecord, version: MapVersion): Promise<MapVersion> {
    if (version === map.draft && can(principal, 'map.update', mapAsset(map)).allowed) return version
    const isPersonal = await this.#personalIn(map, version)
    return { ...version, document: readersDocument(map.id, version.document, this.#options.handles, isPersonal) }
  }

  /** What a copy begins with. Who makes it may run SQL on its connections, under a login that need not see the same. */
  async #copy(principal: UserPrincipal, map: MapRecord): Promise<MapVersion> {
    const version = versionFor(principal, map)
    if (version === map.draft && can(principal, 'map.update', mapAsset(map)).allowed) return version
    return { ...version, document: withoutFoundValues(version.document, await this.#personalIn(map, version)) }
  }

  async #personalIn(map: MapRecord, { document }: MapVersion): Promise<(name: string) => boolean> {
    const names = document.datasets.map(({ connectionName }) => connectionName)
    const personal = await this.#options.listPersonal(map.organizationId, names)
    return (name) => personal.has(name)
  }

  async #lock(transaction: Store, id: string): Promise<MapRecord> {
    await lockMap(transaction, id)
    const map = await findMap(transaction, id)
    if (!map) throw mapNotFound()
    return map
  }

  /** What nobody but its owner could read until now, its readers meet as it is at this moment. */
  async #publishFirst(transaction: Store, caller: UserCaller, map: MapRecord, cause: string): Promise<void> {
    if (isShared(mapAsset(map))) return
    const { revision, document } = map.draft
    await changeMap(transaction, map.id, publicationOf(map, caller.principal.userId, this.#options.clock.now()))
    await this.#record(transaction, caller, 'map.published', map.id, {
      title: document.title,
      revision,
      cause,
    })
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
      details: { title: map.draft.document.title },
    })
  }
}

/** Which maps a list of this scope shows. */
function whereScope(principal: UserPrincipal, scope: MapListQuery['scope']): Predicate {
  const visible = visibleWhere(principal, 'map')
  const own: Predicate = { type: 'equals', field: 'ownerId', value: principal.userId }
  switch (scope) {
    case 'mine':
      return ownWhere(principal, 'map')
    case 'shared':
      return { type: 'and', terms: [sharedWithWhere(principal, 'map'), { type: 'not', term: own }] }
    case 'favourites':
    case 'recent':
      // Somebody keeps what they found by its address too.
      return openableWhere(principal, 'map')
    default:
      return visible
  }
}

/** A map as governance sees it. */
function sharedMap(map: MapRecord): SharedAsset {
  return { ...mapAsset(map), hasPassword: map.hasPassword }
}

/** What readers will read through a map that is shared so: what is published, or will be by it. */
function documentToShare(map: MapRecord): MapDocument {
  if (!isShared(mapAsset(map))) return map.draft.document
  return map.published?.document ?? map.draft.document
}

function publicationNames(map: MapRecord) {
  return { mapId: map.id, title: map.draft.document.title }
}

/** What the draft reads that readers do not meet yet. */
function listNewDatasets({ draft, published }: MapRecord): ReadonlySet<MapDataset> {
  const sourceOf = ({ connectionName, queryParameters = null, source, type }: MapDataset) =>
    canonicalJson([connectionName, type, source, queryParameters])
  const known = new Set(published?.document.datasets.map(sourceOf))
  return new Set(draft.document.datasets.filter((dataset) => !known.has(sourceOf(dataset))))
}

/** What the public comes to read by an update. */
function updateOf({ draft }: MapRecord, added: ReadonlySet<MapDataset>) {
  return { datasets: draft.document.datasets, added, cause: 'sources' } as const
}

/** Which version of a map its readers meet by its being shared. */
function revisionToShare(map: MapRecord): number {
  return (isShared(mapAsset(map)) ? map.published : null)?.revision ?? map.draft.revision
}

/** Makes the draft what readers see. */
function publicationOf({ draft: { document, revision } }: MapRecord, userId: string, at: Date): MapChanges {
  return {
    published_document: toJson(document),
    published_title: document.title,
    published_description: document.description,
    published_words: toWordsColumn(wordsOfMap(document)),
    published_revision: revision,
    published_at: at,
    published_by: userId,
  }
}

interface OptionChange {
  readonly type: string
  readonly changes: MapChanges
  readonly details: Readonly<Record<string, unknown>>
}

/** What the options would change, each with its event; an undefined one stays as it is. */
function listOptionChanges(
  map: MapRecord,
  options: Omit<MapSharingOptionsBody, 'password'> & { readonly passwordHash: string | null | undefined },
): OptionChange[] {
  const { collaborative, discoverable, passwordHash } = options
  const found: OptionChange[] = []
  if (passwordHash !== undefined && (passwordHash !== null || map.hasPassword)) {
    const type = passwordHash === null ? 'removed' : map.hasPassword ? 'changed' : 'set'
    found.push({
      type: `map.password-${type}`,
      // A token of before would be a way around the new password, or outlive the end of an old one.
      changes: { password_hash: passwordHash, public_token_version: map.publicTokenVersion + 1 },
      details: {},
    })
  }
  if (discoverable !== undefined && discoverable !== map.isListed) {
    found.push({
      type: 'map.discoverability-changed',
      changes: { is_listed: discoverable },
      details: { discoverable },
    })
  }
  if (collaborative !== undefined && collaborative !== map.isCollaborative) {
    found.push({
      type: 'map.collaboration-changed',
      changes: { is_collaborative: collaborative },
      details: { collaborative },
    })
  }
  return found
}

function mapNotFound(): AppError {
  return new AppError('not_found', 'There is no such map, or it is not shared with you.')
}

function staleRevision(current: number | null): AppError {
  return new AppError(
    'conflict',
    'This map was changed somewhere else since you opened it; load it again before you save, or save a copy.',
    { details: { rule: 'map.revision', ...(current !== null && { revision: current }) } },
  )
}
