import { isIP, isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

/** A host as somebody entered it, in the one spelling that everything else compares. */
export interface HostName {
  /** In lower case and ASCII, without brackets and without the dot at the end. */
  readonly name: string
  readonly isAddress: boolean
}

const MAX_NAME = 253
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * Reads a host that somebody entered. Answers a sentence instead for what is no host, and for every spelling by which
 * an address passes for a name: as one number, in octal, in hexadecimal, with parts left out, in other digits.
 */
export function readHostName(text: string): HostName | string {
  if (/[\s/\\@?#%]|^$/u.test(text)) return describeNonsense(text)
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (isIPv6(bare)) return { name: spellIpv6(bare), isAddress: true }
  if (bare !== text || text.includes(':')) return describeNonsense(text)
  const undotted = text.endsWith('.') ? text.slice(0, -1) : text
  if (isIPv4(undotted)) return { name: undotted, isAddress: true }
  // Reads a name as a browser does, which knows all the ways in which systems read numbers.
  const name = domainToASCII(undotted)
  if (isIP(name) !== 0) return `"${text}" is another spelling of the address ${name}; enter ${name} itself.`
  const labels = name.split('.')
  if (name.length > MAX_NAME || labels.some((label) => !LABEL.test(label))) return describeNonsense(text)
  return { name, isAddress: false }
}

/** An IPv6 address in its shortest spelling, with its last 32 bits in hexadecimal. */
function spellIpv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1)
}

function describeNonsense(text: string): string {
  return `"${text.slice(0, 100)}" is no host; enter a name or an address alone, such as db.example.org or 192.0.2.7.`
}
