import {
  ErrorBody,
  MoveBody,
  MovePreview,
  MoveResults,
  ProjectCreateBody,
  ProjectDeleteQuery,
  ProjectDetail,
  ProjectTree,
  ProjectUpdateBody,
} from '@graticule/contract'
import { MOVE_ACTION } from '@graticule/policy'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { MoveService } from './move-service.ts'
import type { ProjectService } from './project-service.ts'

const IdParams = Type.Object({ id: Type.String() })

/** Projects with their subfolders, and what is moved into them and out of them. */
export function registerProjectRoutes(app: App, projects: ProjectService, moves: MoveService): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Projects']

  app.get(
    '/v3/projects',
    {
      config: { access: 'session', action: 'project.read' },
      schema: {
        tags,
        summary: 'All projects and subfolders that you may open, as a flat list of a tree',
        response: { 200: ProjectTree, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return projects.list(userCallerOf(request, reply))
    },
  )

  app.post(
    '/v3/projects',
    {
      config: { access: 'session', action: 'project.create' },
      schema: {
        tags,
        summary: 'Create a project, or a subfolder of one',
        body: ProjectCreateBody,
        response: { 201: ProjectDetail, ...errors },
      },
    },
    async (request, reply) => reply.status(201).send(await projects.create(userCallerOf(request, reply), request.body)),
  )

  app.get(
    '/v3/projects/:id',
    {
      config: { access: 'session', action: 'project.read' },
      schema: {
        tags,
        summary: 'One project or subfolder, with the folders around it',
        params: IdParams,
        response: { 200: ProjectDetail, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return projects.get(userCallerOf(request, reply), request.params.id)
    },
  )

  app.patch(
    '/v3/projects/:id',
    {
      config: { access: 'session', action: 'project.update' },
      schema: {
        tags,
        summary: 'Change the name or the description of a project',
        params: IdParams,
        body: ProjectUpdateBody,
        response: { 200: ProjectDetail, ...errors },
      },
    },
    async (request, reply) => projects.update(userCallerOf(request, reply), request.params.id, request.body),
  )

  app.delete(
    '/v3/projects/:id',
    {
      config: { access: 'session', action: 'project.delete' },
      schema: {
        tags,
        summary: 'Delete a project; never what is inside of it',
        description: '409 when it is not empty, unless its contents are to go to the top.',
        params: IdParams,
        querystring: ProjectDeleteQuery,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await projects.remove(userCallerOf(request, reply), request.params.id, request.query.contents === 'to-top')
      return reply.status(204).send(null)
    },
  )

  // About whatever is named: each item is decided by its own kind, with the reason in its result.
  const moving = { access: 'session', action: null, decides: [...Object.values(MOVE_ACTION), 'project.fill'] } as const

  app.post(
    '/v3/projects/move',
    {
      config: moving,
      schema: {
        tags,
        summary: 'Move maps, workflows and folders into a folder, or to the top',
        description: 'Each by itself: what may not be moved says why, and the others are moved. 404 for the folder.',
        body: MoveBody,
        response: { 200: MoveResults, ...errors },
      },
    },
    async (request, reply) => ({ results: await moves.move(userCallerOf(request, reply), request.body) }),
  )

  app.post(
    '/v3/projects/move/preview',
    {
      config: moving,
      schema: {
        tags,
        summary: 'What would be moved, and who would gain and lose access',
        body: MoveBody,
        response: { 200: MovePreview, ...errors },
      },
    },
    async (request, reply) => moves.preview(userCallerOf(request, reply), request.body),
  )
}
