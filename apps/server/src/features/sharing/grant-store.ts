import type { Role } from '@graticule/contract'
import type { Audience, ShareableAsset, ShareableKind } from '@graticule/policy'
import type { Selectable } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import { isInForce } from '../../platform/db/grant-in-force.ts'
import type { GrantsTable } from '../../platform/db/tables.ts'

/** Somebody whom a grant names, kept as they are until the transaction ends. */
export interface HeldPerson {
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly role: Role
  readonly disabled_at: Date | null
}

/** The people of these ids; nobody changes or deletes any of them before the transaction ends. */
export async function holdPeople(transaction: Store, ids: readonly string[]): Promise<HeldPerson[]> {
  if (ids.length === 0) return []
  return transaction
    .selectFrom('users')
    .select(['id', 'organization_id', 'name', 'role', 'disabled_at'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forShare()
    .execute()
}

/** The groups of these ids; nobody deletes any of them before the transaction ends. */
export async function holdGroups(
  transaction: Store,
  ids: readonly string[],
): Promise<{ id: string; organization_id: string }[]> {
  if (ids.length === 0) return []
  return transaction
    .selectFrom('groups')
    .select(['id', 'organization_id'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forKeyShare()
    .execute()
}

/**
 * Makes these all the grants of an asset. One that was there before stays as it is: since when, by whom, and until when.
 */
export async function replaceGrants(
  transaction: Store,
  asset: Pick<ShareableAsset, 'kind' | 'id' | 'organizationId'>,
  audience: Audience,
  made: { readonly at: Date; readonly by: string | null },
): Promise<void> {
  const taken = await takeGrants(transaction, asset)
  const grant = (audienceKind: GrantsTable['audience_kind'], to: { group?: string; user?: string } = {}) => {
    const before = taken.get(`${audienceKind}:${to.group ?? to.user ?? ''}`)
    return {
      organization_id: asset.organizationId,
      asset_kind: asset.kind,
      asset_id: asset.id,
      audience_kind: audienceKind,
      group_id: to.group ?? null,
      user_id: to.user ?? null,
      created_at: before?.created_at ?? made.at,
      expires_at: before?.expires_at ?? null,
      granted_by: before === undefined ? made.by : before.granted_by,
    }
  }
  const rows = [
    ...(audience.organization ? [grant('organization')] : []),
    ...(audience.public ? [grant('public')] : []),
    ...[...new Set(audience.groupIds)].map((group) => grant('group', { group })),
    ...[...new Set(audience.userIds)].map((user) => grant('user', { user })),
  ]
  if (rows.length > 0) await transaction.insertInto('grants').values(rows).execute()
}

type TakenGrant = Pick<Selectable<GrantsTable>, 'created_at' | 'expires_at' | 'granted_by'>

/** Removes all grants of an asset; those that still hold, by their audience. */
async function takeGrants(
  transaction: Store,
  asset: Pick<ShareableAsset, 'kind' | 'id'>,
): Promise<ReadonlyMap<string, TakenGrant>> {
  const rows = await transaction
    .deleteFrom('grants')
    .where('asset_kind', '=', asset.kind)
    .where('asset_id', '=', asset.id)
    .returning(['audience_kind', 'group_id', 'user_id', 'created_at', 'expires_at', 'granted_by'])
    .returning(isInForce().as('holds'))
    .execute()
  return new Map(
    rows
      .filter(({ holds }) => holds)
      .map((row) => [`${row.audience_kind}:${row.group_id ?? row.user_id ?? ''}`, row] as const),
  )
}

/** Grants an asset to a person, for good or until a time, in place of any grant to them that there was. */
export async function grantToPerson(
  transaction: Store,
  asset: Pick<ShareableAsset, 'kind' | 'id' | 'organizationId'>,
  userId: string,
  expiresAt: Date | null,
  made: { readonly at: Date; readonly by: string },
): Promise<void> {
  await transaction
    .deleteFrom('grants')
    .where('asset_kind', '=', asset.kind)
    .where('asset_id', '=', asset.id)
    .where('user_id', '=', userId)
    .execute()
  await transaction
    .insertInto('grants')
    .values({
      organization_id: asset.organizationId,
      asset_kind: asset.kind,
      asset_id: asset.id,
      audience_kind: 'user',
      group_id: null,
      user_id: userId,
      created_at: made.at,
      expires_at: expiresAt,
      granted_by: made.by,
    })
    .execute()
}

/** When the grants of an asset to people end, for those that do and still hold. */
export async function listEnds(store: Store, kind: ShareableKind, assetId: string): Promise<ReadonlyMap<string, Date>> {
  const rows = await store
    .selectFrom('grants')
    .select(['user_id', 'expires_at'])
    .where('asset_kind', '=', kind)
    .where('asset_id', '=', assetId)
    .where('expires_at', 'is not', null)
    .where(isInForce())
    .execute()
  return new Map(
    rows.flatMap(({ user_id: userId, expires_at: end }) =>
      userId !== null && end !== null ? [[userId, end] as const] : [],
    ),
  )
}

/** Removes grants that ended before the time. */
export async function deleteEnded(store: Store, before: Date): Promise<void> {
  await store.deleteFrom('grants').where('expires_at', '<', before).execute()
}

/** Removes all grants of an asset, which is about to go. */
export async function deleteGrants(transaction: Store, kind: ShareableKind, assetId: string): Promise<void> {
  await transaction.deleteFrom('grants').where('asset_kind', '=', kind).where('asset_id', '=', assetId).execute()
}

/** Puts the grants of an asset aside, where they give nobody anything. */
export async function suspendGrants(transaction: Store, kind: ShareableKind, assetId: string): Promise<void> {
  const grants = await transaction
    .deleteFrom('grants')
    .where('asset_kind', '=', kind)
    .where('asset_id', '=', assetId)
    .returningAll()
    .execute()
  if (grants.length > 0) await transaction.insertInto('trashed_grants').values(grants).execute()
}

/** For each asset the grants that were put aside and have not ended since, in the shape of an audience. */
export async function readSuspendedGrants(
  store: Store,
  assets: readonly { readonly kind: ShareableKind; readonly id: string }[],
  now: Date,
): Promise<Audience[]> {
  if (assets.length === 0) return []
  const ids = assets.map(({ id }) => id)
  const found = await store
    .selectFrom('trashed_grants')
    .select(['asset_kind', 'asset_id', 'audience_kind', 'group_id', 'user_id'])
    .where('asset_id', 'in', ids)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .orderBy('created_at')
    .execute()
  return assets.map(({ kind, id }) => {
    const grants = found.filter(({ asset_kind, asset_id }) => asset_kind === kind && asset_id === id)
    return {
      organization: grants.some(({ audience_kind }) => audience_kind === 'organization'),
      public: grants.some(({ audience_kind }) => audience_kind === 'public'),
      groupIds: grants.flatMap(({ group_id }) => group_id ?? []),
      userIds: grants.flatMap(({ user_id }) => user_id ?? []),
    }
  })
}

/** Puts the grants that were put aside back, but for those that have ended since. */
export async function resumeGrants(transaction: Store, kind: ShareableKind, assetId: string, now: Date): Promise<void> {
  const grants = await transaction
    .deleteFrom('trashed_grants')
    .where('asset_kind', '=', kind)
    .where('asset_id', '=', assetId)
    .returningAll()
    .execute()
  const lasting = grants.filter(({ expires_at: end }) => end === null || end > now)
  if (lasting.length > 0) await transaction.insertInto('grants').values(lasting).execute()
}

/** Forgets the grants that were put aside. */
export async function deleteSuspendedGrants(transaction: Store, kind: ShareableKind, assetId: string): Promise<void> {
  await transaction
    .deleteFrom('trashed_grants')
    .where('asset_kind', '=', kind)
    .where('asset_id', '=', assetId)
    .execute()
}

/** Removes all grants to a person, who is about to go; those that were put aside too. */
export async function deleteGrantsTo(transaction: Store, userId: string): Promise<void> {
  await transaction.deleteFrom('trashed_grants').where('user_id', '=', userId).execute()
  await transaction.deleteFrom('grants').where('user_id', '=', userId).execute()
}

/** The ids of what is shared with a group, by kind. */
export async function listGrantedToGroup(
  store: Store,
  groupId: string,
): Promise<{ asset_kind: ShareableKind; asset_id: string }[]> {
  return store
    .selectFrom('grants')
    .select(['asset_kind', 'asset_id'])
    .where('group_id', '=', groupId)
    .orderBy('asset_kind', 'desc')
    .orderBy('asset_id')
    .execute()
}
