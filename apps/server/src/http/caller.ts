import { AppError } from '@graticule/contract'
import type { Principal, UserPrincipal } from '@graticule/policy'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Who asks, under which request id, and whether they are still there: what services need to know of a request. */
export interface Caller {
  readonly principal: Principal
  readonly requestId: string
  /** Aborts when the client goes away before its answer was sent. */
  readonly signal: AbortSignal
  /** The map that the request is made for, once it is certain that the principal may open it. */
  readonly mapId?: string
  /** Called when the answer holds what only this person may see, so that nothing in between keeps it. */
  readonly notePersonal?: () => void
}

/** A caller who is signed in. */
export type UserCaller = Caller & { readonly principal: UserPrincipal }

export function callerOf(request: FastifyRequest, reply: FastifyReply): Caller {
  const controller = new AbortController()
  const onClose = () => {
    if (reply.raw.writableFinished) return
    controller.abort(new AppError('client_closed_request', 'The client went away before the answer was ready.'))
  }
  // The response is watched, not the request: a request also closes once its body has been read.
  if (reply.raw.closed) onClose()
  else reply.raw.once('close', onClose)
  const notePersonal = () => {
    request.isPersonal = true
  }
  return { principal: request.principal, requestId: request.id, signal: controller.signal, notePersonal }
}

/** The caller as a person; for routes that only sessions may use. */
export function userCallerOf(request: FastifyRequest, reply: FastifyReply): UserCaller {
  return { ...callerOf(request, reply), principal: requireUser(request) }
}

/** The person who asks. Routes with `access: 'session'` always have one; this gives the type to prove it. */
export function requireUser(request: FastifyRequest): UserPrincipal {
  if (request.principal.kind === 'user') return request.principal
  throw new AppError('unauthenticated', 'Sign in to do this.')
}
