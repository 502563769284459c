import {
  AppError,
  DEFAULT_VIEWER_TOKEN,
  type RefusalRule,
  type SignInRequired,
  type ViewerTokenSettings,
} from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { Provider, TokenLogins } from '@graticule/warehouses'
import { decodeJwt } from 'jose'
import { LRUCache } from 'lru-cache'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { Secret } from '../../platform/secrets/secret.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { WarehousePool } from '../../platform/warehouses/warehouse-pool.ts'
import type { WarehouseTarget } from '../../platform/warehouses/warehouse-target.ts'
import { type FetchedTokens, TokenRefusal } from '../auth/methods/oidc/fetch-tokens.ts'
import { type Connection, limitsOf } from '../connections/connection.ts'
import { databaseRoleOf } from '../viewer-certificates/database-role.ts'
import { placeConfigOf, viewerLoginOf } from '../viewer-credentials/viewer-credential.ts'
import { NoRefreshToken, type SessionTokens } from './session-tokens.ts'
import { tokenPlaceOf } from './token-place.ts'
import { listTokenSessions, listTokenSessionsOf, type TokenSessionRow } from './token-session-store.ts'

/** A token is replaced so long before it ends, or after half its life: statements that got it may still wait. */
const RENEWED_BEFORE_END_MS = 60_000
/** What a provider means that does not say how long its tokens last. */
const UNTOLD_LIFE_SECONDS = 300
/** A provider that could not be asked is not asked again for so long while the token in hand is good. */
const ASKED_AGAIN_MS = 10_000
/** Somebody whom a database refused does not come to it again for so long: many refusals may lock them out elsewhere. */
const REFUSED_MS = 30_000
/** How long a change made by another process may go unnoticed, in milliseconds. */
const REMEMBER_MS = 1_000
const MAX_PEOPLE = 10_000

export interface ViewerTokenServiceOptions {
  readonly store: Store
  readonly pool: WarehousePool
  readonly secrets: SecretBox
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly tokens: SessionTokens
  readonly findProvider: (providerId: string) => Provider
  /** The identity provider of an organization that lets its tokens be sent to a database; null when none does. */
  readonly findSignIn: (organizationId: string, place: string) => Promise<string | null>
  /** Those of these sessions that somebody can still come with. */
  readonly listLiveSessions: (sessionIds: readonly string[]) => Promise<ReadonlySet<string>>
  /** Forgets the refresh tokens of sessions that are over. */
  readonly forgetRefreshTokens: () => Promise<void>
}

/** A session's token until it is replaced; never written anywhere. */
interface Held {
  /** Names it towards pools and caches; no other token has it. */
  readonly id: string
  readonly sessionId: string
  readonly token: Secret
  readonly claims: Readonly<Record<string, unknown>>
  readonly endsAt: number
  renewAt: number
}

/** What a socket was opened for with a token, which must be so as long as anything runs there. */
interface Used {
  readonly heldId: string
  readonly sessionId: string
  readonly userId: string
  readonly place: string
  /** Null where a claim of the token says it. */
  readonly nameByEmail: string | null
  readonly endsAt: number
}

/**
 * Lets people in at databases with the tokens of their own single sign-on in place of a password: fetched for the session
 * that asks when it asks, held in memory alone, and sent only where an admin lets the provider's tokens be sent.
 */
export class ViewerTokenService {
  readonly #options: ViewerTokenServiceOptions
  readonly #sessions = new LRUCache<string, { readonly row: TokenSessionRow | null }>({
    max: MAX_PEOPLE,
    ttl: REMEMBER_MS,
    ttlResolution: 50,
  })
  readonly #held = new LRUCache<string, Held>({ max: MAX_PEOPLE, dispose: ({ id }) => this.#retire(id) })
  readonly #used = new Map<string, Used>()
  readonly #fetching = new Map<string, Promise<Held>>()
  readonly #refused = new LRUCache<string, AppError>({ max: MAX_PEOPLE, ttl: REFUSED_MS })

  constructor(options: ViewerTokenServiceOptions) {
    this.#options = options
  }

  /**
   * Where the statements of this session go. Throws `credentials_required` when signing in again is what helps, and a
   * refusal of `viewer-token.*` when nobody is let in there.
   */
  async target(principal: UserPrincipal, connection: Connection): Promise<WarehouseTarget> {
    const provider = this.#options.findProvider(connection.providerId)
    const tokens = tokensOf(provider)
    const obstacle = tokens.obstacle(connection.config)
    if (obstacle !== null) throw refusal('viewer-token.place', `"${connection.name}" cannot be read: ${obstacle}`)
    const place = tokenPlaceOf(provider, connection.config)
    const session = await this.#recall(principal.sessionId)
    const { findSignIn } = this.#options
    if (session === null || session.userId !== principal.userId || !session.isProviderEnabled) {
      throw signInRequired(connection, 'session', await findSignIn(connection.organizationId, place))
    }
    if (!session.tokenPlaces.includes(place)) throw notAllowed(connection, session, place)
    if (!session.hasRefreshToken) throw signInRequired(connection, 'sign-in', session.providerId)
    const settings = connection.viewerToken ?? DEFAULT_VIEWER_TOKEN
    const held = await this.#hold(session, connection, settings)
    const loginName = nameOf(session, settings, held.claims)
    if (loginName === null) throw unnamed(connection, session, settings)
    const identity = `token:${session.userId}:${held.id}:${loginName}`
    const attempt = `${connection.id}/${connection.credentialVersion}/${identity}`
    const refused = this.#refused.get(attempt)
    if (refused !== undefined) throw refused
    const { endsAt, id: heldId, sessionId } = held
    const nameByEmail = settings.userClaim === null ? loginName : null
    this.#used.set(identity, { heldId, sessionId, userId: session.userId, place, nameByEmail, endsAt })
    const configPlace = placeConfigOf(connection, viewerLoginOf(provider))
    return {
      organizationId: connection.organizationId,
      connectionId: connection.id,
      connectionName: connection.name,
      providerId: connection.providerId,
      databaseIdentity: identity,
      credentialVersion: connection.credentialVersion,
      embedded: connection.embedded,
      ...limitsOf(connection.options),
      readConfig: () => tokens.configFor(configPlace, { loginName, token: held.token.reveal() }),
      onLoginRefused: async (error) => {
        const told = refusal(
          'viewer-token.refused',
          `The database of "${connection.name}" did not take your token as the password of "${loginName}"; ask its administrator to let that role in with tokens of ${session.providerName}.`,
          { connectionId: connection.id, connectionName: connection.name, loginName },
          error,
        )
        this.#refused.set(attempt, told)
        return told
      },
    }
  }

  /** The role that a person is let in as, if the database has it so; null while no session of theirs says it. */
  async findLoginName(userId: string, connection: Connection): Promise<string | null> {
    const settings = connection.viewerToken ?? DEFAULT_VIEWER_TOKEN
    const place = tokenPlaceOf(this.#options.findProvider(connection.providerId), connection.config)
    const sessions = await listTokenSessionsOf(this.#options.store, userId)
    const live = await this.#options.listLiveSessions(sessions.map(({ sessionId }) => sessionId))
    const session = sessions.find(
      ({ isProviderEnabled, sessionId, tokenPlaces }) =>
        live.has(sessionId) && isProviderEnabled && tokenPlaces.includes(place),
    )
    return session === undefined ? null : nameOf(session, settings, this.#claimsOfSignIn(session))
  }

  /**
   * Ends what runs with tokens of sessions that are over, or that may not be sent any more, lets go of tokens that ended,
   * and forgets the refresh tokens of sessions that are over. Called every second or two.
   */
  async endGone(): Promise<void> {
    const { clock, forgetRefreshTokens, listLiveSessions, pool, store } = this.#options
    await forgetRefreshTokens()
    const now = clock.now().getTime()
    for (const [key, held] of [...this.#held.entries()]) if (held.endsAt <= now) this.#held.delete(key)
    const open = new Set(pool.listPersonalIdentities())
    for (const [identity, { endsAt }] of [...this.#used]) {
      if (endsAt <= now && !open.has(identity)) this.#used.delete(identity)
    }
    const sessionIds = [...new Set([...this.#held.values(), ...this.#used.values()].map(({ sessionId }) => sessionId))]
    if (sessionIds.length === 0) return
    const rows = await listTokenSessions(store, sessionIds)
    const live = await listLiveSessions(sessionIds)
    const sessions = new Map(rows.filter(({ sessionId }) => live.has(sessionId)).map((row) => [row.sessionId, row]))
    for (const [identity, used] of [...this.#used]) {
      if (isStillSo(used, sessions.get(used.sessionId))) continue
      this.#sessions.delete(used.sessionId)
      pool.endIdentity(identity, ENDED)
    }
    for (const [key, { sessionId }] of [...this.#held.entries()]) {
      if (sessions.get(sessionId)?.hasRefreshToken !== true) this.#held.delete(key)
    }
  }

  async #recall(sessionId: string): Promise<TokenSessionRow | null> {
    const remembered = this.#sessions.get(sessionId)
    if (remembered !== undefined) return remembered.row
    const [row = null] = await listTokenSessions(this.#options.store, [sessionId])
    this.#sessions.set(sessionId, { row })
    return row
  }

  async #hold(session: TokenSessionRow, connection: Connection, settings: ViewerTokenSettings): Promise<Held> {
    const key = JSON.stringify([session.sessionId, settings.kind, settings.scope])
    const now = this.#options.clock.now().getTime()
    const held = this.#held.get(key)
    if (held !== undefined && held.renewAt > now) return held
    const fetching =
      this.#fetching.get(key) ??
      this.#fetch(session, settings)
        .then((fetched) => {
          this.#held.set(key, fetched)
          return fetched
        })
        .finally(() => this.#fetching.delete(key))
    this.#fetching.set(key, fetching)
    try {
      return await fetching
    } catch (error) {
      if (error instanceof AppError) throw error
      if (error instanceof NoRefreshToken || (error instanceof TokenRefusal && error.code === 'invalid_grant')) {
        this.#sessions.delete(session.sessionId)
        this.#endSession(session.sessionId)
        throw signInRequired(connection, 'sign-in', session.providerId, error)
      }
      if (error instanceof TokenRefusal) throw notGiven(connection, session, error)
      if (held !== undefined && held.endsAt > now) {
        held.renewAt = now + ASKED_AGAIN_MS
        return held
      }
      throw new AppError(
        'warehouse_unavailable',
        `${session.providerName} could not be asked for your token to "${connection.name}"; try again in a moment.`,
        { cause: error },
      )
    }
  }

  async #fetch(session: TokenSessionRow, settings: ViewerTokenSettings): Promise<Held> {
    const { activity, clock, listLiveSessions, tokens } = this.#options
    const { organizationId, providerName: provider, sessionId, userId } = session
    const actor = { kind: 'user', id: userId } as const
    const about = { organizationId, actor, assetType: 'session', assetId: sessionId } as const
    const askedAt = clock.now().getTime()
    let fetched: FetchedTokens
    try {
      fetched = await tokens.fetch(session, settings.scope)
    } catch (error) {
      if (error instanceof TokenRefusal) {
        activity.enqueue({ ...about, type: 'viewer-token.ended', details: { provider, reason: error.code } })
      }
      throw error
    }
    // Asked at this moment, so that who signed out meanwhile gets none.
    if (!(await listLiveSessions([sessionId])).has(sessionId)) throw ENDED
    const { kind } = settings
    const isIdToken = kind === 'id'
    if (isIdToken && fetched.idToken === null) {
      throw refusal(
        'viewer-token.provider',
        `${provider} gives no new ID token to a session that goes on; ask the owner of the connection to send access tokens instead.`,
      )
    }
    const seconds = (isIdToken ? fetched.idToken?.seconds : fetched.accessTokenSeconds) ?? UNTOLD_LIFE_SECONDS
    const lifeMs = Math.max(seconds, 1) * 1000
    const endsAt = askedAt + lifeMs
    activity.enqueue({
      ...about,
      type: 'viewer-token.fetched',
      details: { provider, kind, endsAt: new Date(endsAt).toISOString() },
    })
    return {
      id: createId(),
      sessionId,
      token: isIdToken && fetched.idToken !== null ? fetched.idToken.token : fetched.accessToken,
      claims: fetched.idToken?.claims ?? this.#claimsOfSignIn(session),
      endsAt,
      renewAt: endsAt - Math.min(RENEWED_BEFORE_END_MS, lifeMs / 2),
    }
  }

  /** What the ID token of the sign-in said, which was checked then; a fresh one says it anew. */
  #claimsOfSignIn({ idToken, sessionId }: TokenSessionRow): Readonly<Record<string, unknown>> {
    return idToken === null ? {} : decodeJwt(this.#options.secrets.open(idToken, SEALED_COLUMNS.idToken.in(sessionId)))
  }

  #endSession(sessionId: string): void {
    for (const [key, held] of [...this.#held.entries()]) if (held.sessionId === sessionId) this.#held.delete(key)
    for (const [identity, used] of [...this.#used]) {
      if (used.sessionId === sessionId) this.#options.pool.endIdentity(identity, ENDED)
    }
  }

  /** Nobody new uses what the token opened; what runs there finishes. */
  #retire(heldId: string): void {
    for (const [identity, used] of this.#used) if (used.heldId === heldId) this.#options.pool.retireIdentity(identity)
  }
}

const ENDED = refusal(
  'viewer-token.ended',
  'The token that this ran under is not used any more; sign in again if you may.',
)

/** How people are let in with tokens at this provider's warehouses; `rule_violated` where they are not. */
export function tokensOf({ label, viewerLogin }: Provider): TokenLogins {
  if (viewerLogin !== null && viewerLogin.tokens !== null) return viewerLogin.tokens
  throw new AppError('rule_violated', `Nobody’s token is sent to ${label}.`, {
    details: { rule: 'credential.token.provider' },
  })
}

function isStillSo({ nameByEmail, place, userId }: Used, session: TokenSessionRow | undefined): boolean {
  if (session === undefined || !session.hasRefreshToken || session.userId !== userId) return false
  if (!session.isProviderEnabled || !session.tokenPlaces.includes(place)) return false
  return nameByEmail === null || databaseRoleOf(session.email) === nameByEmail
}

/** The role that is asked for; whether the token may have it says the database. */
function nameOf(
  { email }: TokenSessionRow,
  { userClaim }: ViewerTokenSettings,
  claims: Readonly<Record<string, unknown>>,
): string | null {
  if (userClaim === null) return databaseRoleOf(email)
  const claimed = claims[userClaim]
  // As long as a name of PostgreSQL may be, and nothing that a log or a sentence would take for a line.
  return typeof claimed === 'string' && /^[^\p{Cc}"]{1,63}$/u.test(claimed) ? claimed : null
}

function signInRequired(
  { id, name }: Connection,
  reason: SignInRequired['reason'],
  providerId: string | null,
  cause?: unknown,
): AppError {
  const signInPath = providerId === null ? null : `/auth/oidc/${encodeURIComponent(providerId)}/start`
  const details: SignInRequired = { connectionId: id, connectionName: name, reason, signInPath }
  const sentence =
    reason === 'session'
      ? `The data of "${name}" are read with a token of your organization’s single sign-on, and you came in another way; sign out, and sign in with it.`
      : `Your single sign-on gives no more tokens for this session; sign in again to see the data of "${name}".`
  return new AppError('credentials_required', sentence, {
    details: { rule: `viewer-token.${reason}`, ...details },
    hint: 'Nothing is entered here: the token is fetched while you are signed in with the identity provider.',
    cause,
  })
}

function notAllowed({ name }: Connection, { providerName }: TokenSessionRow, place: string): AppError {
  return refusal(
    'viewer-token.place',
    `Tokens of ${providerName} are not sent to the database of "${name}"; ask an admin to add ${place} to the databases of that identity provider.`,
  )
}

function notGiven({ name }: Connection, { providerName }: TokenSessionRow, error: TokenRefusal): AppError {
  return refusal(
    'viewer-token.provider',
    `${providerName} gives no token for "${name}" (${error.code}); ask the owner of the connection to check the scope, and an admin the identity provider.`,
    {},
    error,
  )
}

function unnamed({ name }: Connection, { email, providerName }: TokenSessionRow, settings: ViewerTokenSettings) {
  const { userClaim } = settings
  return refusal(
    'viewer-token.name',
    userClaim === null
      ? `You read "${name}" as the database role that is called like your e-mail before the @, and ${email} makes no such name; ask an admin to change it.`
      : `You read "${name}" as the database role in the claim ${userClaim}, which ${providerName} does not tell of you; ask its administrator to put it into the ID token.`,
  )
}

function refusal(rule: RefusalRule, sentence: string, details: object = {}, cause?: unknown): AppError {
  return new AppError('forbidden', sentence, { details: { rule, ...details }, cause })
}
