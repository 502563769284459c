import { BlockList, isIP, isIPv6 } from 'node:net'
import { readHostName } from './host-name.ts'

/** A line of a list of hosts: a name whose labels may be `*`, an address, or a network. */
export type HostEntry =
  | { readonly kind: 'host'; readonly labels: readonly string[]; readonly port: number | null }
  | { readonly kind: 'network'; readonly network: string; readonly bits: number; readonly addresses: BlockList }

/** Hosts as a list names them. */
export class HostList {
  readonly lines: readonly string[]
  readonly #entries: readonly HostEntry[]

  /** Of lines that were checked before; throws for any other. */
  constructor(lines: readonly string[]) {
    this.lines = lines
    this.#entries = lines.map((line) => {
      const entry = readHostEntry(line)
      if (typeof entry === 'string') throw new Error(entry)
      return entry
    })
  }

  /** Whether the host is listed as it was entered, whatever address it has. */
  names(host: string, port: number): boolean {
    const labels = labelsOf(host)
    return this.#entries.some(
      (entry) =>
        entry.kind === 'host' &&
        (entry.port === null || entry.port === port) &&
        entry.labels.length === labels.length &&
        entry.labels.every((label, index) => label === '*' || label === labels[index]),
    )
  }

  /** Whether an address lies in a listed network. */
  holds(address: string): boolean {
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    return this.#entries.some((entry) => entry.kind === 'network' && entry.addresses.check(address, family))
  }
}

/** Reads a line of a list; a sentence for what is none. */
export function readHostEntry(text: string): HostEntry | string {
  const line = text.trim()
  return line.includes('/') ? readNetwork(line) : readHost(line)
}

/** The network of an entry, for those who look where it lies. */
export function networkOf(entry: HostEntry): string | null {
  if (entry.kind === 'network') return entry.network
  const [only = '', ...others] = entry.labels
  return others.length === 0 && isIP(only) !== 0 ? only : null
}

function readNetwork(line: string): HostEntry | string {
  const [address = '', bitsText = '', ...rest] = line.split('/')
  const host = readHostName(address)
  const bits = Number(bitsText)
  const isNetwork = typeof host === 'object' && host.isAddress && rest.length === 0 && /^\d{1,3}$/.test(bitsText)
  const most = typeof host === 'object' && isIPv6(host.name) ? 128 : 32
  if (!isNetwork || bits > most) {
    return `"${line.slice(0, 100)}" is no network; enter an address and how many of its bits count, such as 10.20.0.0/16.`
  }
  const addresses = new BlockList()
  const family = isIPv6(host.name) ? 'ipv6' : 'ipv4'
  addresses.addSubnet(host.name, bits, family)
  return { kind: 'network', network: host.name, bits, addresses }
}

function readHost(line: string): HostEntry | string {
  const [, host = line, portText] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(line) ?? []
  const port = portText === undefined ? null : Number(portText)
  if (port !== null && (port < 1 || port > 65_535)) return `"${line}" has no port between 1 and 65535.`
  const raw = host.split('.')
  if (raw.some((label) => label.includes('*') && label !== '*')) {
    return `In "${line.slice(0, 100)}" the * does not stand for a whole label, as it does in *.example.org.`
  }
  const named = readHostName(raw.map((label) => (label === '*' ? 'x' : label)).join('.'))
  if (typeof named === 'string') return named
  const labels = labelsOf(named.name).map((label, index) => (raw[index] === '*' ? '*' : label))
  if (labels.includes('*') && labels.slice(-2).includes('*')) {
    return `"${line.slice(0, 100)}" is too wide; name at least the last two labels, as in *.example.org.`
  }
  return { kind: 'host', labels, port }
}

function labelsOf(host: string): string[] {
  return isIP(host) === 0 ? host.split('.') : [host]
}
