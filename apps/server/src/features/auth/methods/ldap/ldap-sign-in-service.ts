import { AppError, SIGN_IN_PROBLEMS, type SignInProblem } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import { ResultCodeError } from 'ldapts'
import type { ExternalIdentity } from '../../../identity-providers/external-sign-in-service.ts'
import type { LdapProvider } from '../../../identity-providers/identity-provider-service.ts'
import { SignInRefusal } from '../../../identity-providers/sign-in-refusal.ts'
import { AttemptLimit } from '../../attempt-limit.ts'
import type { SessionOrigin } from '../../session-service.ts'
import type { SignedIn } from '../../sign-in-service.ts'
import type { LoginContext } from '../login-method.ts'
import { findPerson } from './directory-person.ts'
import { DirectoryProblem } from './ldap-connection.ts'

/** What somebody enters who signs in with a directory. */
export interface DirectoryLogin {
  readonly login: string
  readonly password: string
}

const WINDOW_MS = 15 * 60_000

/** Signs people in with their name and password in the organization's directory. */
export class LdapSignInService {
  readonly #context: LoginContext
  readonly #perAccount: AttemptLimit
  readonly #perAddress: AttemptLimit

  constructor(context: LoginContext) {
    this.#context = context
    this.#perAccount = new AttemptLimit(
      { policy: 'sign-in-per-account', maxFailures: 10, windowMs: WINDOW_MS },
      context.clock,
    )
    this.#perAddress = new AttemptLimit(
      { policy: 'sign-in-per-address', maxFailures: 50, windowMs: WINDOW_MS },
      context.clock,
    )
  }

  /**
   * Throws `invalid_credentials` with one sentence whatever was wrong, `too_many_requests`, and `forbidden` with the
   * reason for whom the directory knows and we do not let in.
   */
  async signIn(providerId: string, login: DirectoryLogin, origin: SessionOrigin): Promise<SignedIn> {
    const provider = await this.#find(providerId)
    try {
      const identity = await this.#prove(provider, login, origin)
      const session = { providerSessionId: null, idToken: null, refreshToken: null }
      return await this.#context.externalSignIns.signIn(provider, identity, session, origin)
    } catch (error) {
      throw this.#refuse(provider, error, origin)
    }
  }

  /** Proves that somebody could sign in, and signs nobody in. Throws as `signIn` does. */
  async test(
    provider: LdapProvider,
    tester: UserPrincipal,
    login: DirectoryLogin,
    origin: SessionOrigin,
  ): Promise<void> {
    try {
      const { email } = await this.#prove(provider, login, origin)
      if (email === null) throw new SignInRefusal('email_missing')
      const isNoted = await this.#context.identityProviders.noteTested(provider, tester.userId, origin.requestId)
      if (!isNoted) throw new SignInRefusal('settings_changed')
    } catch (error) {
      throw this.#refuse(provider, error, origin)
    }
  }

  /** The name of a provider that is offered. Throws `not_found` for any other. */
  async describe(providerId: string): Promise<{ readonly name: string }> {
    const { name } = await this.#find(providerId)
    return { name }
  }

  /** Whether there is a directory under this id that one can sign in with. */
  async isOffered(providerId: string): Promise<boolean> {
    return (await this.#findOffered(providerId)) !== null
  }

  async #find(providerId: string): Promise<LdapProvider> {
    const provider = await this.#findOffered(providerId)
    if (provider === null) throw new AppError('not_found', SIGN_IN_PROBLEMS.provider_unknown)
    return provider
  }

  async #findOffered(providerId: string): Promise<LdapProvider | null> {
    const provider = await this.#context.identityProviders.find(providerId)
    return provider?.kind === 'ldap' && provider.isEnabled ? provider : null
  }

  async #prove(
    provider: LdapProvider,
    { login, password }: DirectoryLogin,
    origin: SessionOrigin,
  ): Promise<ExternalIdentity> {
    const name = login.trim()
    const accountKey = `${provider.id} ${name.toLowerCase()} ${origin.ipAddress}`
    this.#perAddress.count(origin.ipAddress)
    this.#perAccount.count(accountKey)
    const identity = await findPerson(provider, this.#context.doorOf(provider, origin.requestId), name, password)
    if (identity === null) throw new AppError('invalid_credentials', 'The name or the password is wrong.')
    this.#perAccount.forgive(accountKey)
    this.#perAddress.forgiveOne(origin.ipAddress)
    return identity
  }

  /** What the page is told; the directory's own words are for nobody. */
  #refuse(provider: LdapProvider, error: unknown, origin: SessionOrigin): unknown {
    if (error instanceof AppError && error.code !== 'invalid_credentials') return error
    // It left its event, and names the rule.
    if (error instanceof SignInRefusal && error.problem === 'address_outside') return error.cause
    const problem = problemOf(error)
    if (problem === null && !(error instanceof AppError)) return error
    this.#context.activity.enqueue({
      organizationId: provider.organizationId,
      actor: { kind: 'anonymous', id: null },
      type: 'session.refused',
      assetType: 'identity-provider',
      assetId: provider.id,
      requestId: origin.requestId,
      details: { method: 'ldap', reason: problem ?? 'wrong_credentials', ipAddress: origin.ipAddress },
    })
    if (problem === null) return error
    return new AppError('forbidden', SIGN_IN_PROBLEMS[problem], {
      details: { rule: `sign-in.${problem}`, problem },
      cause: error,
    })
  }
}

function problemOf(error: unknown): SignInProblem | null {
  if (error instanceof SignInRefusal) return error.problem
  if (error instanceof DirectoryProblem) return 'provider_unreachable'
  return error instanceof ResultCodeError ? 'provider_refused' : null
}
