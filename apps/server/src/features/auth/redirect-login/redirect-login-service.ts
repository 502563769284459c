import { AppError, SIGN_IN_PROBLEMS, type SignInProblem } from '@graticule/contract'
import type { Principal, UserPrincipal } from '@graticule/policy'
import type { PendingLoginRow } from '../../../platform/db/tables.ts'
import { createRandomToken, hashToken } from '../../../platform/secrets/bearer-tokens.ts'
import { SEALED_COLUMNS } from '../../../platform/secrets/sealed-columns.ts'
import type { ExternalIdentity } from '../../identity-providers/external-sign-in-service.ts'
import type { IdentityProvider } from '../../identity-providers/identity-provider-service.ts'
import { SignInRefusal } from '../../identity-providers/sign-in-refusal.ts'
import { AttemptLimit } from '../attempt-limit.ts'
import type { BegunLogin, LoginContext } from '../methods/login-method.ts'
import type { SessionOrigin } from '../session-service.ts'
import type { SignedIn } from '../sign-in-service.ts'
import {
  consumePendingLogin,
  deletePendingLogins,
  findPendingLogin,
  insertPendingLogin,
  keepAnswer,
} from './pending-login-store.ts'
import type { LoginChecks, RedirectProtocol } from './redirect-protocol.ts'

/** What the browser came back with. */
export interface Callback {
  /** The secret of the login, which the provider hands back. */
  readonly state: string
  /** The whole address, as the provider was told it. */
  readonly url: URL
  readonly readCookie: (name: string) => string | null
  readonly principal: Principal
  readonly origin: SessionOrigin
}

/** How a login ended, and where the browser goes now. */
export type FinishedLogin = {
  /** Path in this app that was wanted. */
  readonly target: string
  readonly isTest: boolean
  /** To be forgotten by the browser; null when no login of ours was found. */
  readonly cookieName: string | null
} & (
  | { readonly signedIn: SignedIn | null; readonly problem: null }
  | { readonly signedIn: null; readonly problem: SignInProblem; readonly cause: unknown }
)

const LOGIN_LIFETIME_MS = 10 * 60_000
const WINDOW_MS = 15 * 60_000
/** Used and expired logins are kept for a while, so that a sentence can tell them apart from what never was. */
const KEEP_DEAD_MS = 24 * 60 * 60_000

/**
 * Logins that lead the browser to a provider and back, whatever the protocol: each is kept in the store, bound to the
 * one browser by a cookie, and used once.
 */
export class RedirectLoginService<Provider extends IdentityProvider> {
  readonly #protocol: RedirectProtocol<Provider>
  readonly #context: LoginContext
  readonly #cookiePath: string
  readonly #startsPerAddress: AttemptLimit
  readonly #failuresPerAddress: AttemptLimit

  constructor(protocol: RedirectProtocol<Provider>, context: LoginContext, cookiePath: string) {
    this.#protocol = protocol
    this.#context = context
    this.#cookiePath = cookiePath
    this.#startsPerAddress = new AttemptLimit(
      { policy: 'login-starts-per-address', maxFailures: 300, windowMs: WINDOW_MS },
      context.clock,
    )
    this.#failuresPerAddress = new AttemptLimit(
      { policy: 'login-failures-per-address', maxFailures: 50, windowMs: WINDOW_MS },
      context.clock,
    )
  }

  /** Begins a sign-in. Throws `SignInRefusal` when the provider is not offered or not there. */
  async begin(
    providerId: string,
    login: { readonly target: string; readonly baseUrl: string },
    origin: SessionOrigin,
  ): Promise<BegunLogin> {
    countAttempt(this.#startsPerAddress, origin.ipAddress)
    const provider = await this.#context.identityProviders.find(providerId)
    if (provider === null || !provider.isEnabled) throw new SignInRefusal('provider_unknown')
    return this.#begin(provider, login.baseUrl, login.target, null)
  }

  /** Begins a login that only shows whether signing in would work. Throws `invalid_request` when it cannot begin. */
  async beginTest(provider: IdentityProvider, tester: UserPrincipal, baseUrl: string): Promise<BegunLogin> {
    try {
      return await this.#begin(provider, baseUrl, '/', tester.userId)
    } catch (error) {
      if (!(error instanceof SignInRefusal)) throw error
      throw new AppError('invalid_request', SIGN_IN_PROBLEMS[error.problem])
    }
  }

  /** Keeps what a provider had a browser post until that browser comes with its cookie; nothing for no known login. */
  async keepAnswer(state: string, answer: string): Promise<void> {
    const { secretBox, store } = this.#context
    const stateHash = hashToken(state)
    const pending = await findPendingLogin(store, stateHash)
    if (pending === null) return
    await keepAnswer(store, stateHash, secretBox.seal(answer, SEALED_COLUMNS.loginAnswer.in(stateHash)))
  }

  /** Ends a login, however: every refusal becomes a problem and an event in the log. */
  async finish(callback: Callback): Promise<FinishedLogin> {
    const { clock, store } = this.#context
    const stateHash = hashToken(callback.state)
    const unknown = { target: '/', isTest: false, cookieName: null }
    let pending: PendingLoginRow | null = null
    let provider: Provider | null = null
    try {
      countAttempt(this.#failuresPerAddress, callback.origin.ipAddress)
      pending = await consumePendingLogin(store, stateHash, clock.now())
      if (pending === null) {
        const used = await findPendingLogin(store, stateHash)
        throw new SignInRefusal(used === null ? 'login_unknown' : 'login_replayed')
      }
      provider = await this.#requireProvider(pending, callback)
      const signedIn = await this.#conclude(provider, pending, callback)
      this.#failuresPerAddress.forgiveOne(callback.origin.ipAddress)
      return { ...aboutLogin(pending), signedIn, problem: null }
    } catch (error) {
      if (!(error instanceof SignInRefusal)) throw error
      this.#noteRefusal(provider, pending, error.problem, callback)
      const login = pending === null ? unknown : aboutLogin(pending)
      return { ...login, signedIn: null, problem: error.problem, cause: error.cause }
    }
  }

  async sweep(now: Date): Promise<void> {
    await deletePendingLogins(this.#context.store, new Date(now.getTime() - KEEP_DEAD_MS))
  }

  async #begin(
    provider: IdentityProvider,
    baseUrl: string,
    target: string,
    testerId: string | null,
  ): Promise<BegunLogin> {
    const { clock, secretBox, store } = this.#context
    if (!this.#speaksWith(provider)) throw new SignInRefusal('provider_unknown')
    const state = createRandomToken()
    const stateHash = hashToken(state)
    const browserToken = createRandomToken()
    const { url, checks } = await this.#protocol.begin(provider, { state, baseUrl })
    await insertPendingLogin(store, {
      state_hash: stateHash,
      provider_id: provider.id,
      browser_hash: hashToken(browserToken),
      checks: secretBox.seal(JSON.stringify(checks), SEALED_COLUMNS.loginChecks.in(stateHash)),
      target,
      tester_id: testerId,
      expires_at: new Date(clock.now().getTime() + LOGIN_LIFETIME_MS),
    })
    const name = cookieNameOf(stateHash)
    const maxAgeSeconds = LOGIN_LIFETIME_MS / 1000
    return { url, cookie: { name, value: browserToken, path: this.#cookiePath, maxAgeSeconds } }
  }

  async #requireProvider(pending: PendingLoginRow, callback: Callback): Promise<Provider> {
    const { clock, identityProviders } = this.#context
    const browserToken = callback.readCookie(cookieNameOf(pending.state_hash))
    if (browserToken === null || hashToken(browserToken) !== pending.browser_hash) {
      throw new SignInRefusal('login_elsewhere')
    }
    if (pending.expires_at <= clock.now()) throw new SignInRefusal('login_expired')
    const provider = await identityProviders.find(pending.provider_id)
    if (provider === null || !this.#speaksWith(provider)) throw new SignInRefusal('provider_unknown')
    if (pending.tester_id === null && !provider.isEnabled) throw new SignInRefusal('provider_unknown')
    return provider
  }

  async #conclude(provider: Provider, pending: PendingLoginRow, callback: Callback): Promise<SignedIn | null> {
    const { externalSignIns, secretBox } = this.#context
    const { answer, state_hash: stateHash } = pending
    const checks: LoginChecks = JSON.parse(secretBox.open(pending.checks, SEALED_COLUMNS.loginChecks.in(stateHash)))
    const posted = answer === null ? null : secretBox.open(answer, SEALED_COLUMNS.loginAnswer.in(stateHash))
    const { identity, session } = await this.#protocol.check(provider, { url: callback.url, posted }, checks)
    if (pending.tester_id !== null) {
      await this.#concludeTest(provider, identity, pending.tester_id, callback)
      return null
    }
    return externalSignIns.signIn(provider, identity, session, callback.origin)
  }

  /** Whom the test brought does not matter, only that newcomers would be known by an e-mail. */
  async #concludeTest(
    provider: IdentityProvider,
    identity: ExternalIdentity,
    testerId: string,
    { origin, principal }: Callback,
  ): Promise<void> {
    if (principal.kind !== 'user' || principal.userId !== testerId) throw new SignInRefusal('test_elsewhere')
    if (identity.email === null) throw new SignInRefusal('email_missing')
    const isNoted = await this.#context.identityProviders.noteTested(provider, testerId, origin.requestId)
    if (!isNoted) throw new SignInRefusal('settings_changed')
  }

  #speaksWith(provider: IdentityProvider): provider is Provider {
    return provider.kind === this.#protocol.kind
  }

  #noteRefusal(
    provider: IdentityProvider | null,
    pending: PendingLoginRow | null,
    reason: SignInProblem,
    { origin }: Callback,
  ): void {
    this.#context.activity.enqueue({
      organizationId: provider?.organizationId ?? null,
      actor: { kind: 'anonymous', id: null },
      type: 'session.refused',
      assetType: pending === null ? undefined : 'identity-provider',
      assetId: pending?.provider_id,
      requestId: origin.requestId,
      details: { method: this.#protocol.kind, reason, ipAddress: origin.ipAddress },
    })
  }
}

function countAttempt(limit: AttemptLimit, ipAddress: string): void {
  try {
    limit.count(ipAddress)
  } catch (error) {
    throw new SignInRefusal('too_many_attempts', error)
  }
}

function aboutLogin(pending: PendingLoginRow) {
  return {
    target: pending.target,
    isTest: pending.tester_id !== null,
    cookieName: cookieNameOf(pending.state_hash),
  }
}

/** One cookie for each login, so that two tabs do not take each other's. */
function cookieNameOf(stateHash: string): string {
  return `graticule_login_${stateHash.slice(0, 16)}`
}
