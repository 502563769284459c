import { BlockList, isIPv6 } from 'node:net'

/**
 * What an address belongs to. `public`: the internet · `private`: the networks of companies and homes · `metadata`: what
 * clouds tell their machines, secrets among it · the others: this machine, its cable, or nobody.
 */
export const ADDRESS_KINDS = [
  'public',
  'private',
  'loopback',
  'link-local',
  'metadata',
  'multicast',
  'unspecified',
  'reserved',
] as const
export type AddressKind = (typeof ADDRESS_KINDS)[number]

type Network = readonly [address: string, bits: number]

/** In the order in which they are asked: the first that holds an address says what it is. */
const NETWORKS: readonly (readonly [AddressKind, readonly Network[]])[] = [
  [
    'metadata',
    [
      // Most clouds; containers of AWS; its own time and names; Azure; Alibaba; Oracle; AWS and Google over IPv6.
      ['169.254.169.254', 32],
      ['169.254.170.0', 24],
      ['168.63.129.16', 32],
      ['100.100.100.200', 32],
      ['192.0.0.192', 32],
      ['fd00:ec2::', 32],
      ['fd20:ce::254', 128],
    ],
  ],
  [
    'unspecified',
    [
      ['0.0.0.0', 8],
      ['::', 128],
    ],
  ],
  [
    'loopback',
    [
      ['127.0.0.0', 8],
      ['::1', 128],
    ],
  ],
  [
    'link-local',
    [
      ['169.254.0.0', 16],
      ['fe80::', 10],
    ],
  ],
  [
    'multicast',
    [
      ['224.0.0.0', 4],
      ['ff00::', 8],
    ],
  ],
  [
    'private',
    [
      ['10.0.0.0', 8],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
      // Between a provider's customers, and what overlay networks use.
      ['100.64.0.0', 10],
      ['fc00::', 7],
    ],
  ],
  [
    'reserved',
    [
      ['192.0.0.0', 24],
      ['192.0.2.0', 24],
      ['192.88.99.0', 24],
      ['198.18.0.0', 15],
      ['198.51.100.0', 24],
      ['203.0.113.0', 24],
      ['240.0.0.0', 4],
      ['::', 96],
      ['64:ff9b:1::', 48],
      ['100::', 64],
      ['2001::', 23],
      ['2001:db8::', 32],
      ['3fff::', 20],
      ['5f00::', 16],
      ['fec0::', 10],
    ],
  ],
]

const LISTS = NETWORKS.map(([kind, networks]) => {
  const list = new BlockList()
  for (const [address, bits] of networks) list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4')
  return [kind, list] as const
})

/** What an address belongs to; one of IPv6 that carries one of IPv4 is what that is. */
export function kindOfAddress(address: string): AddressKind {
  const carried = isIPv6(address) ? findCarriedIpv4(address) : null
  if (carried !== null) return kindOfAddress(carried)
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  return LISTS.find(([, list]) => list.check(address, family))?.[0] ?? 'public'
}

/** The address of IPv4 inside mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), SIIT and 6to4 (2002::/16) addresses. */
function findCarriedIpv4(address: string): string | null {
  const groups = readGroups(address)
  const [first = 0, second = 0] = groups
  const startsWith = (prefix: readonly number[]) => prefix.every((group, index) => groups[index] === group)
  if (first === 0x2002) return toIpv4(groups[1], groups[2])
  const isMapped = startsWith([0, 0, 0, 0, 0, 0xffff]) || startsWith([0, 0, 0, 0, 0xffff, 0])
  const isTranslated = first === 0x64 && second === 0xff9b && startsWith([0x64, 0xff9b, 0, 0, 0, 0])
  return isMapped || isTranslated ? toIpv4(groups[6], groups[7]) : null
}

function toIpv4(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

/** The eight groups of an IPv6 address. */
function readGroups(address: string): number[] {
  const spelt = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1)
  const [head = '', tail] = spelt.split('::')
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [front, back] = [read(head), read(tail ?? '')]
  return tail === undefined ? front : [...front, ...Array(8 - front.length - back.length).fill(0), ...back]
}
