import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_COOKIE } from '../../http/authentication.ts'
import { serializeCookie } from '../../http/cookies.ts'
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
  write(request, reply, session.token, session.maxAgeSeconds, settings)
}

/** Makes the browser forget its session. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, settings: CookieSettings): void {
  write(request, reply, '', 0, settings)
}

function write(
  request: FastifyRequest,
  reply: FastifyReply,
  value: string,
  maxAgeSeconds: number,
  settings: CookieSettings,
): void {
  const cookie = { name: SESSION_COOKIE, value, path: '/', maxAgeSeconds }
  reply.header('set-cookie', serializeCookie(request, cookie, settings))
}
