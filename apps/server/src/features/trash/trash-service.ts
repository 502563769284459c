import { AppError, TRASH_DAYS, type TrashItem, type TrashList } from '@graticule/contract'
import {
  type Asset,
  authorize,
  NOBODY,
  privacyOf,
  REMOVE_ACTION,
  removableWhere,
  sharingScopeOf,
  TRASHABLE_KINDS,
  type TrashableKind,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
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
  readonly forgetMarks: (transaction: Store, kind: TrashableKind, ids: readonly string[]) => Promise<void>
}

/** What was deleted rests for 30 days: found, restored and purged by those who may delete it. */
export class TrashService {
  readonly #options: TrashServiceOptions

  constructor(options: TrashServiceOptions) {
    this.#options = options
  }

  async list({ principal }: UserCaller, query: { page?: number; pageSize?: number }): Promise<TrashList> {
    const { audiences, trash } = this.#options
    const visible = {
      map: removableWhere(principal, 'map'),
      workflow: removableWhere(principal, 'workflow'),
      application: removableWhere(principal, 'application'),
    }
    const { assets, total } = await trash.list(visible, query.page ?? 1, query.pageSize ?? 50)
    const missing = await trash.listMissingConnections(assets.filter(({ kind }) => kind === 'map').map(({ id }) => id))
    const suspended = await audiences.listSuspended(assets)
    const items = assets.map((asset, index): TrashItem => {
      const audience = suspended[index] ?? NOBODY
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
      }
    })
    return { items, total }
  }

  /**
   * Brings it back to its owner: private, or shared again as it was when that is confirmed and still possible. A folder
   * that others reach shares it too, so it goes back into such a one only when that is confirmed.
   */
  async restore(caller: UserCaller, kind: TrashableKind, id: string, isShared: boolean): Promise<void> {
    const { activity, audiences, governance, trash } = this.#options
    const { organizationId } = caller.principal
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
    const { activity, audiences, trash } = this.#options
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
    for (const kind of TRASHABLE_KINDS) {
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

  /** The asset under a lock, when the asker may do with it what its deletion asks for; 404 otherwise. */
  async #lock(transaction: Store, caller: UserCaller, kind: TrashableKind, id: string): Promise<TrashedAsset> {
    const principal = await this.#options.holdPrincipal(transaction, caller.principal)
    const found = await this.#options.trash.find(kind, id, transaction)
    if (found === null) throw notInTrash(kind)
    const facts = { id, organizationId: found.organization_id, ownerId: found.owner_id }
    // Nothing in the trash is shared with anybody, neither itself nor through its folder.
    const unshared = { ...facts, audience: NOBODY, containers: [] }
    const plain = { isListed: true, isLocked: false, isCollaborative: false }
    const asset: Asset = kind === 'map' ? { kind, ...unshared, ...plain } : { kind, ...unshared }
    authorize(principal, REMOVE_ACTION[kind], asset)
    return found
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

function notInTrash(kind: TrashableKind): AppError {
  return new AppError('not_found', `There is no such ${kind} in your trash.`)
}
