import {
  AppError,
  type GovernanceChange,
  type GovernanceDocument,
  type GovernancePlan,
  type GovernanceSettings,
  type GovernanceUpdateBody,
  type OwnSharingDefault,
  type UserSummary,
} from '@graticule/contract'
import {
  type Action,
  ADDRESS_POLICIES,
  can,
  DEFAULTED_KINDS,
  type DefaultedKind,
  findDefault,
  GOVERNANCE_POLICY_IDS,
  listDefaultGroups,
  type PlanNames,
  type PlannedChange,
  planGovernance,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { type OrganizationChange, recordOrganizationChange } from '../../platform/activity/organization-change.ts'
import { currentOrigin } from '../../platform/activity/request-origin.ts'
import { AddressRanges, readAddressRange } from '../../platform/addresses/address-ranges.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import { listOutside } from './address-effects.ts'
import { type CountedConnection, countKept } from './governance-counts.ts'
import {
  countApplications,
  countConnections,
  countMaps,
  countPublicMaps,
  filterGroups,
  type GovernanceRecord,
  listGroups,
  lockGovernance,
  readGovernance,
  readStandings,
  writeGovernance,
} from './governance-store.ts'

export interface GovernanceServiceOptions {
  readonly store: Store
  readonly activity: ActivityLog
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** Everybody active of an organization, by name. */
  readonly listPeople: (
    organizationId: string,
    store: Store,
  ) => Promise<readonly { readonly person: UserSummary; readonly principal: UserPrincipal }[]>
  readonly listConnections: (organizationId: string, store: Store) => Promise<readonly CountedConnection[]>
  /** What people call providers and ways to sign in, by their ids. */
  readonly names: Pick<PlanNames, 'providers' | 'signIns'>
  /** Called after a change, so that no session and no token is remembered as it was. */
  readonly onChanged: () => void
}

/** What an organization forbids from now on and shares by default: read, tried out with names, and changed as one. */
export class GovernanceService {
  readonly #options: GovernanceServiceOptions

  constructor(options: GovernanceServiceOptions) {
    this.#options = options
  }

  /** All of it, without groups that are gone. */
  async read(organizationId: string, store: Store = this.#options.store): Promise<GovernanceRecord> {
    return withoutGoneGroups(store, organizationId, await readGovernance(store, organizationId))
  }

  /** Who would gain and lose what, and how much would stay that could not be made any more. */
  async plan(
    organizationId: string,
    next: GovernanceDocument,
    store: Store = this.#options.store,
  ): Promise<GovernancePlan> {
    await this.#check(store, organizationId, next)
    const before = await this.read(organizationId, store)
    const readers = await this.#options.listPeople(organizationId, store)
    const people = readers.map(({ principal }) => principal)
    const groups = await listGroups(store, organizationId)
    const outside = await listOutside(store, organizationId, before.policies, next.policies)
    const names = { ...this.#options.names, groups, outside }
    const changes = planGovernance(before, next, people, names)
    const connections = changes.some(({ id }) => id.startsWith('connections.'))
      ? await this.#options.listConnections(organizationId, store)
      : []
    const byId = new Map(readers.map(({ person }) => [person.id, person]))
    const described: GovernanceChange[] = []
    for (const change of changes) {
      const { subject } = change
      const kept =
        subject.type === 'policy' ? await countKept(store, organizationId, next.policies, subject, connections) : null
      described.push(describeChange(change, byId, kept))
    }
    return { changes: described }
  }

  /**
   * Makes this the whole of it, with one event of what changed; false when nothing does. The caller of this has decided
   * that the person may.
   */
  async apply(
    transaction: Store,
    change: OrganizationChange,
    next: GovernanceDocument,
    expectedRevision?: number,
  ): Promise<boolean> {
    const { organizationId } = change
    await this.#check(transaction, organizationId, next)
    const locked = await lockGovernance(transaction, organizationId)
    if (expectedRevision !== undefined && expectedRevision !== locked.revision) throw stale(locked.revision)
    const before = await withoutGoneGroups(transaction, organizationId, locked)
    const details = describeDifference(before, next)
    if (Object.keys(details).length === 0) return false
    await writeGovernance(transaction, organizationId, next)
    await recordOrganizationChange(this.#options.activity, transaction, change, 'governance.updated', details)
    return true
  }

  /** Makes everybody forget what was decided before; for whoever has called `apply`, once that is committed. */
  noteChanged(): void {
    this.#options.onChanged()
  }

  async get(principal: UserPrincipal): Promise<GovernanceSettings> {
    const { organizationId } = principal
    const { store } = this.#options
    const { revision, policies, sharingDefaults } = await this.read(organizationId)
    const hasSoftLimit = policies['connections.soft-limit'] !== null
    const settings = {
      revision,
      policies,
      sharingDefaults,
      ...(hasSoftLimit && { connectionCount: await countConnections(store, organizationId) }),
    }
    if (!can(principal, 'organization.inspect').allowed) return settings
    const use = {
      maps: await countMaps(store, organizationId),
      publicMaps: await countPublicMaps(store, organizationId),
      applications: await countApplications(store, organizationId),
      connections: await countConnections(store, organizationId),
    }
    return { ...settings, use }
  }

  async preview({ principal }: UserCaller, body: GovernanceUpdateBody): Promise<GovernancePlan> {
    const current = await this.read(principal.organizationId)
    if (current.revision !== body.revision) throw stale(current.revision)
    return this.plan(principal.organizationId, merge(current, body))
  }

  async update(caller: UserCaller, body: GovernanceUpdateBody): Promise<GovernanceSettings> {
    const { principal } = caller
    const isChanged = await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, principal, 'governance.manage')
      const current = await this.read(principal.organizationId, transaction)
      if (current.revision !== body.revision) throw stale(current.revision)
      const change = {
        organizationId: principal.organizationId,
        actor: actorOf(principal),
        requestId: caller.requestId,
      }
      return this.apply(transaction, change, merge(current, body), body.revision)
    })
    if (isChanged) this.noteChanged()
    return this.get(principal)
  }

  /** Whom something new of this person's would be shared with. */
  async readOwnDefault(principal: UserPrincipal, kind: DefaultedKind): Promise<OwnSharingDefault> {
    const { store } = this.#options
    const { organizationId, userId } = principal
    const { sharingDefaults } = await readGovernance(store, organizationId)
    const existing = await filterGroups(store, organizationId, listDefaultGroups(sharingDefaults))
    const groups = (await readStandings(store, [userId])).get(userId)?.groups ?? []
    const { audience, locked, setBy } = findDefault(sharingDefaults, kind, groups, existing)
    const shared = (await listGroups(store, organizationId)).filter(({ id }) => audience.groupIds.includes(id))
    const whom = audience.organization ? 'organization' : shared.length > 0 ? 'groups' : 'private'
    return { audience: whom, groups: shared, locked, sentence: describeOrigin(kind, setBy) }
  }

  /** Throws 422 for a document that could not be kept as it is. */
  async #check(store: Store, organizationId: string, { policies, sharingDefaults }: GovernanceDocument): Promise<void> {
    const { providers, signIns } = this.#options.names
    const unknown =
      Object.keys(policies['connections.providers']).find((id) => !Object.hasOwn(providers, id)) ??
      Object.keys(policies['connections.sign-in']).find((id) => !Object.hasOwn(signIns, id))
    if (unknown !== undefined) throw invalid(`There is no provider and no way to sign in called "${unknown}".`)
    for (const site of policies['embeds.origins'] ?? []) {
      const url = URL.parse(site)
      const isOrigin = (url?.protocol === 'https:' || url?.protocol === 'http:') && url.origin === site
      if (!isOrigin) throw invalid(`"${site}" is not the address of a site, such as https://example.org, with no path.`)
    }
    checkAddresses(policies)
    const named = [...Object.keys(sharingDefaults.groups), ...listDefaultGroups(sharingDefaults)]
    const existing = await filterGroups(store, organizationId, named)
    if (named.some((id) => !existing.has(id))) {
      throw invalid('One of the groups does not exist any more in your organization; choose again.')
    }
    const scopes = [sharingDefaults.organization, ...Object.values(sharingDefaults.groups)]
    const isEmpty = scopes
      .flatMap((kinds) => Object.values(kinds))
      .some(({ audience, groupIds }) => (audience === 'groups') !== groupIds.length > 0)
    if (isEmpty) throw invalid('A default names groups exactly when it shares with groups.')
  }
}

/** Throws 422 for what is no range of addresses, and for ranges that would shut out whoever asks for them. */
function checkAddresses(policies: GovernanceDocument['policies']): void {
  for (const policy of ADDRESS_POLICIES) {
    const wrong = policies[policy]?.find((line) => readAddressRange(line) === null)
    if (wrong === undefined) continue
    throw invalid(
      `${JSON.stringify(wrong)} is no range of addresses; enter a network such as 203.0.113.0/24 or 2001:db8::/32, or one address.`,
    )
  }
  const ranges = policies['people.addresses']
  // The command line has no address; it is the way out for whoever is shut out.
  const address = currentOrigin()?.ipAddress
  if (ranges === null || address === undefined || new AddressRanges(ranges).holds(address)) return
  throw new AppError(
    'rule_violated',
    `You come from ${address}, which is in none of these ranges, so that you would shut yourself out; add it, or save from one of these networks.`,
    { details: { rule: 'governance.own-address' } },
  )
}

/** What is in force, changed as the body says. */
function merge(current: GovernanceDocument, body: GovernanceUpdateBody): GovernanceDocument {
  return {
    policies: { ...current.policies, ...body.policies },
    sharingDefaults: body.sharingDefaults ?? current.sharingDefaults,
  }
}

/** A group that was deleted takes its defaults with it, and its place in those of others. */
async function withoutGoneGroups(
  store: Store,
  organizationId: string,
  record: GovernanceRecord,
): Promise<GovernanceRecord> {
  const { sharingDefaults } = record
  const named = [...Object.keys(sharingDefaults.groups), ...listDefaultGroups(sharingDefaults)]
  const existing = await filterGroups(store, organizationId, named)
  if (named.every((id) => existing.has(id))) return record
  const clean = (kinds: GovernanceDocument['sharingDefaults']['organization']) =>
    Object.fromEntries(
      DEFAULTED_KINDS.flatMap((kind) => {
        const value = kinds[kind]
        if (value?.audience !== 'groups') return value ? [[kind, value]] : []
        const groupIds = value.groupIds.filter((id) => existing.has(id))
        return [[kind, groupIds.length > 0 ? { ...value, groupIds } : { ...value, audience: 'private', groupIds: [] }]]
      }),
    )
  const groups = Object.entries(sharingDefaults.groups).filter(([id]) => existing.has(id))
  return {
    ...record,
    sharingDefaults: {
      organization: clean(sharingDefaults.organization),
      groups: Object.fromEntries(groups.map(([id, kinds]) => [id, clean(kinds)])),
    },
  }
}

/** For the log: each thing that changed, before and after. */
function describeDifference(before: GovernanceDocument, next: GovernanceDocument): Record<string, unknown> {
  const changed: [string, unknown][] = GOVERNANCE_POLICY_IDS.filter(
    (id) => canonicalJson(before.policies[id]) !== canonicalJson(next.policies[id]),
  ).map((id) => [id, { from: before.policies[id], to: next.policies[id] }])
  const defaults = { from: before.sharingDefaults, to: next.sharingDefaults }
  if (canonicalJson(defaults.from) !== canonicalJson(defaults.to)) changed.push(['sharingDefaults', defaults])
  return Object.fromEntries(changed)
}

function describeChange(
  { id, title, sentence, losers, gainers }: PlannedChange,
  byId: ReadonlyMap<string, UserSummary>,
  kept: number | null,
): GovernanceChange {
  const name = (ids: readonly string[]) => ids.flatMap((person) => byId.get(person) ?? [])
  return {
    id,
    title,
    sentence,
    losers: name(losers),
    loserCount: losers.length,
    gainers: name(gainers),
    gainerCount: gainers.length,
    kept,
  }
}

function describeOrigin(kind: DefaultedKind, setBy: ReturnType<typeof findDefault>['setBy']): string {
  if (setBy === null) return `Your organization says nothing about new ${kind}s, so they are private.`
  if (setBy.kind === 'organization') return `This is the default of your organization for new ${kind}s.`
  return `This is the default for new ${kind}s of your group "${setBy.name}".`
}

function invalid(sentence: string): AppError {
  return new AppError('rule_violated', sentence, { details: { rule: 'governance.document' } })
}

function stale(revision: number): AppError {
  return new AppError('conflict', 'Somebody changed the governance meanwhile; load it again before you save.', {
    details: { rule: 'governance.revision', revision },
  })
}
