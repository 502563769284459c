import type {
  AccessDecision,
  AccessExplanation,
  AccessRequestBody,
  AccessRequestList,
  AssetReport,
  AssetReportFilter,
  AssetReportQuery,
  GrantKey,
  PeopleCounts,
  PersonReport,
  PersonReportFilter,
  PersonReportQuery,
  UnusedGrantFilter,
  UnusedGrantQuery,
  UnusedGrants,
} from '@graticule/contract'
import type { ShareableKind } from '@graticule/policy'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest, withQuery } from './client.ts'
import type { Shareable } from './sharing.ts'

/** What was refused to whom, by the id that they were told. */
export function decisionQuery(id: string) {
  return queryOptions({
    queryKey: ['access', 'decision', id],
    queryFn: ({ signal }) => sendRequest<AccessDecision>(apiPath('/v3/access/decisions', id), { signal }),
    retry: false,
  })
}

/** Why somebody may or may not do something to an asset, and with whose login its data would be read. */
export function explanationQuery(subject: string, action: string, asset: Shareable) {
  const query = { subject, action, asset: `${asset.kind}:${asset.id}` }
  return queryOptions({
    queryKey: ['sharing', asset.kind, asset.id, 'explanation', subject, action],
    queryFn: ({ signal }) => sendRequest<AccessExplanation>('/v3/access/explain', { query, signal }),
    retry: false,
  })
}

const personReport = (id: string) => apiPath('/v3/access/report/people', id)
const assetReport = ({ kind, id }: Shareable) => apiPath('/v3/access/report/assets', kind, id)
const UNUSED = '/v3/access/unused-grants'

/** A page of everything that a person reaches. */
export function personReportQuery(id: string, query: PersonReportQuery) {
  return queryOptions({
    queryKey: ['access', 'report', 'person', id, query],
    queryFn: ({ signal }) => sendRequest<PersonReport>(personReport(id), { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** A page of everybody who reaches an asset. */
export function assetReportQuery(asset: Shareable, query: AssetReportQuery) {
  return queryOptions({
    queryKey: ['access', 'report', 'asset', asset, query],
    queryFn: ({ signal }) => sendRequest<AssetReport>(assetReport(asset), { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** A page of the shares that nobody came by. */
export function unusedGrantsQuery(query: UnusedGrantQuery) {
  return queryOptions({
    queryKey: ['access', 'unused', query],
    queryFn: ({ signal }) => sendRequest<UnusedGrants>(UNUSED, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** Where each of them is a file. */
export const reportFiles = {
  person: (id: string, filter: PersonReportFilter) => withQuery(`${personReport(id)}/csv`, filter),
  asset: (asset: Shareable, filter: AssetReportFilter) => withQuery(`${assetReport(asset)}/csv`, filter),
  unused: (filter: UnusedGrantFilter) => withQuery(`${UNUSED}/csv`, filter),
}

/** Takes back one share. */
export function revokeGrant(grant: GrantKey): Promise<void> {
  return sendRequest('/v3/access/grants/revoke', { method: 'POST', body: grant })
}

/** How many people have access to each asset of a page of a list. */
export function peopleCountsQuery(kind: ShareableKind, ids: readonly string[]) {
  return queryOptions({
    queryKey: ['sharing', kind, 'people-counts', ids],
    queryFn: ({ signal }) =>
      sendRequest<PeopleCounts>(withQuery('/v3/access/people-counts', { kind, ids: ids.join(',') }), { signal }),
    enabled: ids.length > 0,
  })
}

/** Asks whoever owns it, if there is such a thing, for access; the answer tells nothing. */
export function requestAccess(body: AccessRequestBody): Promise<void> {
  return sendRequest('/workspace-api/access-requests', { method: 'POST', body })
}

/** What people ask the signed-in person for. */
export const accessRequestsQuery = queryOptions({
  queryKey: ['access', 'requests'],
  queryFn: ({ signal }) => sendRequest<AccessRequestList>('/workspace-api/access-requests', { signal }),
})

/** Gives whoever asked what they asked for; null: for good. */
export function grantAccess(requestId: string, expiresAt: Date | null): Promise<void> {
  return sendRequest(apiPath('/workspace-api/access-requests', requestId, 'grant'), {
    method: 'POST',
    body: { expiresAt: expiresAt?.toISOString() ?? null },
  })
}

/** Answers a request with nothing. */
export function declineAccess(requestId: string): Promise<void> {
  return sendRequest(apiPath('/workspace-api/access-requests', requestId, 'decline'), { method: 'POST' })
}
