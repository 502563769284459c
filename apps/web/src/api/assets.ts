import type {
  ResourceDeletion,
  ResourceKey,
  ResourceList,
  ResourceListQuery,
  ResourceTransfer,
  ResourceTransferBody,
  ResourceTransferPreview,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

const RESOURCES = '/v3/accounts/resources'

/** One page of the assets of everybody, for superadmins. */
export function assetsQuery(query: ResourceListQuery) {
  return queryOptions({
    queryKey: ['assets', 'list', query],
    queryFn: ({ signal }) => sendRequest<ResourceList>(RESOURCES, { query, signal }),
    placeholderData: keepPreviousData,
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
