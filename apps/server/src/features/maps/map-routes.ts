import {
  ErrorBody,
  MapAudienceBody,
  MapCreateBody,
  MapDetail,
  MapList,
  MapListQuery,
  MapOwnerList,
  MapPublishBody,
  MapSharingOptionsBody,
  MapUnlock,
  MapUnlockBody,
  MapUpdateBody,
  PublicationCheck,
  PublicationWish,
  ViewerMap,
  ViewerMapQuery,
} from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { callerOf, userCallerOf } from '../../http/caller.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import { readAudienceBody } from '../sharing/audience-body.ts'
import type { MapService } from './map-service.ts'
import type { PublicLinks } from './public-links.ts'
import type { PublicMaps } from './public-map.ts'

const IdParams = Type.Object({ id: Type.String() })

/** What `fetchMap` reads; the documents inside are as the map's author saved them. */
const PublicMapBody = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  privacy: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
  token: Type.Optional(
    Type.String({ description: 'Reads exactly the datasets of this map; only while it is public.' }),
  ),
  datasets: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  keplerMapConfig: Type.Object({ version: Type.Literal('v1'), config: Type.Record(Type.String(), Type.Unknown()) }),
  graticule: Type.Object({
    omitted: Type.Array(Type.Object({ kind: Type.String(), id: Type.String(), reason: Type.String() })),
  }),
})

/** The workspace's maps, the viewer's, and the documents that `fetchMap` loads. */
export function registerMapRoutes(
  app: App,
  maps: MapService,
  publicMaps: PublicMaps,
  links: PublicLinks,
  settings: AddressSettings,
): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Maps']

  app.get(
    '/workspace-api/maps',
    {
      config: { access: 'session', action: 'map.read' },
      schema: {
        tags,
        summary: 'List, search and sort the maps you may open',
        querystring: MapListQuery,
        response: { 200: MapList, ...errors },
      },
    },
    async (request, reply) => maps.list(userCallerOf(request, reply), request.query),
  )

  app.get(
    '/workspace-api/map-owners',
    {
      config: { access: 'session', action: 'map.read' },
      schema: { tags, summary: 'By whom the maps are that you may open', response: { 200: MapOwnerList, ...errors } },
    },
    async (request, reply) => ({ owners: await maps.listOwners(userCallerOf(request, reply)) }),
  )

  app.post(
    '/workspace-api/maps',
    {
      config: { access: 'session', action: 'map.create' },
      schema: { tags, summary: 'Create a map', body: MapCreateBody, response: { 201: MapDetail, ...errors } },
    },
    async (request, reply) => {
      const map = await maps.create(userCallerOf(request, reply), request.body, baseUrlOf(request, settings))
      return reply.status(201).send(map)
    },
  )

  app.get(
    '/workspace-api/maps/:id',
    {
      config: { access: 'session', action: 'map.read' },
      schema: { tags, summary: 'One map with its document', params: IdParams, response: { 200: MapDetail, ...errors } },
    },
    async (request, reply) => maps.get(userCallerOf(request, reply), request.params.id, baseUrlOf(request, settings)),
  )

  app.patch(
    '/workspace-api/maps/:id',
    {
      config: { access: 'session', action: 'map.update' },
      schema: {
        tags,
        summary: 'Save a map; 409 when somebody else saved first',
        params: IdParams,
        body: MapUpdateBody,
        response: { 200: MapDetail, ...errors },
      },
    },
    async (request, reply) =>
      maps.update(userCallerOf(request, reply), request.params.id, request.body, baseUrlOf(request, settings)),
  )

  app.delete(
    '/workspace-api/maps/:id',
    {
      config: { access: 'session', action: 'map.delete' },
      schema: { tags, summary: 'Delete a map', params: IdParams, response: { 204: Type.Null(), ...errors } },
    },
    async (request, reply) => {
      await maps.remove(userCallerOf(request, reply), request.params.id)
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/workspace-api/maps/:id/duplicate',
    {
      config: { access: 'session', action: 'map.duplicate' },
      schema: { tags, summary: 'Copy a map', params: IdParams, response: { 201: MapDetail, ...errors } },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      const copy = await maps.duplicate(caller, request.params.id, baseUrlOf(request, settings))
      return reply.status(201).send(copy)
    },
  )

  app.post(
    '/workspace-api/maps/:id/privacy',
    {
      config: { access: 'session', action: 'map.share' },
      schema: {
        tags,
        summary: 'Make a map private, shared with the organization or with named groups and people, or public',
        params: IdParams,
        body: MapAudienceBody,
        response: { 200: MapDetail, ...errors },
      },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      const { publication } = request.body
      await maps.setAudience(caller, request.params.id, readAudienceBody(request.body), publication)
      return maps.get(caller, request.params.id, baseUrlOf(request, settings))
    },
  )

  app.post(
    '/workspace-api/maps/:id/publish',
    {
      config: { access: 'session', action: 'map.publish-updates' },
      schema: {
        tags,
        summary: 'Show readers the draft; 409 when it was edited since',
        params: IdParams,
        body: MapPublishBody,
        response: { 200: MapDetail, ...errors },
      },
    },
    async (request, reply) => {
      const { publication, revision } = request.body
      const baseUrl = baseUrlOf(request, settings)
      return maps.publish(userCallerOf(request, reply), request.params.id, revision, baseUrl, publication)
    },
  )

  app.post(
    '/workspace-api/maps/:id/publication-check',
    {
      config: { access: 'session', action: 'map.publish-updates' },
      schema: {
        tags,
        summary: 'What the public would see of a map, before it does',
        description:
          'Counts the rows of each source as whoever asks and the public would see them; nothing is changed. Of a map that is public already: what publishing its draft would add.',
        params: IdParams,
        body: PublicationWish,
        response: { 200: PublicationCheck, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return maps.checkPublication(userCallerOf(request, reply), request.params.id, request.body)
    },
  )

  app.patch(
    '/workspace-api/maps/:id/sharing-options',
    {
      config: { access: 'session', action: 'map.share' },
      schema: {
        tags,
        summary: 'The password of a map’s public link, whether lists show it, and whether others may edit it',
        params: IdParams,
        body: MapSharingOptionsBody,
        response: { 200: MapDetail, ...errors },
      },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      return maps.setSharingOptions(caller, request.params.id, request.body, baseUrlOf(request, settings))
    },
  )

  app.get(
    '/workspace-api/viewer/maps/:id',
    {
      config: { access: 'anonymous', action: 'map.read' },
      schema: {
        tags,
        summary: 'A map for its viewer page, signed in or not',
        params: IdParams,
        querystring: ViewerMapQuery,
        response: { 200: ViewerMap, ...errors },
      },
    },
    async (request, reply) =>
      maps.view(callerOf(request, reply), request.params.id, request.query, baseUrlOf(request, settings)),
  )

  const servePublicMap = async (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) => {
    const body = await publicMaps.read(callerOf(request, reply), request.params.id, baseUrlOf(request, settings))
    // Whether the map is still public must be asked every time.
    return reply.header('cache-control', 'no-store').send(body)
  }
  const publicMapRoute = {
    config: { access: 'anonymous', action: 'map.read' },
    schema: {
      tags,
      summary: 'The map document that fetchMap loads',
      params: IdParams,
      response: { 200: PublicMapBody, ...errors },
    },
  } as const
  app.get('/v3/maps/public/:id', publicMapRoute, servePublicMap)
  app.post('/v3/maps/public/:id', publicMapRoute, servePublicMap)

  app.post(
    '/v3/maps/public/:id/unlock',
    {
      // Which password opens a link is no right of anybody's: whoever proves it may.
      config: { access: 'anonymous', action: null },
      schema: {
        tags,
        summary: 'Prove the password of a public map',
        description: 'Answers the token that reads the map and its data; fetchMap takes it as its accessToken.',
        params: IdParams,
        body: MapUnlockBody,
        response: { 200: MapUnlock, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return links.unlock(request.params.id, request.body.password, request.ip, request.id)
    },
  )
}
