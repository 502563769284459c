import type { LookupFunction } from 'node:net'
import { AppError } from '@graticule/contract'
import { LRUCache } from 'lru-cache'
import type { ActivityActor, ActivityLog } from '../activity/activity-log.ts'
import type { Clock } from '../clock/clock.ts'
import type { FoundAddress, LookUpAddresses } from '../dns/look-up-addresses.ts'
import { HostList } from './host-list.ts'
import { type HostName, readHostName } from './host-name.ts'
import {
  decideDestination,
  type OutboundCeiling,
  type OutboundDecision,
  type OutboundPurpose,
} from './outbound-rules.ts'
import { TryLimit } from './try-limit.ts'

/** The policy keeps the server from reaching a host; the message is a sentence for whoever asked for it. */
export class OutboundRefusal extends AppError {
  constructor(rule: `outbound.${string}`, sentence: string) {
    super('rule_violated', sentence, { details: { rule } })
    this.name = 'OutboundRefusal'
  }
}

/** For whom, and for what, something is reached. */
export interface OutboundContext {
  readonly organizationId: string
  readonly actor: ActivityActor
  readonly purpose: OutboundPurpose
  readonly requestId?: string | undefined
  /** Somebody has just entered it: this is counted, and always logged. */
  readonly isTrial: boolean
}

/** The only way out for what people enter, on one occasion. */
export interface OutboundDoor {
  /**
   * Decides at this moment and answers the addresses to connect to: the name must not be looked up again. Throws
   * `OutboundRefusal`, `too_many_requests`, and what the system says of a name that cannot be resolved.
   */
  admit(host: string, port: number): Promise<readonly FoundAddress[]>
  /** Whether the operator lists the host by name, so that it may be asked without encryption. */
  isVouchedFor(host: string, port: number): boolean
}

export interface OutboundOptions {
  readonly ceiling: OutboundCeiling
  /** The hosts that an organization allows; null: any. */
  readonly readAllowedHosts: (organizationId: string) => Promise<readonly string[] | null>
  readonly lookUpAddresses: LookUpAddresses
  readonly activity: Pick<ActivityLog, 'enqueue'>
  readonly clock: Clock
}

/** What is opened again and again by itself is logged as often as this. */
const LOG_EVERY_MS = 10 * 60_000

/** Decides about everything that the server fetches or connects to on somebody's word. */
export class Outbound {
  readonly #options: OutboundOptions
  readonly #limit: TryLimit
  readonly #logged = new LRUCache<string, number>({ max: 10_000 })

  constructor(options: OutboundOptions) {
    this.#options = options
    this.#limit = new TryLimit(options.clock)
  }

  get ceiling(): OutboundCeiling {
    return this.#options.ceiling
  }

  /** The way out on one occasion. */
  door(context: OutboundContext): OutboundDoor {
    return {
      admit: (host, port) => this.#admit(context, host, port),
      isVouchedFor: (host, port) => this.isVouchedFor(host, port),
    }
  }

  /** Whether the operator lists the host by name. */
  isVouchedFor(host: string, port: number): boolean {
    const read = readHostName(host)
    return typeof read === 'object' && this.#options.ceiling.internalHosts.names(read.name, port)
  }

  /** What would be decided, for whoever wonders; nothing is connected to. */
  async explain(context: OutboundContext, host: string, port: number): Promise<OutboundDecision> {
    this.#limit.count(context.organizationId, context.actor.id)
    return this.#explain(context, this.#read(host, port), port)
  }

  /** The same about what is set up already, which nobody tries out. */
  async check(context: OutboundContext, host: string, port: number): Promise<OutboundDecision> {
    const read = readHostName(host)
    if (typeof read === 'string') return { allowed: false, rule: 'outbound.unknown-name', reason: read }
    return this.#explain(context, read, port)
  }

  /** Whether a list names the host, or the address that it is. */
  isListed(lines: readonly string[] | null, host: string, port: number): boolean {
    if (lines === null) return true
    const read = readHostName(host)
    if (typeof read === 'string') return false
    const list = new HostList(lines)
    return list.names(read.name, port) || (read.isAddress && list.holds(read.name))
  }

  async #explain(context: OutboundContext, read: HostName, port: number): Promise<OutboundDecision> {
    try {
      return (await this.#decide(context, read, port)).decision
    } catch (error) {
      if (!isUnknownName(error)) throw error
      const reason = `The name "${read.name}" cannot be resolved (DNS), so nothing would be connected to.`
      return { allowed: false, rule: 'outbound.unknown-name', reason }
    }
  }

  async #admit(context: OutboundContext, host: string, port: number): Promise<readonly FoundAddress[]> {
    if (context.isTrial) this.#limit.count(context.organizationId, context.actor.id)
    const read = this.#read(host, port)
    const { decision, addresses } = await this.#decide(context, read, port)
    this.#log(context, read.name, port, decision)
    if (!decision.allowed) throw new OutboundRefusal(decision.rule, decision.reason)
    return addresses
  }

  async #decide(context: OutboundContext, host: HostName, port: number) {
    const { ceiling, lookUpAddresses, readAllowedHosts } = this.#options
    const lines = await readAllowedHosts(context.organizationId)
    const addresses: readonly FoundAddress[] = host.isAddress
      ? [{ address: host.name, family: host.name.includes(':') ? 6 : 4 }]
      : await lookUpAddresses(host.name)
    const decision = decideDestination(ceiling, lines === null ? null : new HostList(lines), {
      host,
      port,
      addresses: addresses.map(({ address }) => address),
      purpose: context.purpose,
    })
    return { decision, addresses }
  }

  #read(host: string, port: number): HostName {
    const read = readHostName(host)
    if (typeof read === 'string') throw new OutboundRefusal('outbound.host', read)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new OutboundRefusal('outbound.port', 'Enter a port between 1 and 65535.')
    }
    return read
  }

  /** Where the server went, and where it did not go. Tells no address, which a name of the own network may have. */
  #log(context: OutboundContext, host: string, port: number, { allowed, rule }: OutboundDecision): void {
    const { organizationId, purpose } = context
    const now = this.#options.clock.now().getTime()
    const key = JSON.stringify([organizationId, purpose, host, port, allowed, rule])
    const last = this.#logged.get(key)
    if (!context.isTrial && last !== undefined && now - last < LOG_EVERY_MS) return
    this.#logged.set(key, now)
    this.#options.activity.enqueue({
      organizationId,
      actor: context.actor,
      type: allowed ? 'outbound.allowed' : 'outbound.refused',
      assetType: 'organization',
      assetId: organizationId,
      ...(context.requestId !== undefined && { requestId: context.requestId }),
      details: { host, port, purpose, outcome: allowed ? 'allowed' : 'refused', rule },
    })
  }
}

/** Resolves nothing but hands on what was decided about, for the very socket that is opened. */
export function lookUpPinned(addresses: readonly FoundAddress[]): LookupFunction {
  return (hostname, options, done) => {
    const [first] = addresses
    if (first === undefined) done(new Error(`${hostname} has no address.`), '')
    else if (options.all) done(null, [...addresses])
    else done(null, first.address, first.family)
  }
}

function isUnknownName(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EAI_AGAIN' || code === 'ESERVFAIL'
}
