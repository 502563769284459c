import type { GroupListQuery, GroupMemberListQuery, Role } from '@graticule/contract'
import { type NotNull, type Selectable, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { GroupsTable } from '../../platform/db/tables.ts'

export type GroupRow = Selectable<GroupsTable> & {
  readonly member_count: number
  /** The name of its identity provider; null for a group of another source. */
  readonly origin: string | null
}

/** A group of an identity provider. */
export interface ExternalGroupRow {
  readonly id: string
  readonly name: string
  /** What the provider calls it. */
  readonly external_id: string
}

/** Somebody in a group. */
export interface MemberRow {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
}

const DEFAULT_PAGE_SIZE = 50

/** Only those who may still sign in count. */
const MEMBER_COUNT = sql<number>`(
  SELECT count(*)::integer FROM group_members JOIN users ON users.id = group_members.user_id
  WHERE group_members.group_id = groups.id AND users.disabled_at IS NULL)`

const ORIGIN = sql<string | null>`(
  SELECT identity_providers.name FROM identity_providers WHERE identity_providers.id = groups.provider_id)`

/** Groups and who is in them, in the metadata store. */
export class GroupStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** One page of the organization's groups by name, and how many the query finds in all. */
  async listPage(organizationId: string, query: GroupListQuery): Promise<{ groups: GroupRow[]; total: number }> {
    const pageSize = query.pageSize ?? DEFAULT_PAGE_SIZE
    let narrowed = this.#store.selectFrom('groups').where('organization_id', '=', organizationId)
    const search = query.search?.trim()
    if (search) narrowed = narrowed.where('name', 'ilike', containing(search))
    const { total } = await narrowed
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const groups = await narrowed
      .selectAll('groups')
      .select([MEMBER_COUNT.as('member_count'), ORIGIN.as('origin')])
      .orderBy(sql`lower(name)`)
      .orderBy('id')
      .limit(pageSize)
      .offset(((query.page ?? 1) - 1) * pageSize)
      .execute()
    return { groups, total: Number(total) }
  }

  async find(organizationId: string, id: string): Promise<GroupRow | null> {
    const row = await this.#store
      .selectFrom('groups')
      .selectAll('groups')
      .select([MEMBER_COUNT.as('member_count'), ORIGIN.as('origin')])
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .executeTakeFirst()
    return row ?? null
  }

  /** The names of those of these groups that there are, in order. */
  /** The groups of these ids, or all. */
  async listNames(
    organizationId: string,
    ids: readonly string[] | null,
    store: Store = this.#store,
  ): Promise<{ id: string; name: string }[]> {
    if (ids?.length === 0) return []
    let groups = store
      .selectFrom('groups')
      .select(['id', 'name'])
      .where('organization_id', '=', organizationId)
      .orderBy(sql`lower(name)`)
    if (ids !== null) groups = groups.where('id', 'in', ids)
    return groups.execute()
  }

  /** The group; nobody shares with it, renames it or changes its members before the transaction ends. */
  async lock(
    transaction: Store,
    organizationId: string,
    id: string,
  ): Promise<(Selectable<GroupsTable> & { readonly origin: string | null }) | null> {
    const row = await transaction
      .selectFrom('groups')
      .selectAll('groups')
      .select(ORIGIN.as('origin'))
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    return row ?? null
  }

  async insert(transaction: Store, group: Omit<Selectable<GroupsTable>, 'external_id' | 'provider_id'>): Promise<void> {
    await transaction
      .insertInto('groups')
      .values({ ...group, external_id: null, provider_id: null })
      .execute()
  }

  async rename(transaction: Store, id: string, name: string): Promise<void> {
    await transaction.updateTable('groups').set({ name }).where('id', '=', id).execute()
  }

  /** Takes its members, its grants and its role along. */
  async remove(transaction: Store, id: string): Promise<void> {
    await transaction.deleteFrom('group_roles').where('group_id', '=', id).execute()
    await transaction.deleteFrom('groups').where('id', '=', id).execute()
  }

  /** One page of those in the group who may sign in, by name. */
  async listMembers(id: string, query: GroupMemberListQuery): Promise<{ members: MemberRow[]; total: number }> {
    const pageSize = query.pageSize ?? DEFAULT_PAGE_SIZE
    let narrowed = this.#store
      .selectFrom('group_members')
      .innerJoin('users', 'users.id', 'group_members.user_id')
      .where('group_members.group_id', '=', id)
      .where('users.disabled_at', 'is', null)
    const search = query.search?.trim()
    if (search) {
      const pattern = containing(search)
      narrowed = narrowed.where((where) =>
        where.or([where('users.name', 'ilike', pattern), where('users.email', 'ilike', pattern)]),
      )
    }
    const { total } = await narrowed
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const members = await narrowed
      .select(['users.id', 'users.name', 'users.email', 'users.role'])
      .orderBy(sql`lower(users.name)`)
      .orderBy('users.id')
      .limit(pageSize)
      .offset(((query.page ?? 1) - 1) * pageSize)
      .execute()
    return { members, total: Number(total) }
  }

  /** Those of these people of the organization who may sign in; none is deleted before the transaction ends. */
  async holdPeople(transaction: Store, organizationId: string, ids: readonly string[]): Promise<MemberRow[]> {
    return transaction
      .selectFrom('users')
      .select(['id', 'name', 'email', 'role'])
      .where('organization_id', '=', organizationId)
      .where('id', 'in', ids)
      .where('disabled_at', 'is', null)
      .orderBy('id')
      .forShare()
      .execute()
  }

  /** The ids of those who were not in the group before. */
  async addMembers(transaction: Store, id: string, userIds: readonly string[], at: Date): Promise<string[]> {
    if (userIds.length === 0) return []
    const rows = await transaction
      .insertInto('group_members')
      .values(userIds.map((userId) => ({ group_id: id, user_id: userId, added_at: at })))
      .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doNothing())
      .returning('user_id')
      .execute()
    return rows.map((row) => row.user_id)
  }

  /** False when the person is not in the group. */
  async removeMember(transaction: Store, id: string, userId: string): Promise<boolean> {
    const result = await transaction
      .deleteFrom('group_members')
      .where('group_id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    return result.numDeletedRows === 1n
  }

  /** The groups of an identity provider that somebody is in. */
  async listMemberships(transaction: Store, providerId: string, userId: string): Promise<ExternalGroupRow[]> {
    return transaction
      .selectFrom('groups')
      .innerJoin('group_members', 'group_members.group_id', 'groups.id')
      .select(['groups.id', 'groups.name', 'groups.external_id'])
      .where('groups.provider_id', '=', providerId)
      .where('group_members.user_id', '=', userId)
      .orderBy(sql`lower(groups.name)`)
      .$narrowType<{ external_id: NotNull }>()
      .execute()
  }

  /** Those of these groups of an identity provider that there are; none is deleted before the transaction ends. */
  async holdExternal(
    transaction: Store,
    providerId: string,
    externalIds: readonly string[],
  ): Promise<ExternalGroupRow[]> {
    if (externalIds.length === 0) return []
    return transaction
      .selectFrom('groups')
      .select(['id', 'name', 'external_id'])
      .where('provider_id', '=', providerId)
      .where('external_id', 'in', externalIds)
      .orderBy('id')
      .forShare()
      .$narrowType<{ external_id: NotNull }>()
      .execute()
  }

  /** False when the name is taken. */
  async insertExternal(transaction: Store, group: Selectable<GroupsTable>): Promise<boolean> {
    const result = await transaction
      .insertInto('groups')
      .values(group)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return result.numInsertedOrUpdatedRows === 1n
  }

  /** Puts a person in groups. */
  async join(transaction: Store, userId: string, ids: readonly string[], at: Date): Promise<void> {
    if (ids.length === 0) return
    await transaction
      .insertInto('group_members')
      .values(ids.map((id) => ({ group_id: id, user_id: userId, added_at: at })))
      .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doNothing())
      .execute()
  }

  /** Takes a person out of groups. */
  async leave(transaction: Store, userId: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await transaction.deleteFrom('group_members').where('user_id', '=', userId).where('group_id', 'in', ids).execute()
  }

  /** Whether a role follows at present from any of these groups. */
  async areMapped(transaction: Store, ids: readonly string[]): Promise<boolean> {
    if (ids.length === 0) return false
    const row = await transaction
      .selectFrom('group_roles')
      .innerJoin('directory_settings', 'directory_settings.organization_id', 'group_roles.organization_id')
      .select('group_roles.group_id')
      .where('group_roles.group_id', 'in', ids)
      .where('directory_settings.roles_follow_groups', '=', true)
      .executeTakeFirst()
    return row !== undefined
  }

  /** Gives the groups of an identity provider into the hands of people here. */
  async release(transaction: Store, providerId: string): Promise<{ id: string; name: string }[]> {
    return transaction
      .updateTable('groups')
      .set({ source: 'manual', provider_id: null, external_id: null })
      .where('provider_id', '=', providerId)
      .returning(['id', 'name'])
      .execute()
  }

  async removeMembers(transaction: Store, id: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return
    await transaction.deleteFrom('group_members').where('group_id', '=', id).where('user_id', 'in', userIds).execute()
  }

  async isNameTaken(transaction: Store, organizationId: string, name: string, exceptId: string): Promise<boolean> {
    const row = await transaction
      .selectFrom('groups')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where(sql`lower(name)`, '=', name.toLowerCase())
      .where('id', '!=', exceptId)
      .executeTakeFirst()
    return row !== undefined
  }

  /** Takes a person out of all groups. */
  async removeFromAll(transaction: Store, userId: string): Promise<void> {
    await transaction.deleteFrom('group_members').where('user_id', '=', userId).execute()
  }
}

function containing(search: string): string {
  return `%${search.replace(/[\\%_]/g, (special) => `\\${special}`)}%`
}
