import { type Store, toJson } from '../../platform/db/database.ts'
import { describeStoreFailure } from '../../platform/db/store-errors.ts'

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

/**
 * The hosts that it allows, for whoever is about to open a socket. A store that is away is said to be, or its failure
 * would pass for one of the warehouse.
 */
export async function readAllowedHosts(store: Store, organizationId: string): Promise<readonly string[] | null> {
  try {
    return (await readNetwork(store, organizationId)).allowedHosts
  } catch (error) {
    throw describeStoreFailure(error) ?? error
  }
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
