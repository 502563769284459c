import { BlockList, isIP, isIPv6 } from 'node:net'

/** IPv4 written as IPv6, which is how it comes to a socket that takes both. */
const MAPPED = new BlockList()
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6')

/** Networks and single addresses, of IPv4 and IPv6, that somebody may come from. */
export class AddressRanges {
  // Apart, because a list of both takes every IPv4 address for one of ::/0.
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() }

  /** Of lines that were checked before; throws for any other. */
  constructor(lines: readonly string[]) {
    for (const line of lines) {
      const range = readAddressRange(line)
      if (range === null) throw new Error(`"${line}" is no range of addresses.`)
      const family = familyOf(range.address)
      this.#lists[family].addSubnet(range.address, range.bits, family)
    }
  }

  /** Whether an address lies in one of them. What is no address does not; IPv4 inside of IPv6 is IPv4. */
  holds(address: string): boolean {
    // A link has a name on the machine that it belongs to, and none in a network.
    const [plain = ''] = address.split('%', 1)
    if (isIP(plain) === 0) return false
    const family = familyOf(plain)
    const isIPv4 = family === 'ipv4' || MAPPED.check(plain, family)
    return this.#lists[isIPv4 ? 'ipv4' : 'ipv6'].check(plain, family)
  }
}

/** Reads a line such as 203.0.113.0/24, 2001:db8::/32 or 203.0.113.7; null for what is none. */
export function readAddressRange(line: string): { readonly address: string; readonly bits: number } | null {
  const [address = '', bitsText, ...rest] = line.split('/')
  if (isIP(address) === 0 || address.includes('%') || rest.length > 0) return null
  const most = isIPv6(address) ? 128 : 32
  if (bitsText === undefined) return { address, bits: most }
  const bits = /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : Number.NaN
  return bits <= most ? { address, bits } : null
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
