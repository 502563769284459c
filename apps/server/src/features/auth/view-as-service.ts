import { AppError } from '@graticule/contract'
import { type Action, decideViewAs, type PersonFacts, type UserPrincipal, VIEW_AS_LASTS_MS } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { personNotFound } from '../users/person-not-found.ts'
import type { ViewAsStore } from './view-as-store.ts'

export interface ViewAsServiceOptions {
  readonly store: Store
  readonly views: ViewAsStore
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the asker may not any more; if they may, they and the person stay as they are until the end. */
  readonly holdRightAndPerson: (
    transaction: Store,
    principal: UserPrincipal,
    action: Action,
    personId: string,
  ) => Promise<PersonFacts | null>
  readonly findName: (id: string) => Promise<string | null>
  /** Called when a session leads to somebody else from then on. */
  readonly onChanged: () => void
}

/** Who really looks at the workspace, and until when. */
export interface CurrentView {
  readonly name: string
  readonly until: Date
}

/**
 * Lets admins look at the workspace as somebody else. The view belongs to their own session, ends with it, and gives
 * nothing but reading; what that is decides policy, before any route is asked.
 */
export class ViewAsService {
  readonly #options: ViewAsServiceOptions

  constructor(options: ViewAsServiceOptions) {
    this.#options = options
  }

  async begin({ principal, requestId }: UserCaller, personId: string): Promise<void> {
    const { activity, clock, holdRightAndPerson, onChanged, store, views } = this.#options
    await store.transaction().execute(async (transaction) => {
      const person = await holdRightAndPerson(transaction, principal, 'user.view-as', personId)
      if (person?.organizationId !== principal.organizationId) throw personNotFound()
      const decision = decideViewAs(principal, person)
      if (!decision.allowed) throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
      const startedAt = clock.now()
      const until = new Date(startedAt.getTime() + VIEW_AS_LASTS_MS)
      await views.insert(transaction, { sessionId: principal.sessionId, personId, startedAt, until })
      await activity.record(transaction, {
        organizationId: principal.organizationId,
        actor: { kind: 'user', id: principal.userId },
        type: 'view-as.started',
        assetType: 'user',
        assetId: personId,
        requestId,
        details: { until: until.toISOString() },
      })
    })
    onChanged()
  }

  /** The asker is themself again; nothing happens to somebody who is already. */
  async end({ principal, requestId }: UserCaller): Promise<void> {
    const { activity, onChanged, store, views } = this.#options
    const { viewedBy } = principal
    if (viewedBy === undefined) return
    await store.transaction().execute(async (transaction) => {
      if (!(await views.delete(transaction, principal.sessionId))) return
      await activity.record(transaction, {
        organizationId: principal.organizationId,
        actor: { kind: 'user', id: viewedBy.userId },
        type: 'view-as.ended',
        assetType: 'user',
        assetId: principal.userId,
        requestId,
        details: { reason: 'exit' },
      })
    })
    onChanged()
  }

  /** Null for somebody who is there as themself. */
  async find({ sessionId, viewedBy }: UserPrincipal): Promise<CurrentView | null> {
    if (viewedBy === undefined) return null
    const until = await this.#options.views.findEnd(sessionId)
    const name = await this.#options.findName(viewedBy.userId)
    return until === null || name === null ? null : { name, until }
  }

  /** Records the end of views that ran out, or whose session ended; they have shown nobody anything since. */
  async sweep(): Promise<void> {
    const { activity, clock, store, views } = this.#options
    await store.transaction().execute(async (transaction) => {
      const ended = await views.deleteEnded(transaction, clock.now())
      await activity.recordAll(
        transaction,
        ended.map(({ viewerId, personId, organizationId }) => ({
          organizationId,
          actor: { kind: 'user', id: viewerId },
          type: 'view-as.ended',
          assetType: 'user',
          assetId: personId,
          details: { reason: 'over' },
        })),
      )
    })
  }
}
