import {
  ApplicationCreateBody,
  ApplicationList,
  ApplicationListQuery,
  ApplicationSummary,
  ApplicationUpdateBody,
  ErrorBody,
} from '@graticule/contract'
import { Type } from 'typebox'
import { requireUser, userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { ApplicationService } from './application-service.ts'

const IdParams = Type.Object({ id: Type.String() })

/** The gallery of applications. */
export function registerApplicationRoutes(app: App, applications: ApplicationService): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Applications']

  app.get(
    '/workspace-api/applications',
    {
      config: { access: 'session', action: 'application.read' },
      schema: {
        tags,
        summary: 'List and search the applications you may open',
        querystring: ApplicationListQuery,
        response: { 200: ApplicationList, ...errors },
      },
    },
    async (request, reply) => applications.list(userCallerOf(request, reply), request.query),
  )

  app.post(
    '/workspace-api/applications',
    {
      config: { access: 'session', action: 'application.create' },
      schema: {
        tags,
        summary: 'Register an application',
        body: ApplicationCreateBody,
        response: { 201: ApplicationSummary, ...errors },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await applications.create(userCallerOf(request, reply), request.body)),
  )

  app.get(
    '/workspace-api/applications/:id',
    {
      config: { access: 'session', action: 'application.read' },
      schema: { tags, summary: 'One application', params: IdParams, response: { 200: ApplicationSummary, ...errors } },
    },
    async (request, reply) => applications.get(userCallerOf(request, reply), request.params.id),
  )

  app.post(
    '/workspace-api/applications/:id/opening',
    {
      config: { access: 'session', action: 'application.read' },
      schema: {
        tags,
        summary: 'Say that you follow the address of an application, so that it is known to be used',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await applications.noteOpening(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )

  app.get(
    '/workspace-api/applications/:id/thumbnail',
    {
      config: { access: 'session', action: 'application.read' },
      schema: {
        tags,
        summary: 'The picture of an application',
        params: IdParams,
        querystring: Type.Object({ version: Type.Optional(Type.String({ maxLength: 20 })) }),
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }), ...errors },
      },
    },
    async (request, reply) => {
      const { type, bytes } = await applications.readThumbnail(requireUser(request), request.params.id)
      // Whoever loses the application may keep a picture that they have seen, for an hour.
      return reply.header('cache-control', 'private, max-age=3600').type(type).send(bytes)
    },
  )

  app.patch(
    '/workspace-api/applications/:id',
    {
      config: { access: 'session', action: 'application.update' },
      schema: {
        tags,
        summary: 'Change an application; what is left out stays',
        params: IdParams,
        body: ApplicationUpdateBody,
        response: { 200: ApplicationSummary, ...errors },
      },
    },
    async (request, reply) => applications.update(userCallerOf(request, reply), request.params.id, request.body),
  )

  app.delete(
    '/workspace-api/applications/:id',
    {
      config: { access: 'session', action: 'application.delete' },
      schema: {
        tags,
        summary: 'Take an application out of the gallery',
        params: IdParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await applications.remove(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
