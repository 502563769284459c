import {
  ErrorBody,
  GroupBody,
  GroupDeletion,
  GroupDeletionQuery,
  GroupDetail,
  GroupList,
  GroupListQuery,
  GroupMemberList,
  GroupMemberListQuery,
  GroupMembersBody,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { GroupService } from './group-service.ts'

const IdParams = Type.Object({ id: Type.String() })
const MemberParams = Type.Object({ id: Type.String(), userId: Type.String() })
const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
const tags = ['Groups']

/** The groups of the organization, and who is in them. */
export function registerGroupRoutes(app: App, groups: GroupService): void {
  app.get(
    '/workspace-api/groups',
    {
      config: { access: 'session', action: 'group.list' },
      schema: {
        tags,
        summary: 'List and search the groups of my organization',
        querystring: GroupListQuery,
        response: { 200: GroupList, ...errors },
      },
    },
    async (request) => groups.list(requireUser(request), request.query),
  )

  app.post(
    '/workspace-api/groups',
    {
      config: { access: 'session', action: 'group.manage' },
      schema: { tags, summary: 'Make a group', body: GroupBody, response: { 201: GroupDetail, ...errors } },
    },
    async (request, reply) => {
      const created = await groups.create(userCallerOf(request, reply), request.body.name)
      return reply.status(201).send(created)
    },
  )

  app.get(
    '/workspace-api/groups/:id',
    {
      config: { access: 'session', action: 'group.manage' },
      schema: {
        tags,
        summary: 'One group, with what is shared with it',
        params: IdParams,
        response: { 200: GroupDetail, ...errors },
      },
    },
    async (request) => groups.get(requireUser(request), request.params.id),
  )

  app.patch(
    '/workspace-api/groups/:id',
    {
      config: { access: 'session', action: 'group.manage' },
      schema: {
        tags,
        summary: 'Rename a group',
        params: IdParams,
        body: GroupBody,
        response: { 200: GroupDetail, ...errors },
      },
    },
    async (request, reply) => groups.rename(userCallerOf(request, reply), request.params.id, request.body.name),
  )

  app.delete(
    '/workspace-api/groups/:id',
    {
      config: { access: 'session', action: 'group.manage' },
      schema: {
        tags,
        summary: 'Delete a group; 409 with the assets while some are shared with it and they are not to be unshared',
        params: IdParams,
        querystring: GroupDeletionQuery,
        response: { 200: GroupDeletion, ...errors },
      },
    },
    async (request, reply) =>
      groups.remove(userCallerOf(request, reply), request.params.id, request.query.unshare ?? false),
  )

  app.get(
    '/workspace-api/groups/:id/members',
    {
      config: { access: 'session', action: 'group.manage' },
      schema: {
        tags,
        summary: 'List and search the people in a group',
        params: IdParams,
        querystring: GroupMemberListQuery,
        response: { 200: GroupMemberList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return groups.listMembers(requireUser(request), request.params.id, request.query)
    },
  )

  app.post(
    '/workspace-api/groups/:id/members',
    {
      config: { access: 'session', action: 'group.manage' },
      schema: {
        tags,
        summary: 'Put people in a group',
        params: IdParams,
        body: GroupMembersBody,
        response: { 200: GroupDetail, ...errors },
      },
    },
    async (request, reply) => groups.addMembers(userCallerOf(request, reply), request.params.id, request.body.userIds),
  )

  app.delete(
    '/workspace-api/groups/:id/members/:userId',
    {
      config: { access: 'session', action: 'group.manage' },
      schema: {
        tags,
        summary: 'Take a person out of a group',
        params: MemberParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await groups.removeMember(userCallerOf(request, reply), request.params.id, request.params.userId)
      return reply.status(204).send(null)
    },
  )
}
