import {
  type GroupAsset,
  type GroupName,
  NAMED_PEOPLE,
  type PersonWithAccess,
  type SharingDetail,
  type SharingPreview,
  type UserSummary,
} from '@graticule/contract'
import {
  ASSET_KINDS,
  type Audience,
  authorize,
  can,
  explain,
  isListedFor,
  privacyOf,
  READ_ACTION,
  SHAREABLE_KINDS,
  type ShareableAsset,
  type ShareableKind,
  sharingScopeOf,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'
import { listEnds, listGrantedToGroup } from './grant-store.ts'
import type { NamedAsset, ShareableKinds } from './shareable-assets.ts'

/** Somebody of an organization as they are when they ask for something, and what they are called. */
export interface PossibleReader {
  readonly person: UserSummary
  readonly principal: UserPrincipal
}

export interface SharingServiceOptions {
  readonly store: Store
  readonly kinds: ShareableKinds
  /** Everybody active of an organization, by name. */
  readonly listPeople: (organizationId: string) => Promise<readonly PossibleReader[]>
  readonly listGroupNames: (organizationId: string, ids: readonly string[]) => Promise<readonly GroupName[]>
}

/** Tells whom assets are shared with and who has access, and what a change of that would mean. */
export class SharingService {
  readonly #options: SharingServiceOptions

  constructor(options: SharingServiceOptions) {
    this.#options = options
  }

  /** For those who may know of the asset and of the people of the organization. */
  async read({ principal }: UserCaller, kind: ShareableKind, idOrName: string): Promise<SharingDetail> {
    const found = await this.#find(principal, kind, idOrName)
    const { asset, owner } = found
    const { audience } = asset
    const readers = await this.#options.listPeople(asset.organizationId)
    const ends = await listEnds(this.#options.store, kind, asset.id)
    const people = readers.flatMap(({ person, principal: reader }): PersonWithAccess[] => {
      const { allowed, paths } = explain(reader, READ_ACTION[kind], asset)
      if (!allowed) return []
      const end = ends.get(person.id)
      const until = end === undefined ? {} : { until: end.toISOString() }
      return [{ ...person, role: reader.role, paths: paths.map(({ path }) => path), ...until }]
    })
    const share = can(principal, ASSET_KINDS[kind].share, asset)
    return {
      privacy: privacyOf(audience),
      sharingScope: sharingScopeOf(audience),
      groups: [...(await this.#options.listGroupNames(asset.organizationId, audience.groupIds))],
      users: readers
        .filter(({ person }) => audience.userIds.includes(person.id))
        .map(({ person, principal: reader }) => ({ ...person, role: reader.role })),
      owner,
      people: people.slice(0, NAMED_PEOPLE),
      peopleCount: people.length,
      share: share.allowed ? { allowed: true } : { allowed: false, reason: share.reason },
    }
  }

  /** Who would gain and who would lose access if the owner shared the asset so. */
  async preview(
    { principal }: UserCaller,
    kind: ShareableKind,
    idOrName: string,
    audience: Audience,
  ): Promise<SharingPreview> {
    const { asset } = await this.#find(principal, kind, idOrName)
    authorize(principal, ASSET_KINDS[kind].share, asset)
    const changed: ShareableAsset = { ...asset, audience }
    const readers = await this.#options.listPeople(asset.organizationId)
    const reads = ({ principal: reader }: PossibleReader, candidate: ShareableAsset) =>
      can(reader, READ_ACTION[kind], candidate).allowed
    const before = new Set(readers.filter((reader) => reads(reader, asset)))
    const after = new Set(readers.filter((reader) => reads(reader, changed)))
    const gains = [...after].filter((reader) => !before.has(reader)).map(({ person }) => person)
    const losses = [...before].filter((reader) => !after.has(reader)).map(({ person }) => person)
    return {
      gains: gains.slice(0, NAMED_PEOPLE),
      gainCount: gains.length,
      losses: losses.slice(0, NAMED_PEOPLE),
      lossCount: losses.length,
      peopleCount: after.size,
    }
  }

  async change(caller: UserCaller, kind: ShareableKind, idOrName: string, audience: Audience): Promise<void> {
    await this.#options.kinds[kind].setAudience(caller, idOrName, audience)
  }

  /** What is shared with a group; what the asker may not see comes without its name. */
  async listSharedWithGroup(principal: UserPrincipal, groupId: string, transaction?: Store): Promise<GroupAsset[]> {
    const granted = await listGrantedToGroup(transaction ?? this.#options.store, groupId)
    const found: NamedAsset[] = []
    for (const kind of SHAREABLE_KINDS) {
      const ids = granted.filter((grant) => grant.asset_kind === kind).map((grant) => grant.asset_id)
      found.push(...(await this.#options.kinds[kind].listShareable(ids, transaction)))
    }
    return found.map(({ asset, name, owner }) => ({
      kind: asset.kind,
      id: asset.id,
      name: isListedFor(principal, asset) ? name : null,
      owner,
    }))
  }

  async #find(principal: UserPrincipal, kind: ShareableKind, idOrName: string): Promise<NamedAsset> {
    const found = await this.#options.kinds[kind].findShareable(principal, idOrName)
    authorize(principal, 'user.list')
    return found
  }
}
