import type { MapDetail } from '@graticule/contract'
import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { apiPath, sendRequest } from '../../../api/client.ts'
import { mapQuery, updateMap } from '../../../api/maps.ts'
import { isSamePerson, recheckSession, sessionQuery } from '../../../api/session.ts'
import type { MapStorage } from './autosave.ts'

/** Reads a map as it is stored now, past every cache. */
export function readMap(mapId: string, signal: AbortSignal): Promise<MapDetail> {
  return sendRequest(apiPath('/workspace-api/maps', mapId), { signal })
}

/**
 * Keeps a map on our server, and what other pages show of it in step. Nothing is written once the session has ended or is
 * somebody else's: what one person edited is never stored as another's work.
 */
export function serverMapStorage(mapId: string, queryClient: QueryClient): MapStorage {
  const owner = queryClient.getQueryData(sessionQuery.queryKey)
  const remember = (detail: MapDetail) => {
    queryClient.setQueryData(mapQuery(mapId).queryKey, detail)
    void queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
    return detail
  }
  const ask = async (request: () => Promise<MapDetail>): Promise<MapDetail> => {
    const now = queryClient.getQueryData(sessionQuery.queryKey)
    if (owner && !(now && isSamePerson(owner, now))) throw new ApiError(SIGNED_OUT)
    try {
      return remember(await request())
    } catch (error) {
      if (error instanceof ApiError && error.isSignedOut) recheckSession(queryClient)
      throw error
    }
  }
  return {
    write: (revision, document, signal) => ask(() => updateMap(mapId, { revision, document }, signal)),
    read: (signal) => ask(() => readMap(mapId, signal)),
    isConflict: (error) => error instanceof ApiError && error.code === 'conflict',
    explain: (error) =>
      error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error),
  }
}

const SIGNED_OUT = {
  code: 'session_expired',
  status: 401,
  requestId: '',
  message: 'Your session has ended. Sign in again, and what you edited is stored.',
} as const
