import type { FastifyReply, FastifyRequest } from 'fastify'
import { readCookie, serializeCookie } from '../../http/cookies.ts'
import type { CookieSettings } from './session-cookie.ts'
import { SECOND_STEP_LIFETIME_MS } from './sign-in-gate.ts'

const NAME = 'graticule_second_step'
const PATH = '/auth'

/** Gives the browser the half that it has signed in; only the sign-in itself gets to see it. */
export function setSecondStepCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  settings: CookieSettings,
): void {
  const cookie = { name: NAME, value: token, path: PATH, maxAgeSeconds: SECOND_STEP_LIFETIME_MS / 1_000 }
  reply.header('set-cookie', serializeCookie(request, cookie, settings))
}

export function clearSecondStepCookie(request: FastifyRequest, reply: FastifyReply, settings: CookieSettings): void {
  const cookie = { name: NAME, value: '', path: PATH, maxAgeSeconds: 0 }
  reply.header('set-cookie', serializeCookie(request, cookie, settings))
}

export function readSecondStepCookie(request: FastifyRequest): string | null {
  const value = readCookie(request, NAME)
  return value === '' ? null : value
}
