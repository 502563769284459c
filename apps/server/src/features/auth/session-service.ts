import { AppError, type SessionSummary } from '@graticule/contract'
import { decideAddress, decideViewAs, type UserPrincipal } from '@graticule/policy'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { AddressRanges } from '../../platform/addresses/address-ranges.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import { deletePendingSignInsOf } from './pending-sign-in-store.ts'
import type { ResolvedSession } from './principal-resolver.ts'
import type { SessionLimits, SessionStore } from './session-store.ts'

export interface SessionLengths {
  /** Milliseconds without a request after which a session ends, where the organization says nothing else. */
  readonly sessionIdleMs: number
  /** Milliseconds after which it ends in any case, as above. */
  readonly sessionAbsoluteMs: number
}

/** Where a session is begun from. */
export interface SessionOrigin {
  readonly userAgent: string
  readonly ipAddress: string
  readonly requestId?: string
}

/** A session as its holder gets it: the token goes into the cookie and is stored nowhere. */
export interface StartedSession {
  readonly sessionId: string
  readonly token: string
  /** How long the cookie may be kept. */
  readonly maxAgeSeconds: number
}

/** The time of last use is written at most this often. */
const TOUCH_EVERY_MS = 60_000

/** Begins, recognises, lists and ends sessions. */
export class SessionService {
  readonly #sessions: SessionStore
  readonly #store: Store
  readonly #activity: ActivityLog
  readonly #clock: Clock
  readonly #limits: SessionLimits
  readonly #onRevoked: () => void

  constructor(
    sessions: SessionStore,
    store: Store,
    activity: ActivityLog,
    clock: Clock,
    lengths: SessionLengths,
    /** Called after a session has ended, so that nothing remembers it. */
    onRevoked: () => void,
  ) {
    this.#sessions = sessions
    this.#store = store
    this.#activity = activity
    this.#clock = clock
    this.#limits = { idleMs: lengths.sessionIdleMs, absoluteMs: lengths.sessionAbsoluteMs }
    this.#onRevoked = onRevoked
  }

  /**
   * Begins a session inside the transaction that proved who the person is. Throws `organization_suspended`, and `forbidden`
   * for an address that the organization lets nobody come from.
   */
  async start(
    transaction: Store,
    user: { readonly id: string; readonly organizationId: string },
    origin: SessionOrigin,
    method: string,
    secondFactor?: string,
  ): Promise<StartedSession> {
    const now = this.#clock.now()
    const token = createRandomToken('gts_')
    const sessionId = createId()
    const lastsMs = await this.requireEntrance(transaction, user, origin, method)
    await this.#sessions.insert(
      {
        id: sessionId,
        user_id: user.id,
        token_hash: hashToken(token),
        created_at: now,
        last_seen_at: now,
        expires_at: new Date(now.getTime() + lastsMs),
        user_agent: origin.userAgent.slice(0, 300),
        ip_address: origin.ipAddress,
      },
      transaction,
    )
    await this.#activity.record(transaction, {
      organizationId: user.organizationId,
      actor: { kind: 'user', id: user.id },
      type: 'session.created',
      assetType: 'session',
      assetId: sessionId,
      requestId: origin.requestId,
      details: { method, ...(secondFactor && { secondFactor }), ipAddress: origin.ipAddress },
    })
    return { sessionId, token, maxAgeSeconds: Math.floor(lastsMs / 1000) }
  }

  /**
   * How long a session that began now would last at most, in milliseconds. Throws `organization_suspended`, and `forbidden`
   * for an address that the organization lets nobody come from, of which an event is left although nothing has changed.
   */
  async requireEntrance(
    transaction: Store,
    user: { readonly id: string; readonly organizationId: string },
    { ipAddress, requestId }: SessionOrigin,
    method: string,
  ): Promise<number> {
    const terms = await this.#sessions.readTerms(transaction, user.organizationId, this.#limits)
    if (terms.suspendedAt !== null) throw organizationSuspended()
    if (terms.addressRanges === null) return terms.absoluteMs
    const isInside = new AddressRanges(terms.addressRanges).holds(ipAddress)
    const decision = decideAddress('people.addresses', ipAddress, isInside)
    if (decision.allowed) return terms.absoluteMs
    this.#activity.enqueue({
      organizationId: user.organizationId,
      actor: { kind: 'anonymous', id: null },
      type: 'session.refused',
      assetType: 'user',
      assetId: user.id,
      requestId,
      details: { method, reason: 'address_outside', ipAddress },
    })
    throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
  }

  /** The live session behind a cookie; notes that it was used, where it counts. Throws `organization_suspended`. */
  async resolve(tokenHash: string, address: string): Promise<ResolvedSession | null> {
    const found = await this.#use('token_hash', tokenHash, address)
    return found === null || found.viewedId === null
      ? (found?.session ?? null)
      : this.#asViewed(found.session, found.viewedId)
  }

  /**
   * The live session that somebody let an application act in; the application's use is theirs. It never looks as
   * somebody else. Whether the session counts at the address is for the caller to ask; where it does not, this was no use
   * of it. Throws `organization_suspended`.
   */
  async resolveForApp(sessionId: string, address: string | null): Promise<ResolvedSession | null> {
    return (await this.#use('id', sessionId, address))?.session ?? null
  }

  /** An active person who belongs to their organization, as their own session would lead to them; null when there is none. */
  async findPerson(userId: string): Promise<Omit<ResolvedSession, 'sessionId'> | null> {
    return this.#sessions.findPerson(userId)
  }

  /** When the person signed in; null for a session that is gone. */
  async findStart(sessionId: string): Promise<Date | null> {
    return this.#sessions.findStart(sessionId)
  }

  async #use(
    column: 'token_hash' | 'id',
    value: string,
    address: string | null,
  ): Promise<{ readonly session: ResolvedSession; readonly viewedId: string | null } | null> {
    const now = this.#clock.now()
    const found = await this.#sessions.findLive({ column, value }, now, this.#limits)
    if (found === null) return null
    const { lastSeenAt, suspendedAt, viewedId, ...session } = found
    if (suspendedAt !== null) throw organizationSuspended()
    // Whoever is refused where they are has not used it; else somebody who stole it would keep it from ending.
    const isUse = address === null || isInside(session.addressRanges, address)
    if (isUse && now.getTime() - lastSeenAt.getTime() > TOUCH_EVERY_MS) {
      // A store that cannot be written to, such as one with a full disk, must not keep anybody from reading.
      await this.#sessions.touch(session.sessionId, now).catch(() => undefined)
    }
    return { session, viewedId }
  }

  /** The person whom the holder of the session looks as, while they still may; the holder themself otherwise. */
  async #asViewed(session: ResolvedSession, viewedId: string): Promise<ResolvedSession> {
    const person = await this.#sessions.findPerson(viewedId)
    if (person === null) return session
    const facts = { id: person.userId, organizationId: person.organizationId, role: person.role, isActive: true }
    if (!decideViewAs({ kind: 'user', ...session }, facts).allowed) return session
    const { addressRanges = null, sessionId, userId } = session
    return { ...person, sessionId, viewedBy: { userId }, addressRanges }
  }

  async list(principal: UserPrincipal): Promise<SessionSummary[]> {
    const rows = await this.#sessions.listLive(principal.userId, this.#clock.now(), this.#limits)
    return rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
      expiresAt: new Date(Math.min(row.expires_at.getTime(), row.created_at.getTime() + row.absoluteMs)).toISOString(),
      idleExpiresAt: new Date(row.last_seen_at.getTime() + row.idleMs).toISOString(),
      userAgent: row.user_agent,
      ipAddress: row.ip_address,
      isCurrent: row.id === principal.sessionId,
    }))
  }

  /** Ends one of the person's own sessions. Throws `not_found` for any other. */
  async revoke(principal: UserPrincipal, sessionId: string, requestId: string): Promise<void> {
    // Whoever looks as somebody else has no session but their own.
    const holderId = principal.viewedBy?.userId ?? principal.userId
    const isRevoked = await this.#store.transaction().execute(async (transaction) => {
      const done = await this.#sessions.revoke(sessionId, holderId, this.#clock.now(), transaction)
      if (!done) return false
      await this.#activity.record(transaction, {
        organizationId: principal.organizationId,
        actor: { kind: 'user', id: holderId },
        type: 'session.revoked',
        assetType: 'session',
        assetId: sessionId,
        requestId,
        details: { isOwnSession: sessionId === principal.sessionId },
      })
      return true
    })
    if (!isRevoked) throw new AppError('not_found', 'There is no such session; it may have ended already.')
    this.#onRevoked()
  }

  /** Ends all sessions of a person, also half begun ones, inside a transaction, after which the caller makes everybody forget them. */
  async endAllOf(transaction: Store, userId: string): Promise<number> {
    await deletePendingSignInsOf(transaction, userId)
    return this.#sessions.revokeAllOf(userId, this.#clock.now(), transaction)
  }

  /** Ends all sessions of a person but the one that asks; the caller makes everybody forget them. */
  async endOthersOf(transaction: Store, { userId, sessionId }: UserPrincipal): Promise<number> {
    await deletePendingSignInsOf(transaction, userId)
    return this.#sessions.revokeAllOf(userId, this.#clock.now(), transaction, sessionId)
  }

  /**
   * Ends the sessions of an organization that no identity provider vouches for, inside the transaction from which on it
   * must; the caller makes everybody forget them.
   */
  async endOwnOf(
    transaction: Store,
    organizationId: string,
    exempt: { readonly userId: string; readonly guests: boolean },
  ): Promise<number> {
    return this.#sessions.revokeOwnOf(transaction, organizationId, exempt, this.#clock.now())
  }

  /** Ends sessions by their ids. The caller records why, in the same transaction, for those that were live. */
  async end(
    sessionIds: readonly string[],
    record: (transaction: Store, ended: readonly string[]) => Promise<void>,
  ): Promise<void> {
    if (sessionIds.length === 0) return
    await this.#store.transaction().execute(async (transaction) => {
      await record(transaction, await this.#sessions.revokeAll(sessionIds, this.#clock.now(), transaction))
    })
    this.#onRevoked()
  }

  /** Those of these sessions that somebody can still come with. */
  async listLive(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#sessions.listLiveIds(sessionIds, this.#clock.now(), this.#limits)
  }

  /** Forgets what tokens would be fetched with for sessions that are over. */
  async forgetRefreshTokens(): Promise<void> {
    await this.#sessions.forgetRefreshTokensOfEnded(this.#clock.now(), this.#limits)
  }

  /** Removes sessions that ended before the time. */
  async sweep(before: Date): Promise<void> {
    await this.#sessions.deleteEnded(before)
  }
}

function isInside(lines: readonly string[] | null | undefined, address: string): boolean {
  return !lines || new AddressRanges(lines).holds(address)
}
