import { type Insertable, sql } from 'kysely'
import { addressRangesColumn } from '../../platform/db/address-ranges-column.ts'
import type { Store } from '../../platform/db/database.ts'
import type { OAuthArtifactRow, OAuthArtifactsTable, OAuthClientRow } from '../../platform/db/tables.ts'

/** An access token with the client that it was given to. */
export interface IssuedToken {
  readonly model: string
  readonly userId: string | null
  readonly sessionId: string | null
  readonly expiresAt: Date
  readonly suspendedAt: Date | null
  /** Where the organization lets programs come from; null for anywhere. */
  readonly addressRanges: readonly string[] | null
  readonly client: Pick<OAuthClientRow, 'id' | 'kind' | 'owner_id' | 'callback_urls' | 'cors_origins'>
}

/** An application that a person lets act as them. */
export interface ConsentRow {
  readonly clientId: string
  readonly title: string
  readonly ownerName: string
  readonly loginUri: string | null
  readonly givenAt: Date
  readonly lastUsedAt: Date | null
}

/** What was issued to OAuth clients in the metadata store. */
export class OAuthArtifactStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async find(idHash: string): Promise<OAuthArtifactRow | null> {
    return (
      (await this.#store.selectFrom('oauth_artifacts').selectAll().where('id_hash', '=', idHash).executeTakeFirst()) ??
      null
    )
  }

  async findByUid(uidHash: string): Promise<OAuthArtifactRow | null> {
    return (
      (await this.#store
        .selectFrom('oauth_artifacts')
        .selectAll()
        .where('uid_hash', '=', uidHash)
        .executeTakeFirst()) ?? null
    )
  }

  /** False when there was one already, which is replaced. */
  async save(row: Insertable<OAuthArtifactsTable>, transaction: Store): Promise<boolean> {
    const { rows } = await sql<{ is_new: boolean }>`
      INSERT INTO oauth_artifacts
        (id_hash, model, client_id, user_id, session_id, grant_hash, uid_hash, sealed_payload, created_at, expires_at)
      VALUES (${row.id_hash}, ${row.model}, ${row.client_id}, ${row.user_id}, ${row.session_id}, ${row.grant_hash},
        ${row.uid_hash}, ${row.sealed_payload}, ${row.created_at}, ${row.expires_at})
      ON CONFLICT (id_hash) DO UPDATE SET sealed_payload = excluded.sealed_payload, user_id = excluded.user_id,
        expires_at = excluded.expires_at
      RETURNING created_at = ${row.created_at} AS is_new`.execute(transaction)
    return rows[0]?.is_new ?? false
  }

  /** Keeps what somebody agreed to as it is until the transaction ends; false when it was taken back. */
  async holdGrant(idHash: string, transaction: Store): Promise<boolean> {
    const row = await transaction
      .selectFrom('oauth_artifacts')
      .select('id_hash')
      .where('id_hash', '=', idHash)
      .forShare()
      .executeTakeFirst()
    return row !== undefined
  }

  /** False when it was used up before. */
  async consume(idHash: string, at: Date): Promise<boolean> {
    const result = await this.#store
      .updateTable('oauth_artifacts')
      .set({ consumed_at: at })
      .where('id_hash', '=', idHash)
      .where('consumed_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  /** What was there; null when nothing was. */
  async delete(idHash: string, transaction: Store): Promise<OAuthArtifactRow | null> {
    const row = await transaction
      .deleteFrom('oauth_artifacts')
      .where('id_hash', '=', idHash)
      .returningAll()
      .executeTakeFirst()
    return row ?? null
  }

  /** Takes back what somebody agreed to, with all that rests on it. */
  async deleteGrant(grantIdHash: string, grantHash: string, transaction: Store = this.#store): Promise<void> {
    // First, because whoever issues something on it holds it.
    await transaction.deleteFrom('oauth_artifacts').where('id_hash', '=', grantIdHash).execute()
    await transaction.deleteFrom('oauth_artifacts').where('grant_hash', '=', grantHash).execute()
  }

  /** Ends everything of one kind that rests on what somebody agreed to, which itself stays. */
  async deleteIssued(model: string, grantIdHash: string, grantHash: string, transaction: Store): Promise<void> {
    // Held as whoever takes it back holds it, so that of those who end the same no two wait for each other.
    await transaction
      .selectFrom('oauth_artifacts')
      .select('id_hash')
      .where('id_hash', '=', grantIdHash)
      .forUpdate()
      .execute()
    await transaction
      .deleteFrom('oauth_artifacts')
      .where('model', '=', model)
      .where('grant_hash', '=', grantHash)
      .execute()
  }

  /** What the person agreed to last for the client. */
  async findGrant(clientId: string, userId: string, now: Date): Promise<OAuthArtifactRow | null> {
    const row = await this.#store
      .selectFrom('oauth_artifacts')
      .selectAll()
      .where('model', '=', 'Grant')
      .where('client_id', '=', clientId)
      .where('user_id', '=', userId)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .executeTakeFirst()
    return row ?? null
  }

  async listConsents(userId: string, now: Date): Promise<ConsentRow[]> {
    return this.#store
      .selectFrom('oauth_artifacts')
      .innerJoin('oauth_clients', 'oauth_clients.id', 'oauth_artifacts.client_id')
      .innerJoin('users as owners', 'owners.id', 'oauth_clients.owner_id')
      .select([
        'oauth_clients.id as clientId',
        'oauth_clients.title',
        'owners.name as ownerName',
        'oauth_clients.login_uri as loginUri',
      ])
      .select((select) => select.fn.min('oauth_artifacts.created_at').as('givenAt'))
      .select(
        sql<Date | null>`(SELECT max(issued.created_at) FROM oauth_artifacts AS issued
          WHERE issued.client_id = oauth_clients.id AND issued.user_id = ${userId} AND issued.model = 'AccessToken')`.as(
          'lastUsedAt',
        ),
      )
      .where('oauth_artifacts.model', '=', 'Grant')
      .where('oauth_artifacts.user_id', '=', userId)
      .where('oauth_artifacts.expires_at', '>', now)
      .groupBy(['oauth_clients.id', 'owners.id'])
      .orderBy('oauth_clients.title')
      .orderBy('oauth_clients.id')
      .execute()
  }

  /** Takes back everything that the person gave to the client; the client's title, or null when there was nothing. */
  async revokeConsent(clientId: string, userId: string, transaction: Store): Promise<string | null> {
    const client = await transaction
      .selectFrom('oauth_clients')
      .select('title')
      .where('id', '=', clientId)
      .executeTakeFirst()
    const given = transaction
      .deleteFrom('oauth_artifacts')
      .where('client_id', '=', clientId)
      .where('user_id', '=', userId)
    // First, because whoever issues something on it holds it; only then is everything there that was issued.
    const grants = await given.where('model', '=', 'Grant').executeTakeFirst()
    const rest = await given.executeTakeFirst()
    return client === undefined || grants.numDeletedRows + rest.numDeletedRows === 0n ? null : client.title
  }

  /** An access token that has not expired, whoever is behind it; a person's as long as they agree. */
  async findToken(idHash: string, now: Date): Promise<IssuedToken | null> {
    const row = await this.#store
      .selectFrom('oauth_artifacts')
      .innerJoin('oauth_clients', 'oauth_clients.id', 'oauth_artifacts.client_id')
      .innerJoin('organizations', 'organizations.id', 'oauth_clients.organization_id')
      .select([
        'oauth_artifacts.model',
        'oauth_artifacts.user_id as userId',
        'oauth_artifacts.session_id as sessionId',
        'oauth_artifacts.expires_at as expiresAt',
        'organizations.suspended_at as suspendedAt',
        'oauth_clients.id',
        'oauth_clients.kind',
        'oauth_clients.owner_id',
        'oauth_clients.callback_urls',
        'oauth_clients.cors_origins',
      ])
      .select(addressRangesColumn('tokens.addresses', 'oauth_clients.organization_id').as('addressRanges'))
      .where('oauth_artifacts.id_hash', '=', idHash)
      .where('oauth_artifacts.expires_at', '>', now)
      .where((where) =>
        where.or([
          where('oauth_artifacts.model', '!=', 'AccessToken'),
          where.exists(
            where
              .selectFrom('oauth_artifacts as grants')
              .select('grants.id_hash')
              .where('grants.model', '=', 'Grant')
              .whereRef('grants.client_id', '=', 'oauth_artifacts.client_id')
              .whereRef('grants.user_id', '=', 'oauth_artifacts.user_id')
              .where('grants.expires_at', '>', now),
          ),
        ]),
      )
      .executeTakeFirst()
    if (row === undefined || row.expiresAt === null) return null
    const { model, userId, sessionId, expiresAt, suspendedAt, addressRanges, ...client } = row
    return { model, userId, sessionId, expiresAt, suspendedAt, addressRanges, client }
  }

  async sweep(now: Date): Promise<void> {
    await this.#store.deleteFrom('oauth_artifacts').where('expires_at', '<', now).execute()
  }
}
