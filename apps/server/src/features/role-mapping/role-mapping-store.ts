import type { MappableRole } from '@graticule/contract'
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import { groupIdsColumn } from '../../platform/db/group-ids-column.ts'
import type { DirectorySettingsTable, UserRow } from '../../platform/db/tables.ts'

export type DirectorySettingsRow = Omit<Selectable<DirectorySettingsTable>, 'scim_provider_id' | 'scim_emails_verified'>

/** A group of a directory, with the role that follows from it. */
export interface MappableGroupRow {
  readonly id: string
  readonly name: string
  readonly origin: string | null
  readonly member_count: number
  readonly role: MappableRole | null
}

/** Somebody whose groups a directory tells. */
export type GovernedPerson = Pick<UserRow, 'id' | 'name' | 'email' | 'role'> & { readonly group_ids: string[] }

/** Which roles follow from which groups, in the metadata store. */
export class RoleMappingStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Null for an organization that never set anything. */
  async readSettings(organizationId: string, store: Store = this.#store): Promise<DirectorySettingsRow | null> {
    const row = await store
      .selectFrom('directory_settings')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .executeTakeFirst()
    return row ?? null
  }

  async saveSettings(transaction: Store, settings: DirectorySettingsRow): Promise<void> {
    const { organization_id: _, ...changes } = settings
    await transaction
      .insertInto('directory_settings')
      .values(settings)
      .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(changes))
      .execute()
  }

  async readRoles(organizationId: string, store: Store = this.#store): Promise<Map<string, MappableRole>> {
    const rows = await store
      .selectFrom('group_roles')
      .select(['group_id', 'role'])
      .where('organization_id', '=', organizationId)
      .execute()
    return new Map(rows.map((row) => [row.group_id, row.role]))
  }

  async replaceRoles(
    transaction: Store,
    organizationId: string,
    roles: ReadonlyMap<string, MappableRole>,
  ): Promise<void> {
    await transaction.deleteFrom('group_roles').where('organization_id', '=', organizationId).execute()
    if (roles.size === 0) return
    const rows = [...roles].map(([group_id, role]) => ({ group_id, organization_id: organizationId, role }))
    await transaction.insertInto('group_roles').values(rows).execute()
  }

  /** Every group that a directory keeps, those with a role first. */
  async listGroups(organizationId: string, store: Store = this.#store): Promise<MappableGroupRow[]> {
    return store
      .selectFrom('groups')
      .leftJoin('group_roles', 'group_roles.group_id', 'groups.id')
      .leftJoin('identity_providers', 'identity_providers.id', 'groups.provider_id')
      .select(['groups.id', 'groups.name', 'identity_providers.name as origin', 'group_roles.role'])
      .select(
        sql<number>`(
          SELECT count(*)::integer FROM group_members JOIN users ON users.id = group_members.user_id
          WHERE group_members.group_id = groups.id AND users.disabled_at IS NULL)`.as('member_count'),
      )
      .where('groups.organization_id', '=', organizationId)
      .where((where) => where.or([where('groups.source', '!=', 'manual'), where('group_roles.role', 'is not', null)]))
      .orderBy(sql`group_roles.role IS NULL`)
      .orderBy(sql`lower(groups.name)`)
      .execute()
  }

  /** Keeps these groups from being deleted until the transaction ends; the ids of those that a directory keeps. */
  async holdGroups(transaction: Store, organizationId: string, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await transaction
      .selectFrom('groups')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('id', 'in', ids)
      .where('source', '!=', 'manual')
      .orderBy('id')
      .forShare()
      .execute()
    return rows.map((row) => row.id)
  }

  /** Everybody active, or those of the ids, whose groups a directory has told. */
  async listGoverned(
    organizationId: string,
    ids: readonly string[] | null,
    store: Store = this.#store,
  ): Promise<GovernedPerson[]> {
    if (ids?.length === 0) return []
    let people = store
      .selectFrom('users')
      .select(['id', 'name', 'email', 'role'])
      .select(groupIdsColumn().as('group_ids'))
      .where('organization_id', '=', organizationId)
      .where('disabled_at', 'is', null)
    people = ids === null ? people.where('directory_synced_at', 'is not', null) : people.where('id', 'in', ids)
    return people.orderBy(sql`lower(name)`).orderBy('id').execute()
  }
}
