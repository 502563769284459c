import type {
  WorkflowCreateBody,
  WorkflowDetail,
  WorkflowList,
  WorkflowListQuery,
  WorkflowUpdateBody,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const WORKFLOWS = '/workspace-api/workflows'

/** One page of the workflows that the person may open. */
export function workflowsQuery(query: WorkflowListQuery) {
  return queryOptions({
    queryKey: ['workflows', 'list', query],
    queryFn: ({ signal }) => sendRequest<WorkflowList>(WORKFLOWS, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** One workflow with its document. */
export function workflowQuery(id: string) {
  return queryOptions({
    queryKey: ['workflows', 'detail', id],
    queryFn: ({ signal }) => sendRequest<WorkflowDetail>(apiPath(WORKFLOWS, id), { signal }),
  })
}

/** Creates a workflow; without a document it is empty. */
export function createWorkflow(body: WorkflowCreateBody): Promise<WorkflowDetail> {
  return sendRequest(WORKFLOWS, { method: 'POST', body })
}

/** Changes title and description. */
export function updateWorkflow({ id, ...body }: WorkflowUpdateBody & { id: string }): Promise<WorkflowDetail> {
  return sendRequest(apiPath(WORKFLOWS, id), { method: 'PATCH', body })
}

/** Deletes a workflow. */
export function deleteWorkflow(id: string): Promise<void> {
  return sendRequest(apiPath(WORKFLOWS, id), { method: 'DELETE' })
}
