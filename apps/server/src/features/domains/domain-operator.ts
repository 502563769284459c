import { changeOf, findOrganization, type OperatorOptions } from '../organizations/operator-commands.ts'
import { readDomain } from './domain-name.ts'
import type { DomainStore } from './domain-store.ts'
import { markVerified, newClaim } from './verified-domain.ts'

/** Vouches for a domain where DNS cannot be asked. Answers the sentence to print. */
export async function verifyDomainByOperator(
  options: OperatorOptions & { readonly domains: DomainStore },
  idOrName: string,
  text: string,
): Promise<string> {
  const { activity, clock, domains, organizations, store } = options
  const row = await findOrganization(organizations, idOrName)
  const domain = readDomain(text)
  await store.transaction().execute(async (transaction) => {
    await organizations.lock(transaction, row.id)
    const known = (await domains.list(row.id, transaction)).find((claim) => claim.domain === domain)
    const claim = known ?? newClaim(row.id, domain, clock.now())
    if (known === undefined) await domains.insert(transaction, claim)
    const { actor, requestId } = changeOf(row)
    await markVerified(transaction, claim, 'operator', { activity, actor, at: clock.now(), domains, requestId })
  })
  return `${domain} is a verified domain of "${row.name}".`
}
