import type {
  OrganizationPlan,
  OrganizationPlanBody,
  OrganizationSettings,
  OrganizationUpdateBody,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

const ORGANIZATION = '/workspace-api/organization'

/** The settings of the organization, for its admins. */
export const organizationQuery = queryOptions({
  queryKey: ['organization'],
  queryFn: ({ signal }) => sendRequest<OrganizationSettings>(ORGANIZATION, { signal }),
})

/** Changes what the body names and leaves the rest. */
export function updateOrganization(body: OrganizationUpdateBody): Promise<OrganizationSettings> {
  return sendRequest(ORGANIZATION, { method: 'PATCH', body })
}

/** What a change would do, and to whom; changes nothing. */
export function planOrganizationChange(body: OrganizationPlanBody, signal: AbortSignal): Promise<OrganizationPlan> {
  return sendRequest(`${ORGANIZATION}/plan`, { method: 'POST', body, signal })
}

/** Shuts the organization for everybody until the operator restores it; its name confirms. */
export function suspendOrganization(name: string): Promise<void> {
  return sendRequest(`${ORGANIZATION}/suspend`, { method: 'POST', body: { name } })
}

/** Deletes the organization and everything in it; its name confirms. */
export function deleteOrganization(name: string): Promise<void> {
  return sendRequest(`${ORGANIZATION}/delete`, { method: 'POST', body: { name } })
}
