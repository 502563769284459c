import { AppError, ScimBody, ScimErrorBody, ScimListQuery } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { NoteRefusal } from '../../http/errors.ts'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { App } from '../../http/server.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { ScimCaller } from './scim-caller.ts'
import { resourceTypes, schemas, serviceProviderConfig, wholeList } from './scim-discovery.ts'
import { ScimError, toScimError, toScimErrorBody } from './scim-error.ts'
import type { ScimGroupService } from './scim-group-service.ts'
import type { Resource } from './scim-patch.ts'
import { readListQuery, type ScimList, selectAttributes } from './scim-protocol.ts'
import { SCIM_PATH } from './scim-settings-routes.ts'
import type { ScimSettingsService } from './scim-settings-service.ts'
import type { ScimUserService } from './scim-user-service.ts'

export interface ScimServices {
  readonly users: ScimUserService
  readonly groups: ScimGroupService
  readonly settings: ScimSettingsService
  readonly activity: ActivityLog
  readonly noteRefusal: NoteRefusal
}

declare module 'fastify' {
  interface FastifyRequest {
    scimCaller: ScimCaller | null
  }
}

const MEDIA_TYPE = 'application/scim+json'
const config = { access: 'directory', action: null } as const
const IdParams = Type.Object({ id: Type.String() })
const SelectQuery = Type.Object({
  attributes: Type.Optional(Type.String({ maxLength: 2000 })),
  excludedAttributes: Type.Optional(Type.String({ maxLength: 2000 })),
})
const errors = { '4xx': ScimErrorBody, '5xx': ScimErrorBody }
const tags = ['SCIM']

/** SCIM 2.0: what directories such as Entra and Okta call to keep people and groups as they have them. */
export async function registerScimRoutes(app: App, services: ScimServices, address: AddressSettings): Promise<void> {
  await app.register(
    async (plugin) => {
      // Registered plugins lose the type of the schemas' compiler, which they share all the same.
      const scim = plugin as unknown as App
      scim.decorateRequest('scimCaller', null)
      const parse = scim.getDefaultJsonParser('ignore', 'ignore')
      scim.addContentTypeParser(MEDIA_TYPE, { parseAs: 'string' }, (request, body, done) =>
        parse(request, String(body), done),
      )
      scim.addHook('onRequest', (request) => authenticate(request, services.settings, address))
      scim.setErrorHandler((error, request, reply) => answerScimError(error, request, reply, services))
      registerDiscovery(scim)
      registerResource(scim, 'Users', 'person', services.users)
      registerResource(scim, 'Groups', 'group', services.groups)
    },
    { prefix: SCIM_PATH },
  )
}

async function authenticate(
  request: FastifyRequest,
  settings: ScimSettingsService,
  address: AddressSettings,
): Promise<void> {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  const known = token === undefined ? null : await settings.recognize(token)
  if (known === null) throw new ScimError(401, 'Send a token that an admin made in Settings → SCIM.')
  request.scimCaller = { ...known, requestId: request.id, baseUrl: `${baseUrlOf(request, address)}${SCIM_PATH}` }
}

function answerScimError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { activity, noteRefusal }: Pick<ScimServices, 'activity' | 'noteRefusal'>,
): FastifyReply {
  const known = toScimError(error)
  if (known === null) request.log.error({ err: error }, 'a SCIM request failed')
  const refusal =
    known ?? new ScimError(500, 'Something went wrong on our side; the request id names this failure in the log.')
  const caller = request.scimCaller
  // What is looked for and is not there is part of every synchronization.
  if (caller !== null && !(request.method === 'GET' && refusal.status === 404)) {
    activity.enqueue({
      organizationId: caller.organizationId,
      actor: SYSTEM_ACTOR,
      type: 'scim.refused',
      assetType: 'scim-token',
      assetId: caller.tokenId,
      requestId: request.id,
      details: {
        request: `${request.method} ${request.url.split('?', 1)[0]}`,
        status: refusal.status,
        detail: refusal.message,
        ...(refusal.rule !== undefined && { rule: refusal.rule }),
      },
    })
  }
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer realm="SCIM"')
  const decisionId = error instanceof AppError && error.status === 403 ? noteRefusal(request, error) : undefined
  return answer(reply.status(refusal.status), toScimErrorBody(refusal, decisionId))
}

interface ResourceService {
  list(caller: ScimCaller, query: ReturnType<typeof readListQuery>): Promise<ScimList>
  get(caller: ScimCaller, id: string): Promise<Resource>
  create(caller: ScimCaller, body: unknown): Promise<Resource>
  replace(caller: ScimCaller, id: string, body: unknown, ifMatch: string | undefined): Promise<Resource>
  patch(caller: ScimCaller, id: string, body: unknown, ifMatch: string | undefined): Promise<Resource>
  remove(caller: ScimCaller, id: string, ifMatch: string | undefined): Promise<void>
}

function registerResource(scim: App, name: string, noun: string, service: ResourceService): void {
  scim.get(
    `/${name}`,
    {
      config,
      schema: {
        tags,
        summary: `Find each ${noun} of the directory that a filter lets through`,
        querystring: ScimListQuery,
        response: { 200: ScimBody, ...errors },
      },
    },
    async (request, reply) => {
      const { Resources, ...list } = await service.list(callerOf(request), readListQuery(request.query))
      const chosen = Resources.map((resource) => selectAttributes(resource, request.query))
      return answer(reply, { ...list, Resources: chosen })
    },
  )

  scim.post(
    `/${name}`,
    {
      config,
      schema: { tags, summary: `Add a ${noun}`, body: ScimBody, response: { 201: ScimBody, ...errors } },
    },
    async (request, reply) => {
      const created = await service.create(callerOf(request), request.body)
      const { location } = created.meta as { location: string }
      return answerResource(reply.status(201).header('location', location), created)
    },
  )

  scim.get(
    `/${name}/:id`,
    {
      config,
      schema: {
        tags,
        summary: `One ${noun} of the directory`,
        params: IdParams,
        querystring: SelectQuery,
        response: { 200: ScimBody, 304: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const found = await service.get(callerOf(request), request.params.id)
      const known = request.headers['if-none-match']
      if (known !== undefined && known === versionOf(found)) return reply.status(304).header('etag', known).send(null)
      reply.header('etag', versionOf(found))
      return answer(reply, selectAttributes(found, request.query))
    },
  )

  scim.put(
    `/${name}/:id`,
    {
      config,
      schema: {
        tags,
        summary: `Replace what the directory says of a ${noun}`,
        params: IdParams,
        body: ScimBody,
        response: { 200: ScimBody, ...errors },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      return answerResource(
        reply,
        await service.replace(callerOf(request), id, request.body, request.headers['if-match']),
      )
    },
  )

  scim.patch(
    `/${name}/:id`,
    {
      config,
      schema: {
        tags,
        summary: `Change a ${noun} by operations`,
        params: IdParams,
        body: ScimBody,
        response: { 200: ScimBody, ...errors },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      return answerResource(
        reply,
        await service.patch(callerOf(request), id, request.body, request.headers['if-match']),
      )
    },
  )

  scim.delete(
    `/${name}/:id`,
    {
      config,
      schema: { tags, summary: `Delete a ${noun}`, params: IdParams, response: { 204: Type.Null(), ...errors } },
    },
    async (request, reply) => {
      await service.remove(callerOf(request), request.params.id, request.headers['if-match'])
      return reply.status(204).send(null)
    },
  )
}

function registerDiscovery(scim: App): void {
  const documents = {
    '/ServiceProviderConfig': { summary: 'What this service can do', read: serviceProviderConfig },
    '/ResourceTypes': { summary: 'The kinds of resources', read: (url: string) => wholeList(resourceTypes(url)) },
    '/Schemas': { summary: 'The attributes of resources', read: (url: string) => wholeList(schemas(url)) },
  }
  for (const [path, { summary, read }] of Object.entries(documents)) {
    scim.get(
      path,
      { config, schema: { tags, summary, response: { 200: ScimBody, ...errors } } },
      async (request, reply) => answer(reply, read(callerOf(request).baseUrl)),
    )
  }
  const single = { '/ResourceTypes/:id': resourceTypes, '/Schemas/:id': schemas }
  for (const [path, list] of Object.entries(single)) {
    scim.get(
      path,
      {
        config,
        schema: { tags, summary: 'One of these', params: IdParams, response: { 200: ScimBody, ...errors } },
      },
      async (request, reply) => {
        const found = list(callerOf(request).baseUrl).find(({ id }) => id === request.params.id)
        if (found === undefined) throw new ScimError(404, 'There is no such document.')
        return answer(reply, found)
      },
    )
  }
}

function callerOf(request: FastifyRequest): ScimCaller {
  if (request.scimCaller !== null) return request.scimCaller
  throw new ScimError(401, 'Send a token that an admin made in Settings → SCIM.')
}

function versionOf(resource: Resource): string {
  return (resource.meta as { version: string }).version
}

function answerResource(reply: FastifyReply, resource: Resource): FastifyReply {
  return answer(reply.header('etag', versionOf(resource)), resource)
}

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('cache-control', 'no-store').type(`${MEDIA_TYPE}; charset=utf-8`).send(JSON.stringify(body))
}
