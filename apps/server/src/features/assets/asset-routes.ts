import {
  ConnectionInspection,
  ErrorBody,
  ResourceDeletion,
  ResourceDeletionBody,
  ResourceList,
  ResourceListQuery,
  ResourceTransfer,
  ResourceTransferBody,
  ResourceTransferPreview,
} from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { AssetService } from './asset-service.ts'

/** The assets of everybody, for superadmins. */
export function registerAssetRoutes(app: App, assets: AssetService): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Asset management']
  const config = { access: 'session', action: 'asset.manage' } as const

  app.get(
    '/v3/accounts/resources',
    {
      config,
      schema: {
        tags,
        summary: 'All maps, connections, workflows and applications of the organization, whoever owns them',
        querystring: ResourceListQuery,
        response: { 200: ResourceList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return assets.list(userCallerOf(request, reply), request.query)
    },
  )

  app.get(
    '/v3/accounts/resources/connections/:id',
    {
      config,
      schema: {
        tags,
        summary:
          'How a connection of anybody is set up, to look at; it opens none of its data, and is noted in its activity',
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        response: { 200: ConnectionInspection, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return assets.inspectConnection(userCallerOf(request, reply), request.params.id)
    },
  )

  app.post(
    '/v3/accounts/resources/delete-batch',
    {
      config,
      schema: {
        tags,
        summary: 'Delete assets of anybody',
        description: 'Answers 200 although some fail; each says for itself whether it was deleted.',
        body: ResourceDeletionBody,
        response: { 200: ResourceDeletion, ...errors },
      },
    },
    async (request, reply) => assets.remove(userCallerOf(request, reply), request.body.resources),
  )

  app.post(
    '/v3/accounts/resources/transfer',
    {
      config,
      schema: {
        tags,
        summary: 'Give assets of anybody to another owner',
        description:
          'Answers 200 although some fail; each says for itself whether it was moved. Sharing stays as it is. The warnings name what breaks by it.',
        body: ResourceTransferBody,
        response: { 200: ResourceTransfer, ...errors },
      },
    },
    async (request, reply) => assets.transfer(userCallerOf(request, reply), request.body),
  )

  app.post(
    '/v3/accounts/resources/transfer/preview',
    {
      config,
      schema: {
        tags,
        summary: 'What would break if assets were given to another owner, and what to give together',
        body: ResourceTransferBody,
        response: { 200: ResourceTransferPreview, ...errors },
      },
    },
    async (request, reply) => assets.preview(userCallerOf(request, reply), request.body),
  )
}
