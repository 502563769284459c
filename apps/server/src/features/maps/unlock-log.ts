import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import { currentOrigin, type RequestOrigin, runWithOrigin } from '../../platform/activity/request-origin.ts'
import type { MapRecord } from './map-record.ts'

/** Entries are told of at most this long after they happened, in milliseconds. */
const WRITE_AFTER_MS = 800

/** What came of one entry. */
export type UnlockOutcome = 'right' | 'wrong_password' | 'too_many_attempts'

interface Tally {
  readonly map: Pick<MapRecord, 'id' | 'organizationId'>
  readonly title: string
  readonly outcome: UnlockOutcome
  readonly requestId: string
  readonly origin: RequestOrigin | null
  count: number
}

/**
 * Who entered the password of a public map, and whether it was right: one event a moment for each map, address and outcome,
 * however often somebody there sends it.
 */
export class UnlockLog {
  readonly #activity: Pick<ActivityLog, 'enqueue'>
  #tallies = new Map<string, Tally>()
  #timer: NodeJS.Timeout | null = null

  constructor(activity: Pick<ActivityLog, 'enqueue'>) {
    this.#activity = activity
  }

  /** Counts one entry, which the request came with on whose behalf the code runs. */
  note(map: MapRecord, outcome: UnlockOutcome, requestId: string): void {
    const origin = currentOrigin()
    const key = JSON.stringify([map.id, outcome, origin?.ipAddress ?? null])
    const tally = this.#tallies.get(key)
    if (tally) {
      tally.count += 1
      return
    }
    const { title } = (map.published ?? map.draft).document
    this.#tallies.set(key, { map, title, outcome, requestId, origin, count: 1 })
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS).unref()
  }

  /** Queues the events of what was counted so far. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const tallies = [...this.#tallies.values()]
    this.#tallies = new Map()
    for (const { map, title, outcome, requestId, origin, count } of tallies) {
      const tell = () =>
        this.#activity.enqueue({
          organizationId: map.organizationId,
          actor: actorOf({ kind: 'anonymous' }),
          type: outcome === 'right' ? 'map.password-entered' : 'map.password-refused',
          assetType: 'map',
          assetId: map.id,
          requestId,
          ...(outcome === 'right' ? {} : { reasonCode: outcome }),
          details: { title, count },
        })
      // Under the address that it came from, and not that of whoever started the timer.
      if (origin === null) tell()
      else runWithOrigin(origin, tell)
    }
  }
}
