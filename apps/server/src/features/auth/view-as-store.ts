import type { Store } from '../../platform/db/database.ts'

/** A view that is over, and what its end is recorded with. */
export interface EndedView {
  readonly viewerId: string
  readonly personId: string
  readonly organizationId: string
}

/** Who looks at the workspace as whom, by their sessions. */
export class ViewAsStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** One session looks as one person; one that is over and was not swept yet makes room. */
  async insert(
    transaction: Store,
    view: { readonly sessionId: string; readonly personId: string; readonly startedAt: Date; readonly until: Date },
  ): Promise<void> {
    const row = { viewed_user_id: view.personId, started_at: view.startedAt, expires_at: view.until }
    await transaction
      .insertInto('session_views')
      .values({ session_id: view.sessionId, ...row })
      .onConflict((conflict) => conflict.column('session_id').doUpdateSet(row))
      .execute()
  }

  /** When the view of this session ends; null when it looks as nobody. */
  async findEnd(sessionId: string): Promise<Date | null> {
    const row = await this.#store
      .selectFrom('session_views')
      .select('expires_at')
      .where('session_id', '=', sessionId)
      .executeTakeFirst()
    return row?.expires_at ?? null
  }

  /** False when the session looks as nobody. */
  async delete(transaction: Store, sessionId: string): Promise<boolean> {
    const result = await transaction.deleteFrom('session_views').where('session_id', '=', sessionId).executeTakeFirst()
    return result.numDeletedRows > 0n
  }

  /** Removes views that are over by their time, or with the session that they belong to. */
  async deleteEnded(transaction: Store, now: Date): Promise<EndedView[]> {
    return transaction
      .deleteFrom('session_views')
      .using('sessions')
      .using('users')
      .whereRef('sessions.id', '=', 'session_views.session_id')
      .whereRef('users.id', '=', 'sessions.user_id')
      .where((where) => where.or([where('session_views.expires_at', '<=', now), where('revoked_at', 'is not', null)]))
      .returning([
        'sessions.user_id as viewerId',
        'session_views.viewed_user_id as personId',
        'users.organization_id as organizationId',
      ])
      .execute()
  }
}
