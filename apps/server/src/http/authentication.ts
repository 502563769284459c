import { AppError, assertNever } from '@graticule/contract'
import { ACTIONS, ANONYMOUS, authorize, decideWhileViewing } from '@graticule/policy'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { PrincipalResolver, Resolution } from '../features/auth/principal-resolver.ts'
import { rejectCrossSite } from './cross-site.ts'
import type { AddressSettings } from './public-address.ts'
import type { RouteAccess } from './route-config.ts'

export const SESSION_COOKIE = 'graticule_session'

/**
 * Settles for each request who is asking (`request.principal`) and whether the route's declared access and action
 * let them in. Stays synchronous for a principal that is remembered, because every tile passes here.
 */
export function authenticateRequests(
  app: FastifyInstance,
  resolver: PrincipalResolver,
  settings: AddressSettings,
): void {
  app.decorateRequest('principal')
  app.addHook('onRequest', (request, _reply, done) => {
    const bearer = resolver.readBearer(request.headers.authorization)
    const cookie = bearer === null ? readSessionCookie(request.headers.cookie) : null
    const origin = request.headers.origin ?? request.headers.referer ?? null
    const outcome = resolver.resolve(bearer, cookie, origin, request.raw.socket, () => request.ip)
    if (!(outcome instanceof Promise)) {
      done(admit(request, outcome, cookie !== null, settings))
      return
    }
    outcome.then(
      (resolution) => done(admit(request, resolution, cookie !== null, settings)),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    )
  })
}

/** Sets the principal; returns the error that ends the request, if any. */
function admit(
  request: FastifyRequest,
  resolution: Resolution,
  hasCookie: boolean,
  settings: AddressSettings,
): AppError | undefined {
  request.principal = resolution.principal
  if (resolution.principal.kind === 'user') request.origin.sessionId = resolution.principal.sessionId
  try {
    if (hasCookie && resolution.principal.kind === 'user') {
      if (request.routeOptions.config.takesForeignPosts) request.principal = ANONYMOUS
      else rejectCrossSite(request, settings)
    }
    guardViewing(request)
    guardAccount(request)
    guardRoute(request, resolution.failure)
    return undefined
  } catch (error) {
    if (resolution.refused !== undefined) request.refusedPrincipal = resolution.refused
    if (error instanceof AppError) return error
    throw error
  }
}

/** Whoever looks as somebody else only looks: every route is asked here, whatever it asks itself later. */
function guardViewing({ method, principal, routeOptions }: FastifyRequest): void {
  if (principal.kind !== 'user' || principal.viewedBy === undefined) return
  const { access, action = null, viewAs } = routeOptions.config
  const forVisitors = access === undefined || access === 'anonymous'
  const decision = decideWhileViewing({ method, action, forVisitors, ...(viewAs && { viewAs }) })
  if (decision.allowed) return
  throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}

/** What belongs to a person alone, which no action names: how they sign in, their sessions and what they are called. */
function guardAccount({ method, principal, routeOptions }: FastifyRequest): void {
  if (principal.kind !== 'user' || principal.app === undefined) return
  const { url = '' } = routeOptions
  const isOpen = !url.startsWith('/auth/') || (url === '/auth/session' && method !== 'DELETE')
  if (isOpen && url !== '/workspace-api/profile') return
  throw new AppError('forbidden', 'An application cannot look after anybody’s account; sign in to the workspace.', {
    details: { rule: 'app.account' },
  })
}

function guardRoute(request: FastifyRequest, failure: AppError | null): void {
  const { access, action } = request.routeOptions.config
  // An unknown path has no route, and so nothing to guard.
  if (access === undefined || access === 'anonymous' || access === 'directory') return
  const { principal } = request
  if (principal.kind === 'anonymous') {
    throw failure ?? new AppError('unauthenticated', 'Sign in, or send an API token in the Authorization header.')
  }
  if (access === 'session' && principal.kind !== 'user') {
    throw new AppError('forbidden', 'This part of the API needs a person who is signed in; a token cannot use it.', {
      details: { rule: 'session-only' },
    })
  }
  if (action === undefined || action === null) return
  if (ACTIONS[action].kind === null) authorize(principal, action)
}

/** Our cookie's value; parsed by hand because it is the only one we read and this runs for every tile. */
export function readSessionCookie(header: string | undefined): string | null {
  if (header === undefined) return null
  for (const pair of header.split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === SESSION_COOKIE && value !== undefined && value !== '') return value.trim()
  }
  return null
}

/** The ways in which a route's access reads in the API document. */
export function describeAccess(access: RouteAccess): Record<string, string[]>[] {
  switch (access) {
    case 'anonymous':
      return []
    case 'principal':
      return [{ token: [] }, { application: [] }, { session: [] }]
    case 'session':
      return [{ application: [] }, { session: [] }]
    case 'directory':
      return [{ scim: [] }]
    default:
      return assertNever(access)
  }
}
