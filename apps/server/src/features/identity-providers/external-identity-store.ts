import type { Store } from '../../platform/db/database.ts'
import type { ExternalSessionRow } from '../../platform/db/tables.ts'

/** A subject of an issuer, as one organization knows it. */
export interface IdentityKey {
  readonly organizationId: string
  readonly issuer: string
  readonly subject: string
}

/** Who that is; null for a subject that was never here. Somebody disabled or deleted is still found. */
export async function findIdentity(store: Store, key: IdentityKey): Promise<{ readonly userId: string } | null> {
  const row = await store
    .selectFrom('external_identities')
    .select('user_id as userId')
    .where('organization_id', '=', key.organizationId)
    .where('issuer', '=', key.issuer)
    .where('subject', '=', key.subject)
    .executeTakeFirst()
  return row ?? null
}

export async function insertIdentity(
  transaction: Store,
  key: IdentityKey,
  identity: { readonly userId: string; readonly email: string | null; readonly at: Date },
): Promise<void> {
  await transaction
    .insertInto('external_identities')
    .values({
      organization_id: key.organizationId,
      issuer: key.issuer,
      subject: key.subject,
      user_id: identity.userId,
      email: identity.email,
      created_at: identity.at,
      last_used_at: identity.at,
    })
    .execute()
}

/** Gives an identity of somebody who was deleted to another person. */
export async function moveIdentity(transaction: Store, key: IdentityKey, userId: string): Promise<void> {
  await transaction
    .updateTable('external_identities')
    .set({ user_id: userId })
    .where('organization_id', '=', key.organizationId)
    .where('issuer', '=', key.issuer)
    .where('subject', '=', key.subject)
    .execute()
}

export async function noteIdentityUse(
  transaction: Store,
  key: IdentityKey,
  use: { readonly email: string | null; readonly at: Date },
): Promise<void> {
  await transaction
    .updateTable('external_identities')
    .set({ email: use.email, last_used_at: use.at })
    .where('organization_id', '=', key.organizationId)
    .where('issuer', '=', key.issuer)
    .where('subject', '=', key.subject)
    .execute()
}

export async function insertExternalSession(transaction: Store, session: ExternalSessionRow): Promise<void> {
  await transaction.insertInto('external_sessions').values(session).execute()
}

/** Forgets what tokens would be fetched with for all sessions that a provider began. */
export async function forgetRefreshTokensOf(transaction: Store, providerId: string): Promise<void> {
  await transaction
    .updateTable('external_sessions')
    .set({ refresh_token: null, refreshing_until: null })
    .where('provider_id', '=', providerId)
    .where('refresh_token', 'is not', null)
    .execute()
}
