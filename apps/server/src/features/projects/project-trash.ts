import { AppError, MAX_PROJECTS, type TrashRestorePreview } from '@graticule/contract'
import {
  type Audience,
  decideDepth,
  decideMove,
  type MapAsset,
  NOBODY,
  type ProjectAsset,
  privacyOf,
  sharingScopeOf,
  type UserPrincipal,
  type WorkflowAsset,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Store } from '../../platform/db/database.ts'
import type { TrashedContentsTable } from '../../platform/db/tables.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import { type AssetChange, compareAccess } from '../sharing/compare-access.ts'
import type { PossibleReader } from '../sharing/sharing-service.ts'
import { authorizeRestoring, notInTrash } from '../trash/not-in-trash.ts'
import type { RestingDescription, RestingKind, Restoration } from '../trash/resting-kind.ts'
import type { ContainedKinds } from './contained-assets.ts'
import { foldersOf, placingOf } from './placings.ts'
import { projectAsset } from './project.ts'
import type { ProjectStore } from './project-store.ts'
import type { TrashedFolder, TrashedProjectStore } from './trashed-project-store.ts'

export interface ProjectTrashOptions {
  readonly store: Store
  readonly projects: ProjectStore
  readonly trashed: TrashedProjectStore
  readonly contained: ContainedKinds
  readonly audiences: AudienceService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  /** The asker with the role that they have now, kept until the transaction ends. */
  readonly holdPrincipal: (transaction: Store, principal: UserPrincipal) => Promise<UserPrincipal>
  /** Everybody active of an organization, by name. */
  readonly listPeople: (organizationId: string, store?: Store) => Promise<readonly PossibleReader[]>
  /** Called after something came back, so that no right outlives it. */
  readonly onRestored: () => void
}

/** Deleted folders as they would come back. */
interface Plan {
  /** From the outside in; never empty. */
  readonly folders: readonly TrashedFolder[]
  readonly root: TrashedFolder
  /** Each folder with its audience and its place; a folder comes after those around it. */
  readonly assets: ReadonlyMap<string, ProjectAsset>
  /** The folder that the outermost goes back into; null: to the top. */
  readonly into: ProjectAsset | null
  readonly contents: readonly TrashedContentsTable[]
}

/**
 * Deleted projects and subfolders, which rest with all folders inside of them. What was in them went to the top, and goes
 * back in when they come back: what is there still, belongs to whom it did, and may be put there by that person now.
 */
export class ProjectTrash implements RestingKind {
  readonly #options: ProjectTrashOptions
  readonly #record: RecordChange

  constructor(options: ProjectTrashOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'project')
  }

  async describe(ids: readonly string[]): Promise<ReadonlyMap<string, RestingDescription>> {
    const { audiences, trashed } = this.#options
    const described = new Map<string, RestingDescription>()
    for (const { id, subfolders, items } of await trashed.listTrees(ids)) {
      const folders = await trashed.listTree(id)
      const suspended = await audiences.listSuspended(folders.map((folder) => ({ kind: 'project', id: folder.id })))
      const audience = unionOf(suspended)
      described.set(id, {
        contents: { subfolders, items },
        privacy: privacyOf(audience),
        sharingScope: sharingScopeOf(audience),
      })
    }
    return described
  }

  async preview(caller: UserCaller, id: string, { isShared }: Restoration): Promise<TrashRestorePreview> {
    const { contained, listPeople, store, trashed } = this.#options
    const plan = await this.#plan(store, caller.principal, await trashed.listTree(id), id, isShared)
    const people = await listPeople(caller.principal.organizationId)
    const changes: AssetChange[] = [...plan.assets.values()].map((after) => ({
      before: { ...after, audience: NOBODY, containers: [] },
      after,
    }))
    let itemCount = 0
    for (const kind of ['map', 'workflow'] as const) {
      const kept = plan.contents.filter(({ asset_kind }) => asset_kind === kind)
      for (const { asset } of await contained[kind].listShareable(kept.map(({ asset_id }) => asset_id))) {
        if (asset.kind !== 'map' && asset.kind !== 'workflow') continue
        const content = kept.find(({ asset_id }) => asset_id === asset.id)
        const folder = plan.assets.get(content?.project_id ?? '')
        if (content === undefined || folder === undefined || !goesBack(people, asset, content, folder)) continue
        itemCount += 1
        changes.push({ before: asset, after: { ...asset, containers: foldersOf(folder) } })
      }
    }
    const { gains } = compareAccess(people, changes)
    return { gains, itemCount, tokens: [] }
  }

  /** Brings a folder back with all that was deleted with it; shared as before only when that is confirmed. */
  async restore(caller: UserCaller, id: string, { isShared }: Restoration): Promise<void> {
    const { audiences, governance, holdPrincipal, listPeople, projects, store, trashed } = this.#options
    const { organizationId } = caller.principal
    // People are locked before folders, but whose they are not is told nothing of those whom they were shared with.
    demandRoot(caller.principal, await trashed.listTree(id), id)
    await store.transaction().execute(async (transaction) => {
      await projects.lockTrees(transaction, organizationId)
      if (isShared) {
        const suspended: Audience[] = []
        // One after the other: a transaction has one session.
        for (const folder of await trashed.listTree(id, transaction)) {
          suspended.push(await audiences.readSuspended('project', folder.id, transaction))
        }
        await audiences.hold(transaction, 'project', organizationId, unionOf(suspended))
      }
      const principal = await holdPrincipal(transaction, caller.principal)
      const locked = await trashed.lockTree(id, transaction)
      const plan = await this.#plan(transaction, principal, locked, id, isShared)
      if ((await projects.countOfOrganization(transaction, organizationId)) + plan.folders.length > MAX_PROJECTS) {
        throw new AppError(
          'rule_violated',
          `An organization has ${MAX_PROJECTS} projects and subfolders at most; delete others first.`,
          { details: { rule: 'project.count' } },
        )
      }
      for (const folder of plan.folders) {
        const asset = plan.assets.get(folder.id)
        if (asset === undefined) continue
        await governance.holdAudience(transaction, principal, { ...asset, audience: NOBODY }, asset.audience)
        await projects.insert(transaction, {
          id: folder.id,
          organization_id: folder.organization_id,
          owner_id: folder.owner_id,
          parent_id: asset.containers[0]?.id ?? null,
          name: folder.name,
          description: folder.description,
          created_at: folder.created_at,
          updated_at: folder.updated_at,
        })
        if (isShared) await audiences.resume(transaction, 'project', folder.id)
        else await audiences.forgetSuspended(transaction, 'project', folder.id)
        const { audience } = asset
        const details = { name: folder.name, privacy: privacyOf(audience), ...describeAudience(audience) }
        const place = folder.id === id ? { parentId: plan.into?.id ?? null } : { with: id }
        await this.#record(transaction, caller, 'project.restored', folder.id, { ...details, ...place })
      }
      await trashed.giveShortcutsBack(transaction, id)
      await trashed.remove(transaction, id)
      const people = await listPeople(organizationId, transaction)
      for (const content of plan.contents) await this.#putBack(transaction, caller, principal, people, plan, content)
    })
    this.#options.onRestored()
  }

  async purge(caller: UserCaller, id: string): Promise<void> {
    const { audiences, holdPrincipal, store, trashed } = this.#options
    await store.transaction().execute(async (transaction) => {
      const principal = await holdPrincipal(transaction, caller.principal)
      const folders = await trashed.lockTree(id, transaction)
      demandRoot(principal, folders, id)
      await trashed.remove(transaction, id)
      for (const folder of folders) {
        await audiences.forgetSuspended(transaction, 'project', folder.id)
        await this.#record(transaction, caller, 'project.purged', folder.id, describePurged(folder))
      }
    })
  }

  async sweep(until: Date): Promise<void> {
    const { activity, audiences, store, trashed } = this.#options
    await store.transaction().execute(async (transaction) => {
      const purged = await trashed.removeDeletedUntil(transaction, until)
      for (const { id } of purged) await audiences.forgetSuspended(transaction, 'project', id)
      await activity.recordAll(
        transaction,
        purged.map((folder) => ({
          organizationId: folder.organization_id,
          actor: SYSTEM_ACTOR,
          type: 'project.purged',
          assetType: 'project',
          assetId: folder.id,
          details: describePurged(folder),
        })),
      )
    })
  }

  /** How the folders would come back; 404 when they are not in the trash, or not the asker's to restore. */
  async #plan(
    store: Store,
    principal: UserPrincipal,
    folders: readonly TrashedFolder[],
    id: string,
    isShared: boolean,
  ): Promise<Plan> {
    const root = demandRoot(principal, folders, id)
    const into = await this.#findPlace(store, folders, root, isShared)
    const assets = new Map<string, ProjectAsset>()
    for (const folder of folders) {
      const around = folder.id === id ? into : (assets.get(folder.parent_id ?? '') ?? null)
      assets.set(folder.id, {
        kind: 'project',
        id: folder.id,
        organizationId: folder.organization_id,
        ownerId: folder.owner_id,
        audience: isShared ? await this.#options.audiences.readSuspended('project', folder.id, store) : NOBODY,
        containers: foldersOf(around),
      })
    }
    return { folders, root, assets, into, contents: await this.#options.trashed.listContents(store, id) }
  }

  /**
   * The folder that it was in, while that is there, has the same owner, and has room for it; one that others reach only
   * when it is shared as before.
   */
  async #findPlace(
    store: Store,
    folders: readonly TrashedFolder[],
    root: TrashedFolder,
    isShared: boolean,
  ): Promise<ProjectAsset | null> {
    const { projects } = this.#options
    if (root.parent_id === null) return null
    if (store.isTransaction) await projects.hold(store, root.parent_id)
    const parent = await projects.find(root.parent_id, store)
    if (parent === null || parent.owner.id !== root.owner_id) return null
    const asset = projectAsset(parent)
    const isReached = foldersOf(asset).some(({ audience }) => privacyOf(audience) !== 'private')
    if (isReached && !isShared) return null
    return decideDepth(asset, heightOf(folders, root)).allowed ? asset : null
  }

  /** Puts one map or workflow back into its folder, unless it has gone elsewhere or to somebody else meanwhile. */
  async #putBack(
    transaction: Store,
    caller: UserCaller,
    principal: UserPrincipal,
    people: readonly PossibleReader[],
    plan: Plan,
    content: TrashedContentsTable,
  ): Promise<void> {
    const { contained, governance } = this.#options
    const folder = plan.assets.get(content.project_id)
    if (folder === undefined) return
    try {
      await contained[content.asset_kind].place(transaction, content.asset_id, {
        caller,
        projectId: folder.id,
        cause: 'project.restored',
        decide: async (item) => {
          if (!goesBack(people, item, content, folder)) throw new StaysWhereItIs()
          await governance.holdPlacings(transaction, principal, async () => [placingOf(item, folder)])
        },
      })
    } catch (error) {
      const isGone = error instanceof AppError && error.code === 'not_found'
      if (!isGone && !(error instanceof StaysWhereItIs)) throw error
    }
  }
}

/** Says that a content is left alone, before anything was done to it. */
class StaysWhereItIs extends Error {}

/** Whether it is at the top still, belongs to whom it did, and that person may put it into the folder as it comes back. */
function goesBack(
  people: readonly PossibleReader[],
  item: MapAsset | WorkflowAsset,
  content: TrashedContentsTable,
  folder: ProjectAsset,
): boolean {
  if (item.containers.length > 0 || item.ownerId !== content.owner_id) return false
  const owner = people.find(({ person }) => person.id === item.ownerId)?.principal
  return owner !== undefined && decideMove(owner, { item, from: null, to: folder }).allowed
}

/** The outermost of the folders, when the asker may restore it; nobody reaches what is in the trash but by that. */
function demandRoot(principal: UserPrincipal, folders: readonly TrashedFolder[], id: string): TrashedFolder {
  const [root] = folders
  if (root === undefined) throw notInTrash('project')
  authorizeRestoring(principal, {
    kind: 'project',
    id,
    organizationId: root.organization_id,
    ownerId: root.owner_id,
    audience: NOBODY,
    containers: [],
  })
  return root
}

/** How many levels of folders there are from this one downwards, itself among them. */
function heightOf(folders: readonly TrashedFolder[], { id }: TrashedFolder): number {
  const inside = folders.filter(({ parent_id: parentId }) => parentId === id)
  return 1 + Math.max(0, ...inside.map((folder) => heightOf(folders, folder)))
}

function describePurged({ id, root_id: rootId, name }: TrashedFolder): Record<string, unknown> {
  return id === rootId ? { name } : { name, with: rootId }
}

/** Everybody whom any of these reaches. */
function unionOf(audiences: readonly Audience[]): Audience {
  return {
    organization: audiences.some(({ organization }) => organization),
    public: false,
    groupIds: [...new Set(audiences.flatMap(({ groupIds }) => groupIds))],
    userIds: [...new Set(audiences.flatMap(({ userIds }) => userIds))],
  }
}
