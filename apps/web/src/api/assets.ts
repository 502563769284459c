import type {
  ConnectionInspection,
  ResourceDeletion,
  ResourceKey,
  ResourceList,
  ResourceListQuery,
  ResourceTransfer,
  ResourceTransferBody,
  ResourceTransferPreview,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const RESOURCES = '/v3/accounts/resources'

/** One page of the assets of everybody, for superadmins. */
export function assetsQuery(query: ResourceListQuery) {
  return queryOptions({
    queryKey: ['assets', 'list', query],
    queryFn: ({ signal }) => sendRequest<ResourceList>(RESOURCES, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** How a connection of anybody is set up; asking is noted in its activity, so it is asked once for each look. */
export function connectionInspectionQuery(id: string) {
  return queryOptions({
    queryKey: ['assets', 'connection', id],
    queryFn: ({ signal }) => sendRequest<ConnectionInspection>(apiPath(`${RESOURCES}/connections`, id), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
}

/** What would break if these went to the receiver. */
export function transferPreviewQuery(body: ResourceTransferBody) {
  return queryOptions({
    queryKey: ['assets', 'preview', body],
    queryFn: ({ signal }) =>
      sendRequest<ResourceTransferPreview>(`${RESOURCES}/transfer/preview`, { method: 'POST', body, signal }),
    gcTime: 0,
    retry: false,
  })
}

/** Gives assets to another owner, each for itself. */
export function transferAssets(body: ResourceTransferBody): Promise<ResourceTransfer> {
  return sendRequest(`${RESOURCES}/transfer`, { method: 'POST', body })
}

/** Deletes assets of anybody, each for itself. */
export function deleteAssets(resources: readonly ResourceKey[]): Promise<ResourceDeletion> {
  return sendRequest(`${RESOURCES}/delete-batch`, { method: 'POST', body: { resources } })
}
