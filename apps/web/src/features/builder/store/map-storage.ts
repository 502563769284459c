import type { MapDetail } from '@graticule/contract'
import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { apiPath, sendRequest } from '../../../api/client.ts'
import { mapQuery, updateMap } from '../../../api/maps.ts'
import type { MapStorage } from './autosave.ts'

/** Reads a map as it is stored now, past every cache. */
export function readMap(mapId: string, signal: AbortSignal): Promise<MapDetail> {
  return sendRequest(apiPath('/workspace-api/maps', mapId), { signal })
}

/** Keeps a map on our server, and what other pages show of it in step. */
export function serverMapStorage(mapId: string, queryClient: QueryClient): MapStorage {
  const remember = (detail: MapDetail) => {
    queryClient.setQueryData(mapQuery(mapId).queryKey, detail)
    void queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
    return detail
  }
  return {
    write: async (revision, document, signal) => remember(await updateMap(mapId, { revision, document }, signal)),
    read: async (signal) => remember(await readMap(mapId, signal)),
    isConflict: (error) => error instanceof ApiError && error.code === 'conflict',
    explain: (error) =>
      error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error),
  }
}
