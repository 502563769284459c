import type { SessionInfo } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { Person } from '../users/user-service.ts'
import { setSessionCookie } from './session-cookie.ts'
import type { SessionOrigin } from './session-service.ts'
import type { SignedIn } from './sign-in-service.ts'

/** Hands a new session over in its cookie, and answers who is signed in. */
export function answerSignedIn(
  request: FastifyRequest,
  reply: FastifyReply,
  signedIn: SignedIn,
  settings: AddressSettings,
): SessionInfo {
  setSessionCookie(request, reply, signedIn.session, settings)
  reply.header('cache-control', 'no-store')
  return toSessionInfo(signedIn.person, baseUrlOf(request, settings))
}

/** Where a request wants to begin a session from. */
export function originOf(request: FastifyRequest): SessionOrigin {
  return { userAgent: request.headers['user-agent'] ?? '', ipAddress: request.ip, requestId: request.id }
}

/** Who is signed in, as the web app reads it. */
export function toSessionInfo(person: Person, apiBaseUrl: string): SessionInfo {
  return {
    user: { id: person.id, name: person.name, email: person.email, role: person.role },
    organization: { id: person.organizationId, name: person.organizationName },
    demo: person.isDemo,
    apiBaseUrl,
  }
}
