import { VIEWER_TOKEN_SIGN_IN } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import { AccessRequestService } from '../features/access-requests/access-request-service.ts'
import { ActivityService } from '../features/activity/activity-service.ts'
import { ActivityStore } from '../features/activity/activity-store.ts'
import { ActivityDataService } from '../features/activity-data/activity-data-service.ts'
import { GovernanceService } from '../features/governance/governance-service.ts'
import { GroupService } from '../features/groups/group-service.ts'
import { GroupStore } from '../features/groups/group-store.ts'
import type { InvitationService } from '../features/invitations/invitation-service.ts'
import { NamedSourceService } from '../features/named-sources/named-source-service.ts'
import { NetworkService } from '../features/network/network-service.ts'
import { RoleMappingService } from '../features/role-mapping/role-mapping-service.ts'
import { RoleMappingStore } from '../features/role-mapping/role-mapping-store.ts'
import { AccessTester } from '../features/settings/access-tester.ts'
import { createSections } from '../features/settings/sections/index.ts'
import { SettingsService } from '../features/settings/settings-service.ts'
import { SharingService } from '../features/sharing/sharing-service.ts'
import { SupportAccessService } from '../features/support-access/support-access-service.ts'
import { SupportGrantStore } from '../features/support-access/support-grant-store.ts'
import { UsageService } from '../features/usage/usage-service.ts'
import { UserChangeService } from '../features/users/user-change-service.ts'
import type { Assets } from './assets.ts'
import type { Callers } from './callers.ts'
import type { DataApis } from './data-apis.ts'
import type { People } from './people.ts'
import type { Platform } from './platform.ts'
import type { Warehouses } from './warehouses.ts'

/** What is composed after these and asked for only when somebody comes. */
interface Later {
  readonly invitations: () => InvitationService
}

/** What `composeGovernance` composes. */
export type Governance = ReturnType<typeof composeGovernance>

/** Sharing, groups, what becomes of people, and the settings of an organization. */
export function composeGovernance(
  platform: Platform,
  people: People,
  callers: Callers,
  warehouses: Warehouses,
  assets: Assets,
  dataApis: DataApis,
  later: Later,
) {
  const {
    activity,
    clock,
    directory,
    forgetPrincipals,
    logger,
    mailer,
    networkEpochs,
    outbound,
    providers,
    secretBox,
    store,
  } = platform
  const { holdRight, identityProviders, organizations, signIns, userStore, users } = people
  const { governanceRules, oauthClients, tokens } = callers
  const { access, audiences, connections, mapSources, namedSourceStore, namedSources, uses, viewerCredentials } =
    warehouses
  const { customizations, documents, libraryStore, maps, projects } = assets
  const { jobs, usageLimits } = dataApis
  const forgetRights = () => {
    forgetPrincipals()
    directory.forget()
    viewerCredentials.forget()
    mapSources.forget()
  }
  const knownAssets = {
    kinds: { ...documents, connection: connections, project: projects },
    listPeople: (organizationId: string) => users.listPrincipals(organizationId),
    listGroupNames: (organizationId: string, ids: readonly string[]) => groups.listNames(organizationId, ids),
    listProjectNames: (asker: UserPrincipal, ids: readonly string[]) => projects.listNames(asker, ids),
  }
  const reporting = { store, ...knownAssets, uses, clock }
  const sharing: SharingService = new SharingService({
    store,
    governance: governanceRules,
    listBreaks: connections.listBreaks.bind(connections),
    ...knownAssets,
  })
  const groupStore = new GroupStore(store)
  const groups: GroupService = new GroupService({
    store,
    groups: groupStore,
    activity,
    clock,
    holdRight,
    listAssets: (principal, groupId, transaction) => sharing.listSharedWithGroup(principal, groupId, transaction),
    onChanged: forgetRights,
  })
  const accessRequests = new AccessRequestService({
    store,
    kinds: { ...documents, project: projects },
    openEditing: (caller, mapId, besides) => maps.openEditing(caller, mapId, besides),
    governance: governanceRules,
    activity,
    clock,
    mailer,
    findPersonName: async ({ userId }) => (await users.findActive(userId))?.name ?? 'Somebody',
    onError: (error) => logger.error({ err: error }, 'a request for access could not be passed on'),
  })
  const namedSourceService = new NamedSourceService({
    sources: namedSourceStore,
    store,
    connections,
    activity,
    clock,
    holdRight,
    onChanged: () => {
      mapSources.forget()
      namedSources.forget()
    },
  })
  const userChanges = new UserChangeService({
    store,
    users: userStore,
    activity,
    clock,
    owned: { ...knownAssets.kinds, token: tokens, 'oauth-client': oauthClients, 'named-source': namedSourceService },
    endAccess: (transaction, userId) => signIns.endAccess(transaction, userId),
    forgetPerson: async (transaction, userId) => {
      await groups.forgetPerson(transaction, userId)
      await audiences.forgetPerson(transaction, userId)
      await accessRequests.forgetPerson(transaction, userId)
      await libraryStore.forgetPerson(transaction, userId)
      await usage.forgetPerson(transaction, userId)
    },
    forgetLogins: (transaction, userId, cause) => viewerCredentials.removeAll(transaction, { userId }, cause),
    onChanged: forgetRights,
    onDispossessed: (userId) => jobs.cancelAllOf(userId),
  })
  const roleMapping = new RoleMappingService({
    mappings: new RoleMappingStore(store),
    store,
    users,
    userChanges,
    organizations,
    activity,
    holdRight,
  })
  const supportAccess = new SupportAccessService({
    grants: new SupportGrantStore(store),
    store,
    users,
    userChanges,
    activity,
    clock,
    mailer,
    renewLink: (transaction, userId, expiresAt) => signIns.renewLink(transaction, userId, expiresAt),
    withdrawInvitations: (transaction, caller, ids) => later.invitations().withdrawAllOf(transaction, caller, ids),
  })
  const governance = new GovernanceService({
    store,
    activity,
    holdRight,
    onChanged: forgetPrincipals,
    listPeople: (organizationId, transaction) => users.listPrincipals(organizationId, transaction),
    listConnections: (organizationId, transaction) => connections.listCounted(organizationId, transaction),
    names: {
      providers: Object.fromEntries(providers.map(({ id, label }) => [id, label])),
      signIns: Object.fromEntries(
        [...providers.flatMap(({ signInMethods }) => signInMethods), VIEWER_TOKEN_SIGN_IN].map(({ id, label }) => [
          id,
          label,
        ]),
      ),
    },
  })
  const network = new NetworkService({
    store,
    outbound,
    activity,
    clock,
    holdRight,
    listConfiguredHosts: async (organizationId, transaction) => [
      ...(await connections.listDestinations(organizationId, transaction)).map((destination) => ({
        ...destination,
        purpose: 'warehouse' as const,
      })),
      ...(await identityProviders.listDestinations(organizationId, transaction)).map((destination) => ({
        ...destination,
        purpose: 'identity-provider' as const,
      })),
    ],
    onChanged: async (organizationId) => {
      networkEpochs.forget(organizationId)
      connections.forgetAll(await connections.listIdsOf(organizationId))
    },
  })
  const usage: UsageService = new UsageService({
    store,
    clock,
    activity,
    mailer,
    limits: usageLimits,
    users,
    listGroups: (organizationId, transaction) => groups.listAllNames(organizationId, transaction),
    holdRight,
    mayOpenMap: (principal, mapId) => access.mayOpenMap(principal, mapId),
  })
  const activityReading = new ActivityService({ store, events: new ActivityStore(store), activity })
  const activityData = new ActivityDataService({
    store,
    clock,
    secretBox,
    activityLog: activity,
    activity: activityReading,
    usage,
    holdRight,
    readCreatedAt: (organizationId) => organizations.readCreatedAt(organizationId),
    requireOpen: (organizationId) => organizations.requireOpen(organizationId),
    findPrincipal: (userId) => users.findPrincipal(store, userId),
    listUsers: (organizationId) => users.listForFile(organizationId),
    listGroups: (organizationId) => groups.listAllNames(organizationId),
  })
  const settings = new SettingsService({
    store,
    users,
    customizations,
    sections: createSections({ organizations, roleMapping, customizations, governance, groups, network, usage, users }),
    tester: new AccessTester({
      ...knownAssets,
      listGroups: (organizationId) => groups.listAllNames(organizationId),
    }),
  })
  return {
    forgetRights,
    knownAssets,
    reporting,
    sharing,
    groupStore,
    groups,
    accessRequests,
    namedSourceService,
    userChanges,
    roleMapping,
    supportAccess,
    governance,
    network,
    usage,
    activityReading,
    activityData,
    settings,
  }
}
