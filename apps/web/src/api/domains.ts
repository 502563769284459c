import type {
  AutoJoinSettings,
  OrganizationDomain,
  OrganizationDomainList,
  OrganizationPlan,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const DOMAINS = '/workspace-api/domains'

/** The domains of the organization, and whether people join by them. */
export const domainsQuery = queryOptions({
  queryKey: ['domains'],
  queryFn: ({ signal }) => sendRequest<OrganizationDomainList>(DOMAINS, { signal }),
})

export function addDomain(domain: string): Promise<OrganizationDomain> {
  return sendRequest(DOMAINS, { method: 'POST', body: { domain } })
}

/** Has DNS asked whether it shows the record. */
export function verifyDomain(id: string): Promise<OrganizationDomain> {
  return sendRequest(apiPath(DOMAINS, id, 'verify'), { method: 'POST' })
}

/** What giving the domain up would do to whom. */
export function planDomainRemoval(id: string, signal: AbortSignal): Promise<OrganizationPlan> {
  return sendRequest(apiPath(DOMAINS, id, 'removal-plan'), { method: 'POST', signal })
}

/** Gives the domain up, if that still does what its plan of that version says. */
export function removeDomain(id: string, planVersion: string): Promise<void> {
  return sendRequest(apiPath(DOMAINS, id), { method: 'DELETE', query: { planVersion } })
}

export function changeAutoJoin(body: AutoJoinSettings): Promise<AutoJoinSettings> {
  return sendRequest(`${DOMAINS}/auto-join`, { method: 'PUT', body })
}
