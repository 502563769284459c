import { AppError, type MovableKey, type MoveBody, type MovePreview, type MoveResult } from '@graticule/contract'
import {
  authorize,
  can,
  type Decision,
  decideFolderMove,
  decideMove,
  type MapAsset,
  type ProjectAsset,
  projectsAround,
  READ_ACTION,
  type UserPrincipal,
  type WorkflowAsset,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Store } from '../../platform/db/database.ts'
import type { GovernanceRules, Placing } from '../governance/governance-rules.ts'
import { type AssetChange, compareAccess } from '../sharing/compare-access.ts'
import type { PossibleReader } from '../sharing/sharing-service.ts'
import type { ContainedKinds } from './contained-assets.ts'
import { foldersOf, listPlacingsInside, placingOf } from './placings.ts'
import { projectAsset } from './project.ts'
import type { ProjectService } from './project-service.ts'
import type { ProjectStore } from './project-store.ts'
import type { ShortcutService } from './shortcut-service.ts'

export interface MoveServiceOptions {
  readonly store: Store
  readonly projects: ProjectStore
  readonly projectService: ProjectService
  readonly contained: ContainedKinds
  readonly shortcuts: ShortcutService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  /** The asker with the role that they have now, kept until the transaction ends. */
  readonly holdPrincipal: (transaction: Store, principal: UserPrincipal) => Promise<UserPrincipal>
  /** Everybody active of an organization, by name. */
  readonly listPeople: (organizationId: string) => Promise<readonly PossibleReader[]>
  /** Called after something moved, so that no right outlives it. */
  readonly onMoved: () => void
}

/** Moves maps, workflows and folders into folders and out of them, and says beforehand who gains and loses access. */
export class MoveService {
  readonly #options: MoveServiceOptions
  readonly #record: RecordChange

  constructor(options: MoveServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'project')
  }

  /** Moves them one by one; what fails says why, and the others are moved. 404 for a target that one may not open. */
  async move(caller: UserCaller, { projectId, items }: MoveBody): Promise<MoveResult[]> {
    await this.#findTarget(caller.principal, projectId)
    const results: MoveResult[] = []
    for (const item of items) {
      results.push(
        await attempt(item, () =>
          item.kind === 'project'
            ? this.#moveFolder(caller, item.id, projectId)
            : this.#moveItem(caller, item.kind, item.id, projectId),
        ),
      )
    }
    if (results.some(({ success }) => success)) this.#options.onMoved()
    return results
  }

  /** What of it would be moved, and who would gain and lose access to any of it. */
  async preview({ principal }: UserCaller, { projectId, items }: MoveBody): Promise<MovePreview> {
    const to = await this.#findTarget(principal, projectId)
    const changes: AssetChange[] = []
    const results: MoveResult[] = []
    const found = await this.#listItems(items)
    for (const item of items) {
      results.push(
        await attempt(item, async () => {
          const before = found.get(`${item.kind}:${item.id}`)
          if (before === undefined) throw notFound(item.kind)
          demandMove(principal, before, await this.#decide(principal, before, to))
          await this.#options.governance.checkPlacings(principal, () => this.#listPlacings(before, to))
          const containers = foldersOf(to)
          changes.push({ before, after: { ...before, containers } })
        }),
      )
    }
    // Whom a project is shared with is for those who may know of the organization's people.
    authorize(principal, 'user.list')
    const people = await this.#options.listPeople(principal.organizationId)
    return { results, ...compareAccess(people, changes) }
  }

  async #moveItem(caller: UserCaller, kind: keyof ContainedKinds, id: string, projectId: string | null): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      const principal = await this.#options.holdPrincipal(transaction, caller.principal)
      if (projectId !== null) await this.#options.projects.hold(transaction, projectId)
      const to = await this.#findTarget(principal, projectId, transaction)
      await this.#options.contained[kind].place(transaction, id, {
        caller,
        projectId,
        decide: async (item) => {
          demandMove(principal, item, decideItem(principal, item, to))
          await this.#options.governance.holdPlacings(transaction, principal, async () => [placingOf(item, to)])
        },
      })
      if (projectId !== null) await this.#options.shortcuts.makeWayFor(transaction, caller, projectId, { kind, id })
    })
  }

  async #moveFolder(caller: UserCaller, id: string, projectId: string | null): Promise<void> {
    const { governance, projects } = this.#options
    await this.#options.store.transaction().execute(async (transaction) => {
      await projects.lockTrees(transaction, caller.principal.organizationId)
      const principal = await this.#options.holdPrincipal(transaction, caller.principal)
      await projects.lockForMove(transaction, id, projectId)
      const project = await projects.find(id, transaction)
      if (project === null) throw notFound('project')
      const folder = projectAsset(project)
      const to = await this.#findTarget(principal, projectId, transaction)
      demandMove(principal, folder, await this.#decide(principal, folder, to, transaction))
      if (project.parentId === projectId) return
      await governance.holdPlacings(transaction, principal, () => this.#listPlacings(folder, to, transaction))
      await projects.move(transaction, id, projectId)
      const details = { name: project.name, from: project.parentId, to: projectId }
      await this.#record(transaction, caller, 'project.moved', id, details)
    })
  }

  async #decide(
    principal: UserPrincipal,
    asset: MapAsset | WorkflowAsset | ProjectAsset,
    to: ProjectAsset | null,
    transaction: Store = this.#options.store,
  ): Promise<Decision> {
    if (asset.kind !== 'project') return decideItem(principal, asset, to)
    const height = await this.#options.projects.readHeight(transaction, asset.id)
    return decideFolderMove(principal, { folder: asset, to, height })
  }

  /** Whatever gets other folders around it when this is moved. */
  async #listPlacings(
    asset: MapAsset | WorkflowAsset | ProjectAsset,
    to: ProjectAsset | null,
    store: Store = this.#options.store,
  ): Promise<Placing[]> {
    const placing = placingOf(asset, to)
    if (asset.kind !== 'project') return [placing]
    const inside = await listPlacingsInside({ ...this.#options, store }, asset.id, (containers) => [
      ...containers.slice(0, containers.findIndex(({ id }) => id === asset.id) + 1),
      ...placing.to,
    ])
    return [placing, ...inside]
  }

  async #findTarget(principal: UserPrincipal, id: string | null, transaction?: Store): Promise<ProjectAsset | null> {
    return id === null ? null : projectAsset(await this.#options.projectService.find(principal, id, transaction))
  }

  /** Those of these that there are, by kind and id. */
  async #listItems(items: readonly MovableKey[]) {
    const { contained, projectService } = this.#options
    const sources = { ...contained, project: projectService }
    const found = new Map<string, MapAsset | WorkflowAsset | ProjectAsset>()
    for (const kind of ['map', 'workflow', 'project'] as const) {
      const ids = items.filter((item) => item.kind === kind).map(({ id }) => id)
      for (const { asset } of await sources[kind].listShareable(ids)) {
        if ('containers' in asset) found.set(`${kind}:${asset.id}`, asset)
      }
    }
    return found
  }
}

function decideItem(principal: UserPrincipal, item: MapAsset | WorkflowAsset, to: ProjectAsset | null): Decision {
  const [from = null] = projectsAround(item)
  return decideMove(principal, { item, from, to })
}

/** Throws unless it was allowed: 404 for what the asker may not know of, 403 with the reason otherwise. */
function demandMove(
  principal: UserPrincipal,
  asset: MapAsset | WorkflowAsset | ProjectAsset,
  decision: Decision,
): void {
  if (decision.allowed) return
  if (!can(principal, READ_ACTION[asset.kind], asset).allowed) throw notFound(asset.kind)
  throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}

/** Does one part of a batch. A refusal belongs to that part; anything else fails the batch. */
async function attempt({ kind, id }: MovableKey, act: () => Promise<void>): Promise<MoveResult> {
  try {
    await act()
    return { kind, id, success: true }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { kind, id, success: false, failureReason: error.message }
  }
}

function notFound(kind: MovableKey['kind']): AppError {
  return new AppError('not_found', `There is no such ${kind}, or it is not shared with you.`)
}
