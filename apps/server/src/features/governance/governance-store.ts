import type { GovernanceDocument, Role } from '@graticule/contract'
import { fillPolicies, GOVERNANCE_POLICIES, GOVERNANCE_POLICY_IDS, NO_SHARING_DEFAULTS } from '@graticule/policy'
import { type Store, toJson } from '../../platform/db/database.ts'
import { isInForce } from '../../platform/db/grant-in-force.ts'

/** What an organization says, and how often it has changed its mind. */
export interface GovernanceRecord extends GovernanceDocument {
  readonly revision: number
}

/** Somebody as policies see them. */
export interface Standing {
  readonly role: Role
  readonly groups: readonly { readonly id: string; readonly name: string }[]
}

/** As it is at this moment. */
export async function readGovernance(store: Store, organizationId: string): Promise<GovernanceRecord> {
  const row = await store
    .selectFrom('governance')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
  return toRecord(row)
}

/** As it is, and stays until the transaction ends; others may hold it as well. */
export async function holdGovernance(transaction: Store, organizationId: string): Promise<GovernanceRecord> {
  const select = () =>
    transaction
      .selectFrom('governance')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .forKeyShare()
      .executeTakeFirst()
  const row = await select()
  if (row) return toRecord(row)
  // Without a row there is nothing to hold, and somebody could say something before the transaction ends.
  await addRow(transaction, organizationId)
  return toRecord(await select())
}

/** Makes everybody wait who counts the same, while those who only hold the policies go on. It was held before. */
export async function holdCount(transaction: Store, organizationId: string): Promise<void> {
  await transaction
    .selectFrom('governance')
    .select('organization_id')
    .where('organization_id', '=', organizationId)
    .forNoKeyUpdate()
    .execute()
}

/** As it is, to be changed: whoever holds it is waited for. */
export async function lockGovernance(transaction: Store, organizationId: string): Promise<GovernanceRecord> {
  await addRow(transaction, organizationId)
  const row = await transaction
    .selectFrom('governance')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return toRecord(row)
}

/** Replaces the document, which was locked before. */
export async function writeGovernance(
  transaction: Store,
  organizationId: string,
  document: GovernanceDocument,
): Promise<void> {
  const { policies, sharingDefaults } = document
  // A policy that says nothing leaves no trace, so that a later change of what is permissive reaches it.
  const said = GOVERNANCE_POLICY_IDS.filter((id) => toJson(policies[id]) !== toJson(GOVERNANCE_POLICIES[id].permissive))
  await transaction
    .updateTable('governance')
    .set((row) => ({
      revision: row('revision', '+', 1),
      policies: toJson(Object.fromEntries(said.map((id) => [id, policies[id]]))),
      sharing_defaults: toJson(sharingDefaults),
    }))
    .where('organization_id', '=', organizationId)
    .execute()
}

/** The role and groups of these active people; who is not there is missing. */
export async function readStandings(store: Store, userIds: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
  if (userIds.length === 0) return new Map()
  const people = await store
    .selectFrom('users')
    .select(['id', 'role'])
    .where('id', 'in', userIds)
    .where('disabled_at', 'is', null)
    .execute()
  const memberships = await store
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .select(['group_members.user_id', 'groups.id', 'groups.name'])
    .where('group_members.user_id', 'in', userIds)
    .execute()
  return new Map(
    people.map(({ id, role }) => [id, { role, groups: memberships.filter(({ user_id }) => user_id === id) }]),
  )
}

/** Every group of the organization, by name. */
export async function listGroups(store: Store, organizationId: string): Promise<{ id: string; name: string }[]> {
  return store
    .selectFrom('groups')
    .select(['id', 'name'])
    .where('organization_id', '=', organizationId)
    .orderBy('name')
    .orderBy('id')
    .execute()
}

/** Those of these groups that the organization has. */
export async function filterGroups(store: Store, organizationId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await store
    .selectFrom('groups')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** How many maps there are that are not in the trash. */
export const countMaps = (store: Store, organizationId: string) => countAssets(store, 'maps', organizationId)

/** How many applications there are that are not in the trash. */
export const countApplications = (store: Store, organizationId: string) =>
  countAssets(store, 'applications', organizationId)

/** How many connections there are that somebody made. */
export async function countConnections(store: Store, organizationId: string): Promise<number> {
  const { count } = await store
    .selectFrom('connections')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('organization_id', '=', organizationId)
    .where('embedded', '=', false)
    .executeTakeFirstOrThrow()
  return Number(count)
}

async function countAssets(store: Store, table: 'maps' | 'applications', organizationId: string): Promise<number> {
  const { count } = await store
    .selectFrom(table)
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('organization_id', '=', organizationId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** How many of them are public. */
export async function countPublicMaps(store: Store, organizationId: string): Promise<number> {
  const { count } = await store
    .selectFrom('grants')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('organization_id', '=', organizationId)
    .where('asset_kind', '=', 'map')
    .where('audience_kind', '=', 'public')
    .where(isInForce())
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The organization of a public map; null for a map that is not public, or is not there. */
export async function findPublicMapOrganization(store: Store, mapId: string): Promise<string | null> {
  const row = await store
    .selectFrom('grants')
    .select('organization_id')
    .where('asset_kind', '=', 'map')
    .where('asset_id', '=', mapId)
    .where('audience_kind', '=', 'public')
    .where(isInForce())
    .executeTakeFirst()
  return row?.organization_id ?? null
}

async function addRow(transaction: Store, organizationId: string): Promise<void> {
  await transaction
    .insertInto('governance')
    .values({
      organization_id: organizationId,
      policies: toJson({}),
      sharing_defaults: toJson(NO_SHARING_DEFAULTS),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function toRecord(
  row:
    | {
        revision: number
        policies: Partial<GovernanceDocument['policies']>
        sharing_defaults: GovernanceDocument['sharingDefaults']
      }
    | undefined,
): GovernanceRecord {
  return {
    revision: row?.revision ?? 0,
    policies: fillPolicies(row?.policies ?? {}),
    sharingDefaults: row?.sharing_defaults ?? NO_SHARING_DEFAULTS,
  }
}
