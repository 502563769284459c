import {
  AppError,
  assertNever,
  TRASH_DAYS,
  type TrashItem,
  type TrashList,
  type TrashRestorePreview,
} from '@graticule/contract'
import {
  type Audience,
  authorize,
  LIBRARY_KINDS,
  type LibraryKind,
  NOBODY,
  privacyOf,
  restorableWhere,
  type ShareableAsset,
  sharingScopeOf,
  type TrashableKind,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import { compareAccess } from '../sharing/compare-access.ts'
import type { PossibleReader } from '../sharing/sharing-service.ts'
import { authorizeRestoring, notInTrash } from './not-in-trash.ts'
import type { RestingDescription, RestingKind, Restoration } from './resting-kind.ts'
import type { TrashedAsset, TrashStore } from './trash-store.ts'

const DAY_MS = 86_400_000

export interface TrashServiceOptions {
  readonly store: Store
  readonly trash: TrashStore
  readonly audiences: AudienceService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
  /** The asker with the role that they have now, kept until the transaction ends. */
  readonly holdPrincipal: (transaction: Store, principal: UserPrincipal) => Promise<UserPrincipal>
  /** Called after something came back, so that nothing remembers it as gone. */
  readonly onRestored: () => void
  /** Forgets tags and favourites of what is being deleted for good. */
  readonly forgetMarks: (transaction: Store, kind: LibraryKind, ids: readonly string[]) => Promise<void>
  /** Everybody active of an organization, by name. */
  readonly listPeople: (organizationId: string) => Promise<readonly PossibleReader[]>
  /** The kinds that rest in a way of their own. */
  readonly resting: Readonly<Record<RestingOfItsOwn, RestingKind>>
}

type RestingOfItsOwn = Exclude<TrashableKind, LibraryKind>

const OF_THEIR_OWN: readonly RestingOfItsOwn[] = ['project', 'named-source']

/** What was deleted rests for 30 days: found, restored and purged by those who may delete it. */
export class TrashService {
  readonly #options: TrashServiceOptions

  constructor(options: TrashServiceOptions) {
    this.#options = options
  }

  async list({ principal }: UserCaller, query: { page?: number; pageSize?: number }): Promise<TrashList> {
    const { resting, trash } = this.#options
    const visible = {
      map: restorableWhere(principal, 'map'),
      workflow: restorableWhere(principal, 'workflow'),
      application: restorableWhere(principal, 'application'),
      project: restorableWhere(principal, 'project'),
      'named-source': restorableWhere(principal, 'named-source'),
    }
    const { assets, total } = await trash.list(visible, query.page ?? 1, query.pageSize ?? 50)
    const missing = await trash.listMissingConnections(assets.filter(({ kind }) => kind === 'map').map(({ id }) => id))
    const suspended = await this.#listSuspended(assets)
    const described = new Map<string, RestingDescription>()
    for (const kind of OF_THEIR_OWN) {
      const ids = assets.filter((asset) => asset.kind === kind).map(({ id }) => id)
      for (const [id, description] of await resting[kind].describe(ids)) described.set(id, description)
    }
    const items = assets.map((asset): TrashItem => {
      const audience = suspended.get(asset.id) ?? NOBODY
      return {
        kind: asset.kind,
        id: asset.id,
        name: asset.name,
        owner: { id: asset.owner_id, name: asset.owner_name, email: asset.owner_email },
        deletedAt: asset.deleted_at.toISOString(),
        deletedBy: asset.deleted_by_name,
        purgedAt: new Date(asset.deleted_at.getTime() + TRASH_DAYS * DAY_MS).toISOString(),
        privacy: privacyOf(audience),
        sharingScope: sharingScopeOf(audience),
        project: describeProject(asset),
        missingConnections: missing.filter(({ id }) => id === asset.id).map(({ name }) => name),
        contents: null,
        namedBy: null,
        ...described.get(asset.id),
      }
    })
    return { items, total }
  }

  /** Who would gain access to it if it came back so. */
  async previewRestore(
    caller: UserCaller,
    kind: TrashableKind,
    id: string,
    restoration: Restoration,
  ): Promise<TrashRestorePreview> {
    const { resting } = this.#options
    const preview = isOfItsOwn(kind)
      ? await resting[kind].preview(caller, id, restoration)
      : await this.#preview(caller, kind, id, restoration)
    // Whom it is shared with is for those who may know of the organization's people.
    authorize(caller.principal, 'user.list')
    return preview
  }

  async #preview(
    { principal }: UserCaller,
    kind: LibraryKind,
    id: string,
    restoration: Restoration,
  ): Promise<TrashRestorePreview> {
    const { audiences, listPeople, store } = this.#options
    const found = await this.#find(principal, kind, id)
    const audience = restoration.isShared ? await audiences.readSuspended(kind, id, store) : NOBODY
    const containers = restoration.isShared || !isReachedByOthers(found) ? found.containers : []
    const before = assetOf(kind, found, NOBODY, [])
    const change = { before, after: assetOf(kind, found, audience, containers) }
    const { gains } = compareAccess(await listPeople(principal.organizationId), [change])
    return { gains, itemCount: 0, tokens: [] }
  }

  /** Brings it back to its owner, private or shared as it was. */
  async restore(caller: UserCaller, kind: TrashableKind, id: string, restoration: Restoration): Promise<void> {
    if (restoration.name !== undefined && kind !== 'named-source') {
      throw new AppError('invalid_request', `Only a named source comes back under another name; leave out "name".`)
    }
    if (isOfItsOwn(kind)) await this.#options.resting[kind].restore(caller, id, restoration)
    else await this.#restore(caller, kind, id, restoration.isShared)
  }

  /**
   * Brings it back to its owner: private, or shared again as it was when that is confirmed and still possible. A folder
   * that others reach shares it too, so it goes back into such a one only when that is confirmed.
   */
  async #restore(caller: UserCaller, kind: LibraryKind, id: string, isShared: boolean): Promise<void> {
    const { activity, audiences, governance, trash } = this.#options
    const { organizationId } = caller.principal
    // People are locked before the asset, but whose it is not is told nothing of those whom it was shared with.
    await this.#find(caller.principal, kind, id)
    await this.#options.store.transaction().execute(async (transaction) => {
      const audience = isShared ? await audiences.readSuspended(kind, id, transaction) : NOBODY
      await audiences.hold(transaction, kind, organizationId, audience)
      const asset = await this.#lock(transaction, caller, kind, id)
      if (kind !== 'workflow') await governance.holdRoom(transaction, organizationId, kind)
      const restored = {
        kind,
        organizationId,
        ownerId: asset.owner_id,
        audience: NOBODY,
        hasPassword: asset.has_password,
      }
      await governance.holdAudience(transaction, caller.principal, restored, audience)
      if (isShared) {
        const placing = { ...restored, from: [], to: asset.containers }
        await governance.holdPlacings(transaction, caller.principal, async () => [placing])
      }
      await trash.restore(transaction, kind, id)
      const isTakenOut = !isShared && kind !== 'application' && isReachedByOthers(asset)
      if (isTakenOut) await trash.takeOut(transaction, kind, id)
      if (isShared) await audiences.resume(transaction, kind, id)
      else await audiences.forgetSuspended(transaction, kind, id)
      await activity.record(transaction, {
        organizationId,
        actor: actorOf(caller.principal),
        type: `${kind}.restored`,
        assetType: kind,
        assetId: id,
        requestId: caller.requestId,
        details: {
          name: asset.name,
          privacy: privacyOf(audience),
          ...describeAudience(audience),
          projectId: isTakenOut ? null : (asset.containers[0]?.id ?? null),
        },
      })
    })
    this.#options.onRestored()
  }

  /** Deletes it for good before its time. */
  async purge(caller: UserCaller, kind: TrashableKind, id: string): Promise<void> {
    const { activity, audiences, resting, trash } = this.#options
    if (isOfItsOwn(kind)) return resting[kind].purge(caller, id)
    await this.#options.store.transaction().execute(async (transaction) => {
      const asset = await this.#lock(transaction, caller, kind, id)
      await audiences.forgetSuspended(transaction, kind, id)
      await trash.purge(transaction, kind, id)
      await this.#options.forgetMarks(transaction, kind, [id])
      await activity.record(transaction, {
        organizationId: asset.organization_id,
        actor: actorOf(caller.principal),
        type: `${kind}.purged`,
        assetType: kind,
        assetId: id,
        requestId: caller.requestId,
        details: { name: asset.name },
      })
    })
  }

  /** Deletes for good what has rested its time. */
  async sweep(now: Date): Promise<void> {
    const { activity, audiences, trash } = this.#options
    const until = new Date(now.getTime() - TRASH_DAYS * DAY_MS)
    for (const kind of OF_THEIR_OWN) await this.#options.resting[kind].sweep(until)
    for (const kind of LIBRARY_KINDS) {
      await this.#options.store.transaction().execute(async (transaction) => {
        const purged = await trash.purgeDeletedUntil(transaction, kind, until)
        for (const { id } of purged) await audiences.forgetSuspended(transaction, kind, id)
        await this.#options.forgetMarks(
          transaction,
          kind,
          purged.map(({ id }) => id),
        )
        await activity.recordAll(
          transaction,
          purged.map(({ id, organization_id, name }) => ({
            organizationId: organization_id,
            actor: SYSTEM_ACTOR,
            type: `${kind}.purged`,
            assetType: kind,
            assetId: id,
            details: { name },
          })),
        )
      })
    }
  }

  /** The audiences that these had, as far as such kinds are shared at all. */
  async #listSuspended(assets: readonly TrashedAsset[]): Promise<ReadonlyMap<string, Audience>> {
    const shareable = assets.flatMap(({ kind, id }) => (kind === 'named-source' ? [] : [{ kind, id }]))
    const suspended = await this.#options.audiences.listSuspended(shareable)
    return new Map(shareable.map(({ id }, index) => [id, suspended[index] ?? NOBODY]))
  }

  /** The asset under a lock, when the asker may do with it what its deletion asks for; 404 otherwise. */
  async #lock(transaction: Store, caller: UserCaller, kind: LibraryKind, id: string): Promise<TrashedAsset> {
    const principal = await this.#options.holdPrincipal(transaction, caller.principal)
    return this.#find(principal, kind, id, transaction)
  }

  async #find(principal: UserPrincipal, kind: LibraryKind, id: string, transaction?: Store): Promise<TrashedAsset> {
    const found = await this.#options.trash.find(kind, id, transaction)
    if (found === null) throw notInTrash(kind)
    // Nothing in the trash is shared with anybody, neither itself nor through its folder.
    authorizeRestoring(principal, assetOf(kind, found, NOBODY, []))
    return found
  }
}

function isOfItsOwn(kind: TrashableKind): kind is RestingOfItsOwn {
  return kind === 'project' || kind === 'named-source'
}

/** What is in the trash as policy decides on it, with this audience and in these folders. */
function assetOf(
  kind: LibraryKind,
  found: TrashedAsset,
  audience: Audience,
  containers: TrashedAsset['containers'],
): Extract<ShareableAsset, { kind: LibraryKind }> {
  const facts = { id: found.id, organizationId: found.organization_id, ownerId: found.owner_id, audience }
  switch (kind) {
    case 'map':
      return { kind, ...facts, containers, isListed: true, isLocked: found.has_password, isCollaborative: false }
    case 'workflow':
      return { kind, ...facts, containers }
    case 'application':
      return { kind, ...facts }
    default:
      return assertNever(kind)
  }
}

function describeProject(asset: TrashedAsset): TrashItem['project'] {
  const [nearest] = asset.containers
  return nearest === undefined ? null : { name: nearest.name, isShared: isReachedByOthers(asset) }
}

/** Whether the folders that it was in are anybody's but its owner's, or shared. */
function isReachedByOthers({ containers, owner_id: ownerId }: TrashedAsset): boolean {
  return containers.some((container) => container.ownerId !== ownerId || privacyOf(container.audience) !== 'private')
}
