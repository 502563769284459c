import { isIP } from 'node:net'
import { AppError } from '@graticule/contract'

/** What passkeys are bound to: the page that asks, and the host name that they are made for. */
export interface Site {
  readonly origin: string
  readonly rpId: string
}

/** The site at an address of ours. Throws `conflict` for an address without a name, for which browsers make no passkeys. */
export function siteOf(baseUrl: string): Site {
  const { origin, hostname } = new URL(baseUrl)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0) return { origin, rpId: hostname }
  throw new AppError(
    'conflict',
    `Passkeys belong to a host name, and ${hostname} is a number; open the workspace under its name (on this machine: localhost), or set PUBLIC_URL.`,
    { details: { rule: 'passkey.host' } },
  )
}
