import type { GovernancePlan, GovernanceSettings, GovernanceUpdateBody } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

const GOVERNANCE = '/workspace-api/organization/governance'

/** The policies of the organization and whom new assets are shared with. */
export const governanceQuery = queryOptions({
  queryKey: ['governance'],
  queryFn: ({ signal }) => sendRequest<GovernanceSettings>(GOVERNANCE, { signal }),
})

/** Who would gain and lose what; changes nothing. */
export function planGovernanceChange(body: GovernanceUpdateBody): Promise<GovernancePlan> {
  return sendRequest(`${GOVERNANCE}/plan`, { method: 'POST', body })
}

export function saveGovernance(body: GovernanceUpdateBody): Promise<GovernanceSettings> {
  return sendRequest(GOVERNANCE, { method: 'PATCH', body })
}
