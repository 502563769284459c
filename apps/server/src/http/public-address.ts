import { AppError } from '@graticule/contract'
import type { FastifyRequest } from 'fastify'

/** How absolute addresses are made. */
export interface AddressSettings {
  /** Where the outside world reaches us, with any path prefix and no trailing slash; null when not configured. */
  readonly publicUrl: string | null
  /** Host headers (name, or name:port) that are believed although `publicUrl` is not set. */
  readonly allowedHosts: readonly string[]
}

/**
 * The base URL for addresses in an answer: `PUBLIC_URL`, or the request's own Host while that is a loopback name or
 * allowed. A Host that nobody vouched for would let an attacker plant links, so it is refused with a sentence.
 */
export function baseUrlOf(request: FastifyRequest, settings: AddressSettings): string {
  if (settings.publicUrl !== null) return settings.publicUrl
  const host = request.host
  if (isLoopbackHost(host) || isAllowedHost(host, settings.allowedHosts)) return `${request.protocol}://${host}`
  throw new AppError(
    'invalid_request',
    `This server does not know the host "${host}"; set PUBLIC_URL to the address people use, or add the host to ALLOWED_HOSTS.`,
  )
}

/** Whether a Host header names this machine itself. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name)
}

function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const lower = host.toLowerCase()
  const name = lower.replace(/:\d{1,5}$/, '')
  return allowedHosts.some((allowed) => allowed === lower || allowed === name)
}
