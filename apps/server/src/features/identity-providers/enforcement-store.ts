import type { Store } from '../../platform/db/database.ts'
import type { SsoEnforcementRow } from '../../platform/db/tables.ts'

/** The organization's row, which is there only while single sign-on is enforced. */
export async function findEnforcement(store: Store, organizationId: string): Promise<SsoEnforcementRow | null> {
  const row = await store
    .selectFrom('sso_enforcements')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
  return row ?? null
}

/** Puts a row in place of the one that there was; null leaves none. */
export async function replaceEnforcement(
  transaction: Store,
  organizationId: string,
  row: SsoEnforcementRow | null,
): Promise<void> {
  await transaction.deleteFrom('sso_enforcements').where('organization_id', '=', organizationId).execute()
  if (row !== null) await transaction.insertInto('sso_enforcements').values(row).execute()
}
