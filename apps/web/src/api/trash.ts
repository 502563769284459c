import type { TrashKey, TrashList, TrashRestoreBody, TrashRestorePreview } from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const TRASH = '/workspace-api/trash'

/** One page of what was deleted and is the person's to restore. */
export function trashQuery(query: { page: number; pageSize: number }) {
  return queryOptions({
    queryKey: ['trash', query],
    queryFn: ({ signal }) => sendRequest<TrashList>(TRASH, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** Brings something back, private or shared as it was; a named source under another name if its own is taken. */
export function restoreFromTrash({ kind, id, ...body }: TrashKey & TrashRestoreBody): Promise<void> {
  return sendRequest(`${apiPath(TRASH, kind, id)}/restore`, { method: 'POST', body })
}

/** What would become of it if it came back so. */
export function restorePreviewQuery({ kind, id, ...body }: TrashKey & TrashRestoreBody) {
  return queryOptions({
    queryKey: ['trash', 'preview', kind, id, body],
    queryFn: ({ signal }) =>
      sendRequest<TrashRestorePreview>(`${apiPath(TRASH, kind, id)}/restore/preview`, { method: 'POST', body, signal }),
    gcTime: 0,
    retry: false,
  })
}

/** Deletes something for good. */
export function purgeFromTrash({ kind, id }: TrashKey): Promise<void> {
  return sendRequest(apiPath(TRASH, kind, id), { method: 'DELETE' })
}
