import type { SupportState } from '@graticule/contract'
import { type Insertable, type Selectable, sql } from 'kysely'
import { jsonObjectFrom } from 'kysely/helpers/postgres'
import type { Store } from '../../platform/db/database.ts'
import type { SupportGrantsTable, UserRow } from '../../platform/db/tables.ts'

export type SupportGrantRow = Selectable<SupportGrantsTable>

type Named = Pick<UserRow, 'id' | 'name' | 'email'>

/** A grant with its organization's name and the people who enabled and ended it and who received what its people owned. */
export type ListedSupportGrant = SupportGrantRow & {
  readonly organization_name: string
  readonly enabler: Named
  readonly ender: Named | null
  readonly receiver: Named | null
}

/** Somebody who is or was here by a grant. */
export type SupportPersonRow = Pick<UserRow, 'id' | 'name' | 'email' | 'deleted_at'> & {
  readonly support_grant_id: string
  readonly last_seen_at: Date | null
  readonly owned_count: number
  readonly link_expires_at: Date | null
}

/** As many as one page of history tells; older ones stay in the log. */
const MAX_LISTED = 100

/** Grants of support access and their people, in the metadata store. */
export class SupportGrantStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** The one that has not been ended first, then the latest. */
  async list(organizationId: string): Promise<ListedSupportGrant[]> {
    return this.#listed(this.#store)
      .where('support_grants.organization_id', '=', organizationId)
      .orderBy(sql`support_grants.ended_at IS NOT NULL`)
      .orderBy('support_grants.created_at', 'desc')
      .orderBy('support_grants.id')
      .limit(MAX_LISTED)
      .execute()
  }

  async find(organizationId: string, id: string, store: Store): Promise<ListedSupportGrant | null> {
    const row = await this.#listed(store)
      .where('support_grants.organization_id', '=', organizationId)
      .where('support_grants.id', '=', id)
      .executeTakeFirst()
    return row ?? null
  }

  /** The one that has not been ended, whether or not its time is over; callers hold the organization. */
  async findOpen(transaction: Store, organizationId: string): Promise<ListedSupportGrant | null> {
    const row = await this.#listed(transaction)
      .where('support_grants.organization_id', '=', organizationId)
      .where('support_grants.ended_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** Organizations in which a grant's time is over and nobody has ended it. */
  async listOverdue(now: Date): Promise<string[]> {
    const rows = await this.#store
      .selectFrom('support_grants')
      .select('organization_id')
      .where('ended_at', 'is', null)
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .execute()
    return rows.map((row) => row.organization_id)
  }

  /** The people of these grants, by e-mail, also those who are gone. */
  async listPeople(grantIds: readonly string[], now: Date, store: Store = this.#store): Promise<SupportPersonRow[]> {
    if (grantIds.length === 0) return []
    return store
      .selectFrom('users')
      .select(['users.id', 'users.name', 'users.email', 'users.deleted_at'])
      .select(sql<string>`users.support_grant_id`.as('support_grant_id'))
      .select(
        sql<Date | null>`greatest(users.last_sign_in_at, (
          SELECT max(sessions.last_seen_at) FROM sessions WHERE sessions.user_id = users.id))`.as('last_seen_at'),
      )
      .select(
        sql<number>`(
          (SELECT count(*) FROM maps WHERE maps.owner_id = users.id AND maps.deleted_at IS NULL)
          + (SELECT count(*) FROM connections WHERE connections.owner_id = users.id)
          + (SELECT count(*) FROM workflows WHERE workflows.owner_id = users.id AND workflows.deleted_at IS NULL)
          + (SELECT count(*) FROM applications
             WHERE applications.owner_id = users.id AND applications.deleted_at IS NULL)
          + (SELECT count(*) FROM projects WHERE projects.owner_id = users.id AND projects.parent_id IS NULL))::integer`.as(
          'owned_count',
        ),
      )
      .select(
        sql<Date | null>`(
          SELECT max(sign_in_links.expires_at) FROM sign_in_links
          WHERE sign_in_links.user_id = users.id AND sign_in_links.used_at IS NULL
            AND sign_in_links.expires_at > ${now})`.as('link_expires_at'),
      )
      .where('users.support_grant_id', 'in', grantIds)
      .orderBy(sql`lower(users.email)`)
      .execute()
  }

  async insert(transaction: Store, grant: Insertable<SupportGrantsTable>): Promise<void> {
    await transaction.insertInto('support_grants').values(grant).execute()
  }

  async markEnded(
    transaction: Store,
    id: string,
    end: { readonly at: Date; readonly by: string | null; readonly receiverId: string },
  ): Promise<void> {
    await transaction
      .updateTable('support_grants')
      .set({ ended_at: end.at, ended_by: end.by, receiver_id: end.receiverId })
      .where('id', '=', id)
      .execute()
  }

  #listed(store: Store) {
    return store
      .selectFrom('support_grants')
      .innerJoin('organizations', 'organizations.id', 'support_grants.organization_id')
      .selectAll('support_grants')
      .select('organizations.name as organization_name')
      .select((select) => [
        jsonObjectFrom(
          select.selectFrom('users').select(['id', 'name', 'email']).whereRef('id', '=', 'support_grants.enabled_by'),
        )
          .$notNull()
          .as('enabler'),
        jsonObjectFrom(
          select.selectFrom('users').select(['id', 'name', 'email']).whereRef('id', '=', 'support_grants.ended_by'),
        ).as('ender'),
        jsonObjectFrom(
          select.selectFrom('users').select(['id', 'name', 'email']).whereRef('id', '=', 'support_grants.receiver_id'),
        ).as('receiver'),
      ])
  }
}

/** What has become of a grant. */
export function stateOf(grant: Pick<SupportGrantRow, 'ended_at' | 'ended_by' | 'expires_at'>, now: Date): SupportState {
  if (grant.ended_by !== null) return 'revoked'
  return grant.ended_at === null && grant.expires_at > now ? 'active' : 'expired'
}
