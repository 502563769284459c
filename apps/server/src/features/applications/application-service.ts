import {
  AppError,
  type ApplicationCreateBody,
  type ApplicationList,
  type ApplicationListQuery,
  type ApplicationSummary,
  type ApplicationUpdateBody,
  MAX_THUMBNAIL_BYTES,
} from '@graticule/contract'
import {
  type Action,
  type Audience,
  authorize,
  can,
  decideMaking,
  isSameAudience,
  NOBODY,
  type Principal,
  privacyOf,
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
import { type Picture, readPicture } from '../../platform/pictures/read-picture.ts'
import { type AssetTransfer, describeTransfer, type ManagedAssets } from '../assets/managed-assets.ts'
import type { NoteUse } from '../connections/source-access.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import type { Marks } from '../library/marks.ts'
import { assetPermission } from '../sharing/asset-permission.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import type { NamedAsset, ShareableAssets } from '../sharing/shareable-assets.ts'
import { type Handover, recordHandover } from '../users/handover.ts'
import { type Application, applicationAsset } from './application.ts'
import { readApplicationAddress } from './application-address.ts'
import type { ApplicationStore } from './application-store.ts'

export interface ApplicationServiceOptions {
  readonly store: Store
  readonly applications: ApplicationStore
  readonly audiences: AudienceService
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  readonly noteUse: NoteUse
  /** Which of these the person keeps among their favourites. */
  readonly listMarks: (principal: UserPrincipal, ids: readonly string[]) => Promise<ReadonlyMap<string, Marks>>
}

/** The gallery: pages that people built, by their addresses, shared like other assets and looked after by admins. */
export class ApplicationService implements ShareableAssets, ManagedAssets {
  readonly #options: ApplicationServiceOptions
  readonly #record: RecordChange

  constructor(options: ApplicationServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'application')
  }

  async list({ principal }: UserCaller, query: ApplicationListQuery): Promise<ApplicationList> {
    const visible = visibleWhere(principal, 'application')
    const { applications, total } = await this.#options.applications.list(principal.userId, visible, query)
    return { applications: await this.#summarizeAll(principal, applications), total }
  }

  async get({ principal }: UserCaller, id: string): Promise<ApplicationSummary> {
    const [summary] = await this.#summarizeAll(principal, [await this.#find(principal, id)])
    if (summary === undefined) throw new Error('One application has one summary.')
    return summary
  }

  /** Notes that somebody followed the address of an application. */
  async noteOpening({ principal }: UserCaller, id: string): Promise<void> {
    this.#options.noteUse(principal, applicationAsset(await this.#find(principal, id)))
  }

  /** The picture of an application; 404 for one without. */
  async readThumbnail(principal: UserPrincipal, id: string): Promise<Picture> {
    await this.#find(principal, id)
    const thumbnail = await this.#options.applications.readThumbnail(id)
    if (thumbnail === null) throw new AppError('not_found', 'This application has no picture.')
    return thumbnail
  }

  async create(caller: UserCaller, draft: ApplicationCreateBody): Promise<ApplicationSummary> {
    const { principal } = caller
    authorize(principal, 'application.create')
    const url = readApplicationAddress(draft.url)
    const thumbnail = draft.thumbnail ? readPicture(draft.thumbnail, MAX_THUMBNAIL_BYTES) : null
    const id = createId()
    const now = this.#options.clock.now()
    const name = draft.name.trim()
    await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, principal, 'application.create')
      const { audiences, governance } = this.#options
      await governance.hold(transaction, principal, (policies, maker) =>
        decideMaking(policies, maker, 'applications.register'),
      )
      await governance.holdRoom(transaction, principal.organizationId, 'application')
      const audience = await governance.holdDefault(transaction, principal, 'application')
      await audiences.hold(transaction, 'application', principal.organizationId, audience)
      await this.#options.applications.insert(transaction, {
        id,
        organization_id: principal.organizationId,
        owner_id: principal.userId,
        name,
        description: draft.description ?? '',
        url,
        thumbnail: thumbnail?.bytes ?? null,
        thumbnail_type: thumbnail?.type ?? null,
        created_at: now,
        updated_at: now,
      })
      const { organizationId } = principal
      await audiences.replace(transaction, { kind: 'application', id, organizationId }, audience, principal.userId)
      const shared = isSameAudience(audience, NOBODY) ? {} : { audience: describeAudience(audience) }
      await this.#record(transaction, caller, 'application.created', id, { name, url, ...shared })
    })
    return this.get(caller, id)
  }

  /** Changes what is named; a picture of null is taken away. */
  async update(caller: UserCaller, id: string, edit: ApplicationUpdateBody): Promise<ApplicationSummary> {
    const { principal } = caller
    authorize(principal, 'application.update', applicationAsset(await this.#find(principal, id)))
    const url = edit.url === undefined ? undefined : readApplicationAddress(edit.url)
    const thumbnail = edit.thumbnail ? readPicture(edit.thumbnail, MAX_THUMBNAIL_BYTES) : null
    await this.#options.store.transaction().execute(async (transaction) => {
      const application = await this.#lock(transaction, id)
      authorize(principal, 'application.update', applicationAsset(application))
      const changed = {
        name: edit.name?.trim() ?? application.name,
        description: edit.description ?? application.description,
        url: url ?? application.url,
      }
      await this.#options.applications.update(transaction, id, {
        ...changed,
        ...(edit.thumbnail === undefined
          ? {}
          : { thumbnail: thumbnail?.bytes ?? null, thumbnail_type: thumbnail?.type ?? null }),
        updated_at: this.#options.clock.now(),
      })
      const { name } = changed
      await this.#record(transaction, caller, 'application.updated', id, { name, url: changed.url })
    })
    return this.get(caller, id)
  }

  async remove(caller: UserCaller, id: string): Promise<void> {
    const { principal } = caller
    authorize(principal, 'application.delete', applicationAsset(await this.#find(principal, id)))
    await this.#options.store.transaction().execute(async (transaction) => {
      const application = await this.#lock(transaction, id)
      authorize(principal, 'application.delete', applicationAsset(application))
      const changes = { deleted_at: this.#options.clock.now(), deleted_by: principal.userId }
      await this.#options.applications.update(transaction, id, changes)
      await this.#options.audiences.suspend(transaction, 'application', id)
      await this.#record(transaction, caller, 'application.deleted', id, { name: application.name })
    })
  }

  async findShareable(principal: Principal, id: string): Promise<NamedAsset> {
    return toNamed(await this.#find(principal, id))
  }

  async listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]> {
    return (await this.#options.applications.listById(ids, transaction)).map(toNamed)
  }

  async setAudience(caller: UserCaller, id: string, audience: Audience): Promise<void> {
    const { principal } = caller
    const { audiences } = this.#options
    const found = applicationAsset(await this.#find(principal, id))
    authorize(principal, 'application.share', found)
    await this.#options.store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'application', found.organizationId, audience)
      const application = await this.#lock(transaction, id)
      // It may have been handed to somebody else, or shared otherwise, until it was locked.
      const asset = applicationAsset(application)
      authorize(principal, 'application.share', asset)
      if (isSameAudience(audience, asset.audience)) return
      await this.#options.governance.holdAudience(transaction, principal, asset, audience)
      await audiences.replace(transaction, asset, audience, principal.userId)
      const change = { from: privacyOf(asset.audience), to: privacyOf(audience), ...describeAudience(audience) }
      await this.#record(transaction, caller, 'application.privacy-changed', id, { name: application.name, ...change })
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
    const found = applicationAsset(await this.#find(principal, id))
    authorize(principal, 'application.share', found)
    await this.#options.store.transaction().execute(async (transaction) => {
      await audiences.hold(transaction, 'application', found.organizationId, { ...NOBODY, userIds: [userId] })
      // It may have been handed to somebody else until it was locked.
      const asset = applicationAsset(await this.#lock(transaction, id))
      authorize(principal, 'application.share', asset)
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
      const application = await this.#lock(transaction, id)
      if (application.organizationId !== caller.principal.organizationId) throw applicationNotFound()
      if (application.owner.id === to.id) return
      await this.#options.applications.update(transaction, id, { owner_id: to.id })
      const details = { name: application.name, ...describeTransfer(application.owner, to) }
      await this.#record(transaction, caller, 'application.transferred', id, details)
    })
  }

  async removeManaged(caller: UserCaller, id: string): Promise<void> {
    await this.remove(caller, id)
  }

  /** Gives all applications of a person to another, with their sharing as it is. */
  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const moved = await this.#options.applications.transferAll(transaction, handover.from.id, handover.to.id)
    const assets = moved.map(({ id, organization_id: organizationId, name }) => ({
      id,
      organizationId,
      details: { name },
    }))
    await recordHandover(this.#options.activity, transaction, 'application', handover, assets)
    return moved.length
  }

  async #summarizeAll(principal: UserPrincipal, applications: readonly Application[]): Promise<ApplicationSummary[]> {
    const marks = await this.#options.listMarks(
      principal,
      applications.map(({ id }) => id),
    )
    return applications.map((each) => summarize(principal, each, marks.get(each.id)?.isFavourite ?? false))
  }

  async #find(principal: Principal, id: string): Promise<Application> {
    const application = await this.#options.applications.find(id)
    if (!application || !can(principal, 'application.read', applicationAsset(application)).allowed) {
      throw applicationNotFound()
    }
    return application
  }

  async #lock(transaction: Store, id: string): Promise<Application> {
    await this.#options.applications.lock(transaction, id)
    const application = await this.#options.applications.find(id, transaction)
    if (!application) throw applicationNotFound()
    return application
  }
}

function summarize(principal: Principal, application: Application, isFavourite: boolean): ApplicationSummary {
  const asset = applicationAsset(application)
  const version = application.updatedAt.getTime()
  return {
    id: application.id,
    name: application.name,
    description: application.description,
    url: application.url,
    // The version lets browsers keep a picture until it changes.
    thumbnailUrl: application.hasThumbnail
      ? `/workspace-api/applications/${application.id}/thumbnail?version=${version}`
      : null,
    privacy: privacyOf(application.audience),
    sharingScope: sharingScopeOf(application.audience),
    owner: application.owner,
    createdAt: application.createdAt.toISOString(),
    updatedAt: application.updatedAt.toISOString(),
    isFavourite,
    permissions: {
      edit: assetPermission(principal, 'application.update', asset),
      delete: assetPermission(principal, 'application.delete', asset),
      share: assetPermission(principal, 'application.share', asset),
    },
  }
}

function toNamed(application: Application): NamedAsset {
  return { asset: applicationAsset(application), name: application.name, owner: application.owner }
}

function applicationNotFound(): AppError {
  return new AppError('not_found', 'There is no such application, or it is not shared with you.')
}
