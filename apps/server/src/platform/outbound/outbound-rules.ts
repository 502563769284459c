import type { AddressKind } from './address-kind.ts'
import { kindOfAddress } from './address-kind.ts'
import { HostList } from './host-list.ts'
import type { HostName } from './host-name.ts'

/** What something is reached for: the data of maps, or proving who people are. */
export type OutboundPurpose = 'warehouse' | 'identity-provider'

/** What the operator of the installation says, for all organizations. */
export interface OutboundCeiling {
  /** Open although they are inside; of those that are named, also without encryption. */
  readonly internalHosts: HostList
  /** Nothing else may be reached; null: anything. */
  readonly outboundHosts: HostList | null
  /** Whether warehouses may be in private networks, where those of companies are. */
  readonly isPrivateOpen: boolean
  /** Whether warehouses may be on the server's own machine, as where somebody tries the product on theirs. */
  readonly isLoopbackOpen: boolean
}

/** What the operator says, out of the lines of the environment, which were checked when it was read. */
export function readCeiling({
  internalHosts,
  outboundHosts,
  isPrivateOpen,
  isLoopbackOpen,
}: {
  readonly internalHosts: readonly string[]
  readonly outboundHosts: readonly string[] | null
  readonly isPrivateOpen: boolean
  readonly isLoopbackOpen: boolean
}): OutboundCeiling {
  return {
    internalHosts: new HostList(internalHosts),
    outboundHosts: outboundHosts === null ? null : new HostList(outboundHosts),
    isPrivateOpen,
    isLoopbackOpen,
  }
}

/** Where somebody wants to go, with every address that the name has at this moment. */
export interface Destination {
  readonly host: HostName
  readonly port: number
  readonly addresses: readonly string[]
  readonly purpose: OutboundPurpose
}

export type OutboundRule =
  | 'outbound.ceiling'
  | 'outbound.allow-list'
  | 'outbound.unknown-name'
  | `outbound.${AddressKind}`

export interface OutboundDecision {
  readonly allowed: boolean
  readonly rule: OutboundRule
  readonly reason: string
}

const NAMES: Readonly<Record<Exclude<AddressKind, 'public' | 'private'>, string>> = {
  loopback: 'loopback',
  'link-local': 'link-local',
  metadata: 'what a cloud tells its machines',
  multicast: 'multicast',
  unspecified: 'no address in particular',
  reserved: 'a range that belongs to nobody',
}

/**
 * Whether the server goes there: first what the operator allows at all, then what the organization does, then what no
 * one's word opens but the operator's. All addresses of a name must pass, as any may be the one that answers.
 */
export function decideDestination(
  ceiling: OutboundCeiling,
  allowed: HostList | null,
  destination: Destination,
): OutboundDecision {
  const { host, port, addresses } = destination
  const { internalHosts, outboundHosts } = ceiling
  if (outboundHosts !== null && !isListed(outboundHosts, destination)) {
    return refuse('outbound.ceiling', `The operator of this server does not let it reach ${host.name}:${port}.`)
  }
  if (allowed !== null && !isListed(allowed, destination)) {
    const where = 'an admin can add it in the settings, under Network.'
    return refuse('outbound.allow-list', `Your organization does not let this server reach ${host.name}; ${where}`)
  }
  const isNamed = internalHosts.names(host.name, port)
  for (const address of addresses) {
    const kind = kindOfAddress(address)
    if (kind === 'public' || internalHosts.holds(address)) continue
    // A name that the operator lists may lead inside, but to nothing that only an address of its own should open.
    if (isNamed && (host.isAddress || (kind !== 'metadata' && kind !== 'link-local'))) continue
    const decision = decideKind(ceiling, destination, kind)
    if (!decision.allowed) return decision
  }
  return { allowed: true, rule: 'outbound.public', reason: describeLeave(ceiling, allowed, destination) }
}

function decideKind(
  { isPrivateOpen, isLoopbackOpen }: OutboundCeiling,
  destination: Destination,
  kind: AddressKind,
): OutboundDecision {
  const { host, purpose } = destination
  const how = 'its operator can list it in INTERNAL_HOSTS.'
  const subject = host.isAddress ? `${host.name} is` : `${host.name} leads to an address that is`
  if (kind === 'public') return { allowed: true, rule: 'outbound.public', reason: '' }
  if (kind === 'private') {
    if (purpose === 'warehouse' && isPrivateOpen) return { allowed: true, rule: 'outbound.private', reason: '' }
    return refuse('outbound.private', `${subject} inside the server’s own network (a private range); ${how}`)
  }
  if (kind === 'loopback' && purpose === 'warehouse' && isLoopbackOpen) {
    return { allowed: true, rule: 'outbound.loopback', reason: '' }
  }
  return refuse(`outbound.${kind}`, `${subject} inside the server’s own network (${NAMES[kind]}); ${how}`)
}

function isListed(list: HostList, { host, port, addresses }: Destination): boolean {
  return list.names(host.name, port) || (addresses.length > 0 && addresses.every((address) => list.holds(address)))
}

function describeLeave(ceiling: OutboundCeiling, allowed: HostList | null, destination: Destination): string {
  const { host, port, purpose } = destination
  const { internalHosts } = ceiling
  const why = describePlace(ceiling, destination)
  const listed = allowed === null ? 'Your organization has no list of hosts.' : 'Your organization lists it.'
  const isPlain = internalHosts.names(host.name, port)
  return `${why} ${listed}${isPlain && purpose === 'identity-provider' ? ' It may be asked without encryption.' : ''}`
}

function describePlace({ isPrivateOpen, isLoopbackOpen }: OutboundCeiling, destination: Destination): string {
  const kinds = destination.addresses.map(kindOfAddress)
  const isAll = (wanted: AddressKind) => kinds.length > 0 && kinds.every((kind) => kind === wanted)
  const isWarehouse = destination.purpose === 'warehouse'
  if (kinds.every((kind) => kind === 'public')) return 'It is on the public internet.'
  if (isWarehouse && isPrivateOpen && isAll('private')) return 'Warehouses may be in private networks.'
  if (isWarehouse && isLoopbackOpen && isAll('loopback')) {
    return 'Warehouses may be on this machine while the product is only tried on it.'
  }
  return 'The operator of this server lists it in INTERNAL_HOSTS.'
}

function refuse(rule: OutboundRule, reason: string): OutboundDecision {
  return { allowed: false, rule, reason }
}
