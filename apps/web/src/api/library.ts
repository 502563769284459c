import type {
  BatchDeleteBody,
  BatchShareBody,
  BatchSharePreview,
  BatchTagBody,
  DocumentKind,
  LibraryItem,
  LibraryList,
  MapOwnerList,
  ResourceDeletion,
  TagList,
  TagListQuery,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

type FavouriteKind = LibraryItem['kind']

const PREFIXES: Readonly<Record<FavouriteKind, string>> = {
  map: '/workspace-api/maps',
  workflow: '/workspace-api/workflows',
  application: '/workspace-api/applications',
}

/** The tags of what the person may open. */
export function tagsQuery(query: TagListQuery) {
  return queryOptions({
    queryKey: ['library', 'tags', query],
    queryFn: ({ signal }) => sendRequest<TagList>('/workspace-api/tags', { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** By whom the maps are that the person may open. */
export const mapOwnersQuery = queryOptions({
  queryKey: ['library', 'map-owners'],
  queryFn: ({ signal }) => sendRequest<MapOwnerList>('/workspace-api/map-owners', { signal }),
})

/** What the person keeps at hand. */
export const favouritesQuery = queryOptions({
  queryKey: ['library', 'favourites'],
  queryFn: ({ signal }) => sendRequest<LibraryList>('/workspace-api/favourites', { signal }),
})

/** What the person opened last. */
export const recentsQuery = queryOptions({
  queryKey: ['library', 'recents'],
  queryFn: ({ signal }) => sendRequest<LibraryList>('/workspace-api/recents', { signal }),
  // What was opened a moment ago, on another page, must be there.
  staleTime: 0,
})

/** Keeps something among the favourites, or not any more. */
export function setFavourite(kind: FavouriteKind, id: string, isFavourite: boolean): Promise<void> {
  const path = `${apiPath(PREFIXES[kind], id)}/favourite`
  return sendRequest(path, { method: isFavourite ? 'PUT' : 'DELETE' })
}

/** Remembers that the person opened something. */
export function noteOpened(kind: DocumentKind, id: string): Promise<void> {
  return sendRequest(`${apiPath(PREFIXES[kind], id)}/opened`, { method: 'POST' })
}

/** Sets all tags of something. */
export function setTags(kind: DocumentKind, id: string, tags: readonly string[]): Promise<{ tags: string[] }> {
  return sendRequest(`${apiPath(PREFIXES[kind], id)}/tags`, { method: 'PUT', body: { tags } })
}

/** Puts many into the trash, each for itself. */
export function deleteMany(body: BatchDeleteBody): Promise<ResourceDeletion> {
  return sendRequest('/workspace-api/batch/delete', { method: 'POST', body })
}

/** Gives many the same audience, each for itself. */
export function shareMany(body: BatchShareBody): Promise<ResourceDeletion> {
  return sendRequest('/workspace-api/batch/share', { method: 'POST', body })
}

/** Who would gain and lose access to any of them. */
export function sharePreviewQuery(body: BatchShareBody) {
  return queryOptions({
    queryKey: ['library', 'share-preview', body],
    queryFn: ({ signal }) =>
      sendRequest<BatchSharePreview>('/workspace-api/batch/share/preview', { method: 'POST', body, signal }),
    gcTime: 0,
    retry: false,
  })
}

/** Adds tags to many or takes them away, each for itself. */
export function tagMany(body: BatchTagBody): Promise<ResourceDeletion> {
  return sendRequest('/workspace-api/batch/tag', { method: 'POST', body })
}
