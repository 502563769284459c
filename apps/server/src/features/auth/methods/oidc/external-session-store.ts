import type { Store } from '../../../../platform/db/database.ts'
import type { ExternalSessionRow } from '../../../../platform/db/tables.ts'

/** What a session of ours came from; null when it came from no provider. */
export async function findExternalSession(store: Store, sessionId: string): Promise<ExternalSessionRow | null> {
  const row = await store
    .selectFrom('external_sessions')
    .selectAll()
    .where('session_id', '=', sessionId)
    .executeTakeFirst()
  return row ?? null
}

/** Our sessions of a subject, of a session at the provider, or of both when both are told. */
export async function listSessionIds(
  store: Store,
  providerId: string,
  ended: { readonly subject: string | null; readonly providerSessionId: string | null },
): Promise<string[]> {
  let query = store.selectFrom('external_sessions').select('session_id').where('provider_id', '=', providerId)
  if (ended.subject !== null) query = query.where('subject', '=', ended.subject)
  if (ended.providerSessionId !== null) query = query.where('provider_session_id', '=', ended.providerSessionId)
  return (await query.execute()).map((row) => row.session_id)
}
