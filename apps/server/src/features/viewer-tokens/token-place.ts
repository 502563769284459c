import type { Provider } from '@graticule/warehouses'

/** Where a connection leads, as an identity provider's list of databases spells it: host and port, in lower case. */
export function tokenPlaceOf(provider: Provider, config: Readonly<Record<string, unknown>>): string {
  const { host, port } = provider.destinationOf({ ...config })
  const name = host.toLowerCase()
  return `${name.includes(':') ? `[${name}]` : name}:${port}`
}
