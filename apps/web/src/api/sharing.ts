import type {
  AudienceBody,
  MapAudienceBody,
  PeopleWithAccess,
  PeopleWithAccessQuery,
  SharingDetail,
  SharingPreview,
} from '@graticule/contract'
import type { ShareableKind } from '@graticule/policy'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

/** Something that can be shared. */
export interface Shareable {
  readonly kind: ShareableKind
  readonly id: string
}

const BASES: Readonly<Record<ShareableKind, string>> = {
  map: '/workspace-api/maps',
  connection: '/v3/connections',
  workflow: '/workspace-api/workflows',
  application: '/workspace-api/applications',
  project: '/v3/projects',
}

const sharingPath = ({ kind, id }: Shareable) => `${apiPath(BASES[kind], id)}/sharing`

/** With whom an asset is shared, and who has access. */
export function sharingQuery(asset: Shareable) {
  return queryOptions({
    queryKey: ['sharing', asset.kind, asset.id],
    queryFn: ({ signal }) => sendRequest<SharingDetail>(sharingPath(asset), { signal }),
  })
}

/** A page of everybody who has access, and by which ways. */
export function peopleWithAccessQuery(asset: Shareable, query: PeopleWithAccessQuery) {
  return queryOptions({
    queryKey: ['sharing', asset.kind, asset.id, 'people', query],
    queryFn: ({ signal }) => sendRequest<PeopleWithAccess>(`${sharingPath(asset)}/people`, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** Who would gain and lose access. */
export function sharingPreviewQuery(asset: Shareable, wish: AudienceBody) {
  return queryOptions({
    queryKey: ['sharing', asset.kind, asset.id, 'preview', wish],
    queryFn: ({ signal }) =>
      sendRequest<SharingPreview>(`${sharingPath(asset)}/preview`, { method: 'POST', body: wish, signal }),
    gcTime: 0,
    retry: false,
  })
}

/** Shares an asset with exactly these; a map that becomes public is read with the logins that are wished for. */
export function setSharing(asset: Shareable, wish: MapAudienceBody): Promise<SharingDetail> {
  return sendRequest(sharingPath(asset), { method: 'PUT', body: wish })
}
