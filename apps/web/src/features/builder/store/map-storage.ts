import type { MapDetail } from '@graticule/contract'
import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { sendRequest } from '../../../api/client.ts'
import { mapQuery, updateMap } from '../../../api/maps.ts'
import type { MapStorage } from './autosave.ts'

/** Keeps a map on our server, and what other pages show of it in step. */
export function serverMapStorage(mapId: string, queryClient: QueryClient): MapStorage {
  const remember = (detail: MapDetail) => {
    queryClient.setQueryData(mapQuery(mapId).queryKey, detail)
    void queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
    return detail
  }
  return {
    write: async (revision, document, signal) => remember(await updateMap(mapId, { revision, document }, signal)),
    read: async (signal) =>
      remember(await sendRequest<MapDetail>(`/workspace-api/maps/${encodeURIComponent(mapId)}`, { signal })),
    isConflict: (error) => error instanceof ApiError && error.code === 'conflict',
    explain: (error) =>
      error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error),
  }
}
