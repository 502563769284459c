import { LOGIN_METHODS } from '../features/auth/methods/index.ts'
import { PasswordService } from '../features/auth/password-service.ts'
import { SessionService } from '../features/auth/session-service.ts'
import { SessionStore } from '../features/auth/session-store.ts'
import { SetupService } from '../features/auth/setup-service.ts'
import { SignInGate } from '../features/auth/sign-in-gate.ts'
import { SignInService } from '../features/auth/sign-in-service.ts'
import type { DomainService } from '../features/domains/domain-service.ts'
import type { GroupService } from '../features/groups/group-service.ts'
import { EnforcementService } from '../features/identity-providers/enforcement-service.ts'
import { IdentityProviderService } from '../features/identity-providers/identity-provider-service.ts'
import { IdentityProviderStore } from '../features/identity-providers/identity-provider-store.ts'
import type { InvitationService } from '../features/invitations/invitation-service.ts'
import { OrganizationService } from '../features/organizations/organization-service.ts'
import { OrganizationStore } from '../features/organizations/organization-store.ts'
import { PasskeyService } from '../features/second-factors/passkey-service.ts'
import { PasskeyStore } from '../features/second-factors/passkey-store.ts'
import { SecondFactorService } from '../features/second-factors/second-factor-service.ts'
import { SecondFactorStore } from '../features/second-factors/second-factor-store.ts'
import { UserService } from '../features/users/user-service.ts'
import { UserStore } from '../features/users/user-store.ts'
import { actorOf } from '../platform/activity/activity-log.ts'
import type { Platform } from './platform.ts'

/** What is composed after these and asked for only when somebody comes. */
interface Later {
  readonly domains: () => DomainService
  readonly groups: () => GroupService
  readonly invitations: () => InvitationService
}

/** What `composePeople` composes. */
export type People = ReturnType<typeof composePeople>

/** People, their sessions and factors, organizations and identity providers. */
export function composePeople(platform: Platform, later: Later) {
  const { activity, clock, config, forgetPrincipals, logger, mailer, outbound, secretBox, store } = platform
  const userStore = new UserStore(store)
  const users = new UserService(userStore, clock)
  const holdRight = users.holdRight.bind(users)
  const sessions = new SessionService(new SessionStore(store), store, activity, clock, config, forgetPrincipals)
  const providerStore = new IdentityProviderStore(store)
  const enforcement = new EnforcementService({
    providers: providerStore,
    store,
    users,
    activity,
    clock,
    holdRight,
    hasSecondFactor: async (transaction, userId) => (await secondFactors.listMethods(userId, transaction)).length > 0,
    endOwnSessions: sessions.endOwnOf.bind(sessions),
    onRevoked: forgetPrincipals,
  })
  const requirePasswordAllowed = enforcement.requirePasswordAllowed.bind(enforcement)
  const isBreakGlass = enforcement.isBreakGlass.bind(enforcement)
  const passkeys = new PasskeyService(new PasskeyStore(store), clock)
  const secondFactors: SecondFactorService = new SecondFactorService({
    store,
    factors: new SecondFactorStore(store),
    passkeys,
    users,
    activity,
    clock,
    secretBox,
    isBreakGlass,
  })
  const listSecondFactors = secondFactors.listMethods.bind(secondFactors)
  const gate = new SignInGate({ users, sessions, clock, listSecondFactors })
  const passwords = new PasswordService({
    store,
    users,
    sessions,
    gate,
    activity,
    clock,
    mailer,
    requirePasswordAllowed,
    onRevoked: forgetPrincipals,
    onError: (error) => logger.error({ err: error }, 'a link to a new password could not be made'),
  })
  const organizationStore = new OrganizationStore(store)
  const organizations = new OrganizationService({
    organizations: organizationStore,
    store,
    users,
    activity,
    lengths: config,
    listInvitees: (organizationId, transaction) => later.invitations().listPending(organizationId, transaction),
    listVerifiedDomains: (organizationId, transaction) => later.domains().listVerified(organizationId, transaction),
  })
  const identityProviders = new IdentityProviderService({
    providers: providerStore,
    store,
    activity,
    clock,
    secretBox,
    users,
    enforcement,
    organizations,
    holdRight,
    releaseGroups: (transaction, providerId) => later.groups().release(transaction, providerId),
    lookUp: async (input, { principal, requestId, signal }) => {
      const lookUp = LOGIN_METHODS.find((method) => method.id === input.kind)?.lookUpProvider
      if (!lookUp) throw new Error(`No login method looks up identity providers of the kind ${input.kind}.`)
      const door = outbound.door({
        organizationId: principal.organizationId,
        actor: actorOf(principal),
        purpose: 'identity-provider',
        requestId,
        isTrial: true,
      })
      return lookUp(input, { door, signal })
    },
  })
  const signIns = new SignInService(store, users, sessions, gate, activity, clock, requirePasswordAllowed)
  const setup = new SetupService(store, users, sessions, activity, clock)
  return {
    userStore,
    users,
    holdRight,
    sessions,
    enforcement,
    requirePasswordAllowed,
    isBreakGlass,
    passkeys,
    secondFactors,
    gate,
    passwords,
    organizationStore,
    organizations,
    identityProviders,
    signIns,
    setup,
  }
}
