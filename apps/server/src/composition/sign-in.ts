import type { UserPrincipal } from '@graticule/policy'
import type { InstalledLoginMethod } from '../features/auth/methods/login-method.ts'
import { SecondStepService } from '../features/auth/second-step-service.ts'
import { ViewAsService } from '../features/auth/view-as-service.ts'
import { ViewAsStore } from '../features/auth/view-as-store.ts'
import { ClaimedGroups } from '../features/groups/claimed-groups.ts'
import { DirectoryGroups } from '../features/groups/directory-groups.ts'
import { ExternalSignInService } from '../features/identity-providers/external-sign-in-service.ts'
import type { IdentityProvider } from '../features/identity-providers/identity-provider-service.ts'
import { InvitationStore } from '../features/invitations/invitation-store.ts'
import { InvitationTaking } from '../features/invitations/invitation-taking.ts'
import { ScimGroupService } from '../features/scim/scim-group-service.ts'
import { ScimSettingsService } from '../features/scim/scim-settings-service.ts'
import { ScimStore } from '../features/scim/scim-store.ts'
import { ScimUserService } from '../features/scim/scim-user-service.ts'
import { FactorResetService } from '../features/second-factors/factor-reset-service.ts'
import { SYSTEM_ACTOR } from '../platform/activity/activity-log.ts'
import type { Governance } from './governance.ts'
import type { People } from './people.ts'
import type { Platform } from './platform.ts'

/** What `composeSignIn` composes. */
export type SignIn = ReturnType<typeof composeSignIn>

/** The ways to sign in, and the directories that people come from. */
export function composeSignIn(platform: Platform, people: People, governance: Governance) {
  const { activity, clock, config, forgetPrincipals, mailer, outbound, secretBox, store } = platform
  const {
    gate,
    holdRight,
    identityProviders,
    isBreakGlass,
    passkeys,
    requirePasswordAllowed,
    secondFactors,
    sessions,
    signIns,
    users,
  } = people
  const { groupStore, roleMapping, userChanges } = governance
  const scimStore = new ScimStore(store)
  const invitationTaking = new InvitationTaking(new InvitationStore(store), activity, clock)
  const provisioning = { scim: scimStore, store, users, userChanges, roleMapping, activity, clock }
  const scimUsers = new ScimUserService({ ...provisioning, invitations: invitationTaking })
  const scimGroups = new ScimGroupService({ ...provisioning, groups: new DirectoryGroups(groupStore, activity, clock) })
  const scimSettings = new ScimSettingsService({ ...provisioning, identityProviders, holdRight })
  const externalSignIns = new ExternalSignInService({
    store,
    users,
    sessions,
    activity,
    clock,
    secretBox,
    claimedGroups: new ClaimedGroups({ groups: groupStore, users, activity, clock }),
    roleMapping,
    invitations: invitationTaking,
    findProvisioned: (transaction, provider, identity) => scimUsers.findForLogin(transaction, provider, identity),
  })
  const factorResets = new FactorResetService({
    store,
    users,
    secondFactors,
    activity,
    mailer,
    isBreakGlass,
    endAccess: (transaction, userId) => signIns.endAccess(transaction, userId),
    onRevoked: forgetPrincipals,
  })
  const secondSteps = new SecondStepService({
    store,
    users,
    activity,
    clock,
    gate,
    factors: secondFactors,
    requirePasswordAllowed,
  })
  const loginContext = {
    store,
    activity,
    clock,
    secretBox,
    signIns,
    sessions,
    users,
    gate,
    passkeys,
    requirePasswordAllowed,
    identityProviders,
    externalSignIns,
    settings: config,
    doorOf: ({ organizationId }: IdentityProvider, requestId?: string) =>
      outbound.door({ organizationId, actor: SYSTEM_ACTOR, purpose: 'identity-provider', requestId, isTrial: false }),
  }
  // Filled when their routes are put on the server.
  const loginMethods: InstalledLoginMethod[] = []
  const findSignOutAddress = async (sessionId: string, readBaseUrl: () => string) => {
    for (const method of loginMethods) {
      const address = await method.findSignOutAddress(sessionId, readBaseUrl)
      if (address !== null) return address
    }
    return null
  }
  const views = new ViewAsService({
    store,
    views: new ViewAsStore(store),
    activity,
    clock,
    holdRightAndPerson: users.holdRightAndPerson.bind(users),
    findName: async (id) => (await users.findActive(id))?.name ?? null,
    onChanged: forgetPrincipals,
  })
  const isAllowed = config.isOrganizationCreationOpen
  const beginTest = async (provider: IdentityProvider, tester: UserPrincipal, baseUrl: string) => {
    const begin = loginMethods.find((method) => method.id === provider.kind)?.beginTest
    if (!begin) throw new Error(`No login method speaks with identity providers of the kind ${provider.kind}.`)
    return begin(provider, tester, baseUrl)
  }
  return {
    invitationTaking,
    scimUsers,
    scimGroups,
    scimSettings,
    factorResets,
    secondSteps,
    loginContext,
    loginMethods,
    findSignOutAddress,
    views,
    isAllowed,
    beginTest,
  }
}
