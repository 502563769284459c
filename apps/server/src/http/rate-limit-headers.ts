import type { FastifyInstance } from 'fastify'
import { type RateLimitNote, runWithRateLimits } from '../platform/limits/rate-limit-notes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The limits that the request was counted against. */
    rateLimits: RateLimitNote[]
  }
}

/**
 * Tells senders of the limits that a request was counted against, before they are refused: `RateLimit-Policy` says what
 * there is, `RateLimit` how much of it is left (draft-ietf-httpapi-ratelimit-headers). The limit of which least is left
 * comes first. What is refused says `Retry-After` besides.
 */
export function tellRateLimits(app: FastifyInstance): void {
  app.decorateRequest('rateLimits')
  app.addHook('onRequest', (request, _reply, done) => {
    request.rateLimits = []
    runWithRateLimits(request.rateLimits, done)
  })
  // Reading a body ends in a context of the socket, which knows of no request.
  app.addHook('preValidation', (request, _reply, done) => runWithRateLimits(request.rateLimits, done))
  app.addHook('onSend', (request, reply, _payload, done) => {
    const limits = latestOf(request.rateLimits ?? [])
    if (limits.length > 0) {
      reply.header(
        'ratelimit-policy',
        limits.map(({ limit, policy, windowSeconds }) => `"${policy}";q=${limit};w=${windowSeconds}`).join(', '),
      )
      reply.header(
        'ratelimit',
        limits.map(({ policy, remaining, resetSeconds }) => `"${policy}";r=${remaining};t=${resetSeconds}`).join(', '),
      )
    }
    done()
  })
}

/** What each limit said last, the narrowest first. */
function latestOf(notes: readonly RateLimitNote[]): RateLimitNote[] {
  const latest = new Map(notes.map((note) => [note.policy, note]))
  return [...latest.values()].sort((one, other) => one.remaining - other.remaining)
}
