import { AppError, MAX_SHORTCUTS, type ProjectShortcut, type ShortcutBody } from '@graticule/contract'
import { authorize, type LibraryKind, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { type Project, projectAsset } from './project.ts'
import type { ProjectService } from './project-service.ts'
import type { ProjectStore } from './project-store.ts'
import type { Shortcut, ShortcutStore, ShortcutTarget } from './shortcut-store.ts'

export interface ShortcutServiceOptions {
  readonly store: Store
  readonly shortcuts: ShortcutStore
  readonly projects: ProjectStore
  readonly projectService: ProjectService
  readonly activity: ActivityLog
  readonly clock: Clock
  /** The asker with the role that they have now, kept until the transaction ends. */
  readonly holdPrincipal: (transaction: Store, principal: UserPrincipal) => Promise<UserPrincipal>
}

/**
 * Pointers in folders to what lies elsewhere. One gives nobody anything: it is shown to those whose lists have what it
 * points to, and is put, moved and taken away by whoever may edit the folder and sees it.
 */
export class ShortcutService {
  readonly #options: ShortcutServiceOptions
  readonly #record: RecordChange

  constructor(options: ShortcutServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'project')
  }

  async list({ principal }: UserCaller, projectId: string): Promise<ProjectShortcut[]> {
    const { projectService, shortcuts } = this.#options
    await projectService.find(principal, projectId)
    return this.#describe(principal, await shortcuts.list(principal, projectId))
  }

  async add(caller: UserCaller, projectId: string, { kind, assetId }: ShortcutBody): Promise<ProjectShortcut> {
    const { clock, shortcuts, store } = this.#options
    const target = { kind, id: assetId }
    const id = createId()
    await this.#findEditable(caller.principal, projectId)
    const added = await store.transaction().execute(async (transaction) => {
      const { folder, principal } = await this.#lock(transaction, caller, projectId)
      await this.#demandRoom(transaction, principal, folder, target)
      await shortcuts.insert(transaction, { id, projectId, target, at: clock.now() })
      await this.#record(transaction, caller, 'project.shortcut-added', projectId, { name: folder.name, kind, assetId })
      return shortcuts.find(transaction, principal, projectId, id)
    })
    const [described] = await this.#describe(caller.principal, added === null ? [] : [added])
    if (described === undefined) throw targetNotFound(kind)
    return described
  }

  /** Puts it into another folder; where it is already nothing happens. */
  async move(caller: UserCaller, projectId: string, id: string, toId: string): Promise<ProjectShortcut> {
    const { projects, shortcuts, store } = this.#options
    await this.#findEditable(caller.principal, projectId)
    await this.#findEditable(caller.principal, toId)
    const moved = await store.transaction().execute(async (transaction) => {
      const principal = await this.#options.holdPrincipal(transaction, caller.principal)
      // Both at once and in one order, so that two who move from one into the other do not wait for each other.
      await projects.lockForMove(transaction, projectId, toId)
      const folder = await this.#findEditable(principal, projectId, transaction)
      const to = await this.#findEditable(principal, toId, transaction)
      const shortcut = await this.#find(transaction, principal, projectId, id)
      if (projectId === toId) return shortcut
      const { kind, asset_id: assetId } = shortcut
      await this.#demandRoom(transaction, principal, to, { kind, id: assetId })
      await shortcuts.move(transaction, id, toId)
      const details = { name: folder.name, kind, assetId, from: projectId, to: toId }
      await this.#record(transaction, caller, 'project.shortcut-moved', projectId, details)
      return this.#find(transaction, principal, toId, id)
    })
    const [described] = await this.#describe(caller.principal, [moved])
    if (described === undefined) throw shortcutNotFound()
    return described
  }

  async remove(caller: UserCaller, projectId: string, id: string): Promise<void> {
    const { shortcuts, store } = this.#options
    await this.#findEditable(caller.principal, projectId)
    await store.transaction().execute(async (transaction) => {
      const { folder, principal } = await this.#lock(transaction, caller, projectId)
      const { kind, asset_id: assetId } = await this.#find(transaction, principal, projectId, id)
      await shortcuts.remove(transaction, id)
      const details = { name: folder.name, kind, assetId }
      await this.#record(transaction, caller, 'project.shortcut-removed', projectId, details)
    })
  }

  /** Takes away what points to something that lies right in the folder from now on, in the transaction that put it there. */
  async makeWayFor(transaction: Store, caller: UserCaller, projectId: string, target: ShortcutTarget): Promise<void> {
    const { kind, id: assetId } = target
    for (const shortcutId of await this.#options.shortcuts.removeTo(transaction, projectId, target)) {
      const details = { kind, assetId, shortcutId, cause: `${kind}.moved` }
      await this.#record(transaction, caller, 'project.shortcut-removed', projectId, details)
    }
  }

  async #findEditable(principal: UserPrincipal, projectId: string, transaction?: Store): Promise<Project> {
    const folder = await this.#options.projectService.find(principal, projectId, transaction)
    authorize(principal, 'project.update', projectAsset(folder))
    return folder
  }

  /** The folder under a lock, which the asker may edit still. All that changes its shortcuts waits here for one another. */
  async #lock(
    transaction: Store,
    caller: UserCaller,
    projectId: string,
  ): Promise<{ readonly folder: Project; readonly principal: UserPrincipal }> {
    const { holdPrincipal, projects } = this.#options
    const principal = await holdPrincipal(transaction, caller.principal)
    await projects.lock(transaction, projectId)
    return { folder: await this.#findEditable(principal, projectId, transaction), principal }
  }

  /** Throws what speaks against a shortcut to this in that folder; what it points to stays as it is for the transaction. */
  async #demandRoom(
    transaction: Store,
    principal: UserPrincipal,
    folder: Project,
    target: ShortcutTarget,
  ): Promise<void> {
    const { shortcuts } = this.#options
    const found = await shortcuts.holdTarget(transaction, principal, target)
    if (found === null) throw targetNotFound(target.kind)
    if (found.placeId === folder.id) {
      throw new AppError(
        'rule_violated',
        `This ${target.kind} is in that folder itself; a shortcut points to what lies elsewhere, so choose another folder.`,
        { details: { rule: 'shortcut.own-folder' } },
      )
    }
    if (await shortcuts.isThere(transaction, folder.id, target)) {
      throw new AppError(
        'conflict',
        `There is a shortcut to this ${target.kind} in that folder already; use that one.`,
        {
          details: { rule: 'shortcut.duplicate' },
        },
      )
    }
    if ((await shortcuts.count(transaction, folder.id)) >= MAX_SHORTCUTS) {
      throw new AppError(
        'rule_violated',
        `A folder holds ${MAX_SHORTCUTS} shortcuts at most; remove some, or make a subfolder for them.`,
        { details: { rule: 'shortcut.count' } },
      )
    }
  }

  async #find(transaction: Store, principal: UserPrincipal, projectId: string, id: string): Promise<Shortcut> {
    const shortcut = await this.#options.shortcuts.find(transaction, principal, projectId, id)
    if (shortcut === null) throw shortcutNotFound()
    return shortcut
  }

  async #describe(principal: UserPrincipal, shortcuts: readonly Shortcut[]): Promise<ProjectShortcut[]> {
    const placeIds = shortcuts.flatMap(({ place_id: placeId }) => placeId ?? [])
    const places = await this.#options.projectService.listNames(principal, placeIds)
    return shortcuts.map((shortcut) => ({
      id: shortcut.id,
      kind: shortcut.kind,
      assetId: shortcut.asset_id,
      name: shortcut.name,
      owner: { id: shortcut.owner_id, name: shortcut.owner_name, email: shortcut.owner_email },
      place: places.find(({ id }) => id === shortcut.place_id) ?? null,
      createdAt: shortcut.created_at.toISOString(),
    }))
  }
}

function targetNotFound(kind: LibraryKind): AppError {
  const article = kind === 'application' ? 'an' : 'a'
  return new AppError(
    'not_found',
    `There is no such ${kind}, or it is in no list of yours; choose ${article} ${kind} that you can find.`,
  )
}

function shortcutNotFound(): AppError {
  return new AppError('not_found', 'There is no such shortcut in this folder, or you may not see what it points to.')
}
