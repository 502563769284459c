import type { SecondStep, SessionInfo, SignInAnswer } from '@graticule/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AddressSettings, baseUrlOf } from '../../http/public-address.ts'
import type { Person } from '../users/user-service.ts'
import { setSecondStepCookie } from './second-step-cookie.ts'
import { setSessionCookie } from './session-cookie.ts'
import type { SessionOrigin } from './session-service.ts'
import type { HalfSignedIn, SignInOutcome } from './sign-in-gate.ts'
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

/** As `answerSignedIn`, or hands over the half that is signed in and answers 202 with the second step. */
export function answerSignIn(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: SignInOutcome,
  settings: AddressSettings,
): SignInAnswer {
  if ('session' in outcome) return answerSignedIn(request, reply, outcome, settings)
  setSecondStepCookie(request, reply, outcome.secondStep.token, settings)
  reply.status(202).header('cache-control', 'no-store')
  return toSecondStep(outcome)
}

/** The second step as the web app reads it. */
export function toSecondStep({ person, secondStep }: HalfSignedIn): SecondStep {
  return {
    secondStep: secondStep.methods.length > 0 ? 'prove' : 'enrol',
    methods: [...secondStep.methods],
    email: person.email,
    organizationName: person.organizationName,
    expiresAt: secondStep.expiresAt.toISOString(),
  }
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
    ...(person.support && {
      support: { grantId: person.support.grantId, endsAt: person.support.endsAt.toISOString() },
    }),
    demo: person.isDemo,
    apiBaseUrl,
  }
}
