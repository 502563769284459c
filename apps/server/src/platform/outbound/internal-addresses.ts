import { lookup as lookUpAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** A name leads into our own network, where nothing is asked for people who only administer an organization. */
export class InternalAddress extends Error {
  constructor(hostname: string) {
    super(`${hostname} is inside the server's own network.`)
    this.name = 'InternalAddress'
  }
}

/** What is not of the public internet: this machine, its network, and what clouds keep for their machines. */
const INTERNAL = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INTERNAL.addSubnet(network, bits, 'ipv4')
}
for (const [network, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  INTERNAL.addSubnet(network, bits, 'ipv6')
}

/** Whether an address is not of the public internet. */
export function isInternalAddress(address: string): boolean {
  return INTERNAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Resolves a name for the very connection that is made, so that a second answer cannot lead elsewhere. */
export const lookUpPublic: LookupFunction = (hostname, options, done) => {
  lookUpAddress(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error !== null || first === undefined) done(error ?? new Error('The name has no address.'), '')
    else if (addresses.some(({ address }) => isInternalAddress(address))) done(new InternalAddress(hostname), '')
    else if (options.all) done(null, addresses)
    else done(null, first.address, first.family)
  })
}
