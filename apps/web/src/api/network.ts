import type { NetworkSettings, NetworkTrial, NetworkTryBody, NetworkUpdateBody } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

const NETWORK = '/workspace-api/organization/network'

/** Which hosts the server may reach for the organization, and which it needs now. */
export const networkQuery = queryOptions({
  queryKey: ['network'],
  queryFn: ({ signal }) => sendRequest<NetworkSettings>(NETWORK, { signal }),
})

export function saveNetwork(body: NetworkUpdateBody): Promise<NetworkSettings> {
  return sendRequest(NETWORK, { method: 'PUT', body })
}

/** Whether the server would reach a host now, and why; nothing is connected to. */
export function tryHost(body: NetworkTryBody): Promise<NetworkTrial> {
  return sendRequest(`${NETWORK}/try`, { method: 'POST', body })
}
