import {
  AppError,
  type EgressHost,
  type NetworkPlanBody,
  type NetworkSettings,
  type NetworkTrial,
  type NetworkTryBody,
  type NetworkUpdateBody,
  type OrganizationPlan,
  type SettingsEffect,
} from '@graticule/contract'
import type { Action, UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { type OrganizationChange, recordOrganizationChange } from '../../platform/activity/organization-change.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { kindOfAddress } from '../../platform/outbound/address-kind.ts'
import { networkOf, readHostEntry } from '../../platform/outbound/host-list.ts'
import { type Outbound, OutboundRefusal } from '../../platform/outbound/outbound.ts'
import type { OutboundPurpose } from '../../platform/outbound/outbound-rules.ts'
import { requireSamePlan, withVersion } from '../settings/versioned-plan.ts'
import { lockNetwork, readNetwork, writeNetwork } from './network-store.ts'

/** A host that something of an organization is set up to reach. */
export interface ConfiguredHost {
  readonly host: string
  readonly port: number
  readonly purpose: OutboundPurpose
  /** What is set up so, by name. */
  readonly name: string
}

export interface NetworkServiceOptions {
  readonly store: Store
  readonly outbound: Outbound
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  readonly listConfiguredHosts: (organizationId: string, store: Store) => Promise<readonly ConfiguredHost[]>
  /** Called after a change, so that no socket stays open to where the server may no longer go. */
  readonly onChanged: (organizationId: string) => Promise<void>
}

/** So many hosts are looked up for the page at once; an organization with more sees the first. */
const MAX_EGRESS = 100

/** What it does to something that is set up when its host is on the list no more, or is again. */
const EFFECTS: Readonly<Record<OutboundPurpose, Readonly<Record<'gain' | 'loss', (host: string) => string>>>> = {
  warehouse: {
    gain: (host) => `The connection reaches ${host} again.`,
    loss: (host) => `The connection no longer reaches ${host}, unless a listed network holds it: nothing reads by it.`,
  },
  'identity-provider': {
    gain: (host) => `People sign in through it again, at ${host}.`,
    loss: (host) =>
      `Nobody signs in through it any more, because ${host} is not listed, unless a listed network holds it.`,
  },
}

/** Where the server may go for an organization: read, tried out, and changed. */
export class NetworkService {
  readonly #options: NetworkServiceOptions

  constructor(options: NetworkServiceOptions) {
    this.#options = options
  }

  async get(principal: UserPrincipal): Promise<NetworkSettings> {
    const { outbound, store } = this.#options
    const { organizationId } = principal
    const { revision, allowedHosts } = await readNetwork(store, organizationId)
    const { isPrivateOpen, isLoopbackOpen, outboundHosts } = outbound.ceiling
    return {
      revision,
      allowedHosts: allowedHosts === null ? null : [...allowedHosts],
      ceiling: {
        outboundHosts: outboundHosts === null ? null : [...outboundHosts.lines],
        isPrivateOpen,
        isLoopbackOpen,
      },
      egress: await this.#listEgress(principal),
    }
  }

  /** What another list would do to what is set up, by name; changes nothing. */
  async preview({ organizationId }: UserPrincipal, { allowedHosts }: NetworkPlanBody): Promise<OrganizationPlan> {
    return withVersion(await this.plan(organizationId, allowedHosts, this.#options.store))
  }

  /**
   * What another list would do to what is set up, and why it cannot be kept. Judged by the list alone, without looking
   * up names. Only what the server itself goes to is bounded by it: warehouses and identity providers. Basemaps and
   * pictures are loaded by the browser.
   */
  async plan(
    organizationId: string,
    allowedHosts: readonly string[] | null,
    store: Store,
  ): Promise<{ effects: SettingsEffect[]; problems: string[] }> {
    const problems = this.findProblems(allowedHosts)
    if (problems.length > 0) return { effects: [], problems }
    const before = await this.readAllowedHosts(organizationId, store)
    if (canonicalJson(tidyHosts(allowedHosts)) === canonicalJson(before)) return { effects: [], problems: [] }
    const configured = await this.#options.listConfiguredHosts(organizationId, store)
    const { outbound } = this.#options
    const effects = configured.flatMap(({ host, port, name, purpose }): SettingsEffect[] => {
      const isListed = outbound.isListed(allowedHosts, host, port)
      if (isListed === outbound.isListed(before, host, port)) return []
      const words = EFFECTS[purpose]
      const kind = isListed ? 'gain' : 'loss'
      const sentence = isListed ? words.gain(`${host}:${port}`) : words.loss(`${host}:${port}`)
      return [{ kind, section: 'network', name, sentence }]
    })
    const sentence =
      allowedHosts === null
        ? 'The server reaches every host that its operator leaves open.'
        : `The server reaches the listed hosts alone (${allowedHosts.length}).`
    return { effects: [{ kind: 'change', section: 'network', name: null, sentence }, ...effects], problems: [] }
  }

  async update(
    caller: UserCaller,
    { revision, allowedHosts, planVersion }: NetworkUpdateBody,
  ): Promise<NetworkSettings> {
    const { principal, requestId } = caller
    const { organizationId } = principal
    const [problem] = this.findProblems(allowedHosts)
    if (problem !== undefined) throw new AppError('rule_violated', problem, { details: { rule: 'network.hosts' } })
    const isChanged = await this.#options.store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, principal, 'governance.manage')
      if (planVersion !== undefined) {
        requireSamePlan(await this.plan(organizationId, allowedHosts, transaction), planVersion, 'network.plan')
      }
      return this.apply(transaction, { organizationId, actor: actorOf(principal), requestId }, allowedHosts, revision)
    })
    if (isChanged) await this.#options.onChanged(organizationId)
    return this.get(principal)
  }

  /** What would be decided about a host; nothing is connected to. */
  async try({ principal, requestId }: UserCaller, { host, port, purpose }: NetworkTryBody): Promise<NetworkTrial> {
    const { organizationId } = principal
    const context = { organizationId, actor: actorOf(principal), purpose, requestId, isTrial: true }
    try {
      const { allowed, rule, reason } = await this.#options.outbound.explain(context, host.trim(), port)
      return { allowed, rule, reason }
    } catch (error) {
      if (!(error instanceof OutboundRefusal)) throw error
      return { allowed: false, rule: String(error.details?.rule), reason: error.message }
    }
  }

  async readAllowedHosts(organizationId: string, store: Store): Promise<readonly string[] | null> {
    return (await readNetwork(store, organizationId)).allowedHosts
  }

  /** What speaks against a list, a sentence for each line that cannot stay as it is. */
  findProblems(allowedHosts: readonly string[] | null): string[] {
    return (allowedHosts ?? []).flatMap((line) => {
      const entry = readHostEntry(line)
      if (typeof entry === 'string') return [entry]
      const network = networkOf(entry)
      const kind = network === null ? 'public' : kindOfAddress(network)
      if (network === null || kind === 'public' || kind === 'private') return []
      const { internalHosts } = this.#options.outbound.ceiling
      const isOpen = internalHosts.holds(network) || internalHosts.lines.includes(line.trim().toLowerCase())
      return isOpen ? [] : [`"${line}" is inside the server’s own network, which only its operator can open.`]
    })
  }

  /**
   * Makes this the list, with an event of the change; false when it is already. The caller of this has decided that the
   * person may and that nothing speaks against the list.
   */
  async apply(
    transaction: Store,
    change: OrganizationChange,
    allowedHosts: readonly string[] | null,
    expectedRevision?: number,
  ): Promise<boolean> {
    const { activity, clock } = this.#options
    const { organizationId } = change
    const before = await lockNetwork(transaction, organizationId)
    if (expectedRevision !== undefined && expectedRevision !== before.revision) {
      const sentence = 'Somebody changed the allowed hosts meanwhile; load them again before you save.'
      throw new AppError('conflict', sentence, { details: { rule: 'network.revision', revision: before.revision } })
    }
    const next = tidyHosts(allowedHosts)
    if (canonicalJson(next) === canonicalJson(before.allowedHosts)) return false
    await writeNetwork(transaction, organizationId, next, clock.now())
    const details = { allowedHosts: { from: before.allowedHosts, to: next } }
    await recordOrganizationChange(activity, transaction, change, 'network.updated', details)
    return true
  }

  /** Closes what is open, once the transaction of a change has ended. */
  async afterChange(organizationId: string): Promise<void> {
    await this.#options.onChanged(organizationId)
  }

  async #listEgress(principal: UserPrincipal): Promise<EgressHost[]> {
    const { listConfiguredHosts, outbound, store } = this.#options
    const { organizationId } = principal
    const byKey = new Map<string, ConfiguredHost & { readonly names: string[] }>()
    for (const configured of await listConfiguredHosts(organizationId, store)) {
      const key = JSON.stringify([configured.purpose, configured.host.toLowerCase(), configured.port])
      const found = byKey.get(key)
      if (found) found.names.push(configured.name)
      else byKey.set(key, { ...configured, names: [configured.name] })
    }
    const hosts = [...byKey.values()].slice(0, MAX_EGRESS)
    return Promise.all(
      hosts.map(async ({ host, port, purpose, names }) => {
        const context = { organizationId, actor: actorOf(principal), purpose, isTrial: false }
        const { allowed, reason } = await outbound.check(context, host, port)
        return { host, port, purpose, usedBy: names, allowed, reason }
      }),
    )
  }
}

/** The lines in one spelling, each once. */
export function tidyHosts(lines: readonly string[] | null): string[] | null {
  return lines === null ? null : [...new Set(lines.map((line) => line.trim().toLowerCase()))]
}
