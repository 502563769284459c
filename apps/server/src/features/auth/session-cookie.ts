import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_COOKIE } from '../../http/authentication.ts'
import type { StartedSession } from './session-service.ts'

/** Where the workspace lives, as far as the cookie cares. */
export interface CookieSettings {
  readonly publicUrl: string | null
}

/** Gives the browser its session: scripts cannot read it and other sites' requests do not carry it. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  session: StartedSession,
  settings: CookieSettings,
): void {
  reply.header('set-cookie', serialize(request, session.token, session.maxAgeSeconds, settings))
}

/** Makes the browser forget its session. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, settings: CookieSettings): void {
  reply.header('set-cookie', serialize(request, '', 0, settings))
}

function serialize(request: FastifyRequest, value: string, maxAgeSeconds: number, settings: CookieSettings): string {
  const isHttps = settings.publicUrl?.startsWith('https:') ?? request.protocol === 'https'
  return [
    `${SESSION_COOKIE}=${value}`,
    'Path=/',
    `Max-Age=${maxAgeSeconds}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isHttps ? ['Secure'] : []),
  ].join('; ')
}
