import { ErrorBody, OutboxAnswer } from '@graticule/contract'
import { requireUser } from '../../http/caller.ts'
import type { App } from '../../http/server.ts'
import type { OutboxService } from './outbox-service.ts'

/** Reading the mails that nobody sends while there is no mail server. */
export function registerOutboxRoutes(app: App, outbox: OutboxService): void {
  app.get(
    '/workspace-api/outbox',
    {
      config: { access: 'session', action: 'outbox.read' },
      schema: {
        tags: ['Organization'],
        summary: 'The mails of the last day, while no mail server is set',
        response: { 200: OutboxAnswer, '4xx': ErrorBody },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return outbox.read(requireUser(request))
    },
  )
}
