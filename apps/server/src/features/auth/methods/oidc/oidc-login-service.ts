import { AppError, SIGN_IN_PROBLEMS, type SignInProblem } from '@graticule/contract'
import type { Principal, UserPrincipal } from '@graticule/policy'
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  type TokenEndpointResponse,
} from 'openid-client'
import type { PendingLoginRow } from '../../../../platform/db/tables.ts'
import { createRandomToken, hashToken } from '../../../../platform/secrets/bearer-tokens.ts'
import type { ExternalIdentity } from '../../../identity-providers/external-sign-in-service.ts'
import type { IdentityProvider } from '../../../identity-providers/identity-provider-service.ts'
import { findClaim } from '../../../identity-providers/read-claimed-groups.ts'
import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import { AttemptLimit } from '../../attempt-limit.ts'
import type { SessionOrigin } from '../../session-service.ts'
import type { SignedIn } from '../../sign-in-service.ts'
import type { LoginContext } from '../login-method.ts'
import { readIdentity } from './claims.ts'
import { describeProblem } from './describe-problem.ts'
import { configurationOf } from './discovery.ts'
import {
  consumePendingLogin,
  deletePendingLogins,
  findPendingLogin,
  insertPendingLogin,
} from './pending-login-store.ts'

/** A login that has begun: where the browser goes, and the cookie that it must bring back. */
export interface BegunLogin {
  readonly url: string
  readonly cookie: { readonly name: string; readonly value: string; readonly maxAgeSeconds: number }
}

/** What the browser came back with. */
export interface Callback {
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

interface Checks {
  readonly nonce: string
  readonly verifier: string
}

const LOGIN_LIFETIME_MS = 10 * 60_000
const WINDOW_MS = 15 * 60_000
/** Used and expired logins are kept for a while, so that a sentence can tell them apart from what never was. */
const KEEP_DEAD_MS = 24 * 60 * 60_000
const SCOPE = 'openid email profile'

/** Signs in through OpenID Connect: authorization code with PKCE, state, nonce, and a cookie of the one browser. */
export class OidcLoginService {
  readonly #context: LoginContext
  readonly #startsPerAddress: AttemptLimit
  readonly #failuresPerAddress: AttemptLimit

  constructor(context: LoginContext) {
    this.#context = context
    this.#startsPerAddress = new AttemptLimit({ maxFailures: 300, windowMs: WINDOW_MS }, context.clock)
    this.#failuresPerAddress = new AttemptLimit({ maxFailures: 50, windowMs: WINDOW_MS }, context.clock)
  }

  /** Begins a sign-in. Throws `SignInRefusal` when the provider is not offered or not there. */
  async begin(
    providerId: string,
    login: { readonly target: string; readonly redirectUri: string },
    origin: SessionOrigin,
  ): Promise<BegunLogin> {
    countAttempt(this.#startsPerAddress, origin.ipAddress)
    const provider = await this.#context.identityProviders.find(providerId)
    if (provider === null || !provider.isEnabled) throw new SignInRefusal('provider_unknown')
    return this.#begin(provider, login.redirectUri, login.target, null)
  }

  /** Begins a login that only shows whether signing in would work. Throws `invalid_request` when it cannot begin. */
  async beginTest(provider: IdentityProvider, tester: UserPrincipal, redirectUri: string): Promise<BegunLogin> {
    try {
      return await this.#begin(provider, redirectUri, '/', tester.userId)
    } catch (error) {
      if (!(error instanceof SignInRefusal)) throw error
      throw new AppError('invalid_request', SIGN_IN_PROBLEMS[error.problem])
    }
  }

  /** Ends a login, however: every refusal becomes a problem and an event in the log. */
  async finish(callback: Callback): Promise<FinishedLogin> {
    const { clock, store } = this.#context
    const stateHash = hashToken(callback.url.searchParams.get('state') ?? '')
    const unknown = { target: '/', isTest: false, cookieName: null }
    let pending: PendingLoginRow | null = null
    let provider: IdentityProvider | null = null
    try {
      countAttempt(this.#failuresPerAddress, callback.origin.ipAddress)
      pending = await consumePendingLogin(store, stateHash, clock.now())
      if (pending === null) {
        const used = await findPendingLogin(store, stateHash)
        throw new SignInRefusal(used === null ? 'login_unknown' : 'login_replayed')
      }
      provider = await this.#requireProvider(pending, callback)
      const signedIn = await this.#exchange(provider, pending, callback)
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
    redirectUri: string,
    target: string,
    testerId: string | null,
  ): Promise<BegunLogin> {
    const { clock, secretBox, store } = this.#context
    const configuration = await configurationOf(provider).catch((error: unknown) => {
      throw new SignInRefusal('provider_unreachable', error)
    })
    const state = createRandomToken()
    const stateHash = hashToken(state)
    const browserToken = createRandomToken()
    const checks: Checks = { nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
    await insertPendingLogin(store, {
      state_hash: stateHash,
      provider_id: provider.id,
      browser_hash: hashToken(browserToken),
      checks: secretBox.seal(JSON.stringify(checks), checksContext(stateHash)),
      target,
      tester_id: testerId,
      expires_at: new Date(clock.now().getTime() + LOGIN_LIFETIME_MS),
    })
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: scopeFor(provider, configuration),
      state,
      nonce: checks.nonce,
      code_challenge: await calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    })
    const cookie = { name: cookieNameOf(stateHash), value: browserToken, maxAgeSeconds: LOGIN_LIFETIME_MS / 1000 }
    return { url: url.href, cookie }
  }

  async #requireProvider(pending: PendingLoginRow, callback: Callback): Promise<IdentityProvider> {
    const { clock, identityProviders } = this.#context
    const browserToken = callback.readCookie(cookieNameOf(pending.state_hash))
    if (browserToken === null || hashToken(browserToken) !== pending.browser_hash) {
      throw new SignInRefusal('login_elsewhere')
    }
    if (pending.expires_at <= clock.now()) throw new SignInRefusal('login_expired')
    const provider = await identityProviders.find(pending.provider_id)
    if (provider === null) throw new SignInRefusal('provider_unknown')
    if (pending.tester_id === null && !provider.isEnabled) throw new SignInRefusal('provider_unknown')
    return provider
  }

  async #exchange(provider: IdentityProvider, pending: PendingLoginRow, callback: Callback): Promise<SignedIn | null> {
    const { externalSignIns, secretBox } = this.#context
    const checks: Checks = JSON.parse(secretBox.open(pending.checks, checksContext(pending.state_hash)))
    const { identity, idToken, providerSessionId } = await fetchIdentity(provider, callback.url, checks)
    if (pending.tester_id !== null) {
      await this.#concludeTest(provider, identity, pending.tester_id, callback)
      return null
    }
    return externalSignIns.signIn(provider, identity, { idToken, providerSessionId }, callback.origin)
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
      details: { method: 'oidc', reason, ipAddress: origin.ipAddress },
    })
  }
}

/** Exchanges the code and checks the answer: issuer, audience, expiry, nonce, signature. Throws `SignInRefusal`. */
async function fetchIdentity(
  provider: IdentityProvider,
  url: URL,
  checks: Checks,
): Promise<{ identity: ExternalIdentity; idToken: string; providerSessionId: string | null }> {
  const configuration = await configurationOf(provider).catch((error: unknown) => {
    throw new SignInRefusal('provider_unreachable', error)
  })
  try {
    const tokens = await authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: checks.verifier,
      expectedState: url.searchParams.get('state') ?? undefined,
      expectedNonce: checks.nonce,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined || tokens.id_token === undefined) throw new SignInRefusal('invalid_answer')
    const { groupsClaim } = provider
    const isComplete =
      claims.email !== undefined && (groupsClaim === null || findClaim(claims, groupsClaim) !== undefined)
    const userInfo = isComplete ? {} : await askUserInfo(configuration, tokens, claims.sub)
    return {
      identity: readIdentity(claims, userInfo, groupsClaim),
      idToken: tokens.id_token,
      providerSessionId: typeof claims.sid === 'string' ? claims.sid : null,
    }
  } catch (error) {
    throw error instanceof SignInRefusal ? error : new SignInRefusal(describeProblem(error), error)
  }
}

/** Many providers tell the e-mail and the groups only here. */
async function askUserInfo(
  configuration: Configuration,
  tokens: TokenEndpointResponse,
  subject: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {}
  return fetchUserInfo(configuration, tokens.access_token, subject)
}

/** Some providers tell groups only to those who ask for them by a scope. */
function scopeFor(provider: IdentityProvider, configuration: Configuration): string {
  const { scopes_supported: supported } = configuration.serverMetadata()
  return provider.groupsClaim !== null && supported?.includes('groups') ? `${SCOPE} groups` : SCOPE
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

function checksContext(stateHash: string): string {
  return `pending-login:${stateHash}`
}
