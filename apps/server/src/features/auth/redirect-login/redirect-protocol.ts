import type { ExternalIdentity, ExternalSession } from '../../identity-providers/external-sign-in-service.ts'
import type { IdentityProvider } from '../../identity-providers/identity-provider-service.ts'

/** What the answer to a login will be compared with; kept sealed until the browser comes back. */
export type LoginChecks = Readonly<Record<string, string>>

/** What came back from a provider. */
export interface ProviderAnswer {
  /** The whole address that the browser came back to, as the provider was told it. */
  readonly url: URL
  /** What the provider had the browser post to us before; null when it posted nothing. */
  readonly posted: string | null
}

/** A protocol in which the browser goes to the provider and comes back with its answer. */
export interface RedirectProtocol<Provider extends IdentityProvider> {
  readonly kind: Provider['kind']
  /** Where the browser goes. Throws `SignInRefusal` when the provider cannot be reached. */
  begin(
    provider: Provider,
    login: { readonly state: string; readonly baseUrl: string },
  ): Promise<{ readonly url: string; readonly checks: LoginChecks }>
  /** Whom the provider vouches for. Throws `SignInRefusal` for an answer that is not to be believed. */
  check(
    provider: Provider,
    answer: ProviderAnswer,
    checks: LoginChecks,
  ): Promise<{ readonly identity: ExternalIdentity; readonly session: ExternalSession }>
}
