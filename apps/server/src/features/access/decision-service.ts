import { type AccessDecision, AppError } from '@graticule/contract'
import { ACTIONS, type Action, type Principal, type UserPrincipal } from '@graticule/policy'
import { LRUCache } from 'lru-cache'
import { actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import {
  type DecisionRow,
  deleteDecisions,
  findDecision,
  insertDecisions,
  type NewDecision,
  trimDecisions,
} from './decision-store.ts'

/** What a request was refused, as far as somebody who looks into it later must know. */
export interface Refusal {
  readonly principal: Principal
  readonly action: Action | null
  readonly rule: string
  /** The sentence that went back. */
  readonly reason: string
  readonly method: string
  /** The pattern of the address, not the address: that may hold what is nobody's business. */
  readonly route: string
  /** What the request named, such as `map:…`; null when it was about nothing. */
  readonly target: string | null
  readonly requestId: string
}

/** The same refusal again within this time has the id of the first, in milliseconds. */
const SAME_FOR_MS = 10 * 60_000
const KEPT_FOR_MS = 30 * 24 * 60 * 60_000
/** Of one person or token: whoever provokes refusals pushes out their own and nobody else's. */
const KEPT_OF_ONE = 200
/** Beyond this, refusals that wait to be written are answered and not kept. */
const MAX_WAITING = 1_000
const WRITE_AFTER_MS = 200
const MAX_TEXT = 500

/** Keeps refusals for a while, so that the id in an answer leads an admin to what was decided, about whom and why. */
export class DecisionService {
  readonly #store: Store
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  readonly #onNew: (refusal: Refusal, decisionId: string) => void
  readonly #onVisitor: (refusal: Refusal, decisionId: string) => void
  readonly #recent = new LRUCache<string, { readonly id: string; readonly at: number }>({ max: 5_000 })
  #waiting: NewDecision[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  /**
   * `onNew` hears of every refusal but for those that are the same as one of a moment ago; `onVisitor` of those of
   * visitors, who belong to no organization whose admins could look: they are the operator's to find.
   */
  constructor(
    store: Store,
    clock: Clock,
    onError: (error: unknown) => void,
    onNew: (refusal: Refusal, decisionId: string) => void = () => undefined,
    onVisitor: (refusal: Refusal, decisionId: string) => void = () => undefined,
  ) {
    this.#store = store
    this.#clock = clock
    this.#onError = onError
    this.#onNew = onNew
    this.#onVisitor = onVisitor
  }

  /** The id of the decision, which is written a moment later. */
  note(refusal: Refusal): string {
    const { principal } = refusal
    if (principal.kind === 'anonymous') {
      const id = createId()
      this.#onVisitor(refusal, id)
      return id
    }
    const { kind, id: principalId } = actorOf(principal)
    const { action, rule, method, route, target } = refusal
    const key = JSON.stringify([principal.organizationId, kind, principalId, action, rule, method, route, target])
    const now = this.#clock.now()
    const earlier = this.#recent.get(key)
    if (earlier && now.getTime() - earlier.at < SAME_FOR_MS) return earlier.id
    const id = createId()
    if (this.#waiting.length >= MAX_WAITING) return id
    this.#recent.set(key, { id, at: now.getTime() })
    this.#onNew(refusal, id)
    this.#waiting.push({
      id,
      organization_id: principal.organizationId,
      at: now,
      principal_kind: kind,
      principal_id: principalId ?? '',
      action,
      rule,
      reason: refusal.reason.slice(0, MAX_TEXT),
      method,
      route,
      target: target?.slice(0, MAX_TEXT) ?? null,
      request_id: refusal.requestId,
    })
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS).unref()
    return id
  }

  /** For admins; whether one may look was decided by the route's action. 404 for another organization's as well. */
  async find(asker: UserPrincipal, id: string): Promise<AccessDecision> {
    await this.flush()
    const row = await findDecision(this.#store, asker.organizationId, id)
    if (row) return toDecision(row)
    throw new AppError('not_found', 'There is no such decision; decisions are kept for 30 days.')
  }

  /** Writes what waits. What the store does not take is given up: the person was answered all the same. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    await this.#writing
  }

  /** Forgets what is older than 30 days. */
  async sweep(): Promise<void> {
    await deleteDecisions(this.#store, new Date(this.#clock.now().getTime() - KEPT_FOR_MS))
  }

  async #write(): Promise<void> {
    const rows = this.#waiting
    this.#waiting = []
    if (rows.length === 0) return
    try {
      await insertDecisions(this.#store, rows)
      const refused = new Map(
        rows.map((row) => [`${row.organization_id}/${row.principal_kind}/${row.principal_id}`, row]),
      )
      for (const row of refused.values()) await trimDecisions(this.#store, row, KEPT_OF_ONE)
    } catch (error) {
      this.#onError(error)
    }
  }
}

function toDecision(row: DecisionRow): AccessDecision {
  const subject = { kind: row.principal_kind, id: row.principal_id, name: row.userName ?? row.tokenName }
  const action = row.action !== null && Object.hasOwn(ACTIONS, row.action) ? (row.action as Action) : null
  return {
    id: row.id,
    at: row.at.toISOString(),
    subject,
    action: row.action,
    rule: row.rule,
    reason: row.reason,
    target: row.target,
    route: `${row.method} ${row.route}`,
    requestId: row.request_id,
    sentence: describe(row, action),
  }
}

function describe(row: DecisionRow, action: Action | null): string {
  const who = describeSubject(row)
  const what = action === null ? 'this request' : `to ${ACTIONS[action].phrase}`
  const about = row.target === null ? '' : ` (${row.target})`
  const when = `${row.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `On ${when}, ${who} was not allowed ${what}${about} by the rule ${row.rule}: ${row.reason}`
}

function describeSubject(row: DecisionRow): string {
  switch (row.principal_kind) {
    case 'user':
      return row.userName === null ? 'somebody who is gone' : `${row.userName} (${row.userRole} today)`
    case 'token':
      return row.tokenName === null ? 'an API token' : `the API token "${row.tokenName}"`
    default:
      return 'a visitor of a public map'
  }
}
