import {
  AppError,
  type WorkflowCreateBody,
  type WorkflowDetail,
  type WorkflowList,
  type WorkflowListQuery,
  type WorkflowSummary,
  type WorkflowUpdateBody,
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
  privacyOf,
  sharedWithWhere,
  sharingScopeOf,
  type UserPrincipal,
  visibleWhere,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { hasSqlState } from '../../platform/db/store-errors.ts'
import { type AssetTransfer, describeTransfer, type ManagedAssets } from '../assets/managed-assets.ts'
import { type Connection, connectionAsset } from '../connections/connection.ts'
import type { NoteUse } from '../connections/source-access.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import type { Marks } from '../library/marks.ts'
import type { ContainedAssets, Placement } from '../projects/contained-assets.ts'
import { movePermission, nearestProject, projectsGiving } from '../projects/nearest-project.ts'
import { assetPermission } from '../sharing/asset-permission.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import type { NamedAsset, ShareableAssets } from '../sharing/shareable-assets.ts'
import { type Handover, recordHandover } from '../users/handover.ts'
import { EMPTY_WORKFLOW, type Workflow, workflowAsset } from './workflow.ts'
import type { WorkflowStore } from './workflow-store.ts'

export interface WorkflowServiceOptions {
  readonly store: Store
  readonly workflows: WorkflowStore
  readonly audiences: AudienceService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** The tags of these, and which of them the person keeps among their favourites. */
  readonly listMarks: (principal: UserPrincipal, ids: readonly string[]) => Promise<ReadonlyMap<string, Marks>>
  readonly noteUse: NoteUse
  /** The connection by id or name; throws 404 when there is none. */
  readonly findConnection: (principal: UserPrincipal, idOrName: string) => Promise<Connection>
}

/** The workflows of an organization: stored documents that are shared and handed over, and not run yet. */
export class WorkflowService implements ShareableAssets, ManagedAssets, ContainedAssets {
  readonly #options: WorkflowServiceOptions
  readonly #record: RecordChange

  constructor(options: WorkflowServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'workflow')
  }

  async list({ principal }: UserCaller, query: WorkflowListQuery): Promise<WorkflowList> {
    const { workflows, total } = await this.#options.workflows.list(
      principal,
      whereScope(principal, query.scope),
      query,
    )
    const marks = await this.#options.listMarks(
      principal,
      workflows.map(({ id }) => id),
    )
    return { workflows: workflows.map((workflow) => summarize(principal, workflow, marks.get(workflow.id))), total }
  }

  async get({ principal, requestId }: UserCaller, id: string): Promise<WorkflowDetail> {
    const workflow = await this.#find(principal, id)
    const document = await this.#options.workflows.readDocument(id)
    if (document === null) throw workflowNotFound()
    const asset = workflowAsset(workflow)
    this.#options.noteUse(principal, asset)
    // Whoever opens a workflow by nothing but their role, or looks as somebody else, is seen to.
    if (principal.viewedBy !== undefined || !matches(ownOrSharedWhere(principal, 'workflow'), asset)) {
      this.#options.activity.enqueue({
        organizationId: workflow.organizationId,
        actor: actorOf(principal),
        type: 'workflow.inspected',
        assetType: 'workflow',
        assetId: id,
        requestId,
        details: { title: workflow.title },
      })
    }
    const marks = await this.#options.listMarks(principal, [id])
    return { ...summarize(principal, workflow, marks.get(id)), document }
  }

  async create(caller: UserCaller, draft: WorkflowCreateBody): Promise<WorkflowDetail> {
    const { principal } = caller
    const { workflows, clock } = this.#options
    authorize(principal, 'workflow.create')
    const connectionId = await this.#findConnectionId(principal, draft.connectionId)
    const id = createId()
    const now = clock.now()
    const title = draft.title.trim()
    try {
      await this.#options.store.transaction().execute(async (transaction) => {
        await this.#options.holdRight(transaction, principal, 'workflow.create')
        const { audiences, governance } = this.#options
        const audience = await governance.holdDefault(transaction, principal, 'workflow')
        await audiences.hold(transaction, 'workflow', principal.organizationId, audience)
        await workflows.insert(transaction, {
          id,
          organization_id: principal.organizationId,
          owner_id: principal.userId,
          connection_id: connectionId,
          title,
          description: draft.description ?? '',
          document: toJson(draft.document ?? EMPTY_WORKFLOW),
          created_at: now,
          updated_at: now,
        })
        const { organizationId } = principal
        await audiences.replace(transaction, { kind: 'workflow', id, organizationId }, audience, principal.userId)
        const shared = isSameAudience(audience, NOBODY) ? {} : { audience: describeAudience(audience) }
        await this.#record(transaction, caller, 'workflow.created', id, { title, ...shared })
      })
    } catch (error) {
      if (!hasSqlState(error, '23503')) throw error
      throw new AppError('conflict', 'The connection was deleted meanwhile; choose another one.', {
        details: { rule: 'connection.deleted' },
      })
    }
    return this.get(caller, id)
  }

  /** Changes title and description; what is said again as it is changes nothing. */
  async update(caller: UserCaller, id: string, edit: WorkflowUpdateBody): Promise<WorkflowDetail> {
    const { principal } = caller
    const { workflows, clock } = this.#options
    authorize(principal, 'workflow.update', workflowAsset(await this.#find(principal, id)))
    await this.#options.store.transaction().execute(async (transaction) => {
      const workflow = await this.#lock(transaction, id)
      authorize(principal, 'workflow.update', workflowAsset(workflow))
      const title = edit.title?.trim() ?? workflow.title
      const description = edit.description ?? workflow.description
      if (title === workflow.title && description === workflow.description) return
      await workflows.update(transaction, id, { title, description, updated_at: clock.now() })
      const details = title === workflow.title ? { title } : { title, from: workflow.title }
      await this.#record(transaction, caller, 'workflow.updated', id, details)
    })
    return this.get(caller, id)
  }

  async remove(caller: UserCaller, id: string): Promise<void> {
    const { principal } = caller
    authorize(principal, 'workflow.delete', workflowAsset(await this.#find(principal, id)))
    await this.#options.store.transaction().execute(async (transaction) => {
      const workflow = await this.#lock(transaction, id)
      authorize(principal, 'workflow.delete', workflowAsset(workflow))
      const changes = { deleted_at: this.#options.clock.now(), deleted_by: principal.userId }
      await this.#options.workflows.update(transaction, id, changes)
      await this.#options.audiences.suspend(transaction, 'workflow', id)
      await this.#record(transaction, caller, 'workflow.deleted', id, { title: workflow.title })
    })
  }

  async findShareable(principal: Principal, id: string): Promise<NamedAsset> {
    return toNamed(await this.#find(principal, id))
  }

  async listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]> {
    return (await this.#options.workflows.listById(ids, transaction)).map(toNamed)
  }

  async setAudience(caller: UserCaller, id: string, audience: Audience): Promise<void> {
    const { principal } = caller
    const { audiences } = this.#options
    const found = workflowAsset(await this.#find(principal, id))
    authorize(principal, 'workflow.share', found)
    await this.#options.store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'workflow', found.organizationId, audience)
      const workflow = await this.#lock(transaction, id)
      // It may have been handed to somebody else, or shared otherwise, until it was locked.
      const asset = workflowAsset(workflow)
      authorize(principal, 'workflow.share', asset)
      if (isSameAudience(audience, asset.audience)) return
      await this.#options.governance.holdAudience(transaction, principal, asset, audience)
      await audiences.replace(transaction, asset, audience, principal.userId)
      const change = { from: privacyOf(asset.audience), to: privacyOf(audience), ...describeAudience(audience) }
      await this.#record(transaction, caller, 'workflow.privacy-changed', id, { title: workflow.title, ...change })
    })
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
    const found = workflowAsset(await this.#find(principal, id))
    authorize(principal, 'workflow.share', found)
    await this.#options.store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'workflow', found.organizationId, { ...NOBODY, userIds: [userId] })
      // It may have been handed to somebody else until it was locked.
      const asset = workflowAsset(await this.#lock(transaction, id))
      authorize(principal, 'workflow.share', asset)
      if (!asset.audience.userIds.includes(userId)) {
        const audience = { ...asset.audience, userIds: [...asset.audience.userIds, userId] }
        await this.#options.governance.holdAudience(transaction, principal, asset, audience)
        await audiences.add(transaction, asset, userId, expiresAt, principal.userId)
      }
      await besides(transaction)
    })
  }

  async transfer(id: string, { caller, to, hold }: AssetTransfer): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      await hold(transaction)
      const workflow = await this.#lock(transaction, id)
      if (workflow.organizationId !== caller.principal.organizationId) throw workflowNotFound()
      if (workflow.owner.id === to.id) return
      await this.#options.workflows.update(transaction, id, { owner_id: to.id })
      const details = { title: workflow.title, ...describeTransfer(workflow.owner, to) }
      await this.#record(transaction, caller, 'workflow.transferred', id, details)
    })
  }

  async removeManaged(caller: UserCaller, id: string): Promise<void> {
    await this.remove(caller, id)
  }

  /** Gives all workflows of a person to another, with their sharing as it is. */
  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const moved = await this.#options.workflows.transferAll(transaction, handover.from.id, handover.to.id)
    const assets = moved.map(({ id, organization_id: organizationId, title }) => ({
      id,
      organizationId,
      details: { title },
    }))
    await recordHandover(this.#options.activity, transaction, 'workflow', handover, assets)
    return moved.length
  }

  async place(transaction: Store, id: string, { caller, projectId, decide, cause }: Placement): Promise<void> {
    const workflow = await this.#lock(transaction, id)
    await decide(workflowAsset(workflow))
    const from = workflow.containers[0]?.id ?? null
    if (from === projectId) return
    await this.#options.workflows.update(transaction, id, { project_id: projectId })
    const details = { title: workflow.title, from, to: projectId, ...(cause !== undefined && { cause }) }
    await this.#record(transaction, caller, 'workflow.moved', id, details)
  }

  async release(transaction: Store, caller: UserCaller, projectIds: readonly string[]): Promise<number> {
    const workflows = await this.#options.workflows.release(transaction, projectIds)
    for (const { id, title } of workflows) {
      await this.#record(transaction, caller, 'workflow.moved', id, { title, to: null, cause: 'project.deleted' })
    }
    return workflows.length
  }

  async countByProject(principal: UserPrincipal): Promise<ReadonlyMap<string, number>> {
    return this.#options.workflows.countByProject(visibleWhere(principal, 'workflow'))
  }

  async #findConnectionId(principal: UserPrincipal, wish: string | null | undefined): Promise<string | null> {
    if (wish === null || wish === undefined) return null
    const connection = await this.#options.findConnection(principal, wish)
    authorize(principal, 'connection.use', connectionAsset(connection))
    return connection.id
  }

  async #find(principal: Principal, id: string): Promise<Workflow> {
    const workflow = await this.#options.workflows.find(id)
    if (!workflow || !can(principal, 'workflow.read', workflowAsset(workflow)).allowed) throw workflowNotFound()
    return workflow
  }

  async #lock(transaction: Store, id: string): Promise<Workflow> {
    await this.#options.workflows.lock(transaction, id)
    const workflow = await this.#options.workflows.find(id, transaction)
    if (!workflow) throw workflowNotFound()
    return workflow
  }
}

function summarize(principal: Principal, workflow: Workflow, marks: Marks | undefined): WorkflowSummary {
  const asset = workflowAsset(workflow)
  return {
    id: workflow.id,
    title: workflow.title,
    description: workflow.description,
    privacy: privacyOf(workflow.audience),
    sharingScope: sharingScopeOf(workflow.audience),
    owner: workflow.owner,
    createdAt: workflow.createdAt.toISOString(),
    updatedAt: workflow.updatedAt.toISOString(),
    nodeCount: workflow.nodeCount,
    project: nearestProject(principal, asset, workflow.containers),
    sharedThrough: projectsGiving(principal, asset, workflow.containers),
    connection: workflow.connection && { ...workflow.connection },
    tags: [...(marks?.tags ?? [])],
    isFavourite: marks?.isFavourite ?? false,
    permissions: {
      edit: assetPermission(principal, 'workflow.update', asset),
      delete: assetPermission(principal, 'workflow.delete', asset),
      share: assetPermission(principal, 'workflow.share', asset),
      move: movePermission(principal, asset),
    },
  }
}

/** Which workflows a list of this scope shows. */
function whereScope(principal: UserPrincipal, scope: WorkflowListQuery['scope']): Predicate {
  const visible = visibleWhere(principal, 'workflow')
  const own: Predicate = { type: 'equals', field: 'ownerId', value: principal.userId }
  switch (scope) {
    case 'mine':
      return { type: 'and', terms: [visible, own] }
    case 'shared':
      return { type: 'and', terms: [sharedWithWhere(principal, 'workflow'), { type: 'not', term: own }] }
    default:
      return visible
  }
}

function toNamed(workflow: Workflow): NamedAsset {
  return { asset: workflowAsset(workflow), name: workflow.title, owner: workflow.owner }
}

function workflowNotFound(): AppError {
  return new AppError('not_found', 'There is no such workflow, or it is not shared with you.')
}
