import { ErrorBody, ProjectShortcut, ProjectShortcuts, ShortcutBody, ShortcutMoveBody } from '@graticule/contract'
import { Type } from 'typebox'
import { userCallerOf } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { ShortcutService } from './shortcut-service.ts'

const ProjectParams = Type.Object({ id: Type.String() })
const ShortcutParams = Type.Object({ id: Type.String(), shortcutId: Type.String() })

/** Shortcuts in projects to maps, workflows and applications that lie elsewhere. */
export function registerShortcutRoutes(app: App, shortcuts: ShortcutService): void {
  const errors = { '4xx': ErrorBody, '5xx': ErrorBody }
  const tags = ['Projects']
  const editing = { access: 'session', action: 'project.update' } as const

  app.get(
    '/v3/projects/:id/shortcuts',
    {
      config: { access: 'session', action: 'project.read' },
      schema: {
        tags,
        summary: 'The shortcuts in a project or subfolder, as far as you may see what they point to',
        params: ProjectParams,
        response: { 200: ProjectShortcuts, ...errors },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { shortcuts: await shortcuts.list(userCallerOf(request, reply), request.params.id) }
    },
  )

  app.post(
    '/v3/projects/:id/shortcuts',
    {
      config: editing,
      schema: {
        tags,
        summary: 'Put a shortcut to a map, workflow or application that lies elsewhere into a folder',
        description: 'It gives nobody access: who may not see what it points to does not see it.',
        params: ProjectParams,
        body: ShortcutBody,
        response: { 201: ProjectShortcut, ...errors },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await shortcuts.add(userCallerOf(request, reply), request.params.id, request.body)),
  )

  app.patch(
    '/v3/projects/:id/shortcuts/:shortcutId',
    {
      config: editing,
      schema: {
        tags,
        summary: 'Move a shortcut into another folder',
        params: ShortcutParams,
        body: ShortcutMoveBody,
        response: { 200: ProjectShortcut, ...errors },
      },
    },
    async (request, reply) => {
      const { id, shortcutId } = request.params
      return shortcuts.move(userCallerOf(request, reply), id, shortcutId, request.body.projectId)
    },
  )

  app.delete(
    '/v3/projects/:id/shortcuts/:shortcutId',
    {
      config: editing,
      schema: {
        tags,
        summary: 'Remove a shortcut; what it points to stays',
        params: ShortcutParams,
        response: { 204: Type.Null(), ...errors },
      },
    },
    async (request, reply) => {
      await shortcuts.remove(userCallerOf(request, reply), request.params.id, request.params.shortcutId)
      return reply.status(204).send(null)
    },
  )
}
