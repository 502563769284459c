import { type Expression, type Insertable, type Selectable, type SqlBool, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { ScimGroupsTable, ScimTokensTable, ScimUsersTable, UserRow } from '../../platform/db/tables.ts'
import type { FilterAttributes } from './scim-filter.ts'

export type ScimTokenRow = Selectable<ScimTokensTable>

/** A person as SCIM knows them. */
export type ScimUserRow = Selectable<ScimUsersTable> &
  Pick<UserRow, 'name' | 'email' | 'role' | 'disabled_at'> & { readonly groups: { id: string; name: string }[] }

export type ScimGroupRow = Selectable<ScimGroupsTable>

/** One page of a list, counted from 0. */
export interface Window {
  readonly offset: number
  readonly count: number
}

const attribute = (path: string) => sql`scim_users.attributes #>> ${`{${path}}`}::text[]`

/** By what people can be filtered. */
export const USER_FILTERS: FilterAttributes = {
  id: { column: sql`scim_users.user_id`, type: 'exact' },
  username: { column: sql`scim_users.user_name`, type: 'text' },
  externalid: { column: sql`scim_users.external_id`, type: 'exact' },
  active: { column: sql`(users.disabled_at IS NULL)`, type: 'boolean' },
  displayname: { column: sql`users.name`, type: 'text' },
  'name.givenname': { column: attribute('name,givenName'), type: 'text' },
  'name.familyname': { column: attribute('name,familyName'), type: 'text' },
  emails: { column: sql`users.email`, type: 'text' },
  'emails.value': { column: sql`users.email`, type: 'text' },
  'meta.created': { column: sql`scim_users.created_at`, type: 'date' },
  'meta.lastmodified': { column: sql`scim_users.updated_at`, type: 'date' },
}

/** By what groups can be filtered. */
export const GROUP_FILTERS: FilterAttributes = {
  id: { column: sql`scim_groups.group_id`, type: 'exact' },
  displayname: { column: sql`scim_groups.display_name`, type: 'text' },
  externalid: { column: sql`scim_groups.external_id`, type: 'exact' },
  'meta.created': { column: sql`scim_groups.created_at`, type: 'date' },
  'meta.lastmodified': { column: sql`scim_groups.updated_at`, type: 'date' },
}

/** People and groups of directories, and the tokens that those come with, in the metadata store. */
export class ScimStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async findToken(tokenHash: string): Promise<(ScimTokenRow & { readonly suspended_at: Date | null }) | null> {
    const row = await this.#store
      .selectFrom('scim_tokens')
      .innerJoin('organizations', 'organizations.id', 'scim_tokens.organization_id')
      .selectAll('scim_tokens')
      .select('organizations.suspended_at')
      .where('token_hash', '=', tokenHash)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** Those that have not been revoked, the newest first, with who made them. */
  async listTokens(
    organizationId: string,
    store: Store = this.#store,
  ): Promise<(ScimTokenRow & { readonly creator_name: string })[]> {
    return store
      .selectFrom('scim_tokens')
      .innerJoin('users', 'users.id', 'scim_tokens.created_by')
      .selectAll('scim_tokens')
      .select('users.name as creator_name')
      .where('scim_tokens.organization_id', '=', organizationId)
      .where('revoked_at', 'is', null)
      .orderBy('scim_tokens.created_at', 'desc')
      .orderBy('scim_tokens.id')
      .execute()
  }

  async insertToken(transaction: Store, token: Insertable<ScimTokensTable>): Promise<void> {
    await transaction.insertInto('scim_tokens').values(token).execute()
  }

  /** False when there is no such token, or it was revoked before. */
  async revokeToken(transaction: Store, organizationId: string, id: string, at: Date): Promise<boolean> {
    const result = await transaction
      .updateTable('scim_tokens')
      .set({ revoked_at: at })
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  }

  async noteTokenUse(id: string, at: Date): Promise<void> {
    await this.#store.updateTable('scim_tokens').set({ last_used_at: at }).where('id', '=', id).execute()
  }

  async findUser(organizationId: string, id: string, store: Store = this.#store): Promise<ScimUserRow | null> {
    const row = await this.#users(store, organizationId).where('scim_users.user_id', '=', id).executeTakeFirst()
    return row ?? null
  }

  async listUsers(
    organizationId: string,
    filter: Expression<SqlBool> | null,
    { offset, count }: Window,
  ): Promise<{ rows: ScimUserRow[]; total: number }> {
    let users = this.#users(this.#store, organizationId)
    let counted = this.#store
      .selectFrom('scim_users')
      .innerJoin('users', 'users.id', 'scim_users.user_id')
      .where('scim_users.organization_id', '=', organizationId)
    if (filter !== null) {
      users = users.where(filter)
      counted = counted.where(filter)
    }
    const { total } = await counted
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await users
      .orderBy('scim_users.created_at')
      .orderBy('scim_users.user_id')
      .limit(count)
      .offset(offset)
      .execute()
    return { rows, total: Number(total) }
  }

  /** Whether somebody else of the directory has the name or the id. */
  async isUserTaken(
    transaction: Store,
    organizationId: string,
    { userName, externalId }: { readonly userName: string; readonly externalId: string | null },
    exceptId: string | null,
  ): Promise<boolean> {
    const row = await transaction
      .selectFrom('scim_users')
      .select('user_id')
      .where('organization_id', '=', organizationId)
      .where('user_id', '!=', exceptId ?? '')
      .where((where) =>
        where.or([
          where(sql`lower(user_name)`, '=', userName.toLowerCase()),
          ...(externalId === null ? [] : [where('external_id', '=', externalId)]),
        ]),
      )
      .executeTakeFirst()
    return row !== undefined
  }

  async insertUser(transaction: Store, user: Insertable<ScimUsersTable>): Promise<void> {
    await transaction.insertInto('scim_users').values(user).execute()
  }

  async updateUser(
    transaction: Store,
    id: string,
    changes: Pick<Insertable<ScimUsersTable>, 'user_name' | 'external_id' | 'attributes' | 'updated_at'>,
  ): Promise<void> {
    await transaction
      .updateTable('scim_users')
      .set({ ...changes, version: sql`version + 1` })
      .where('user_id', '=', id)
      .execute()
  }

  async deleteUser(transaction: Store, id: string): Promise<void> {
    await transaction.deleteFrom('scim_users').where('user_id', '=', id).execute()
  }

  /** Those of these people that SCIM knows. */
  async listKnownUsers(transaction: Store, organizationId: string, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await transaction
      .selectFrom('scim_users')
      .select('user_id')
      .where('organization_id', '=', organizationId)
      .where('user_id', 'in', ids)
      .execute()
    return rows.map((row) => row.user_id)
  }

  async findGroup(organizationId: string, id: string, store: Store = this.#store): Promise<ScimGroupRow | null> {
    const row = await store
      .selectFrom('scim_groups')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('group_id', '=', id)
      .executeTakeFirst()
    return row ?? null
  }

  async listGroups(
    organizationId: string,
    filter: Expression<SqlBool> | null,
    { offset, count }: Window,
  ): Promise<{ rows: ScimGroupRow[]; total: number }> {
    let groups = this.#store.selectFrom('scim_groups').where('organization_id', '=', organizationId)
    if (filter !== null) groups = groups.where(filter)
    const { total } = await groups
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await groups
      .selectAll()
      .orderBy('created_at')
      .orderBy('group_id')
      .limit(count)
      .offset(offset)
      .execute()
    return { rows, total: Number(total) }
  }

  async isGroupTaken(
    transaction: Store,
    organizationId: string,
    { displayName, externalId }: { readonly displayName: string; readonly externalId: string | null },
    exceptId: string | null,
  ): Promise<boolean> {
    const row = await transaction
      .selectFrom('scim_groups')
      .select('group_id')
      .where('organization_id', '=', organizationId)
      .where('group_id', '!=', exceptId ?? '')
      .where((where) =>
        where.or([
          where(sql`lower(display_name)`, '=', displayName.toLowerCase()),
          ...(externalId === null ? [] : [where('external_id', '=', externalId)]),
        ]),
      )
      .executeTakeFirst()
    return row !== undefined
  }

  async insertGroup(transaction: Store, group: Insertable<ScimGroupsTable>): Promise<void> {
    await transaction.insertInto('scim_groups').values(group).execute()
  }

  async updateGroup(
    transaction: Store,
    id: string,
    changes: Pick<Insertable<ScimGroupsTable>, 'display_name' | 'external_id' | 'updated_at'>,
  ): Promise<void> {
    await transaction
      .updateTable('scim_groups')
      .set({ ...changes, version: sql`version + 1` })
      .where('group_id', '=', id)
      .execute()
  }

  /** Who is in these groups, also those who may not sign in at present. */
  async listMembers(ids: readonly string[], store: Store = this.#store): Promise<Map<string, GroupMemberRow[]>> {
    const members = new Map<string, GroupMemberRow[]>(ids.map((id) => [id, []]))
    if (ids.length === 0) return members
    const rows = await store
      .selectFrom('group_members')
      .innerJoin('users', 'users.id', 'group_members.user_id')
      .select(['group_members.group_id', 'users.id', 'users.name'])
      .where('group_members.group_id', 'in', ids)
      .where('users.deleted_at', 'is', null)
      .orderBy('users.id')
      .execute()
    for (const { group_id, id, name } of rows) members.get(group_id)?.push({ id, name })
    return members
  }

  async countAll(organizationId: string): Promise<{ active: number; inactive: number; groups: number }> {
    const row = await this.#store
      .selectNoFrom([
        sql<number>`(
          SELECT count(*)::integer FROM scim_users JOIN users ON users.id = scim_users.user_id
          WHERE scim_users.organization_id = ${organizationId} AND users.disabled_at IS NULL)`.as('active'),
        sql<number>`(
          SELECT count(*)::integer FROM scim_users JOIN users ON users.id = scim_users.user_id
          WHERE scim_users.organization_id = ${organizationId} AND users.disabled_at IS NOT NULL)`.as('inactive'),
        sql<number>`(
          SELECT count(*)::integer FROM scim_groups WHERE organization_id = ${organizationId})`.as('groups'),
      ])
      .executeTakeFirstOrThrow()
    return row
  }

  /** The last requests that were refused, the newest first. */
  async listRefusals(organizationId: string, count: number): Promise<{ at: Date; details: Record<string, unknown> }[]> {
    return this.#store
      .selectFrom('activity')
      .select(['at', 'details'])
      .where('organization_id', '=', organizationId)
      .where('type', '=', 'scim.refused')
      .orderBy('position', 'desc')
      .limit(count)
      .execute()
  }

  /** Somebody of the organization, deleted ones apart, whom an issuer knows under a subject. */
  async findBySubject(
    transaction: Store,
    organizationId: string,
    issuer: string,
    subject: string,
  ): Promise<string | null> {
    const row = await transaction
      .selectFrom('external_identities')
      .innerJoin('users', 'users.id', 'external_identities.user_id')
      .select('users.id')
      .where('external_identities.organization_id', '=', organizationId)
      .where('external_identities.issuer', '=', issuer)
      .where('external_identities.subject', '=', subject)
      .where('users.deleted_at', 'is', null)
      .executeTakeFirst()
    return row?.id ?? null
  }

  /** Somebody with the e-mail whom the issuer vouches for. */
  async findByIssuerAndEmail(
    transaction: Store,
    organizationId: string,
    issuer: string,
    email: string,
  ): Promise<string | null> {
    const row = await transaction
      .selectFrom('users')
      .innerJoin('external_identities', 'external_identities.user_id', 'users.id')
      .select('users.id')
      .where('users.organization_id', '=', organizationId)
      .where('users.deleted_at', 'is', null)
      .where(sql`lower(users.email)`, '=', email.toLowerCase())
      .where('external_identities.issuer', '=', issuer)
      .executeTakeFirst()
    return row?.id ?? null
  }

  /** Somebody of SCIM's with the id of the directory, or with the e-mail while the issuer vouches for nobody there. */
  async findForLogin(
    transaction: Store,
    organizationId: string,
    login: { readonly issuer: string; readonly subject: string; readonly email: string | null },
  ): Promise<string | null> {
    const people = transaction
      .selectFrom('scim_users')
      .innerJoin('users', 'users.id', 'scim_users.user_id')
      .select('users.id')
      .where('scim_users.organization_id', '=', organizationId)
      .where('users.deleted_at', 'is', null)
    const bySubject = await people.where('scim_users.external_id', '=', login.subject).executeTakeFirst()
    if (bySubject !== undefined || login.email === null) return bySubject?.id ?? null
    const email = login.email.toLowerCase()
    const byEmail = await people
      .where((where) =>
        where.or([where(sql`lower(users.email)`, '=', email), where(sql`lower(scim_users.user_name)`, '=', email)]),
      )
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('external_identities')
              .select('subject')
              .whereRef('external_identities.user_id', '=', 'users.id')
              .where('external_identities.issuer', '=', login.issuer),
          ),
        ),
      )
      .execute()
    // An e-mail that could mean two people means nobody.
    return byEmail.length === 1 ? (byEmail[0]?.id ?? null) : null
  }

  /** The identity provider behind the directory; null when none is named. */
  async findProvider(
    organizationId: string,
    store: Store = this.#store,
  ): Promise<{ id: string; name: string; issuer: string; domains: string[] } | null> {
    const row = await store
      .selectFrom('directory_settings')
      .innerJoin('identity_providers', 'identity_providers.id', 'directory_settings.scim_provider_id')
      .select([
        'identity_providers.id',
        'identity_providers.name',
        'identity_providers.issuer',
        'identity_providers.domains',
      ])
      .where('directory_settings.organization_id', '=', organizationId)
      .executeTakeFirst()
    return row ?? null
  }

  /** Whether an admin states that the directory vouches for the e-mails that it tells. */
  async readEmailsVerified(organizationId: string, store: Store = this.#store): Promise<boolean> {
    const row = await store
      .selectFrom('directory_settings')
      .select('scim_emails_verified')
      .where('organization_id', '=', organizationId)
      .executeTakeFirst()
    return row?.scim_emails_verified ?? false
  }

  async setProvider(
    transaction: Store,
    organizationId: string,
    providerId: string | null,
    emailsVerified: boolean,
  ): Promise<void> {
    const settings = { scim_provider_id: providerId, scim_emails_verified: emailsVerified }
    await transaction
      .insertInto('directory_settings')
      .values({
        organization_id: organizationId,
        custodian_id: null,
        roles_follow_groups: false,
        default_role: 'viewer',
        ...settings,
      })
      .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(settings))
      .execute()
  }

  #users(store: Store, organizationId: string) {
    return store
      .selectFrom('scim_users')
      .innerJoin('users', 'users.id', 'scim_users.user_id')
      .selectAll('scim_users')
      .select(['users.name', 'users.email', 'users.role', 'users.disabled_at'])
      .select(
        sql<{ id: string; name: string }[]>`coalesce((
          SELECT json_agg(json_build_object('id', scim_groups.group_id, 'name', scim_groups.display_name)
            ORDER BY scim_groups.display_name)
          FROM group_members JOIN scim_groups ON scim_groups.group_id = group_members.group_id
          WHERE group_members.user_id = users.id), '[]')`.as('groups'),
      )
      .where('scim_users.organization_id', '=', organizationId)
  }
}

/** Somebody in a group. */
export interface GroupMemberRow {
  readonly id: string
  readonly name: string
}
