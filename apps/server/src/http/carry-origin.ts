import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type RequestOrigin, readReferer, readUserAgent, runWithOrigin } from '../platform/activity/request-origin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request came from, for the events that it causes. */
    origin: RequestOrigin
  }
}

/** Lets everything that a request causes know where it came from, without handing that through every function. */
export function carryOrigin(app: FastifyInstance): void {
  app.decorateRequest('origin')
  app.addHook('onRequest', (request, _reply, done) => {
    request.origin = originOf(request)
    runWithOrigin(request.origin, done)
  })
  // Reading a body ends in a context of the socket, which knows of no request.
  app.addHook('preValidation', (request, _reply, done) => runWithOrigin(request.origin, done))
}

function originOf({ headers, ip }: FastifyRequest): RequestOrigin {
  return {
    ipAddress: ip,
    userAgent: readUserAgent(headers['user-agent']),
    referer: readReferer(headers.referer),
    sessionId: null,
  }
}
