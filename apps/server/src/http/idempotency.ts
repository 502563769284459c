import { hash } from 'node:crypto'
import { AppError } from '@graticule/contract'
import type { Principal } from '@graticule/policy'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { canonicalJson } from '../platform/cache/cache-key.ts'
import type { Attempt, IdempotentRequests, IdempotentSender } from '../platform/idempotency/idempotent-requests.ts'
import type { DeclaredRoute } from './route-config.ts'
import { ROUTES_WITHOUT_IDEMPOTENCY } from './routes-without-idempotency.ts'

export const IDEMPOTENCY_KEY = 'idempotency-key'
/** Says that nothing was done, and what was answered the first time is answered again. */
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed'
/** When to ask again what became of a request that is under way, in seconds. */
const RETRY_AFTER_SECONDS = 2

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while a request is carried out that its sender gave a key. */
    idempotentAttempt: Attempt | null
  }
}

/** Whether a route carries equal requests with one key out once. */
export function heedsIdempotencyKey({
  access,
  method,
  url,
}: Pick<DeclaredRoute, 'access' | 'method' | 'url'>): boolean {
  if (method !== 'POST' || access === 'anonymous' || access === 'directory') return false
  return !Object.hasOwn(ROUTES_WITHOUT_IDEMPOTENCY, `POST ${url}`)
}

/**
 * Carries a POST with an `Idempotency-Key` out once for each principal and key. Only what succeeded is remembered: what
 * was refused or failed changed nothing, and is tried anew.
 */
export function heedIdempotencyKeys(app: FastifyInstance, requests: IdempotentRequests): void {
  app.decorateRequest('idempotentAttempt', null)
  // The last look before the handler: who asks is known, the body is read, and both are as the route wants them.
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers[IDEMPOTENCY_KEY]
    const sender = senderOf(request.principal)
    if (key === undefined || sender === null || !isHeeded(request)) return undefined
    const claim = await requests.claim(sender, readKey(key), describeRequest(request))
    switch (claim.kind) {
      case 'new':
        request.idempotentAttempt = claim.attempt
        return undefined
      case 'answered': {
        const { body, contentType, location, status } = claim.answer
        reply.status(status).header(IDEMPOTENCY_REPLAYED, 'true')
        if (contentType !== null) reply.type(contentType)
        if (location !== null) reply.header('location', location)
        return reply.send(body === '' ? null : Buffer.from(body))
      }
      case 'reused':
        throw new AppError(
          'rule_violated',
          'This Idempotency-Key was sent with another request; take a new one for each.',
          {
            details: { rule: 'idempotency.reused' },
          },
        )
      case 'running':
        throw new AppError(
          'conflict',
          'The first request with this Idempotency-Key is still being carried out; send it again in a moment.',
          {
            details: { rule: 'idempotency.running', retryAfterSeconds: RETRY_AFTER_SECONDS },
          },
        )
      case 'lost':
        throw new AppError(
          'conflict',
          'Nobody knows how the first request with this Idempotency-Key ended; look whether it was carried out before you send it with a new one.',
          {
            details: { rule: 'idempotency.lost' },
          },
        )
    }
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const attempt = request.idempotentAttempt
    if (attempt === null) return payload
    request.idempotentAttempt = null
    try {
      const body = readPayload(payload)
      const isKept = reply.statusCode >= 200 && reply.statusCode < 300 && body !== null
      if (isKept) await requests.keep(attempt, { ...headOf(reply), body })
      else await requests.forget(attempt)
    } catch (error) {
      // The request was carried out; the key then says that nobody knows, which is better than doing it twice.
      request.log.warn({ err: error }, 'what was answered under an idempotency key could not be kept')
    }
    return payload
  })
}

function isHeeded({ method, routeOptions }: FastifyRequest): boolean {
  const { config, url } = routeOptions
  return url !== undefined && config.access !== undefined && heedsIdempotencyKey({ access: config.access, method, url })
}

/** Null for whoever is nobody in particular. */
function senderOf(principal: Principal): IdempotentSender | null {
  switch (principal.kind) {
    case 'user':
      return {
        principalId: `${principal.app ? `app:${principal.app.clientId}:` : ''}user:${principal.userId}`,
        organizationId: principal.organizationId,
      }
    case 'token':
      return { principalId: `token:${principal.tokenId}`, organizationId: principal.organizationId }
    default:
      return null
  }
}

function readKey(header: string | string[]): string {
  const key = [header].flat().join(',').trim()
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new AppError('invalid_request', 'Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID.')
}

/** Everything that makes a request what it is, besides who sends it. */
function describeRequest({ body, headers, method, url }: FastifyRequest): string {
  const sent = Buffer.isBuffer(body) ? hash('sha256', body, 'hex') : canonicalJson(body)
  return canonicalJson([method, url, headers['if-match'] ?? null, sent])
}

function headOf(reply: FastifyReply) {
  const [contentType, location] = [reply.getHeader('content-type'), reply.getHeader('location')]
  return {
    status: reply.statusCode,
    contentType: contentType === undefined ? null : String(contentType),
    location: location === undefined ? null : String(location),
  }
}

/** Null for what cannot be read twice. */
function readPayload(payload: unknown): string | null {
  if (payload === null || payload === undefined) return ''
  if (typeof payload === 'string') return payload
  return Buffer.isBuffer(payload) ? payload.toString('utf8') : null
}
