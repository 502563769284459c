import {
  BatchDeleteBody,
  BatchShareBody,
  BatchSharePreview,
  BatchTagBody,
  DOCUMENT_ASSET_KINDS,
  ErrorBody,
  LibraryList,
  ResourceDeletion,
  TagList,
  TagListQuery,
  TagsAnswer,
  TagsBody,
} from '@graticule/contract'
import {
  type Action,
  LIBRARY_KINDS,
  type LibraryKind,
  READ_ACTION,
  REMOVE_ACTION,
  SHARE_ACTION,
} from '@graticule/policy'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import { readAudienceBody } from '../sharing/audience-body.ts'
import type { BatchService } from './batch-service.ts'
import { type LibraryService, TAG_ACTION } from './library-service.ts'

const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const PREFIXES: Readonly<Record<LibraryKind, string>> = {
  map: '/workspace-api/maps',
  workflow: '/workspace-api/workflows',
  application: '/workspace-api/applications',
}
const API_TAGS: Readonly<Record<LibraryKind, string[]>> = {
  map: ['Maps'],
  workflow: ['Workflows'],
  application: ['Applications'],
}
const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
const nothing = { 204: Type.Null(), ...errors }

/** Tags, favourites, what was opened last, and what is done with many at once. */
export function registerLibraryRoutes(app: App, library: LibraryService, batch: BatchService): void {
  for (const kind of LIBRARY_KINDS) registerFavourites(app, library, kind)
  for (const kind of DOCUMENT_ASSET_KINDS) registerDocuments(app, library, kind)
  const tags = ['Library']
  // About what the person may open, whatever its kind: the service asks for each kind's own right to read.
  const config = { access: 'session', action: null } as const

  app.get(
    '/workspace-api/tags',
    {
      config: { ...config, viewAs: 'open' },
      schema: {
        tags,
        summary: 'The tags of the maps and workflows you may open',
        querystring: TagListQuery,
        response: { 200: TagList, ...errors },
      },
    },
    async (request, reply) => library.listTags(userCallerOf(request, reply), request.query),
  )
  app.get(
    '/workspace-api/favourites',
    {
      config: { ...config, viewAs: 'open' },
      schema: { tags, summary: 'Your favourites that you may open', response: { 200: LibraryList, ...errors } },
    },
    async (request, reply) => library.listFavourites(userCallerOf(request, reply)),
  )
  app.get(
    '/workspace-api/recents',
    {
      config: { ...config, viewAs: 'open' },
      schema: { tags, summary: 'What you opened last and may still open', response: { 200: LibraryList, ...errors } },
    },
    async (request, reply) => library.listRecent(userCallerOf(request, reply)),
  )
  registerBatch(app, batch)
}

function registerFavourites(app: App, library: LibraryService, kind: LibraryKind): void {
  const config = { access: 'session', action: READ_ACTION[kind] } as const
  const tags = API_TAGS[kind]
  app.put(
    `${PREFIXES[kind]}/:id/favourite`,
    {
      config,
      schema: { tags, summary: 'Keep it among your favourites', params: IdParams, response: nothing },
    },
    async (request, reply) => {
      await library.addFavourite(userCallerOf(request, reply), kind, request.params.id)
      return reply.status(204).send(null)
    },
  )
  app.delete(
    `${PREFIXES[kind]}/:id/favourite`,
    {
      config,
      schema: { tags, summary: 'Take it out of your favourites', params: IdParams, response: nothing },
    },
    async (request, reply) => {
      await library.removeFavourite(userCallerOf(request, reply), kind, request.params.id)
      return reply.status(204).send(null)
    },
  )
}

function registerDocuments(app: App, library: LibraryService, kind: (typeof DOCUMENT_ASSET_KINDS)[number]): void {
  const tags = API_TAGS[kind]
  app.put(
    `${PREFIXES[kind]}/:id/tags`,
    {
      config: { access: 'session', action: `${kind}.update` },
      schema: {
        tags,
        summary: 'Set all its tags',
        description: 'Tags that differ in case or accents alone are one; the first spelling stays.',
        params: IdParams,
        body: TagsBody,
        response: { 200: TagsAnswer, ...errors },
      },
    },
    async (request, reply) => {
      const wanted = request.body.tags
      const { id } = request.params
      return { tags: await library.changeTags(userCallerOf(request, reply), kind, id, () => wanted) }
    },
  )
  app.post(
    `${PREFIXES[kind]}/:id/opened`,
    {
      config: { access: 'session', action: READ_ACTION[kind] },
      schema: {
        tags,
        summary: 'Remember that you opened it',
        description: 'Reading it is not opening it: lists read maps to draw their pictures. Once a minute is noted.',
        params: IdParams,
        response: nothing,
      },
    },
    async (request, reply) => {
      await library.noteOpened(userCallerOf(request, reply), kind, request.params.id)
      return reply.status(204).send(null)
    },
  )
}

function registerBatch(app: App, batch: BatchService): void {
  // Each asset is decided by its own kind's right, as if it were alone.
  const deciding = (actions: Readonly<Record<string, Action>>) =>
    ({ access: 'session', action: null, decides: Object.values(actions) }) as const
  const sharing = deciding(SHARE_ACTION)
  const tags = ['Library']
  const description = 'Answers 200 although some fail; each says for itself whether it was done.'
  const response = { 200: ResourceDeletion, ...errors }
  app.post(
    '/workspace-api/batch/delete',
    {
      config: deciding(REMOVE_ACTION),
      schema: { tags, summary: 'Put many into the trash', description, body: BatchDeleteBody, response },
    },
    async (request, reply) => batch.remove(userCallerOf(request, reply), request.body),
  )
  app.post(
    '/workspace-api/batch/share',
    {
      config: sharing,
      schema: { tags, summary: 'Share many with the same', description, body: BatchShareBody, response },
    },
    async (request, reply) => {
      const { audience, resources } = request.body
      return batch.share(userCallerOf(request, reply), resources, readAudienceBody(audience))
    },
  )
  app.post(
    '/workspace-api/batch/share/preview',
    {
      config: sharing,
      schema: {
        tags,
        summary: 'Who would gain and lose access if many were shared with the same',
        description,
        body: BatchShareBody,
        response: { 200: BatchSharePreview, ...errors },
      },
    },
    async (request, reply) => {
      const { audience, resources } = request.body
      reply.header('cache-control', 'no-store')
      return batch.previewSharing(userCallerOf(request, reply), resources, readAudienceBody(audience))
    },
  )
  app.post(
    '/workspace-api/batch/tag',
    {
      config: deciding(TAG_ACTION),
      schema: { tags, summary: 'Add tags to many, or remove them', description, body: BatchTagBody, response },
    },
    async (request, reply) => batch.tag(userCallerOf(request, reply), request.body),
  )
}
