import { type RawBuilder, sql } from 'kysely'
import { addressRangesColumn } from '../../platform/db/address-ranges-column.ts'
import type { Store } from '../../platform/db/database.ts'
import { groupIdsColumn } from '../../platform/db/group-ids-column.ts'
import type { SessionRow } from '../../platform/db/tables.ts'
import type { ResolvedSession } from './principal-resolver.ts'

export type NewSession = Omit<SessionRow, 'revoked_at'>

/** How long a session may live where the person's organization says nothing else, in milliseconds. */
export interface SessionLimits {
  readonly idleMs: number
  readonly absoluteMs: number
}

/** A session with the limits of the person's organization as they are now. */
export type LimitedSession = SessionRow & SessionLimits

const idleMs = (limits: SessionLimits) =>
  sql<number>`coalesce(organizations.session_idle_minutes * 60000.0, ${limits.idleMs})::double precision`
const absoluteMs = (limits: SessionLimits) =>
  sql<number>`coalesce(organizations.session_absolute_minutes * 60000.0, ${limits.absoluteMs})::double precision`
const ago = (now: Date, milliseconds: RawBuilder<number>) =>
  sql<Date>`${now}::timestamptz - make_interval(secs => ${milliseconds} / 1000)`

/** Whether somebody can come with a session, where its person and their organization are joined. */
const isLive = (now: Date, limits: SessionLimits) => sql<boolean>`
  sessions.revoked_at IS NULL AND sessions.expires_at > ${now}
  AND sessions.last_seen_at > ${ago(now, idleMs(limits))} AND sessions.created_at > ${ago(now, absoluteMs(limits))}
  AND users.disabled_at IS NULL AND users.deleted_at IS NULL AND organizations.suspended_at IS NULL`

/** Sessions in the metadata store. */
export class SessionStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async insert(session: NewSession, store: Store = this.#store): Promise<void> {
    await store.insertInto('sessions').values(session).execute()
  }

  /** The live session of a token or an id, with its person; null when it is unknown, revoked, idle too long or over. */
  async findLive(
    by: { readonly column: 'token_hash' | 'id'; readonly value: string },
    now: Date,
    limits: SessionLimits,
  ): Promise<
    | (ResolvedSession & {
        readonly lastSeenAt: Date
        readonly suspendedAt: Date | null
        readonly viewedId: string | null
      })
    | null
  > {
    const row = await this.#store
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .innerJoin('organizations', 'organizations.id', 'users.organization_id')
      .leftJoin('support_grants', 'support_grants.id', 'users.support_grant_id')
      .leftJoin('session_views', (join) =>
        join.onRef('session_views.session_id', '=', 'sessions.id').on('session_views.expires_at', '>', now),
      )
      .select([
        'sessions.id as sessionId',
        'sessions.last_seen_at as lastSeenAt',
        'session_views.viewed_user_id as viewedId',
        'users.id as userId',
        'users.organization_id as organizationId',
        'users.role',
        'support_grants.id as supportGrantId',
        'support_grants.expires_at as supportEndsAt',
        'organizations.suspended_at as suspendedAt',
      ])
      .select(groupIdsColumn().as('groupIds'))
      .select(addressRangesColumn('people.addresses', 'users.organization_id').as('addressRanges'))
      .where(`sessions.${by.column}`, '=', by.value)
      .where('sessions.revoked_at', 'is', null)
      .where('sessions.expires_at', '>', now)
      .where('sessions.last_seen_at', '>', ago(now, idleMs(limits)))
      .where('sessions.created_at', '>', ago(now, absoluteMs(limits)))
      .where('users.disabled_at', 'is', null)
      .where((where) =>
        where.or([
          where('users.support_grant_id', 'is', null),
          where.and([where('support_grants.ended_at', 'is', null), where('support_grants.expires_at', '>', now)]),
        ]),
      )
      .executeTakeFirst()
    if (row === undefined) return null
    const { supportGrantId: grantId, supportEndsAt: endsAt, ...session } = row
    return grantId === null || endsAt === null ? session : { ...session, support: { grantId, endsAt } }
  }

  /** An active person as their own session would lead to them; null when there is none. */
  async findPerson(id: string): Promise<Omit<ResolvedSession, 'sessionId'> | null> {
    const row = await this.#store
      .selectFrom('users')
      .select(['users.id as userId', 'users.organization_id as organizationId', 'users.role'])
      .select(groupIdsColumn().as('groupIds'))
      .where('users.id', '=', id)
      .where('users.disabled_at', 'is', null)
      .where('users.support_grant_id', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** When it began; null for one that is not there. */
  async findStart(id: string): Promise<Date | null> {
    const row = await this.#store.selectFrom('sessions').select('created_at').where('id', '=', id).executeTakeFirst()
    return row?.created_at ?? null
  }

  async listLive(userId: string, now: Date, limits: SessionLimits): Promise<LimitedSession[]> {
    return this.#store
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .innerJoin('organizations', 'organizations.id', 'users.organization_id')
      .selectAll('sessions')
      .select([idleMs(limits).as('idleMs'), absoluteMs(limits).as('absoluteMs')])
      .where('sessions.user_id', '=', userId)
      .where('sessions.revoked_at', 'is', null)
      .where('sessions.expires_at', '>', now)
      .where('sessions.last_seen_at', '>', ago(now, idleMs(limits)))
      .where('sessions.created_at', '>', ago(now, absoluteMs(limits)))
      .orderBy('sessions.last_seen_at', 'desc')
      .orderBy('sessions.id')
      .execute()
  }

  /** How long a session of the organization may last from its beginning, in milliseconds; whether and where one may begin. */
  async readTerms(
    store: Store,
    organizationId: string,
    limits: SessionLimits,
  ): Promise<{
    readonly absoluteMs: number
    readonly suspendedAt: Date | null
    readonly addressRanges: readonly string[] | null
  }> {
    return store
      .selectFrom('organizations')
      .select(absoluteMs(limits).as('absoluteMs'))
      .select('suspended_at as suspendedAt')
      .select(addressRangesColumn('people.addresses', 'organizations.id').as('addressRanges'))
      .where('id', '=', organizationId)
      .executeTakeFirstOrThrow()
  }

  /**
   * Ends the live sessions of an organization that no identity provider vouches for, but those of one person, of support
   * people and, where they are exempt, of guests; says how many there were.
   */
  async revokeOwnOf(
    transaction: Store,
    organizationId: string,
    exempt: { readonly userId: string; readonly guests: boolean },
    now: Date,
  ): Promise<number> {
    const result = await transaction
      .updateTable('sessions')
      .set({ revoked_at: now })
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .where('id', 'not in', (select) => select.selectFrom('external_sessions').select('session_id'))
      .where('user_id', 'in', (select) => {
        const people = select
          .selectFrom('users')
          .select('id')
          .where('organization_id', '=', organizationId)
          .where('id', '!=', exempt.userId)
          .where('support_grant_id', 'is', null)
        return exempt.guests ? people.where('role', '!=', 'guest') : people
      })
      .executeTakeFirst()
    return Number(result.numUpdatedRows)
  }

  async touch(sessionId: string, now: Date): Promise<void> {
    await this.#store.updateTable('sessions').set({ last_seen_at: now }).where('id', '=', sessionId).execute()
  }

  /** False when the person has no such live session. */
  async revoke(sessionId: string, userId: string, now: Date, store: Store = this.#store): Promise<boolean> {
    const result = await store
      .updateTable('sessions')
      .set({ revoked_at: now })
      .where('id', '=', sessionId)
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** Ends all live sessions of a person, or all but one; says how many there were. */
  async revokeAllOf(userId: string, now: Date, store: Store, exceptId: string | null = null): Promise<number> {
    const result = await store
      .updateTable('sessions')
      .set({ revoked_at: now })
      .where('user_id', '=', userId)
      .where('id', '!=', exceptId ?? '')
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return Number(result.numUpdatedRows)
  }

  /** Ends these sessions; answers the ids of those that were live. */
  async revokeAll(sessionIds: readonly string[], now: Date, store: Store): Promise<string[]> {
    const rows = await store
      .updateTable('sessions')
      .set({ revoked_at: now })
      .where('id', 'in', sessionIds)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('id')
      .execute()
    return rows.map((row) => row.id)
  }

  /** Those of these sessions that somebody can still come with. */
  async listLiveIds(ids: readonly string[], now: Date, limits: SessionLimits): Promise<Set<string>> {
    if (ids.length === 0) return new Set()
    const rows = await this.#store
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .innerJoin('organizations', 'organizations.id', 'users.organization_id')
      .select('sessions.id')
      .where('sessions.id', 'in', ids)
      .where(isLive(now, limits))
      .execute()
    return new Set(rows.map(({ id }) => id))
  }

  /**
   * Forgets what tokens would be fetched with for sessions that nobody can come with any more, and where no tokens are
   * sent any more or the provider has become another: a sign-in may have been under way when an admin said so.
   */
  async forgetRefreshTokensOfEnded(now: Date, limits: SessionLimits): Promise<void> {
    await this.#store
      .updateTable('external_sessions')
      .set({ refresh_token: null, refreshing_until: null })
      .where('refresh_token', 'is not', null)
      .where('session_id', 'not in', (select) =>
        select
          .selectFrom('sessions')
          .innerJoin('users', 'users.id', 'sessions.user_id')
          .innerJoin('organizations', 'organizations.id', 'users.organization_id')
          .innerJoin('external_sessions as kept', 'kept.session_id', 'sessions.id')
          .innerJoin('identity_providers', 'identity_providers.id', 'kept.provider_id')
          .select('sessions.id')
          .where('kept.refresh_token', 'is not', null)
          .where('identity_providers.enabled', '=', true)
          .where(sql<boolean>`identity_providers.token_places <> '[]'`)
          .where(sql<boolean>`kept.refresh_client::jsonb
            = jsonb_build_array(identity_providers.issuer, identity_providers.client_id)`)
          .where(isLive(now, limits)),
      )
      .execute()
  }

  async deleteEnded(before: Date): Promise<void> {
    await this.#store
      .deleteFrom('sessions')
      .where((expression) =>
        expression.or([expression('expires_at', '<', before), expression('revoked_at', '<', before)]),
      )
      .execute()
  }
}
