import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { insertOffer, type OrganizationOffer } from './organization-offer-store.ts'

/** How long somebody has to use the link. */
export const OFFER_LIFETIME_MS = 7 * 24 * 60 * 60_000

/** A link that creates an organization and its first superadmin, once within seven days. */
export async function offerOrganization(
  { clock, store }: { readonly store: Store; readonly clock: Clock },
  offer: OrganizationOffer,
  baseUrl: string,
): Promise<string> {
  const token = createRandomToken('gto_')
  await insertOffer(store, {
    token_hash: hashToken(token),
    organization_name: offer.organizationName,
    email: offer.email,
    expires_at: new Date(clock.now().getTime() + OFFER_LIFETIME_MS),
  })
  return `${baseUrl}/setup?${new URLSearchParams({ token })}`
}
