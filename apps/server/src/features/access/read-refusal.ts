import type { AppError } from '@graticule/contract'
import { ACTIONS } from '@graticule/policy'
import type { FastifyRequest } from 'fastify'
import type { Refusal } from './decision-service.ts'

/** Parameters of paths that name what a request is about. */
const NAMING = ['id', 'idOrName', 'connection', 'name'] as const

/** A request that was refused, as the decision about it is kept. */
export function readRefusal(request: FastifyRequest, error: AppError): Refusal {
  const action = request.routeOptions.config.action ?? null
  const parameters = (request.params ?? {}) as Readonly<Record<string, string | undefined>>
  const naming = NAMING.find((name) => parameters[name] !== undefined)
  const named = naming === undefined ? null : (parameters[naming] ?? null)
  const kind = action === null ? null : ACTIONS[action].kind
  const { rule } = error.details ?? {}
  return {
    principal: request.refusedPrincipal ?? request.principal,
    action,
    rule: typeof rule === 'string' ? rule : error.code,
    reason: error.message,
    method: request.method,
    route: request.routeOptions.url ?? 'unknown',
    target: named === null || kind === null ? named : `${kind}:${named}`,
    requestId: request.id,
  }
}
