import {
  AppError,
  MAX_PROJECTS,
  type ProjectCreateBody,
  type ProjectDetail,
  type ProjectSummary,
  type ProjectTree,
  type ProjectUpdateBody,
} from '@graticule/contract'
import {
  type Action,
  type Audience,
  authorize,
  can,
  type Decision,
  decideDepth,
  isSameAudience,
  NOBODY,
  type Principal,
  type ProjectAsset,
  privacyOf,
  projectsAround,
  sharingScopeOf,
  type UserPrincipal,
  visibleWhere,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { type AssetTransfer, describeTransfer, type ManagedAssets } from '../assets/managed-assets.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import { assetPermission } from '../sharing/asset-permission.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import type { NamedAsset, ShareableAssets } from '../sharing/shareable-assets.ts'
import { type Handover, recordHandover } from '../users/handover.ts'
import type { ContainedKinds } from './contained-assets.ts'
import { listPlacingsInside } from './placings.ts'
import { type Project, type ProjectName, projectAsset } from './project.ts'
import type { ProjectStore } from './project-store.ts'
import type { TrashedProjectStore } from './trashed-project-store.ts'

export interface ProjectServiceOptions {
  readonly store: Store
  readonly projects: ProjectStore
  readonly trashed: TrashedProjectStore
  readonly contained: ContainedKinds
  readonly audiences: AudienceService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
  /** The asker with the role that they have now, kept until the transaction ends. */
  readonly holdPrincipal: (transaction: Store, principal: UserPrincipal) => Promise<UserPrincipal>
  /** Called after a change of who reaches what is inside of projects, so that no right outlives it. */
  readonly onChanged: () => void
}

/** The projects of an organization and their subfolders: made, shared, handed over and deleted. */
export class ProjectService implements ShareableAssets, ManagedAssets {
  readonly #options: ProjectServiceOptions
  readonly #record: RecordChange

  constructor(options: ProjectServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'project')
  }

  /** Every folder that the asker may open; one whose folder they may not open stands at the top for them. */
  async list({ principal }: UserCaller): Promise<ProjectTree> {
    const projects = await this.#options.projects.list(visibleWhere(principal, 'project'))
    const counts = await this.#count(principal)
    return { projects: projects.map((project) => summarize(principal, project, counts)) }
  }

  async get({ principal }: UserCaller, id: string): Promise<ProjectDetail> {
    const project = await this.find(principal, id)
    const path = project.containers.filter((_, index) => mayOpen(principal, project, index))
    return {
      ...summarize(principal, project, await this.#count(principal)),
      path: path.map((container) => ({ id: container.id, name: container.name })).reverse(),
    }
  }

  async create(caller: UserCaller, draft: ProjectCreateBody): Promise<ProjectDetail> {
    const { clock, projects } = this.#options
    const { organizationId } = caller.principal
    authorize(caller.principal, 'project.create')
    const id = createId()
    const now = clock.now()
    const name = draft.name.trim()
    const parentId = draft.parentId ?? null
    await this.#options.store.transaction().execute(async (transaction) => {
      const principal = await this.#holdTrees(transaction, caller.principal)
      authorize(principal, 'project.create')
      const parent = parentId === null ? null : await this.find(principal, parentId, transaction)
      if (parent !== null) {
        authorize(principal, 'project.update', projectAsset(parent))
        demand(decideDepth(projectAsset(parent)))
      }
      if ((await projects.countOfOrganization(transaction, organizationId)) >= MAX_PROJECTS) {
        throw new AppError('rule_violated', `An organization has ${MAX_PROJECTS} projects and subfolders at most.`, {
          details: { rule: 'project.count' },
        })
      }
      await projects.insert(transaction, {
        id,
        organization_id: organizationId,
        owner_id: principal.userId,
        parent_id: parentId,
        name,
        description: draft.description ?? '',
        created_at: now,
        updated_at: now,
      })
      await this.#record(transaction, caller, 'project.created', id, { name, parentId })
    })
    return this.get(caller, id)
  }

  /** Changes name and description; what is said again as it is changes nothing. */
  async update(caller: UserCaller, id: string, edit: ProjectUpdateBody): Promise<ProjectDetail> {
    const { clock, projects } = this.#options
    authorize(caller.principal, 'project.update', projectAsset(await this.find(caller.principal, id)))
    await this.#options.store.transaction().execute(async (transaction) => {
      const principal = await this.#options.holdPrincipal(transaction, caller.principal)
      const project = await this.#lock(transaction, id)
      authorize(principal, 'project.update', projectAsset(project))
      const name = edit.name?.trim() ?? project.name
      const description = edit.description ?? project.description
      if (name === project.name && description === project.description) return
      await projects.update(transaction, id, { name, description, updated_at: clock.now() })
      const details = name === project.name ? { name } : { name, from: project.name }
      await this.#record(transaction, caller, 'project.updated', id, details)
    })
    return this.get(caller, id)
  }

  /**
   * Puts a folder that is empty into the trash, or one with all its subfolders whose maps and workflows go to the top:
   * nothing that is inside is ever deleted with it.
   */
  async remove(caller: UserCaller, id: string, isEmptied: boolean): Promise<void> {
    const { audiences, clock, contained, projects, trashed } = this.#options
    authorize(caller.principal, 'project.delete', projectAsset(await this.find(caller.principal, id)))
    await this.#options.store.transaction().execute(async (transaction) => {
      const principal = await this.#holdTrees(transaction, caller.principal)
      const folders = await projects.lockSubtree(transaction, id)
      const project = await this.find(principal, id, transaction)
      authorize(principal, 'project.delete', projectAsset(project))
      const ids = folders.map((folder) => folder.id)
      const subfolders = folders.length - 1
      if (!isEmptied) {
        const items = await projects.countContents(transaction, ids)
        if (items > 0 || subfolders > 0) throw notEmpty(project, items, subfolders)
      }
      await trashed.keep(transaction, ids, { rootId: id, at: clock.now(), by: principal.userId })
      const maps = await contained.map.release(transaction, caller, ids)
      const workflows = await contained.workflow.release(transaction, caller, ids)
      for (const folder of folders) {
        await audiences.suspend(transaction, 'project', folder.id)
        const details = folder.id === id ? { name: folder.name, maps, workflows } : { name: folder.name, with: id }
        await this.#record(transaction, caller, 'project.deleted', folder.id, details)
      }
      await projects.remove(transaction, ids)
    })
    this.#options.onChanged()
  }

  async findShareable(principal: Principal, id: string): Promise<NamedAsset> {
    return toNamed(await this.find(principal, id))
  }

  async listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]> {
    return (await this.#options.projects.listById(ids, transaction)).map(toNamed)
  }

  /** The names of those of these folders that the principal may open. */
  async listNames(principal: Principal, ids: readonly string[]): Promise<ProjectName[]> {
    const found = await this.#options.projects.listById([...new Set(ids)])
    return found
      .filter((project) => can(principal, 'project.read', projectAsset(project)).allowed)
      .map(({ id, name }) => ({ id, name }))
  }

  async setAudience(caller: UserCaller, id: string, audience: Audience): Promise<void> {
    const { audiences } = this.#options
    const found = projectAsset(await this.find(caller.principal, id))
    authorize(caller.principal, 'project.share', found)
    await this.#options.store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'project', found.organizationId, audience)
      const project = await this.#lock(transaction, id)
      // It may have been handed to somebody else, or shared otherwise, until it was locked.
      const asset = projectAsset(project)
      authorize(caller.principal, 'project.share', asset)
      if (isSameAudience(audience, asset.audience)) return
      await this.#holdAudience(transaction, caller.principal, asset, audience)
      await audiences.replace(transaction, asset, audience, caller.principal.userId)
      const change = { from: privacyOf(asset.audience), to: privacyOf(audience), ...describeAudience(audience) }
      await this.#record(transaction, caller, 'project.privacy-changed', id, { name: project.name, ...change })
    })
    this.#options.onChanged()
  }

  /** Shares it with one person more, for good or until a time; what happens besides belongs to the same transaction. */
  async shareWith(
    caller: UserCaller,
    id: string,
    userId: string,
    expiresAt: Date | null,
    besides: (transaction: Store) => Promise<void>,
  ): Promise<void> {
    const { principal } = caller
    const { audiences } = this.#options
    const found = projectAsset(await this.find(principal, id))
    authorize(principal, 'project.share', found)
    await this.#options.store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'project', found.organizationId, { ...NOBODY, userIds: [userId] })
      // It may have been handed to somebody else until it was locked.
      const asset = projectAsset(await this.#lock(transaction, id))
      authorize(principal, 'project.share', asset)
      if (!asset.audience.userIds.includes(userId)) {
        const audience = { ...asset.audience, userIds: [...asset.audience.userIds, userId] }
        await this.#holdAudience(transaction, principal, asset, audience)
        await audiences.add(transaction, asset, userId, expiresAt, principal.userId)
      }
      await besides(transaction)
    })
    this.#options.onChanged()
  }

  async transfer(id: string, { caller, to, hold }: AssetTransfer): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.projects.lockTrees(transaction, caller.principal.organizationId)
      await hold(transaction)
      const project = await this.#options.projects.find(id, transaction)
      if (project?.organizationId !== caller.principal.organizationId) throw projectNotFound()
      if (project.parentId !== null) {
        throw new AppError(
          'rule_violated',
          'A subfolder has the owner of its project; give them the project instead.',
          {
            details: { rule: 'project.subfolder' },
          },
        )
      }
      if (project.owner.id === to.id) return
      await this.#options.projects.transfer(transaction, id, to.id)
      const details = { name: project.name, ...describeTransfer(project.owner, to) }
      await this.#record(transaction, caller, 'project.transferred', id, details)
    })
    this.#options.onChanged()
  }

  /** Only what is empty: whoever manages many assets at once sees nothing of what is inside. */
  async removeManaged(caller: UserCaller, id: string): Promise<void> {
    await this.remove(caller, id, false)
  }

  /** Gives all projects of a person to another, deleted ones too, with subfolders and sharing; says how many projects. */
  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const { projects, trashed } = this.#options
    const { from, to } = handover
    // Twice in the trash: what is restored meanwhile is met among the projects, and what is deleted after that.
    const moved = [
      ...(await trashed.transferAll(transaction, from.id, to.id)),
      ...(await projects.transferAll(transaction, from.id, to.id)),
      ...(await trashed.transferAll(transaction, from.id, to.id)),
    ]
    const assets = moved.map(({ id, organization_id: organizationId, name }) => ({
      id,
      organizationId,
      details: { name },
    }))
    await recordHandover(this.#options.activity, transaction, 'project', handover, assets)
    return moved.filter(({ parent_id: parentId }) => parentId === null).length
  }

  /** A folder that the principal may open; 404 otherwise. */
  async find(principal: Principal, id: string, transaction?: Store): Promise<Project> {
    const project = await this.#options.projects.find(id, transaction)
    if (!project || !can(principal, 'project.read', projectAsset(project)).allowed) throw projectNotFound()
    return project
  }

  /** Throws what forbids this audience of a project, itself or for what is inside of it. */
  async #holdAudience(
    transaction: Store,
    principal: UserPrincipal,
    asset: ProjectAsset,
    audience: Audience,
  ): Promise<void> {
    const { governance } = this.#options
    await governance.holdAudience(transaction, principal, asset, audience)
    await governance.holdPlacings(transaction, principal, () =>
      listPlacingsInside({ ...this.#options, store: transaction }, asset.id, (containers) =>
        containers.map((folder) => (folder.id === asset.id ? { ...folder, audience } : folder)),
      ),
    )
  }

  async #lock(transaction: Store, id: string): Promise<Project> {
    await this.#options.projects.lock(transaction, id)
    const project = await this.#options.projects.find(id, transaction)
    if (!project) throw projectNotFound()
    return project
  }

  /** Keeps all trees of the organization, and the asker with the role that they have now, until the transaction ends. */
  async #holdTrees(transaction: Store, principal: UserPrincipal): Promise<UserPrincipal> {
    await this.#options.projects.lockTrees(transaction, principal.organizationId)
    return this.#options.holdPrincipal(transaction, principal)
  }

  async #count(principal: UserPrincipal): Promise<Counts> {
    const { contained } = this.#options
    return {
      map: await contained.map.countByProject(principal),
      workflow: await contained.workflow.countByProject(principal),
    }
  }
}

/** How much that somebody may open is right in each folder. */
type Counts = Readonly<Record<keyof ContainedKinds, ReadonlyMap<string, number>>>

function summarize(principal: Principal, project: Project, counts: Counts): ProjectSummary {
  const asset = projectAsset(project)
  const permission = (action: Action) => assetPermission(principal, action, asset)
  return {
    id: project.id,
    parentId: mayOpen(principal, project, 0) ? project.parentId : null,
    name: project.name,
    description: project.description,
    owner: project.owner,
    privacy: privacyOf(project.audience),
    sharingScope: sharingScopeOf(project.audience),
    createdAt: project.createdAt.toISOString(),
    updatedAt: project.updatedAt.toISOString(),
    mapCount: counts.map.get(project.id) ?? 0,
    workflowCount: counts.workflow.get(project.id) ?? 0,
    permissions: {
      edit: permission('project.update'),
      delete: permission('project.delete'),
      share: permission('project.share'),
      fill: permission('project.fill'),
    },
  }
}

/** Whether somebody may open the folder that is so far around another. */
function mayOpen(principal: Principal, project: Project, index: number): boolean {
  const around = projectsAround(projectAsset(project))[index]
  return around !== undefined && can(principal, 'project.read', around).allowed
}

/** Throws what speaks against something on folders that are locked. */
export function demand(decision: Decision): void {
  if (!decision.allowed) throw new AppError('rule_violated', decision.reason, { details: { rule: decision.rule } })
}

function toNamed(project: Project): NamedAsset {
  return { asset: projectAsset(project), name: project.name, owner: project.owner }
}

function notEmpty({ name }: Project, items: number, subfolders: number): AppError {
  const parts = [
    ...(subfolders > 0 ? [subfolders === 1 ? '1 subfolder' : `${subfolders} subfolders`] : []),
    ...(items > 0 ? [items === 1 ? '1 map or workflow' : `${items} maps and workflows`] : []),
  ]
  return new AppError(
    'conflict',
    `"${name}" is not empty: ${parts.join(' and ')}; move them out first, or delete it and let its contents go to the top.`,
    { details: { rule: 'project.not-empty' } },
  )
}

function projectNotFound(): AppError {
  return new AppError('not_found', 'There is no such project, or it is not shared with you.')
}
