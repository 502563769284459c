import { AppError } from '@graticule/contract'
import type { FastifyRequest } from 'fastify'
import { type AddressSettings, baseUrlOf } from './public-address.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a state-changing request that a browser sent from another site with our cookie attached. Browsers state
 * the relation in Sec-Fetch-Site; those that do not must send an Origin that is ours.
 */
export function rejectCrossSite(request: FastifyRequest, settings: AddressSettings): void {
  if (SAFE_METHODS.has(request.method)) return
  const relation = request.headers['sec-fetch-site']
  if (relation === 'same-origin' || relation === 'none') return
  const origin = request.headers.origin
  if (relation === undefined && origin !== undefined && origin === new URL(baseUrlOf(request, settings)).origin) return
  throw new AppError(
    'csrf_rejected',
    'This request came from another site, so it was not carried out; use the workspace itself or an API token.',
    { details: { rule: 'cross-site' } },
  )
}

/**
 * For requests that carry no cookie yet but will set one: refuses what a browser says is from another site, so that
 * nobody is signed in to someone else's account by a form elsewhere. Programs, which say nothing, pass.
 */
export function rejectForeignForm(request: FastifyRequest, settings: AddressSettings): void {
  const { origin } = request.headers
  if (request.headers['sec-fetch-site'] === undefined && origin === undefined) return
  rejectCrossSite(request, settings)
}
