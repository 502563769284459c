import type {
  NetworkPlanBody,
  NetworkSettings,
  NetworkTrial,
  NetworkTryBody,
  NetworkUpdateBody,
  OrganizationPlan,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

const NETWORK = '/workspace-api/organization/network'

/** Which hosts the server may reach for the organization, and which it needs now. */
export const networkQuery = queryOptions({
  queryKey: ['network'],
  queryFn: ({ signal }) => sendRequest<NetworkSettings>(NETWORK, { signal }),
})

/** What another list would do to what is set up. */
export function planNetwork(body: NetworkPlanBody, signal: AbortSignal): Promise<OrganizationPlan> {
  return sendRequest(`${NETWORK}/plan`, { method: 'POST', body, signal })
}

export function saveNetwork(body: NetworkUpdateBody): Promise<NetworkSettings> {
  return sendRequest(NETWORK, { method: 'PUT', body })
}

/** Whether the server would reach a host now, and why; nothing is connected to. */
export function tryHost(body: NetworkTryBody): Promise<NetworkTrial> {
  return sendRequest(`${NETWORK}/try`, { method: 'POST', body })
}
