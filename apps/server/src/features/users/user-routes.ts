import {
  ErrorBody,
  PersonBatch,
  PersonList,
  PersonListQuery,
  PersonSummary,
  ProfileUpdateBody,
  RoleBatchBody,
  RoleChangeBody,
  RoleSchema,
  UserDeletionBatchBody,
  UserDeletionQuery,
  UserSummary,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { UserBatchService } from './user-batch-service.ts'
import type { UserChangeService } from './user-change-service.ts'
import type { UserService } from './user-service.ts'

const IdParams = Type.Object({ id: Type.String() })
const errors = { '4xx': ErrorBody }
const tags = ['People']

/** The people of the organization: who they are, their roles, and their leaving. */
export function registerUserRoutes(
  app: App,
  users: UserService,
  changes: UserChangeService,
  batch: UserBatchService,
): void {
  registerBatch(app, batch)

  app.get(
    '/v3/users',
    {
      config: { access: 'session', action: 'user.list' },
      schema: {
        tags,
        summary: 'List the people of my organization',
        response: {
          200: Type.Array(Type.Intersect([UserSummary, Type.Object({ role: RoleSchema })])),
          ...errors,
        },
      },
    },
    async (request) => users.list(requireUser(request)),
  )

  app.get(
    '/workspace-api/users',
    {
      config: { access: 'session', action: 'user.list' },
      schema: {
        tags,
        summary: 'Search the people of my organization, with what I may do about each',
        querystring: PersonListQuery,
        response: { 200: PersonList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return users.listPage(requireUser(request), request.query)
    },
  )

  app.patch(
    '/workspace-api/users/:id',
    {
      config: { access: 'session', action: 'user.change-role' },
      schema: {
        tags,
        summary: 'Change the role of a person; who may own nothing afterwards hands over what they own',
        params: IdParams,
        body: RoleChangeBody,
        response: { 200: PersonSummary, ...errors },
      },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      const { role, receiverId } = request.body
      await changes.changeRole(caller, request.params.id, role, receiverId)
      return users.get(caller.principal, request.params.id)
    },
  )

  app.patch(
    '/workspace-api/profile',
    {
      config: { access: 'session', action: null },
      schema: {
        tags,
        summary: 'Change my own name',
        body: ProfileUpdateBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await changes.rename(userCallerOf(request, reply), request.body.name)
      return reply.status(204).send(null)
    },
  )

  app.delete(
    '/workspace-api/users/:id',
    {
      config: { access: 'session', action: 'user.delete' },
      schema: {
        tags,
        summary: 'Delete a person; somebody else receives what they own',
        params: IdParams,
        querystring: UserDeletionQuery,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await changes.remove(userCallerOf(request, reply), request.params.id, request.query.receiverId)
      return reply.status(204).send(null)
    },
  )
}

function registerBatch(app: App, batch: UserBatchService): void {
  const description = 'Answers 200 although some fail; each says for itself whether it was done.'
  const response = { 200: PersonBatch, ...errors }
  app.post(
    '/workspace-api/users/batch/role',
    {
      config: { access: 'session', action: 'user.change-role' },
      schema: { tags, summary: 'Give many people the same role', description, body: RoleBatchBody, response },
    },
    async (request, reply) => batch.changeRoles(userCallerOf(request, reply), request.body),
  )
  app.post(
    '/workspace-api/users/batch/delete',
    {
      config: { access: 'session', action: 'user.delete' },
      schema: { tags, summary: 'Delete many people', description, body: UserDeletionBatchBody, response },
    },
    async (request, reply) => batch.remove(userCallerOf(request, reply), request.body),
  )
}
