import { ErrorBody, NamedSource, NamedSourceCreateBody, NamedSourceUpdateBody } from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { NamedSourceService } from './named-source-service.ts'

const NameParams = Type.Object({ name: Type.String() })
const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
const tags = ['Named sources']

/** Named sources: a person makes, lists, changes and deletes their own. Using one is part of the maps and SQL APIs. */
export function registerNamedSourceRoutes(app: App, sources: NamedSourceService): void {
  app.get(
    '/v3/named-sources',
    {
      config: { access: 'session', action: 'named-source.read' },
      schema: {
        tags,
        summary: 'List my named sources',
        querystring: Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })) }),
        response: { 200: Type.Array(NamedSource), ...errors },
      },
    },
    async (request) => sources.list(requireUser(request), request.query.search?.trim() ?? ''),
  )

  app.post(
    '/v3/named-sources',
    {
      config: { access: 'session', action: 'named-source.create' },
      schema: {
        tags,
        summary: 'Name a query, for programs that use it without being sent its SQL',
        body: NamedSourceCreateBody,
        response: { 201: NamedSource, ...errors },
      },
    },
    async (request, reply) => reply.status(201).send(await sources.create(userCallerOf(request, reply), request.body)),
  )

  app.get(
    '/v3/named-sources/:name',
    {
      config: { access: 'session', action: 'named-source.read' },
      schema: {
        tags,
        summary: 'One of my named sources',
        params: NameParams,
        response: { 200: NamedSource, ...errors },
      },
    },
    async (request) => sources.get(requireUser(request), request.params.name),
  )

  app.patch(
    '/v3/named-sources/:name',
    {
      config: { access: 'session', action: 'named-source.update' },
      schema: {
        tags,
        summary: 'Change what a named source stands for',
        params: NameParams,
        body: NamedSourceUpdateBody,
        response: { 200: NamedSource, ...errors },
      },
    },
    async (request, reply) => sources.update(userCallerOf(request, reply), request.params.name, request.body),
  )

  app.delete(
    '/v3/named-sources/:name',
    {
      config: { access: 'session', action: 'named-source.delete' },
      schema: {
        tags,
        summary: 'Move a named source to the trash; nothing reads by its name from then on',
        params: NameParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await sources.delete(userCallerOf(request, reply), request.params.name)
      return reply.status(204).send(null)
    },
  )
}
