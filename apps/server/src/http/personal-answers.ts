import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the answer holds what only this person may see. */
    isPersonal: boolean
  }
}

/** The headers of an answer that is one person's: no cache keeps it, and none takes it for somebody else's. */
export const PERSONAL_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'private, no-store',
  vary: 'Authorization, Cookie',
}

/**
 * Gives personal answers their headers, whatever their route and whether they succeed; and so those of every route that
 * asks who is there and that say nothing of being kept, because a proxy in front may take silence for leave.
 */
export function guardPersonalAnswers(app: FastifyInstance): void {
  app.decorateRequest('isPersonal', false)
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (request.isPersonal || (!reply.hasHeader('cache-control') && asksWho(request))) reply.headers(PERSONAL_HEADERS)
    done()
  })
}

function asksWho({ routeOptions }: FastifyRequest): boolean {
  const { access = 'anonymous' } = routeOptions.config
  return access !== 'anonymous'
}
