import {
  ErrorBody,
  TrashKey,
  TrashList,
  TrashListQuery,
  TrashRestoreBody,
  TrashRestorePreview,
} from '@graticule/contract'
import { RESTORE_ACTION } from '@graticule/policy'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { Restoration } from './resting-kind.ts'
import type { TrashService } from './trash-service.ts'

/** What was deleted and can still be brought back. */
export function registerTrashRoutes(app: App, trash: TrashService): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Trash']
  // About whichever kind is named: the service decides by that kind's own right to delete.
  const config = {
    access: 'session',
    action: null,
    decides: [...Object.values(RESTORE_ACTION), 'asset.manage'],
  } as const

  app.get(
    '/workspace-api/trash',
    {
      config: { ...config, viewAs: 'open' },
      schema: {
        tags,
        summary: 'List what was deleted in the last 30 days and is yours to restore',
        querystring: TrashListQuery,
        response: { 200: TrashList, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return trash.list(userCallerOf(request, reply), request.query)
    },
  )

  app.post(
    '/workspace-api/trash/:kind/:id/restore',
    {
      config,
      schema: {
        tags,
        summary: 'Bring something back, private or shared as before',
        description:
          '422 names the rule when it cannot be shared as before any more; it can still come back private. A project comes back with its subfolders, and what is still where its deletion put it goes back in. 409 for a named source whose name is taken: `name` gives it another.',
        params: TrashKey,
        body: TrashRestoreBody,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const { kind, id } = request.params
      await trash.restore(userCallerOf(request, reply), kind, id, restorationOf(request.body))
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/workspace-api/trash/:kind/:id/restore/preview',
    {
      config: { ...config, decides: [...config.decides, 'user.list'] },
      schema: {
        tags,
        summary: 'Who would gain access if something came back so',
        params: TrashKey,
        body: TrashRestoreBody,
        response: { 200: TrashRestorePreview, ...errors },
      },
    },
    async (request, reply) => {
      const { kind, id } = request.params
      return trash.previewRestore(userCallerOf(request, reply), kind, id, restorationOf(request.body))
    },
  )

  app.delete(
    '/workspace-api/trash/:kind/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Delete something for good before its time',
        params: TrashKey,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      const { kind, id } = request.params
      await trash.purge(userCallerOf(request, reply), kind, id)
      return reply.status(204).send(null)
    },
  )
}

function restorationOf({ sharing, name }: TrashRestoreBody): Restoration {
  return { isShared: sharing === 'as-before', name }
}
