import { PUBLIC_USER } from '@graticule/contract'
import { type Principal, USAGE_METHODS, type UsageMethod, usageClient } from '@graticule/policy'
import { BatchedTallies } from '../../platform/activity/batched-tallies.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { dayOf } from './quota-year.ts'
import { addUsage, type CountedRequests } from './usage-store.ts'

const DAY_MS = 24 * 60 * 60_000
/** Maps that one person can name in one batch; whatever they name besides counts without a map. */
const MAX_NAMED = 20
/** Kinds of requests that wait while the store is away, rather than memory without bound. */
const MAX_WAITING = 20_000

/** Everybody whose requests can count. */
export type MeteredPrincipal = Exclude<Principal, { kind: 'anonymous' }>

interface Tally {
  readonly principal: MeteredPrincipal
  readonly method: UsageMethod
  readonly client: string
  readonly mapId: string | undefined
  readonly dayNumber: number
  requests: number
}

export interface UsageMeterOptions {
  readonly store: Store
  readonly clock: Clock
  /** Whether the principal may open the map that a request names, which anybody can write into an address. */
  readonly mayOpenMap: (principal: Principal, mapId: string) => Promise<boolean>
  /** Called when the usage of organizations has been written. */
  readonly onWritten: (organizationIds: ReadonlySet<string>) => Promise<void>
  readonly onError: (error: unknown, lostRequests: number) => void
}

/**
 * Counts requests that succeeded, by day, person, method, client and map, and writes them once a second. A server that
 * is killed loses the counts of its last second.
 */
export class UsageMeter {
  readonly #options: UsageMeterOptions
  readonly #tallies = new BatchedTallies<Tally>((tallies) => this.#write(tallies))
  /** What the store did not take yet. */
  #waiting: CountedRequests[] = []
  /** The maps that each person named since the last batch: anybody can write any into an address. */
  #named = new Map<string, Set<string>>()
  /** Whose usage was written and not looked at yet, which may send mails and must not keep counts waiting. */
  readonly #toNote = new Set<string>()
  #noting: Promise<void> | null = null

  constructor(options: UsageMeterOptions) {
    this.#options = options
  }

  count(principal: MeteredPrincipal, method: UsageMethod, clientName: string | undefined, mapId: string | undefined) {
    const client = usageClient(clientName)
    const dayNumber = Math.floor(this.#options.clock.now().getTime() / DAY_MS)
    const named = principal.kind === 'public-map' ? principal.mapId : this.#admitName(userOf(principal), mapId)
    const key = `${dayNumber}/${principal.organizationId}/${userOf(principal)}/${principal.kind}/${method}/${client}/${named ?? ''}`
    this.#tallies.take(key, () => ({ principal, method, client, mapId: named, dayNumber, requests: 0 })).requests += 1
  }

  /** Writes what was counted so far, and waits until everybody has been told. */
  async flush(): Promise<void> {
    await this.#tallies.flush()
    await this.#noting
  }

  #admitName(userId: string, mapId: string | undefined): string | undefined {
    if (mapId === undefined) return undefined
    const named = this.#named.get(userId) ?? new Set()
    this.#named.set(userId, named)
    if (named.size >= MAX_NAMED && !named.has(mapId)) return undefined
    named.add(mapId)
    return mapId
  }

  async #noteAll(): Promise<void> {
    const { onError, onWritten } = this.#options
    while (this.#toNote.size > 0) {
      const organizationIds = new Set(this.#toNote)
      this.#toNote.clear()
      await onWritten(organizationIds).catch((error: unknown) => onError(error, 0))
    }
    this.#noting = null
  }

  async #write(tallies: readonly Tally[]): Promise<void> {
    const { onError, store } = this.#options
    this.#named = new Map()
    for (const tally of tallies) this.#waiting.push(await this.#toCounted(tally))
    if (this.#waiting.length === 0) return
    const batch = this.#waiting
    this.#waiting = []
    try {
      await addUsage(store, batch)
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting]
      const lost = this.#waiting.splice(0, Math.max(0, this.#waiting.length - MAX_WAITING))
      onError(
        error,
        lost.reduce((sum, { requests }) => sum + requests, 0),
      )
      return
    }
    for (const { organizationId } of batch) this.#toNote.add(organizationId)
    this.#noting ??= this.#noteAll()
  }

  async #toCounted({ principal, method, client, mapId, dayNumber, requests }: Tally): Promise<CountedRequests> {
    const { mayOpenMap } = this.#options
    const isNamed = mapId !== undefined && (await mayOpenMap(principal, mapId).catch(() => false))
    return {
      organizationId: principal.organizationId,
      day: dayOf(new Date(dayNumber * DAY_MS)),
      userId: userOf(principal),
      method,
      client,
      mapId: isNamed ? mapId : '',
      weight: USAGE_METHODS[method].weight,
      requests,
    }
  }
}

/** Whose usage it is: of whoever is really there, of the owner of a token, or of the public. */
export function userOf(principal: MeteredPrincipal): string {
  switch (principal.kind) {
    case 'user':
      return principal.viewedBy?.userId ?? principal.userId
    case 'token':
      return principal.ownerId
    case 'public-map':
      return PUBLIC_USER
  }
}
