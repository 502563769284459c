import { AppError, type CredentialPolicy, type GovernancePolicies } from '@graticule/contract'
import {
  type Audience,
  type AudienceChoices,
  type Container,
  type Decision,
  decideNewAudience,
  decidePlacement,
  decideRoom,
  type EffectiveDefault,
  findDefault,
  hasLock,
  listAudienceChoices,
  listDefaultGroups,
  NOBODY,
  type Principal,
  type ShareableKind,
  type SharingFacts,
  type UserPrincipal,
  warnOfConnections,
} from '@graticule/policy'
import type { Store } from '../../platform/db/database.ts'
import {
  countApplications,
  countConnections,
  countMaps,
  countPublicMaps,
  filterGroups,
  findPublicMapOrganization,
  type GovernanceRecord,
  holdCount,
  holdGovernance,
  readGovernance,
  readStandings,
} from './governance-store.ts'

/** Everybody who belongs to an organization and asks for something. */
export type Member = Exclude<Principal, { readonly kind: 'anonymous' }>

/** Whether it is somebody whom an organization's policies bind. */
export function isMember(principal: Principal): principal is Member {
  return principal.kind !== 'anonymous'
}

/** An asset that is to be shared otherwise. */
export interface SharedAsset {
  readonly kind: ShareableKind
  readonly organizationId: string
  /** Null for what belongs to nobody. */
  readonly ownerId: string | null
  /** As it is shared now; null for what is being made. */
  readonly audience: Audience | null
  /** Of a map: whether a password stands before its public link. */
  readonly hasPassword?: boolean
  /** Of a connection: whose login it reads with once it is shared so. */
  readonly credentialPolicy?: CredentialPolicy
}

/** An asset whose folders change, or are to be shared otherwise. */
export interface Placing {
  readonly kind: ShareableKind
  readonly ownerId: string | null
  readonly audience: Audience
  readonly from: readonly Container[]
  readonly to: readonly Container[]
}

/** Asks the organization's policies before something is made or shared, where that is decided. */
export class GovernanceRules {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** What is in force at this moment. */
  read(organizationId: string): Promise<GovernanceRecord> {
    return readGovernance(this.#store, organizationId)
  }

  /** Throws 403 with the policy when it is against it now. What changes something asks again with `hold`. */
  async check(principal: Member, decide: (policies: GovernancePolicies) => Decision): Promise<void> {
    const { policies } = await readGovernance(this.#store, principal.organizationId)
    demand(decide(policies))
  }

  /**
   * Throws 403 with the policy when it is against it; if not, no policy changes until the transaction ends. `decide` is
   * handed the principal as they are in this moment.
   */
  async hold<P extends Member>(
    transaction: Store,
    principal: P,
    decide: (policies: GovernancePolicies, present: P) => Decision,
  ): Promise<void> {
    const { policies } = await holdGovernance(transaction, principal.organizationId)
    demand(decide(policies, await refresh(transaction, principal)))
  }

  /** What speaks against how many connections there are now; nothing is refused for it. */
  async listConnectionWarnings(organizationId: string): Promise<string[]> {
    const { policies } = await readGovernance(this.#store, organizationId)
    if (policies['connections.soft-limit'] === null) return []
    const warning = warnOfConnections(policies, await countConnections(this.#store, organizationId))
    return warning === null ? [] : [warning]
  }

  /** Throws 403 with the count when there may be none more; if there may, nobody else takes its place. */
  async holdRoom(transaction: Store, organizationId: string, kind: 'map' | 'application'): Promise<void> {
    const limit = kind === 'map' ? 'maps.limit' : 'applications.limit'
    const { policies } = await holdGovernance(transaction, organizationId)
    if (policies[limit] === null) return
    await holdCount(transaction, organizationId)
    const count = kind === 'map' ? countMaps : countApplications
    demand(decideRoom(policies, limit, await count(transaction, organizationId)))
  }

  /** Throws 403 with the policy when the asset may not get this audience. The asset was locked before, if there is one. */
  async holdAudience(
    transaction: Store,
    principal: UserPrincipal,
    asset: SharedAsset,
    audience: Audience,
  ): Promise<void> {
    const governance = await holdGovernance(transaction, asset.organizationId)
    const isPublished = audience.public && !asset.audience?.public
    if (isPublished && governance.policies['maps.public-limit'] !== null) {
      await holdCount(transaction, asset.organizationId)
    }
    const { facts, present } = await readFacts(transaction, principal, asset, governance)
    demand(decideNewAudience(governance.policies, present, facts, audience))
  }

  /** Throws 403 with the rule when one of these may not get the audiences of its folders, which were locked before. */
  async holdPlacings(
    transaction: Store,
    principal: UserPrincipal,
    list: () => Promise<readonly Placing[]>,
  ): Promise<void> {
    const governance = await holdGovernance(transaction, principal.organizationId)
    await demandPlacings(transaction, principal, governance, list)
  }

  /** The same at this moment, for a preview. */
  async checkPlacings(principal: UserPrincipal, list: () => Promise<readonly Placing[]>): Promise<void> {
    const governance = await readGovernance(this.#store, principal.organizationId)
    await demandPlacings(this.#store, principal, governance, list)
  }

  /** What a maker's new asset is shared with: the default, or nobody where the policies keep them from sharing it so. */
  async holdDefault(
    transaction: Store,
    principal: UserPrincipal,
    kind: ShareableKind,
    credentialPolicy?: CredentialPolicy,
  ): Promise<Audience> {
    const { organizationId, userId } = principal
    const governance = await holdGovernance(transaction, organizationId)
    const made = { kind, organizationId, ownerId: userId, audience: null }
    const asset: SharedAsset = credentialPolicy === undefined ? made : { ...made, credentialPolicy }
    const { facts, present } = await readFacts(transaction, principal, asset, governance)
    const { audience } = facts.ownersDefault
    return decideNewAudience(governance.policies, present, facts, audience).allowed ? audience : NOBODY
  }

  /** Which audiences a person may choose for an asset, for a dialog that offers them. */
  async listChoices(
    principal: UserPrincipal,
    asset: SharedAsset,
  ): Promise<{ choices: AudienceChoices; ownersDefault: EffectiveDefault; groupIds: readonly string[] }> {
    const governance = await readGovernance(this.#store, asset.organizationId)
    const { facts, present } = await readFacts(this.#store, principal, asset, governance)
    const { ownersDefault, groupIds } = facts
    return { choices: listAudienceChoices(governance.policies, present, facts), ownersDefault, groupIds }
  }

  /** The sites that may show an embedded map; null: any. Of a map that is not public nothing is told. */
  async readEmbedOrigins(mapId: string): Promise<readonly string[] | null> {
    const organizationId = await findPublicMapOrganization(this.#store, mapId)
    if (organizationId === null) return null
    return (await readGovernance(this.#store, organizationId)).policies['embeds.origins']
  }
}

async function readFacts(
  store: Store,
  principal: UserPrincipal,
  asset: SharedAsset,
  governance: GovernanceRecord,
): Promise<{ facts: SharingFacts; present: UserPrincipal }> {
  const { kind, organizationId, ownerId } = asset
  const ids = [...new Set([principal.userId, ...(ownerId === null ? [] : [ownerId])])]
  const standings = await readStandings(store, ids)
  const { sharingDefaults } = governance
  const existing = await filterGroups(store, organizationId, listDefaultGroups(sharingDefaults))
  const ownersGroups = ownerId === null ? [] : (standings.get(ownerId)?.groups ?? [])
  const sharer = standings.get(principal.userId)
  const groupIds = sharer?.groups.map(({ id }) => id) ?? []
  return {
    present: { ...principal, role: sharer?.role ?? principal.role, groupIds },
    facts: {
      kind,
      before: asset.audience,
      ownersDefault: findDefault(sharingDefaults, kind, ownersGroups, existing),
      groupIds,
      hasPassword: asset.hasPassword ?? false,
      lendsItsLogin: kind === 'connection' && asset.credentialPolicy !== 'viewer',
      publicMapCount: kind === 'map' ? await countPublicMaps(store, organizationId) : 0,
    },
  }
}

async function demandPlacings(
  store: Store,
  principal: UserPrincipal,
  { policies, sharingDefaults }: GovernanceRecord,
  list: () => Promise<readonly Placing[]>,
): Promise<void> {
  // A project may hold very much, which is only gone through where something could speak against it.
  if (!policies['sharing.own-groups'] && !hasLock(sharingDefaults)) return
  const placings = await list()
  const owners = placings.flatMap(({ ownerId }) => ownerId ?? [])
  const standings = await readStandings(store, [...new Set([principal.userId, ...owners])])
  const existing = await filterGroups(store, principal.organizationId, listDefaultGroups(sharingDefaults))
  const mover = standings.get(principal.userId)
  const groupIds = mover?.groups.map(({ id }) => id) ?? []
  const present = { ...principal, role: mover?.role ?? principal.role, groupIds }
  for (const placing of placings) {
    const ownersGroups = placing.ownerId === null ? [] : (standings.get(placing.ownerId)?.groups ?? [])
    const ownersDefault = findDefault(sharingDefaults, placing.kind, ownersGroups, existing)
    demand(decidePlacement(policies, present, { ...placing, ownersDefault, groupIds }))
  }
}

async function refresh<P extends Member>(store: Store, principal: P): Promise<P> {
  if (principal.kind !== 'user') return principal
  const standing = (await readStandings(store, [principal.userId])).get(principal.userId)
  if (!standing) throw new AppError('session_expired', 'Your session has ended; sign in again.')
  return { ...principal, role: standing.role, groupIds: standing.groups.map(({ id }) => id) }
}

function demand(decision: Decision): void {
  if (decision.allowed) return
  throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}
