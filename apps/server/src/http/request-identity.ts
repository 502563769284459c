import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** A caller's own request id if it is a sane one, so that traces join up; else a fresh one. */
export function identifyRequest(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}

/** Sends the request id back, so that a person can quote it. */
export function answerRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
}

/** Clients join base URL and path carelessly, so `//v3/…` means `/v3/…`. The query is left alone. */
export function collapseSlashes(url: string): string {
  const queryStart = url.indexOf('?')
  const path = queryStart === -1 ? url : url.slice(0, queryStart)
  if (!path.includes('//')) return url
  return path.replace(/\/{2,}/g, '/') + (queryStart === -1 ? '' : url.slice(queryStart))
}
