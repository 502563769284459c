import { lookup, Resolver } from 'node:dns/promises'

export interface FoundAddress {
  readonly address: string
  readonly family: 4 | 6
}

/** Every address of a name. Throws what the system says, such as ENOTFOUND. */
export type LookUpAddresses = (name: string) => Promise<readonly FoundAddress[]>

/** As the machine resolves names, its own file of hosts included. */
export const lookUpAddresses: LookUpAddresses = async (name) =>
  (await lookup(name, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))

/** As these name servers say, each asked anew every time. */
export function createAddressLookUp(servers: readonly string[], timeoutMs = 3_000): LookUpAddresses {
  return async (name) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
    resolver.setServers(servers)
    return (await resolver.resolve4(name)).map((address) => ({ address, family: 4 }))
  }
}
