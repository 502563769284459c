import type { UserPrincipal } from '@graticule/policy'
import type { Cookie } from '../../../http/cookies.ts'
import type { AddressSettings } from '../../../http/public-address.ts'
import type { App } from '../../../http/server.ts'
import type { ActivityLog } from '../../../platform/activity/activity-log.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Store } from '../../../platform/db/database.ts'
import type { OutboundDoor } from '../../../platform/outbound/outbound.ts'
import type { SecretBox } from '../../../platform/secrets/secret-box.ts'
import type { ExternalSignInService } from '../../identity-providers/external-sign-in-service.ts'
import type { IdentityProvider, IdentityProviderService } from '../../identity-providers/identity-provider-service.ts'
import type { ProviderInput, ProviderSettings } from '../../identity-providers/provider-settings.ts'
import type { PasskeyService } from '../../second-factors/passkey-service.ts'
import type { Person, UserService } from '../../users/user-service.ts'
import type { SessionService } from '../session-service.ts'
import type { SignInGate } from '../sign-in-gate.ts'
import type { SignInService } from '../sign-in-service.ts'

/** What the application gives to each method. */
export interface LoginContext {
  readonly store: Store
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly secretBox: SecretBox
  readonly signIns: SignInService
  readonly sessions: SessionService
  readonly users: UserService
  readonly gate: SignInGate
  readonly passkeys: PasskeyService
  /** Throws for a person whom nothing of this server's own lets in. */
  readonly requirePasswordAllowed: (person: Person) => Promise<void>
  readonly identityProviders: IdentityProviderService
  readonly externalSignIns: ExternalSignInService
  readonly settings: AddressSettings
  /** The way out to a provider for those who sign in with it. */
  readonly doorOf: (provider: IdentityProvider, requestId?: string) => OutboundDoor
}

/** A login that has begun: where the browser goes, and the cookie that it must bring back. */
export interface BegunLogin {
  readonly url: string
  /** Null where nothing has to be brought back. */
  readonly cookie: Cookie | null
}

/** A method at work in an application. */
export interface InstalledLoginMethod {
  /** The folder's name. */
  readonly id: string
  /**
   * Begins a login that only shows whether signing in would work; null for a method without providers. Throws
   * `invalid_request` when it cannot begin.
   */
  readonly beginTest:
    | ((provider: IdentityProvider, tester: UserPrincipal, baseUrl: string) => Promise<BegunLogin>)
    | null
  /** Where the browser goes to end the session that lies behind one of ours; null when there is none. */
  findSignOutAddress(sessionId: string, readBaseUrl: () => string): Promise<string | null>
  /** Removes what ended long ago. */
  sweep(now: Date): Promise<void>
}

/** What looking a provider up needs besides what was entered. */
export interface LookUpSurroundings {
  /** The way out for what was entered. */
  readonly door: OutboundDoor
  readonly signal: AbortSignal
}

/** One way to prove who one is. Adding one is a folder here and a line in the list of `index.ts`. */
export interface LoginMethod {
  /** The folder's name, and for identity providers their kind. */
  readonly id: string
  /**
   * Looks an identity provider of this kind up before its settings are saved, and answers them whole; null for a
   * method without any. Throws `invalid_request` with what is wrong.
   */
  readonly lookUpProvider:
    | ((input: ProviderInput, surroundings: LookUpSurroundings) => Promise<ProviderSettings>)
    | null
  /** Adds the routes through which people sign in. */
  install(app: App, context: LoginContext): InstalledLoginMethod
}
