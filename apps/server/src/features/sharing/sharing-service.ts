import {
  type BatchSharePreview,
  type GroupAsset,
  type GroupName,
  type InheritedSharing,
  NAMED_PEOPLE,
  type PeopleWithAccess,
  type PeopleWithAccessQuery,
  type PersonWithAccess,
  type PublicationWish,
  type ResourceResult,
  type SharingChoices,
  type SharingDetail,
  type SharingPreview,
  type UserSummary,
} from '@graticule/contract'
import {
  ASSET_KINDS,
  type Audience,
  authorize,
  can,
  type Explanation,
  explain,
  isLeftOut,
  isListedFor,
  type LibraryKind,
  mapInside,
  privacyOf,
  projectsAround,
  READ_ACTION,
  reaches,
  SHAREABLE_KINDS,
  type ShareableAsset,
  type ShareableKind,
  sharingScopeOf,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'
import { attemptPart } from '../assets/attempt-part.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import type { ProjectName } from '../projects/project.ts'
import { permission } from './asset-permission.ts'
import { type AssetChange, compareAccess } from './compare-access.ts'
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
  readonly governance: GovernanceRules
  /** Everybody active of an organization, by name. */
  readonly listPeople: (organizationId: string) => Promise<readonly PossibleReader[]>
  readonly listGroupNames: (organizationId: string, ids: readonly string[]) => Promise<readonly GroupName[]>
  /** What of these people reads from a connection. */
  readonly listBreaks: (
    asker: UserPrincipal,
    connectionId: string,
    losing: readonly UserPrincipal[],
  ) => Promise<SharingPreview['breaks']>
  /** The names of those of these folders that the asker may know of. */
  readonly listProjectNames: (asker: UserPrincipal, ids: readonly string[]) => Promise<readonly ProjectName[]>
}

const PEOPLE_PAGE = 50

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
    const reaching = readers.filter((reader) => reaches(reader.principal, asset))
    const share = can(principal, ASSET_KINDS[kind].share, asset)
    return {
      privacy: privacyOf(audience),
      sharingScope: sharingScopeOf(audience),
      groups: [...(await this.#options.listGroupNames(asset.organizationId, audience.groupIds))],
      users: readers
        .filter(({ person }) => audience.userIds.includes(person.id))
        .map(({ person, principal: reader }) => ({ ...person, role: reader.role })),
      owner,
      inherited: await this.#describeInherited(principal, asset, readers),
      people: await this.#describe(asset, reaching.slice(0, NAMED_PEOPLE)),
      peopleCount: reaching.length,
      share: permission(share),
      choices: await this.#readChoices(principal, asset),
    }
  }

  /** A page of those who have access, by name, for those who may know of the asset and of people. */
  async listPeople(
    { principal }: UserCaller,
    kind: ShareableKind,
    idOrName: string,
    { search = '', page = 1, pageSize = PEOPLE_PAGE }: PeopleWithAccessQuery,
  ): Promise<PeopleWithAccess> {
    const { asset } = await this.#find(principal, kind, idOrName)
    const wanted = search.trim().toLowerCase()
    const found = (await this.#options.listPeople(asset.organizationId)).filter(
      ({ person, principal: reader }) =>
        `${person.name} ${person.email}`.toLowerCase().includes(wanted) && reaches(reader, asset),
    )
    const from = (page - 1) * pageSize
    return { people: await this.#describe(asset, found.slice(from, from + pageSize)), total: found.length }
  }

  /** By which ways each of these has access, and until when. */
  async #describe(asset: ShareableAsset, readers: readonly PossibleReader[]): Promise<PersonWithAccess[]> {
    const ends = await listEnds(this.#options.store, asset.kind, asset.id)
    return readers.map(({ person, principal: reader }) => {
      const end = ends.get(person.id)
      const until = end === undefined ? {} : { until: end.toISOString() }
      const { paths } = explainReach(reader, asset)
      return { ...person, role: reader.role, paths: paths.map(({ path }) => path), ...until }
    })
  }

  async #readChoices(principal: UserPrincipal, asset: ShareableAsset): Promise<SharingChoices> {
    const { choices, ownersDefault, groupIds } = await this.#options.governance.listChoices(principal, asset)
    return {
      private: permission(choices.private),
      organization: permission(choices.organization),
      specific: permission(choices.specific),
      // Whoever is here by support access opens nothing to everybody, whatever governance lets others do.
      public: permission(
        asset.kind === 'map' && isLeftOut(principal, 'map.publish')
          ? can(principal, 'map.publish', asset)
          : choices.public,
      ),
      openLink: permission(choices.openLink),
      otherGroups: permission(choices.otherGroups),
      ownGroupIds: [...groupIds],
      locked: ownersDefault.locked,
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
    const after = readers.filter((reader) => reaches(reader.principal, changed))
    const losing = readers
      .map((reader) => reader.principal)
      .filter((reader) => reaches(reader, asset) && !reaches(reader, changed))
    return {
      ...compareAccess(readers, [{ before: asset, after: changed }]),
      peopleCount: after.length,
      breaks: kind === 'connection' ? await this.#options.listBreaks(principal, asset.id, losing) : [],
    }
  }

  /** Who would gain and who would lose access to any of several assets that are shared alike; each decided as if alone. */
  async previewMany(
    { principal }: UserCaller,
    resources: readonly { readonly resourceType: LibraryKind; readonly id: string }[],
    audience: Audience,
  ): Promise<BatchSharePreview> {
    const changes: AssetChange[] = []
    const results: ResourceResult[] = []
    for (const resource of resources) {
      results.push(
        await attemptPart(resource, async () => {
          const { asset } = await this.#find(principal, resource.resourceType, resource.id)
          authorize(principal, ASSET_KINDS[resource.resourceType].share, asset)
          changes.push({ before: asset, after: { ...asset, audience } })
        }),
      )
    }
    const readers = changes.length === 0 ? [] : await this.#options.listPeople(principal.organizationId)
    return { results, ...compareAccess(readers, changes) }
  }

  async change(
    caller: UserCaller,
    kind: ShareableKind,
    idOrName: string,
    audience: Audience,
    publication?: PublicationWish,
  ): Promise<void> {
    await this.#options.kinds[kind].setAudience(caller, idOrName, audience, publication)
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

  /** What the folders around an asset add to its audience, as far as the asker may know. */
  async #describeInherited(
    asker: UserPrincipal,
    asset: ShareableAsset,
    readers: readonly PossibleReader[],
  ): Promise<InheritedSharing[]> {
    const around = projectsAround(asset)
    if (around.length === 0) return []
    const groupIds = around.flatMap(({ audience }) => audience.groupIds)
    const groups = await this.#options.listGroupNames(asset.organizationId, groupIds)
    const names = await this.#options.listProjectNames(
      asker,
      around.map(({ id }) => id),
    )
    const people = readers.map(({ person }) => person)
    return around.map(({ id, ownerId, audience }) => ({
      project: { id, name: names.find((named) => named.id === id)?.name ?? null },
      owner: people.find((person) => person.id === ownerId) ?? null,
      organization: audience.organization,
      groups: groups.filter((group) => audience.groupIds.includes(group.id)),
      users: people.filter((person) => audience.userIds.includes(person.id)),
    }))
  }

  async #find(principal: UserPrincipal, kind: ShareableKind, idOrName: string): Promise<NamedAsset> {
    const found = await this.#options.kinds[kind].findShareable(principal, idOrName)
    authorize(principal, 'user.list')
    return found
  }
}

/** By which ways somebody who has access has it; to a project perhaps only to the maps inside. */
function explainReach(reader: UserPrincipal, asset: ShareableAsset): Explanation {
  const explanation = explain(reader, READ_ACTION[asset.kind], asset)
  if (explanation.allowed || asset.kind !== 'project') return explanation
  return explain(reader, 'map.read', mapInside(asset))
}
