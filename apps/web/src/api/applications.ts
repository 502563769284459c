import type {
  ApplicationCreateBody,
  ApplicationList,
  ApplicationListQuery,
  ApplicationSummary,
  ApplicationUpdateBody,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const APPLICATIONS = '/workspace-api/applications'

/** One page of the applications that the person may open. */
export function applicationsQuery(query: ApplicationListQuery) {
  return queryOptions({
    queryKey: ['applications', 'list', query],
    queryFn: ({ signal }) => sendRequest<ApplicationList>(APPLICATIONS, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** One application; 404 for one that the person may not open. */
export function applicationQuery(id: string) {
  return queryOptions({
    queryKey: ['applications', 'one', id],
    queryFn: ({ signal }) => sendRequest<ApplicationSummary>(apiPath(APPLICATIONS, id), { signal }),
    retry: false,
  })
}

/** Registers an application. */
export function createApplication(body: ApplicationCreateBody): Promise<ApplicationSummary> {
  return sendRequest(APPLICATIONS, { method: 'POST', body })
}

/** Changes an application; what is left out stays. */
export function updateApplication({
  id,
  ...body
}: ApplicationUpdateBody & { id: string }): Promise<ApplicationSummary> {
  return sendRequest(apiPath(APPLICATIONS, id), { method: 'PATCH', body })
}

/** Says that the person follows an application's address; the page need not wait for it, nor for whether it worked. */
export function noteOpening(id: string): void {
  sendRequest(`${apiPath(APPLICATIONS, id)}/opening`, { method: 'POST' }).catch(() => undefined)
}

/** Takes an application out of the gallery. */
export function deleteApplication(id: string): Promise<void> {
  return sendRequest(apiPath(APPLICATIONS, id), { method: 'DELETE' })
}
