import { type Store, toJson } from '../../platform/db/database.ts'

/** What an organization says about where the server goes, and how often it has changed its mind. */
export interface NetworkRecord {
  readonly revision: number
  /** Null: it says nothing. */
  readonly allowedHosts: readonly string[] | null
}

export async function readNetwork(store: Store, organizationId: string): Promise<NetworkRecord> {
  const row = await store
    .selectFrom('network_policies')
    .select(['revision', 'allowed_hosts'])
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
  return { revision: row?.revision ?? 0, allowedHosts: row?.allowed_hosts ?? null }
}

/** As it is, to be changed: whoever changes it as well waits. */
export async function lockNetwork(transaction: Store, organizationId: string): Promise<NetworkRecord> {
  await transaction
    .insertInto('network_policies')
    .values({ organization_id: organizationId, allowed_hosts: null, updated_at: new Date(0) })
    .onConflict((conflict) => conflict.column('organization_id').doNothing())
    .execute()
  const row = await transaction
    .selectFrom('network_policies')
    .select(['revision', 'allowed_hosts'])
    .where('organization_id', '=', organizationId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { revision: row.revision, allowedHosts: row.allowed_hosts }
}

/** Replaces what it says, which was locked before. */
export async function writeNetwork(
  transaction: Store,
  organizationId: string,
  allowedHosts: readonly string[] | null,
  updatedAt: Date,
): Promise<void> {
  await transaction
    .updateTable('network_policies')
    .set((row) => ({
      revision: row('revision', '+', 1),
      allowed_hosts: allowedHosts === null ? null : toJson(allowedHosts),
      updated_at: updatedAt,
    }))
    .where('organization_id', '=', organizationId)
    .execute()
}
