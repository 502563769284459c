import {
  AudienceBody,
  ErrorBody,
  MapAudienceBody,
  PeopleWithAccess,
  PeopleWithAccessQuery,
  SharingDetail,
  SharingPreview,
} from '@graticule/contract'
import { ASSET_KINDS, type ShareableKind } from '@graticule/policy'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import { readAudienceBody } from './audience-body.ts'
import type { SharingService } from './sharing-service.ts'

const Params = Type.Object({ idOrName: Type.String() })

interface SharedPath {
  readonly prefix: string
  readonly word: string
  readonly tags: string[]
}

/** Where each kind that can be shared lives in the API. */
const PATHS: Readonly<Record<ShareableKind, SharedPath>> = {
  map: { prefix: '/workspace-api/maps', word: 'map', tags: ['Maps'] },
  connection: { prefix: '/v3/connections', word: 'connection', tags: ['Connections'] },
  workflow: { prefix: '/workspace-api/workflows', word: 'workflow', tags: ['Workflows'] },
  application: { prefix: '/workspace-api/applications', word: 'application', tags: ['Applications'] },
  project: { prefix: '/v3/projects', word: 'project', tags: ['Projects'] },
}

/** With whom assets are shared: read, try out, set; the same for every kind. */
export function registerSharingRoutes(app: App, sharing: SharingService): void {
  for (const kind of Object.keys(PATHS) as ShareableKind[]) registerKind(app, sharing, kind, PATHS[kind])
}

function registerKind(app: App, sharing: SharingService, kind: ShareableKind, { prefix, word, tags }: SharedPath) {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const { read, share } = ASSET_KINDS[kind]
  const article = word.startsWith('a') ? 'an' : 'a'

  app.get(
    `${prefix}/:idOrName/sharing`,
    {
      config: { access: 'session', action: read },
      schema: {
        tags,
        summary: `With whom ${article} ${word} is shared, and who has access`,
        params: Params,
        response: { 200: SharingDetail, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return sharing.read(userCallerOf(request, reply), kind, request.params.idOrName)
    },
  )

  app.get(
    `${prefix}/:idOrName/sharing/people`,
    {
      config: { access: 'session', action: read },
      schema: {
        tags,
        summary: `A page of everybody who has access to ${article} ${word}, and by which ways`,
        params: Params,
        querystring: PeopleWithAccessQuery,
        response: { 200: PeopleWithAccess, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return sharing.listPeople(userCallerOf(request, reply), kind, request.params.idOrName, request.query)
    },
  )

  app.put(
    `${prefix}/:idOrName/sharing`,
    {
      config: { access: 'session', action: share },
      schema: {
        tags,
        summary: `Share ${article} ${word} with exactly these`,
        description: '422 names the rule by which it cannot be shared so.',
        params: Params,
        body: kind === 'map' ? MapAudienceBody : AudienceBody,
        response: { 200: SharingDetail, ...errors },
      },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      const { publication }: MapAudienceBody = request.body
      await sharing.change(caller, kind, request.params.idOrName, readAudienceBody(request.body), publication)
      return sharing.read(caller, kind, request.params.idOrName)
    },
  )

  app.post(
    `${prefix}/:idOrName/sharing/preview`,
    {
      config: { access: 'session', action: share },
      schema: {
        tags,
        summary: `Who would gain and lose access if ${article} ${word} were shared so`,
        params: Params,
        body: AudienceBody,
        response: { 200: SharingPreview, ...errors },
      },
    },
    async (request, reply) => {
      const caller = userCallerOf(request, reply)
      return sharing.preview(caller, kind, request.params.idOrName, readAudienceBody(request.body))
    },
  )
}
