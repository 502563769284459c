import { type PersonListQuery, ROLES, type Role } from '@graticule/contract'
import { ADMIN_ROLES, OWNING_ROLES, SEAT_OF_ROLE, type Seats } from '@graticule/policy'
import { type Insertable, type RawBuilder, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import { groupIdsColumn } from '../../platform/db/group-ids-column.ts'
import type { UserRow, UsersTable } from '../../platform/db/tables.ts'
import { toWordsColumn, wordsOfPerson } from '../../platform/search/search-words.ts'

export type PersonRow = UserRow & {
  readonly organization_name: string
  readonly is_demo: boolean
  readonly suspended_at: Date | null
  readonly second_factor_required: boolean
  /** When the support access ends that they are here by; null for everybody who belongs to the organization. */
  readonly support_ends_at: Date | null
}

/** A person of a list, with what only those who look after people see. */
export type ListedPerson = Pick<
  UserRow,
  'id' | 'organization_id' | 'name' | 'email' | 'role' | 'created_at' | 'support_grant_id'
> & {
  /** Null for somebody who was never here. */
  readonly last_seen_at: Date | null
  /** SCIM, or the name of an identity provider; null for somebody who is looked after here alone. */
  readonly managed_by: string | null
  readonly map_count: number
  readonly has_second_factor: boolean
  readonly group_names: string[]
  readonly connection_count: number
  readonly workflow_count: number
  readonly application_count: number
  readonly project_count: number
  readonly token_count: number
  /** Whether there is anything of theirs that a receiver would get, be it in the trash. */
  readonly owns_anything: boolean
}

/** How many people an organization has; support people are not its own and count nowhere. */
export interface Headcount {
  /** Who gets in when the identity provider is down; null while single sign-on is not enforced. */
  readonly breakGlassUserId: string | null
  readonly admins: number
  /** Whether roles follow the groups of a directory, and are not given by hand. */
  readonly rolesFollowGroups: boolean
  readonly seats: Seats
}

/** A person whose row cannot change before the transaction ends. */
export type LockedPerson = Pick<
  UserRow,
  'id' | 'organization_id' | 'name' | 'email' | 'role' | 'created_at' | 'support_grant_id'
> & {
  /** Whether they look after the organization as one of its own. */
  readonly isAdmin: boolean
}

const DEFAULT_PAGE_SIZE = 50

/** The use of any session, or a sign-in whose session has been swept away since. */
const LAST_SEEN_AT = sql<Date | null>`greatest(
  users.last_sign_in_at, (SELECT max(sessions.last_seen_at) FROM sessions WHERE sessions.user_id = users.id))`
const MANAGED_BY = sql<string | null>`CASE
  WHEN EXISTS (SELECT FROM scim_users WHERE scim_users.user_id = users.id) THEN 'SCIM'
  ELSE (
    SELECT min(identity_providers.name) FROM external_identities
    JOIN identity_providers
      ON identity_providers.organization_id = external_identities.organization_id
      AND identity_providers.issuer = external_identities.issuer
    WHERE external_identities.user_id = users.id) END`
const GROUP_NAMES = sql<string[]>`ARRAY(
  SELECT groups.name FROM group_members JOIN groups ON groups.id = group_members.group_id
  WHERE group_members.user_id = users.id ORDER BY lower(groups.name), groups.id)`
const MAP_COUNT = sql<number>`(
  SELECT count(*)::integer FROM maps WHERE maps.owner_id = users.id AND maps.deleted_at IS NULL)`
const CONNECTION_COUNT = sql<number>`(
  SELECT count(*)::integer FROM connections WHERE connections.owner_id = users.id)`
const WORKFLOW_COUNT = sql<number>`(
  SELECT count(*)::integer FROM workflows WHERE workflows.owner_id = users.id AND workflows.deleted_at IS NULL)`
const APPLICATION_COUNT = sql<number>`(
  SELECT count(*)::integer FROM applications
  WHERE applications.owner_id = users.id AND applications.deleted_at IS NULL)`
const PROJECT_COUNT = sql<number>`(
  SELECT count(*)::integer FROM projects WHERE projects.owner_id = users.id AND projects.parent_id IS NULL)`
const OWNS_ANYTHING = sql<boolean>`(
  EXISTS (SELECT FROM maps WHERE maps.owner_id = users.id)
  OR EXISTS (SELECT FROM connections WHERE connections.owner_id = users.id)
  OR EXISTS (SELECT FROM workflows WHERE workflows.owner_id = users.id)
  OR EXISTS (SELECT FROM applications WHERE applications.owner_id = users.id)
  OR EXISTS (SELECT FROM projects WHERE projects.owner_id = users.id)
  OR EXISTS (SELECT FROM trashed_projects WHERE trashed_projects.owner_id = users.id)
  OR EXISTS (SELECT FROM tokens WHERE tokens.owner_id = users.id AND tokens.revoked_at IS NULL)
  OR EXISTS (SELECT FROM oauth_clients WHERE oauth_clients.owner_id = users.id)
  OR EXISTS (SELECT FROM named_sources WHERE named_sources.owner_id = users.id))`
const HAS_SECOND_FACTOR = sql<boolean>`(EXISTS (
  SELECT 1 FROM totp_factors WHERE totp_factors.user_id = users.id AND totp_factors.confirmed_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id))`
const ORDERS: Readonly<Record<NonNullable<PersonListQuery['orderBy']>, RawBuilder<unknown>>> = {
  name: sql`lower(users.name)`,
  email: sql`lower(users.email)`,
  role: sql`array_position(ARRAY[${sql.join([...ROLES].reverse())}]::text[], users.role)`,
  lastSeenAt: LAST_SEEN_AT,
  mapCount: MAP_COUNT,
  connectionCount: CONNECTION_COUNT,
}

/** People in the metadata store. */
export class UserStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A person who may sign in, with their organization. */
  async findActive(id: string, store: Store = this.#store): Promise<PersonRow | null> {
    const row = await this.#people(store).where('users.id', '=', id).executeTakeFirst()
    return row ?? null
  }

  /** Everybody with that e-mail, in any organization, who may sign in. */
  async listActiveByEmail(email: string): Promise<PersonRow[]> {
    return this.#people(this.#store)
      .where(sql`lower(users.email)`, '=', email.toLowerCase())
      .orderBy('users.created_at')
      .limit(20)
      .execute()
  }

  async hasEmail(store: Store, organizationId: string, email: string): Promise<boolean> {
    const row = await store
      .selectFrom('users')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where(sql`lower(email)`, '=', email.toLowerCase())
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    return row !== undefined
  }

  /** A person who may sign in, with their groups. */
  async findWithGroups(id: string, store: Store): Promise<(PersonRow & { readonly group_ids: string[] }) | null> {
    const found = this.#people(store).select(groupIdsColumn().as('group_ids')).where('users.id', '=', id)
    return (await found.executeTakeFirst()) ?? null
  }

  /** Everybody active, by name, with their groups. */
  async listOfOrganization(
    organizationId: string,
    store: Store = this.#store,
  ): Promise<(PersonRow & { readonly group_ids: string[] })[]> {
    return this.#people(store)
      .select(groupIdsColumn().as('group_ids'))
      .where('users.organization_id', '=', organizationId)
      .orderBy('users.name')
      .orderBy('users.id')
      .execute()
  }

  /** Everybody active who signs in with a password and nothing else, by name. */
  async listWithPasswordAlone(transaction: Store, organizationId: string): Promise<Pick<UserRow, 'name'>[]> {
    return transaction
      .selectFrom('users')
      .select('name')
      .where('organization_id', '=', organizationId)
      .where('disabled_at', 'is', null)
      .where('password_hash', 'is not', null)
      .where(sql<boolean>`NOT ${HAS_SECOND_FACTOR}`)
      .orderBy('name')
      .execute()
  }

  /** One page of the organization's people in the query's order, and how many it finds in all. */
  async listPage(
    organizationId: string,
    query: PersonListQuery,
    now: Date,
  ): Promise<{ people: ListedPerson[]; total: number }> {
    const pageSize = query.pageSize ?? DEFAULT_PAGE_SIZE
    const { total } = await this.#narrow(organizationId, query)
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const direction = query.orderDirection ?? 'asc'
    const people = await this.#listed(organizationId, query, now)
      .orderBy(ORDERS[query.orderBy ?? 'name'], (order) =>
        (direction === 'asc' ? order.asc() : order.desc()).nullsLast(),
      )
      .orderBy(ORDERS.name)
      .orderBy('users.id')
      .limit(pageSize)
      .offset(((query.page ?? 1) - 1) * pageSize)
      .execute()
    return { people, total: Number(total) }
  }

  async findListed(organizationId: string, id: string, now: Date): Promise<ListedPerson | null> {
    const row = await this.#listed(organizationId, {}, now).where('users.id', '=', id).executeTakeFirst()
    return row ?? null
  }

  /** How many active people there are of each role, against the seats that there are for them. */
  async readHeadcount(organizationId: string, store: Store = this.#store): Promise<Headcount> {
    const limits = await store
      .selectFrom('organizations')
      .leftJoin('sso_enforcements', 'sso_enforcements.organization_id', 'organizations.id')
      .select(['editor_seats', 'viewer_seats', 'break_glass_user_id'])
      .select(
        sql<boolean>`EXISTS (
          SELECT FROM directory_settings
          WHERE directory_settings.organization_id = organizations.id AND directory_settings.roles_follow_groups)`.as(
          'roles_follow_groups',
        ),
      )
      .where('organizations.id', '=', organizationId)
      .executeTakeFirstOrThrow()
    const counts = await store
      .selectFrom('users')
      .select(['role', sql<number>`count(*)::integer`.as('count')])
      .where('organization_id', '=', organizationId)
      .where('disabled_at', 'is', null)
      .where('support_grant_id', 'is', null)
      .groupBy('role')
      .execute()
    const countOf = (isCounted: (role: Role) => boolean) =>
      counts.reduce((sum, { role, count }) => (isCounted(role) ? sum + count : sum), 0)
    return {
      breakGlassUserId: limits.break_glass_user_id,
      admins: countOf((role) => ADMIN_ROLES.includes(role)),
      rolesFollowGroups: limits.roles_follow_groups,
      seats: {
        editor: { used: countOf((role) => SEAT_OF_ROLE[role] === 'editor'), limit: limits.editor_seats },
        viewer: { used: countOf((role) => SEAT_OF_ROLE[role] === 'viewer'), limit: limits.viewer_seats },
      },
    }
  }

  /** Makes all changes of the organization's people and seats wait for one another until the transaction ends. */
  async lockOrganization(transaction: Store, organizationId: string): Promise<void> {
    await transaction
      .selectFrom('organizations')
      .select('id')
      .where('id', '=', organizationId)
      .forNoKeyUpdate()
      .executeTakeFirst()
  }

  /**
   * These people and all admins of the organization as they are now. Until the transaction ends nobody else changes any
   * of them, nor makes or unmakes an admin, because all such changes wait for the organization first.
   */
  async lockPeople(transaction: Store, organizationId: string, ids: readonly string[]): Promise<LockedPerson[]> {
    await this.lockOrganization(transaction, organizationId)
    const rows = await transaction
      .selectFrom('users')
      .select(['id', 'organization_id', 'name', 'email', 'role', 'created_at', 'support_grant_id'])
      .where('organization_id', '=', organizationId)
      .where('disabled_at', 'is', null)
      .where((where) => where.or([where('id', 'in', ids), where('role', 'in', ADMIN_ROLES)]))
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
    return rows.map((row) => ({ ...row, isAdmin: ADMIN_ROLES.includes(row.role) && row.support_grant_id === null }))
  }

  /** The person's role, kept as it is until the transaction ends; null for somebody who is not active. */
  async holdRole(transaction: Store, id: string): Promise<Role | null> {
    const row = await transaction
      .selectFrom('users')
      .select('role')
      .where('id', '=', id)
      .where('disabled_at', 'is', null)
      .forShare()
      .executeTakeFirst()
    return row?.role ?? null
  }

  /** These active people as they are now; none of them changes before the transaction ends. */
  async holdPeople(
    transaction: Store,
    ids: readonly string[],
  ): Promise<Pick<UserRow, 'id' | 'organization_id' | 'role' | 'support_grant_id'>[]> {
    return (
      transaction
        .selectFrom('users')
        .select(['id', 'organization_id', 'role', 'support_grant_id'])
        .where('id', 'in', ids)
        .where('disabled_at', 'is', null)
        // In the order in which changes of people lock them, so that neither waits for the other for ever.
        .orderBy('id')
        .forShare()
        .execute()
    )
  }

  /** Whether there is anything of a person that a receiver would get. */
  async ownsAnything(transaction: Store, id: string): Promise<boolean> {
    const row = await transaction
      .selectFrom('users')
      .select(OWNS_ANYTHING.as('owns'))
      .where('users.id', '=', id)
      .executeTakeFirst()
    return row?.owns ?? false
  }

  async setRole(transaction: Store, id: string, role: Role): Promise<void> {
    await transaction.updateTable('users').set({ role }).where('id', '=', id).execute()
  }

  /** Keeps the row for the log, without the password. */
  async markDeleted(transaction: Store, id: string, at: Date): Promise<void> {
    await transaction
      .updateTable('users')
      .set({ disabled_at: at, deleted_at: at, password_hash: null })
      .where('id', '=', id)
      .execute()
  }

  async findDemoAdminId(): Promise<string | null> {
    const row = await this.#people(this.#store)
      .where('organizations.is_demo', '=', true)
      .where('users.role', '=', 'admin')
      .orderBy('users.created_at')
      .executeTakeFirst()
    return row?.id ?? null
  }

  async insert(transaction: Store, user: Insertable<UsersTable>): Promise<void> {
    const search_words = toWordsColumn(wordsOfPerson(user))
    await transaction
      .insertInto('users')
      .values({ ...user, search_words })
      .execute()
  }

  /** Somebody who was not deleted, whether or not they may sign in; nobody else changes them meanwhile. */
  async lockPerson(transaction: Store, organizationId: string, id: string): Promise<UserRow | null> {
    const row = await transaction
      .selectFrom('users')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .forNoKeyUpdate()
      .executeTakeFirst()
    return row ?? null
  }

  /** Keeps somebody out since the time; null lets them in again. */
  async setDisabled(transaction: Store, id: string, at: Date | null): Promise<void> {
    await transaction.updateTable('users').set({ disabled_at: at }).where('id', '=', id).execute()
  }

  async setEmail(transaction: Store, id: string, email: string): Promise<void> {
    await transaction.updateTable('users').set({ email }).where('id', '=', id).execute()
    await this.#fillWords(transaction, id)
  }

  async setName(transaction: Store, id: string, name: string): Promise<void> {
    await transaction.updateTable('users').set({ name }).where('id', '=', id).execute()
    await this.#fillWords(transaction, id)
  }

  async setPassword(transaction: Store, id: string, passwordHash: string): Promise<void> {
    await transaction.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', id).execute()
  }

  async noteDirectory(transaction: Store, id: string, at: Date): Promise<void> {
    await transaction.updateTable('users').set({ directory_synced_at: at }).where('id', '=', id).execute()
  }

  async noteSignIn(transaction: Store, id: string, at: Date): Promise<void> {
    await transaction.updateTable('users').set({ last_sign_in_at: at }).where('id', '=', id).execute()
  }

  async #fillWords(transaction: Store, id: string): Promise<void> {
    const person = await transaction
      .selectFrom('users')
      .select(['name', 'email'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const search_words = toWordsColumn(wordsOfPerson(person))
    await transaction.updateTable('users').set({ search_words }).where('id', '=', id).execute()
  }

  #narrow(organizationId: string, query: PersonListQuery) {
    let people = this.#store
      .selectFrom('users')
      .where('users.organization_id', '=', organizationId)
      .where('users.disabled_at', 'is', null)
    if (query.role !== undefined) people = people.where('users.role', '=', query.role)
    const { groupId } = query
    if (groupId !== undefined) {
      const members = this.#store
        .selectFrom('group_members')
        .innerJoin('groups', 'groups.id', 'group_members.group_id')
        .select('group_members.user_id')
        .where('groups.id', '=', groupId)
        .where('groups.organization_id', '=', organizationId)
      people = people.where('users.id', 'in', members)
    }
    if (query.mayOwn === true) {
      people = people.where('users.role', 'in', OWNING_ROLES).where('users.support_grant_id', 'is', null)
    }
    const search = query.search?.trim()
    if (search) {
      const pattern = `%${search.replace(/[\\%_]/g, (special) => `\\${special}`)}%`
      people = people.where((where) => where.or([where('name', 'ilike', pattern), where('email', 'ilike', pattern)]))
    }
    return people
  }

  #listed(organizationId: string, query: PersonListQuery, now: Date) {
    return this.#narrow(organizationId, query).select([
      'users.id',
      'users.organization_id',
      'users.name',
      'users.email',
      'users.role',
      'users.created_at',
      'users.support_grant_id',
      LAST_SEEN_AT.as('last_seen_at'),
      MANAGED_BY.as('managed_by'),
      GROUP_NAMES.as('group_names'),
      MAP_COUNT.as('map_count'),
      CONNECTION_COUNT.as('connection_count'),
      WORKFLOW_COUNT.as('workflow_count'),
      APPLICATION_COUNT.as('application_count'),
      PROJECT_COUNT.as('project_count'),
      HAS_SECOND_FACTOR.as('has_second_factor'),
      sql<number>`(
        SELECT count(*)::integer FROM tokens
        WHERE tokens.owner_id = users.id AND tokens.revoked_at IS NULL
          AND (tokens.expires_at IS NULL OR tokens.expires_at > ${now}))`.as('token_count'),
      OWNS_ANYTHING.as('owns_anything'),
    ])
  }

  #people(store: Store) {
    return store
      .selectFrom('users')
      .innerJoin('organizations', 'organizations.id', 'users.organization_id')
      .leftJoin('support_grants', 'support_grants.id', 'users.support_grant_id')
      .selectAll('users')
      .select([
        'organizations.name as organization_name',
        'organizations.is_demo',
        'organizations.suspended_at',
        'organizations.second_factor_required',
        'support_grants.expires_at as support_ends_at',
      ])
      .where('users.disabled_at', 'is', null)
  }
}
