import type { TrashKey, TrashList } from '@graticule/contract'
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

/** Brings something back, private or shared as it was. */
export function restoreFromTrash({
  kind,
  id,
  sharing,
}: TrashKey & { sharing: 'private' | 'as-before' }): Promise<void> {
  return sendRequest(`${apiPath(TRASH, kind, id)}/restore`, { method: 'POST', body: { sharing } })
}

/** Deletes something for good. */
export function purgeFromTrash({ kind, id }: TrashKey): Promise<void> {
  return sendRequest(apiPath(TRASH, kind, id), { method: 'DELETE' })
}
