import type { FastifyInstance } from 'fastify'

const ALLOWED_METHODS = 'GET,POST,PUT,PATCH,DELETE,OPTIONS'
/** Listed by name because `*` does not cover Authorization. Whatever else a client asks for is allowed besides. */
const ALLOWED_HEADERS = ['Authorization', 'Content-Type', 'Accept', 'Cache-Control', 'If-Modified-Since']

/** On every answer of ours, whatever becomes of the request. */
export const CROSS_ORIGIN_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'features-dropped-from-tile, x-request-id, retry-after, etag, cache-status, age, ratelimit, ratelimit-policy, idempotency-replayed',
}

/**
 * Lets programs on any origin use the API with a token, on every answer: errors, 204 and tiles included. Credentials
 * are never allowed, so a page elsewhere cannot act with someone's session cookie. Preflights are answered here,
 * before anything could ask them for a token that they cannot carry.
 */
export function allowCrossOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(CROSS_ORIGIN_HEADERS)
    if (request.method !== 'OPTIONS') {
      done()
      return
    }
    reply
      .header('access-control-allow-methods', ALLOWED_METHODS)
      .header('access-control-allow-headers', allowedHeaders(request.headers['access-control-request-headers']))
      .header('access-control-max-age', '86400')
      .header('vary', 'Access-Control-Request-Headers')
      .status(204)
      .send()
  })
}

function allowedHeaders(requested: string | undefined): string {
  const names = new Map(ALLOWED_HEADERS.map((name) => [name.toLowerCase(), name]))
  for (const name of requested?.split(',') ?? []) {
    const trimmed = name.trim()
    // Only what can be a header's name is echoed.
    if (/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(trimmed) && !names.has(trimmed.toLowerCase())) {
      names.set(trimmed.toLowerCase(), trimmed)
    }
  }
  return [...names.values()].join(', ')
}
