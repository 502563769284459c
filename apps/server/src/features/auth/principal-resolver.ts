import { AppError, type Role } from '@graticule/contract'
import {
  type AddressPolicyId,
  ANONYMOUS,
  type AppUse,
  decideAddress,
  decideTokenUse,
  type Principal,
  type SupportStay,
  type UserPrincipal,
  type Viewer,
} from '@graticule/policy'
import { LRUCache } from 'lru-cache'
import { AddressRanges } from '../../platform/addresses/address-ranges.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'

/** What a session's cookie leads to. */
export interface ResolvedSession {
  readonly sessionId: string
  readonly userId: string
  readonly organizationId: string
  readonly role: Role
  readonly groupIds: readonly string[]
  /** Absent for everybody who belongs to the organization. */
  readonly support?: SupportStay
  /** The holder of the session, when they look as this person. */
  readonly viewedBy?: Viewer
  /** Where the organization lets people come from; null and absent for anywhere. */
  readonly addressRanges?: readonly string[] | null
}

/** What the access token of an OAuth client leads to. */
export interface ResolvedAppToken {
  readonly principal: UserPrincipal & { readonly app: AppUse }
  /** Where the organization lets people come from, or programs where nobody is there. */
  readonly addressRanges: readonly string[] | null
  /** Sites whose pages may use it; what is no page of any site may use it too. Empty for a program's. */
  readonly origins: readonly string[]
  readonly expiresAt: Date
}

/** What an API token leads to. */
export interface ResolvedToken {
  readonly principal: Principal & { readonly kind: 'token' }
  /** Origins that may use it; empty for all. */
  readonly referers: readonly string[]
  readonly expiresAt: Date | null
  /** Where the organization lets tokens come from; null and absent for anywhere. */
  readonly addressRanges?: readonly string[] | null
}

/**
 * Where each kind of credential is looked up; each answers null for one it does not know or no longer accepts, and throws
 * `organization_suspended` for one of an organization that nobody can enter.
 */
export interface PrincipalSources {
  findSession(tokenHash: string, address: string): Promise<ResolvedSession | null>
  findToken(tokenHash: string): Promise<ResolvedToken | null>
  /** Of an OAuth client, as `createRandomToken('gto_')` makes them. */
  findAppToken(token: string, address: string): Promise<ResolvedAppToken | null>
  findPublicMap(token: string): Promise<(Principal & { readonly kind: 'public-map' }) | null>
  /** Called for each use of a valid token; must be cheap. */
  noteTokenUse(tokenId: string): void
}

/** The outcome for one request: who asks, or anonymous with the reason why what they sent was not accepted. */
export interface Resolution {
  readonly principal: Principal
  readonly failure: AppError | null
  /** Whose the credential is, when it is known and was not accepted. */
  readonly refused?: Principal
}

interface Remembered {
  readonly resolution: Resolution
  readonly token: ResolvedToken | null
  readonly appToken?: ResolvedAppToken
  /** Where the credential counts; null for anywhere. */
  readonly bound: { readonly policy: AddressPolicyId; readonly ranges: AddressRanges } | null
  readonly freshUntil: number
}

/** How long another process's revocation may go unnoticed; our own is noticed at once through `forget`. */
const FRESH_FOR_MS = 1_000
const SESSION_TOKEN = /^gts_[\w-]{43}$/
const API_TOKEN = /^gtk_[\w-]{43}$/
const APP_TOKEN = /^gto_[\w-]{43}$/
const NOBODY: Resolution = { principal: ANONYMOUS, failure: null }

/** Answers who is asking, from a session cookie or a bearer token, remembering answers for a second. */
export class PrincipalResolver {
  readonly #sources: PrincipalSources
  readonly #clock: Clock
  readonly #remembered = new LRUCache<string, Remembered>({ max: 10_000 })
  readonly #looking = new Map<string, Promise<Remembered>>()
  /** The last credential that came in on a connection, for as long as the connection lives. */
  readonly #lastKeys = new WeakMap<WeakKey, { credential: string; isBearer: boolean; key: string }>()
  /** Grows with each `forget`, so that a look-up begun before it is not remembered after it. */
  #generation = 0

  constructor(sources: PrincipalSources, clock: Clock) {
    this.#sources = sources
    this.#clock = clock
  }

  /** `Bearer undefined` is what real layers send in session mode; it counts as no header. */
  readBearer(header: string | undefined): string | null {
    if (header === undefined) return null
    const match = /^Bearer +(\S+) *$/i.exec(header)
    const token = match?.[1]
    return token === undefined || token === 'undefined' || token === 'null' ? null : token
  }

  /**
   * Synchronous while the answer is remembered, so that a cached tile costs no turn of the event loop. `peer` is the
   * connection that the request came in on, `readAddress` tells where it comes from, behind any proxies that are trusted.
   */
  resolve(
    bearer: string | null,
    cookie: string | null,
    origin: string | null,
    peer: WeakKey,
    readAddress: () => string,
  ): Resolution | Promise<Resolution> {
    const recalled = this.recall(bearer, cookie, origin, peer, readAddress)
    const credential = bearer ?? cookie
    if (recalled !== undefined || credential === null) return recalled ?? NOBODY
    const key = this.#keyOf(credential, bearer !== null, peer)
    const looking = this.#looking.get(key) ?? this.#look(key, credential, bearer !== null, readAddress)
    return looking.then((fresh) => this.#answer(fresh, origin, readAddress))
  }

  /**
   * The answer, if it is remembered; undefined also for nobody in particular, and where it depends on the address and none
   * is told.
   */
  recall(
    bearer: string | null,
    cookie: string | null,
    origin: string | null,
    peer: WeakKey,
    readAddress: (() => string) | null,
  ): Resolution | undefined {
    const credential = bearer ?? cookie
    if (credential === null) return undefined
    const remembered = this.#remembered.get(this.#keyOf(credential, bearer !== null, peer))
    const isFresh = remembered !== undefined && remembered.freshUntil > this.#clock.now().getTime()
    if (!isFresh) return undefined
    if (readAddress !== null) return this.#answer(remembered, origin, readAddress)
    return remembered.bound === null ? this.#answer(remembered, origin, () => '') : undefined
  }

  /** Drops everything remembered; called whenever a session, token, role, group or public link changes. */
  forget(): void {
    this.#generation += 1
    this.#remembered.clear()
    this.#looking.clear()
  }

  /** Hashed once for each connection rather than once for each tile: a browser sends the same on all its requests. */
  #keyOf(credential: string, isBearer: boolean, peer: WeakKey): string {
    const last = this.#lastKeys.get(peer)
    if (last !== undefined && last.credential === credential && last.isBearer === isBearer) return last.key
    const key = `${isBearer ? 'bearer' : 'session'}:${hashToken(credential)}`
    this.#lastKeys.set(peer, { credential, isBearer, key })
    return key
  }

  /** All who ask for the same credential at the same moment share one look-up. */
  #look(key: string, credential: string, isBearer: boolean, readAddress: () => string): Promise<Remembered> {
    const generation = this.#generation
    const freshUntil = this.#clock.now().getTime() + FRESH_FOR_MS
    const found = isBearer
      ? this.#lookUpBearer(credential, freshUntil, readAddress)
      : this.#lookUpSession(credential, freshUntil, readAddress)
    const looking = found
      .catch((error: unknown) => rememberSuspension(error, freshUntil))
      .then((remembered) => {
        if (generation === this.#generation) this.#remembered.set(key, remembered)
        return remembered
      })
      .finally(() => {
        if (this.#looking.get(key) === looking) this.#looking.delete(key)
      })
    this.#looking.set(key, looking)
    return looking
  }

  async #lookUpSession(cookie: string, freshUntil: number, readAddress: () => string): Promise<Remembered> {
    // What cannot be one of ours is not worth a question to the store.
    const session = SESSION_TOKEN.test(cookie)
      ? await this.#sources.findSession(hashToken(cookie), readAddress())
      : null
    if (session === null) {
      return { resolution: { principal: ANONYMOUS, failure: sessionEnded() }, token: null, bound: null, freshUntil }
    }
    const { addressRanges, ...principal } = session
    const bound = boundBy('people.addresses', addressRanges)
    return { resolution: { principal: { kind: 'user', ...principal }, failure: null }, token: null, bound, freshUntil }
  }

  async #lookUpBearer(bearer: string, freshUntil: number, readAddress: () => string): Promise<Remembered> {
    if (bearer.startsWith('gtm_')) {
      const principal = await this.#sources.findPublicMap(bearer)
      if (principal !== null) return { resolution: { principal, failure: null }, token: null, bound: null, freshUntil }
    } else if (APP_TOKEN.test(bearer)) {
      const appToken = await this.#sources.findAppToken(bearer, readAddress())
      if (appToken !== null) {
        const { kind } = appToken.principal.app
        const bound = boundBy(kind === 'spa' ? 'people.addresses' : 'tokens.addresses', appToken.addressRanges)
        return {
          resolution: { principal: appToken.principal, failure: null },
          token: null,
          appToken,
          bound,
          freshUntil,
        }
      }
    } else if (API_TOKEN.test(bearer)) {
      const token = await this.#sources.findToken(hashToken(bearer))
      if (token !== null) {
        const bound = boundBy('tokens.addresses', token.addressRanges)
        return { resolution: { principal: token.principal, failure: null }, token, bound, freshUntil }
      }
    }
    return { resolution: { principal: ANONYMOUS, failure: tokenEnded() }, token: null, bound: null, freshUntil }
  }

  #answerApp(appToken: ResolvedAppToken, remembered: Remembered, origin: string | null, readAddress: () => string) {
    const { expiresAt, origins, principal } = appToken
    if (expiresAt <= this.#clock.now()) return { principal: ANONYMOUS, failure: tokenEnded() }
    const asked = origin === null ? null : (URL.parse(origin)?.origin ?? null)
    if (origin === null || origins.length === 0 || (asked !== null && origins.includes(asked))) {
      return refuseOutside(remembered, readAddress) ?? remembered.resolution
    }
    const failure = new AppError(
      'forbidden',
      'Pages of this site may not use the token; add the site to the CORS origins of the OAuth client.',
      { details: { rule: 'app.origin' } },
    )
    return { principal: ANONYMOUS, failure, refused: principal }
  }

  #answer(remembered: Remembered, origin: string | null, readAddress: () => string): Resolution {
    const { appToken, token } = remembered
    if (appToken !== undefined) return this.#answerApp(appToken, remembered, origin, readAddress)
    if (token === null) {
      const { principal } = remembered.resolution
      // To the moment, whatever is remembered: support access has an end that everybody was told.
      const endsAt = principal.kind === 'user' ? principal.support?.endsAt : undefined
      if (endsAt !== undefined && endsAt <= this.#clock.now()) return { principal: ANONYMOUS, failure: sessionEnded() }
      return refuseOutside(remembered, readAddress) ?? remembered.resolution
    }
    const use = decideTokenUse(token, this.#clock.now(), origin)
    if (!use.allowed && use.rule === 'referer') {
      const failure = new AppError('forbidden', use.reason, { details: { rule: use.rule } })
      return { principal: ANONYMOUS, failure, refused: token.principal }
    }
    if (!use.allowed) return { principal: ANONYMOUS, failure: new AppError('unauthenticated', use.reason) }
    const outside = refuseOutside(remembered, readAddress)
    if (outside !== null) return outside
    this.#sources.noteTokenUse(token.principal.tokenId)
    return remembered.resolution
  }
}

function boundBy(policy: AddressPolicyId, lines: readonly string[] | null | undefined): Remembered['bound'] {
  return lines ? { policy, ranges: new AddressRanges(lines) } : null
}

/** Nobody, for a credential that does not count where the request comes from; null where it does. */
function refuseOutside({ bound, resolution }: Remembered, readAddress: () => string): Resolution | null {
  if (bound === null) return null
  const address = readAddress()
  const decision = decideAddress(bound.policy, address, bound.ranges.holds(address))
  if (decision.allowed) return null
  const failure = new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
  return { principal: ANONYMOUS, failure, refused: resolution.principal }
}

function tokenEnded(): AppError {
  return new AppError('unauthenticated', 'This token is not valid: it is unknown, revoked or expired.')
}

function sessionEnded(): AppError {
  return new AppError('session_expired', 'Your session has ended; sign in again.')
}

/** A page that asks for no sign-in is open to whoever holds a credential that does not count, so it is not thrown. */
function rememberSuspension(error: unknown, freshUntil: number): Remembered {
  if (!(error instanceof AppError) || error.code !== 'organization_suspended') throw error
  return { resolution: { principal: ANONYMOUS, failure: error }, token: null, bound: null, freshUntil }
}
