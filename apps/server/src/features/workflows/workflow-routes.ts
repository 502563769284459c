import {
  ErrorBody,
  WorkflowCreateBody,
  WorkflowDetail,
  WorkflowList,
  WorkflowListQuery,
  WorkflowUpdateBody,
} from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { WorkflowService } from './workflow-service.ts'

const IdParams = Type.Object({ id: Type.String() })

/** The workflows of the workspace, as documents. */
export function registerWorkflowRoutes(app: App, workflows: WorkflowService): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Workflows']

  app.get(
    '/workspace-api/workflows',
    {
      config: { access: 'session', action: 'workflow.read' },
      schema: {
        tags,
        summary: 'List, search and sort the workflows you may open',
        querystring: WorkflowListQuery,
        response: { 200: WorkflowList, ...errors },
      },
    },
    async (request, reply) => workflows.list(userCallerOf(request, reply), request.query),
  )

  app.post(
    '/workspace-api/workflows',
    {
      config: { access: 'session', action: 'workflow.create' },
      schema: {
        tags,
        summary: 'Create a workflow, empty or from a document',
        body: WorkflowCreateBody,
        response: { 201: WorkflowDetail, ...errors },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await workflows.create(userCallerOf(request, reply), request.body)),
  )

  app.get(
    '/workspace-api/workflows/:id',
    {
      config: { access: 'session', action: 'workflow.read' },
      schema: {
        tags,
        summary: 'One workflow with its document',
        params: IdParams,
        response: { 200: WorkflowDetail, ...errors },
      },
    },
    async (request, reply) => workflows.get(userCallerOf(request, reply), request.params.id),
  )

  app.patch(
    '/workspace-api/workflows/:id',
    {
      config: { access: 'session', action: 'workflow.update' },
      schema: {
        tags,
        summary: 'Change the title or the description of a workflow',
        params: IdParams,
        body: WorkflowUpdateBody,
        response: { 200: WorkflowDetail, ...errors },
      },
    },
    async (request, reply) => workflows.update(userCallerOf(request, reply), request.params.id, request.body),
  )

  app.delete(
    '/workspace-api/workflows/:id',
    {
      config: { access: 'session', action: 'workflow.delete' },
      schema: { tags, summary: 'Delete a workflow', params: IdParams, response: { 204: Type.Null(), ...errors } },
    },
    async (request, reply) => {
      await workflows.remove(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
