import type {
  BasemapSummary,
  MapCreateBody,
  MapDetail,
  MapList,
  MapListQuery,
  MapSharingOptionsBody,
  MapUnlock,
  MapUpdateBody,
  PublicationWish,
  ViewerMap,
  ViewerMapQuery,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { apiPath, sendRequest } from './client.ts'

const MAPS = '/workspace-api/maps'

/** One page of the maps that the person may see. */
export function mapsQuery(query: MapListQuery = {}) {
  return queryOptions({
    queryKey: ['maps', 'list', query],
    queryFn: ({ signal }) => sendRequest<MapList>(MAPS, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** One map with its document, for someone of the organization. */
export function mapQuery(id: string) {
  return queryOptions({
    queryKey: ['maps', 'detail', id],
    queryFn: ({ signal }) => sendRequest<MapDetail>(apiPath(MAPS, id), { signal }),
  })
}

/**
 * One map as its audience sees it; works without a session while the map is public. `token` is what a password was
 * exchanged for; `attempt` tells one exchange from the next, because a token has no place in a key.
 */
export function viewerMapQuery(id: string, query: ViewerMapQuery, token: string | null, attempt: number) {
  return queryOptions({
    queryKey: ['maps', 'viewer', id, query, attempt],
    queryFn: ({ signal }) =>
      sendRequest<ViewerMap>(apiPath('/workspace-api/viewer/maps', id), { query, bearer: token, signal }),
  })
}

/** Exchanges the password of a public map for the token that reads it. */
export function unlockMap(id: string, password: string): Promise<MapUnlock> {
  return sendRequest(`${apiPath('/v3/maps/public', id)}/unlock`, { method: 'POST', body: { password } })
}

/** Shows readers the draft of this revision. Throws `conflict` when it was edited since. */
export function publishMap(id: string, revision: number, publication?: PublicationWish): Promise<MapDetail> {
  return sendRequest(`${apiPath(MAPS, id)}/publish`, { method: 'POST', body: { revision, publication } })
}

/** Sets the password of a map's link, whether lists show it, and whether others may edit it. */
export function setMapSharingOptions(id: string, body: MapSharingOptionsBody): Promise<MapDetail> {
  return sendRequest(`${apiPath(MAPS, id)}/sharing-options`, { method: 'PATCH', body })
}

/** The basemaps that Builder offers. */
export const basemapsQuery = queryOptions({
  queryKey: ['basemaps'],
  queryFn: ({ signal }) => sendRequest<BasemapSummary[]>('/workspace-api/basemaps', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Creates a map; without a document it is empty. */
export function createMap(body: Static<typeof MapCreateBody>, signal?: AbortSignal): Promise<MapDetail> {
  return sendRequest(MAPS, { method: 'POST', body, signal })
}

/** Replaces a map's document. Throws `conflict` when somebody saved a newer revision. */
export function updateMap(id: string, body: Static<typeof MapUpdateBody>, signal?: AbortSignal): Promise<MapDetail> {
  return sendRequest(apiPath(MAPS, id), { method: 'PATCH', body, signal })
}

/** Copies a map into a private one of the person who asks. */
export function duplicateMap(id: string): Promise<MapDetail> {
  return sendRequest(`${apiPath(MAPS, id)}/duplicate`, { method: 'POST' })
}

/** Deletes a map. */
export function deleteMap(id: string): Promise<void> {
  return sendRequest(apiPath(MAPS, id), { method: 'DELETE' })
}
