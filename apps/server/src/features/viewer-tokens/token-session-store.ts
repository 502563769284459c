import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'

/** A session that a sign-in with an OpenID provider began, with what decides about its tokens. */
export interface TokenSessionRow {
  readonly sessionId: string
  readonly userId: string
  readonly organizationId: string
  readonly email: string
  readonly providerId: string
  readonly providerName: string
  readonly isProviderEnabled: boolean
  readonly tokenPlaces: readonly string[]
  readonly subject: string
  /** Sealed. */
  readonly idToken: string | null
  /** One that whoever the provider is now gave. */
  readonly hasRefreshToken: boolean
}

/** Those of these sessions that an OpenID provider vouches for, live or not. */
export async function listTokenSessions(db: Store, sessionIds: readonly string[]): Promise<TokenSessionRow[]> {
  if (sessionIds.length === 0) return []
  return selectSessions(db).where('external_sessions.session_id', 'in', sessionIds).execute()
}

/** The sessions of a person that tokens can be fetched for, the last one first. */
export async function listTokenSessionsOf(db: Store, userId: string): Promise<TokenSessionRow[]> {
  return selectSessions(db)
    .where('users.id', '=', userId)
    .where('external_sessions.refresh_token', 'is not', null)
    .orderBy('sessions.last_seen_at', 'desc')
    .limit(20)
    .execute()
}

function selectSessions(db: Store) {
  return db
    .selectFrom('external_sessions')
    .innerJoin('sessions', 'sessions.id', 'external_sessions.session_id')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .innerJoin('identity_providers', 'identity_providers.id', 'external_sessions.provider_id')
    .where('identity_providers.kind', '=', 'oidc')
    .select([
      'external_sessions.session_id as sessionId',
      'users.id as userId',
      'users.organization_id as organizationId',
      'users.email',
      'identity_providers.id as providerId',
      'identity_providers.name as providerName',
      'identity_providers.enabled as isProviderEnabled',
      'identity_providers.token_places as tokenPlaces',
      'external_sessions.subject',
      'external_sessions.id_token as idToken',
      sql<boolean>`(external_sessions.refresh_token IS NOT NULL AND external_sessions.refresh_client::jsonb
        = jsonb_build_array(identity_providers.issuer, identity_providers.client_id)) IS TRUE`.as('hasRefreshToken'),
    ])
}

/** A refresh token that one server alone may use until then. */
export interface TakenRefreshToken {
  readonly sealed: string
  /** As which client of which issuer it was given; null when nobody knows. */
  readonly client: string | null
  readonly until: Date
}

/** Longer than a provider is waited for, so that only a server that died leaves a refresh token taken. */
const TAKEN_SECONDS = 60

/**
 * Takes a session's refresh token to use it alone among all servers; null while another does, or when it has none. By the
 * clock of the store, since those of two servers differ; in the milliseconds that a `Date` tells.
 */
export async function takeRefreshToken(db: Store, sessionId: string): Promise<TakenRefreshToken | null> {
  const now = sql<Date>`date_trunc('milliseconds', clock_timestamp())`
  const row = await db
    .updateTable('external_sessions')
    .set({ refreshing_until: sql<Date>`${now} + make_interval(secs => ${TAKEN_SECONDS})` })
    .where('session_id', '=', sessionId)
    .where('refresh_token', 'is not', null)
    .where((where) => where.or([where('refreshing_until', 'is', null), where('refreshing_until', '<', now)]))
    .returning(['refresh_token as sealed', 'refresh_client as client', 'refreshing_until as until'])
    .executeTakeFirst()
  if (row === undefined || row.sealed === null || row.until === null) return null
  return { sealed: row.sealed, client: row.client, until: row.until }
}

/**
 * Gives a refresh token back that was taken until then: as it was, or another in its place; null ends it. False when the
 * session has lost it meanwhile, so that none outlives its session. By the time and not by its text, since another master
 * key may have sealed it anew.
 */
export async function giveBackRefreshToken(
  db: Store,
  sessionId: string,
  until: Date,
  sealed: string | null | undefined,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('external_sessions')
    .set({ ...(sealed !== undefined && { refresh_token: sealed }), refreshing_until: null })
    .where('session_id', '=', sessionId)
    .where('refreshing_until', '=', until)
    .where('refresh_token', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
