import {
  AppError,
  type GrantKey,
  type UnusedGrant,
  type UnusedGrantFilter,
  type UnusedGrants,
} from '@graticule/contract'
import {
  ASSET_KINDS,
  type Audience,
  can,
  canReceive,
  READ_ACTION,
  type ShareableKind,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { assetPermission } from '../sharing/asset-permission.ts'
import type { NamedAsset } from '../sharing/shareable-assets.ts'
import { type PageQuery, pageOf, type ReportServiceOptions, reportedTo } from './report-service.ts'
import { listUnusedGrants, type PageOf, readRecordedSince, type UnusedGrantRow } from './report-store.ts'

const DEFAULT_DAYS = 90
const DAY_MS = 86_400_000
const FILE_PAGE = 500

/**
 * Shares that nobody has come by for long: of everybody for those who see who reaches what, of one's own for others. Only
 * who may share an asset takes them back; others ask its owner.
 */
export class UnusedGrantService {
  readonly #options: ReportServiceOptions

  constructor(options: ReportServiceOptions) {
    this.#options = options
  }

  async list(asker: UserPrincipal, filter: UnusedGrantFilter & PageQuery): Promise<UnusedGrants> {
    await this.#options.uses.flush()
    const { grants, total } = await this.#read(asker, filter, pageOf(filter))
    const recordedSince = await readRecordedSince(this.#options.store, asker.organizationId)
    return { grants, total, days: filter.days ?? DEFAULT_DAYS, recordedSince: recordedSince.toISOString() }
  }

  /** All of them, page after page, for a file. */
  async *each(asker: UserPrincipal, filter: UnusedGrantFilter) {
    await this.#options.uses.flush()
    for (let offset = 0; ; offset += FILE_PAGE) {
      const { grants } = await this.#read(asker, filter, { limit: FILE_PAGE, offset })
      yield* grants
      if (grants.length < FILE_PAGE) return
    }
  }

  /** Takes back one share; people whom the asset could not be shared with any more go with it, as they do in any change. */
  async revoke(caller: UserCaller, { kind, id, audience: part, audienceId }: GrantKey): Promise<void> {
    const { kinds, listPeople } = this.#options
    const { asset } = await kinds[kind].findShareable(caller.principal, id)
    const { audience } = asset
    if (!hasPart(audience, part, audienceId)) {
      throw new AppError('not_found', 'This is not shared so any more; look at the list again.')
    }
    const people = await listPeople(asset.organizationId)
    const receivers = new Set(
      people.filter(({ principal }) => canReceive(principal.role, kind)).map(({ person }) => person.id),
    )
    await kinds[kind].setAudience(caller, id, {
      organization: audience.organization && part !== 'organization',
      public: audience.public && part !== 'public',
      groupIds: audience.groupIds.filter((groupId) => part !== 'group' || groupId !== audienceId),
      userIds: audience.userIds.filter((userId) => receivers.has(userId) && (part !== 'user' || userId !== audienceId)),
    })
  }

  async #read(asker: UserPrincipal, filter: UnusedGrantFilter, page: PageOf) {
    const { clock, kinds, store } = this.#options
    const days = filter.days ?? DEFAULT_DAYS
    const since = new Date(clock.now().getTime() - days * DAY_MS)
    const ownerId = can(asker, 'access.report').allowed ? null : asker.userId
    const narrowed = { ...(filter.kind && { kind: filter.kind }), since, ownerId }
    const { rows, total } = await listUnusedGrants(store, asker.organizationId, narrowed, page)
    const found = new Map<string, NamedAsset>()
    for (const kind of new Set(rows.map((row) => row.asset_kind))) {
      const ids = rows.filter((row) => row.asset_kind === kind).map((row) => row.asset_id)
      for (const named of await kinds[kind].listShareable(ids)) found.set(`${kind}:${named.asset.id}`, named)
    }
    const grants = rows.flatMap((row): UnusedGrant[] => {
      const named = found.get(`${row.asset_kind}:${row.asset_id}`)
      return named === undefined ? [] : [describeGrant(asker, named, row)]
    })
    return { grants, total }
  }
}

function describeGrant(asker: UserPrincipal, named: NamedAsset, row: UnusedGrantRow): UnusedGrant {
  const { granter_id: id, granter_name: name, granter_email: email } = row
  return {
    asset: reportedTo(asker, named),
    audience: row.audience_kind,
    audienceId: row.audience_id,
    audienceName: row.audience_name,
    since: row.created_at.toISOString(),
    grantedBy: id === null || name === null || email === null ? null : { id, name, email },
    lastUsedOn: row.last_used_on,
    revoke: mayRevoke(asker, row.asset_kind, named),
  }
}

/** Whoever may share it may take it back, as far as they may know of it. */
function mayRevoke(asker: UserPrincipal, kind: ShareableKind, { asset }: NamedAsset): UnusedGrant['revoke'] {
  const known = assetPermission(asker, READ_ACTION[kind], asset)
  const share = assetPermission(asker, ASSET_KINDS[kind].share, asset)
  return known.allowed || share.allowed ? share : { allowed: false, reason: `Only the owner can share this ${kind}.` }
}

function hasPart(audience: Audience, part: GrantKey['audience'], id: string | undefined): boolean {
  switch (part) {
    case 'organization':
      return audience.organization
    case 'public':
      return audience.public
    case 'group':
      return id !== undefined && audience.groupIds.includes(id)
    case 'user':
      return id !== undefined && audience.userIds.includes(id)
  }
}
