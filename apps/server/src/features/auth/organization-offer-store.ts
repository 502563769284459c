import type { Insertable } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { OrganizationOffersTable } from '../../platform/db/tables.ts'

/** What the link of an offer leads to. */
export interface OrganizationOffer {
  readonly organizationName: string
  /** Null where whoever holds the link names their e-mail. */
  readonly email: string | null
}

const OFFER = ['organization_name as organizationName', 'email'] as const

export async function insertOffer(store: Store, offer: Insertable<OrganizationOffersTable>): Promise<void> {
  await store.insertInto('organization_offers').values(offer).execute()
}

export async function findOffer(store: Store, tokenHash: string, now: Date): Promise<OrganizationOffer | null> {
  const row = await store
    .selectFrom('organization_offers')
    .select(OFFER)
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row ?? null
}

/** Uses an offer up: of any number of callers at once exactly one gets it, the others null. */
export async function takeOffer(transaction: Store, tokenHash: string, now: Date): Promise<OrganizationOffer | null> {
  const row = await transaction
    .deleteFrom('organization_offers')
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .returning(OFFER)
    .executeTakeFirst()
  return row ?? null
}

export async function deleteDeadOffers(store: Store, now: Date): Promise<void> {
  await store.deleteFrom('organization_offers').where('expires_at', '<=', now).execute()
}
