import type { FastifyRequest } from 'fastify'
import type { AddressSettings } from './public-address.ts'

/** A cookie to give to a browser; scripts never see it, and of other sites only their links bring it along. */
export interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
  /** 0 makes the browser forget it. */
  readonly maxAgeSeconds: number
}

/** The header that gives the cookie; it stays off unencrypted connections where the workspace is served by https. */
export function serializeCookie(
  request: FastifyRequest,
  cookie: Cookie,
  settings: Pick<AddressSettings, 'publicUrl'>,
): string {
  const isHttps = settings.publicUrl?.startsWith('https:') ?? request.protocol === 'https'
  return [
    `${cookie.name}=${cookie.value}`,
    `Path=${cookie.path}`,
    `Max-Age=${cookie.maxAgeSeconds}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isHttps ? ['Secure'] : []),
  ].join('; ')
}

/** The value of a cookie that the request brings; null when it brings none of that name. */
export function readCookie(request: FastifyRequest, wanted: string): string | null {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === wanted && value !== undefined) return value.trim()
  }
  return null
}
