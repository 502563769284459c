import { availableParallelism } from 'node:os'
import { AppError } from '@graticule/contract'
import { authorize, type UserPrincipal } from '@graticule/policy'
import { PROVIDERS, type Provider } from '@graticule/warehouses'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config.ts'
import { registerAccessRoutes } from './features/access/access-routes.ts'
import { AccessService } from './features/access/access-service.ts'
import { DecisionService } from './features/access/decision-service.ts'
import { readRefusal } from './features/access/read-refusal.ts'
import { readReadership } from './features/access/readership-store.ts'
import { recordDenial } from './features/access/record-denial.ts'
import { registerReportRoutes } from './features/access/report-routes.ts'
import { ReportService } from './features/access/report-service.ts'
import { UnusedGrantService } from './features/access/unused-grant-service.ts'
import { UseLog } from './features/access/use-log.ts'
import { registerAccessRequestRoutes } from './features/access-requests/access-request-routes.ts'
import { AccessRequestService } from './features/access-requests/access-request-service.ts'
import { registerActivityRoutes } from './features/activity/activity-routes.ts'
import { ActivityService } from './features/activity/activity-service.ts'
import { ActivityStore } from './features/activity/activity-store.ts'
import { registerApplicationRoutes } from './features/applications/application-routes.ts'
import { ApplicationService } from './features/applications/application-service.ts'
import { ApplicationStore } from './features/applications/application-store.ts'
import { registerAssetRoutes } from './features/assets/asset-routes.ts'
import { AssetService } from './features/assets/asset-service.ts'
import { AssetStore } from './features/assets/asset-store.ts'
import { registerAuthRoutes } from './features/auth/auth-routes.ts'
import { createFirstPage, type FirstPage } from './features/auth/first-page.ts'
import { LOGIN_METHODS } from './features/auth/methods/index.ts'
import { OrganizationCreation } from './features/auth/organization-creation.ts'
import { registerOrganizationCreationRoutes } from './features/auth/organization-creation-routes.ts'
import { registerPasswordRoutes } from './features/auth/password-routes.ts'
import { PasswordService } from './features/auth/password-service.ts'
import { PrincipalResolver } from './features/auth/principal-resolver.ts'
import { registerSecondStepRoutes } from './features/auth/second-step-routes.ts'
import { SecondStepService } from './features/auth/second-step-service.ts'
import { SessionService } from './features/auth/session-service.ts'
import { SessionStore } from './features/auth/session-store.ts'
import { SetupService } from './features/auth/setup-service.ts'
import { SignInGate } from './features/auth/sign-in-gate.ts'
import { SignInService } from './features/auth/sign-in-service.ts'
import { registerViewAsRoutes } from './features/auth/view-as-routes.ts'
import { ViewAsService } from './features/auth/view-as-service.ts'
import { ViewAsStore } from './features/auth/view-as-store.ts'
import { registerBasemapRoutes } from './features/basemaps/basemap-routes.ts'
import { BasemapService } from './features/basemaps/basemap-service.ts'
import { registerCatalogRoutes } from './features/catalog/catalog-routes.ts'
import { CatalogService } from './features/catalog/catalog-service.ts'
import { SourceDescriptions } from './features/catalog/source-descriptions.ts'
import { connectionAsset } from './features/connections/connection.ts'
import type { DependentKind } from './features/connections/connection-dependents.ts'
import { ConnectionDirectory } from './features/connections/connection-directory.ts'
import { registerConnectionRoutes } from './features/connections/connection-routes.ts'
import { ConnectionService } from './features/connections/connection-service.ts'
import { GrantedReads } from './features/connections/granted-reads.ts'
import { SourceAccess } from './features/connections/source-access.ts'
import { registerCustomizationRoutes } from './features/customization/customization-routes.ts'
import { CustomizationService } from './features/customization/customization-service.ts'
import { CustomizationStore } from './features/customization/customization-store.ts'
import { DemoService } from './features/demo/demo-service.ts'
import { registerDomainRoutes } from './features/domains/domain-routes.ts'
import { DomainService } from './features/domains/domain-service.ts'
import { DomainStore } from './features/domains/domain-store.ts'
import { registerGovernanceRoutes } from './features/governance/governance-routes.ts'
import { GovernanceRules } from './features/governance/governance-rules.ts'
import { GovernanceService } from './features/governance/governance-service.ts'
import { ClaimedGroups } from './features/groups/claimed-groups.ts'
import { DirectoryGroups } from './features/groups/directory-groups.ts'
import { registerGroupRoutes } from './features/groups/group-routes.ts'
import { GroupService } from './features/groups/group-service.ts'
import { GroupStore } from './features/groups/group-store.ts'
import { registerHealthRoutes } from './features/health/health-routes.ts'
import { HealthService, type ReadinessGate } from './features/health/health-service.ts'
import { EnforcementService } from './features/identity-providers/enforcement-service.ts'
import { ExternalSignInService } from './features/identity-providers/external-sign-in-service.ts'
import { registerIdentityProviderRoutes } from './features/identity-providers/identity-provider-routes.ts'
import {
  type IdentityProvider,
  IdentityProviderService,
} from './features/identity-providers/identity-provider-service.ts'
import { IdentityProviderStore } from './features/identity-providers/identity-provider-store.ts'
import { InvitationAcceptance } from './features/invitations/invitation-acceptance.ts'
import { registerInvitationRoutes } from './features/invitations/invitation-routes.ts'
import { InvitationService } from './features/invitations/invitation-service.ts'
import { InvitationStore } from './features/invitations/invitation-store.ts'
import { registerJoinRequestRoutes } from './features/join-requests/join-request-routes.ts'
import { JoinRequestService } from './features/join-requests/join-request-service.ts'
import { JoinRequestStore } from './features/join-requests/join-request-store.ts'
import { BatchService } from './features/library/batch-service.ts'
import { registerLibraryRoutes } from './features/library/library-routes.ts'
import { LibraryService } from './features/library/library-service.ts'
import { LibraryStore } from './features/library/library-store.ts'
import { registerMapRoutes } from './features/maps/map-routes.ts'
import { MapService } from './features/maps/map-service.ts'
import { StoredMapSources } from './features/maps/map-sources.ts'
import { MapsOnConnections } from './features/maps/maps-on-connections.ts'
import { PublicLinks } from './features/maps/public-links.ts'
import { PublicMaps } from './features/maps/public-map.ts'
import { MapSourceService } from './features/maps-api/map-source-service.ts'
import { registerMapsApiRoutes } from './features/maps-api/maps-api-routes.ts'
import { RecalledTiles } from './features/maps-api/recalled-tiles.ts'
import { SourceExtents } from './features/maps-api/source-extents.ts'
import { SourceHandles } from './features/maps-api/source-handles.ts'
import { TileService } from './features/maps-api/tile-service.ts'
import { NamedSourceResolver } from './features/named-sources/named-source-resolver.ts'
import { registerNamedSourceRoutes } from './features/named-sources/named-source-routes.ts'
import { NamedSourceService } from './features/named-sources/named-source-service.ts'
import { NamedSourceStore } from './features/named-sources/named-source-store.ts'
import { NetworkEpochs } from './features/network/network-epochs.ts'
import { registerNetworkRoutes } from './features/network/network-routes.ts'
import { NetworkService } from './features/network/network-service.ts'
import { readAllowedHosts } from './features/network/network-store.ts'
import { OrganizationLifeService } from './features/organizations/organization-life-service.ts'
import { registerOrganizationRoutes } from './features/organizations/organization-routes.ts'
import { OrganizationService } from './features/organizations/organization-service.ts'
import { OrganizationStore } from './features/organizations/organization-store.ts'
import { registerOutboxRoutes } from './features/outbox/outbox-routes.ts'
import { OutboxService } from './features/outbox/outbox-service.ts'
import { registerPostureRoutes } from './features/posture/posture-routes.ts'
import { PostureService } from './features/posture/posture-service.ts'
import { MoveService } from './features/projects/move-service.ts'
import { registerProjectRoutes } from './features/projects/project-routes.ts'
import { ProjectService } from './features/projects/project-service.ts'
import { ProjectStore } from './features/projects/project-store.ts'
import { registerRoleMappingRoutes } from './features/role-mapping/role-mapping-routes.ts'
import { RoleMappingService } from './features/role-mapping/role-mapping-service.ts'
import { RoleMappingStore } from './features/role-mapping/role-mapping-store.ts'
import { ScimGroupService } from './features/scim/scim-group-service.ts'
import { registerScimRoutes } from './features/scim/scim-routes.ts'
import { registerScimSettingsRoutes } from './features/scim/scim-settings-routes.ts'
import { ScimSettingsService } from './features/scim/scim-settings-service.ts'
import { ScimStore } from './features/scim/scim-store.ts'
import { ScimUserService } from './features/scim/scim-user-service.ts'
import { FactorResetService } from './features/second-factors/factor-reset-service.ts'
import { registerPasskeyRoutes } from './features/second-factors/passkey-routes.ts'
import { PasskeyService } from './features/second-factors/passkey-service.ts'
import { PasskeyStore } from './features/second-factors/passkey-store.ts'
import { registerSecondFactorRoutes } from './features/second-factors/second-factor-routes.ts'
import { SecondFactorService } from './features/second-factors/second-factor-service.ts'
import { SecondFactorStore } from './features/second-factors/second-factor-store.ts'
import { AccessTester } from './features/settings/access-tester.ts'
import { createSections } from './features/settings/sections/index.ts'
import { registerSettingsRoutes } from './features/settings/settings-routes.ts'
import { SettingsService } from './features/settings/settings-service.ts'
import { AudienceService } from './features/sharing/audience-service.ts'
import { registerSharingRoutes } from './features/sharing/sharing-routes.ts'
import { SharingService } from './features/sharing/sharing-service.ts'
import { JobService } from './features/sql-api/job-service.ts'
import { ModelService } from './features/sql-api/model-service.ts'
import { QueryService } from './features/sql-api/query-service.ts'
import { registerSqlApiRoutes } from './features/sql-api/sql-api-routes.ts'
import { registerStatsRoutes } from './features/stats/stats-routes.ts'
import { StatsService } from './features/stats/stats-service.ts'
import { registerSupportAccessRoutes } from './features/support-access/support-access-routes.ts'
import { SupportAccessService } from './features/support-access/support-access-service.ts'
import { SupportGrantStore } from './features/support-access/support-grant-store.ts'
import { registerTileAdviceRoutes } from './features/tile-advice/tile-advice-routes.ts'
import { TileAdviceService } from './features/tile-advice/tile-advice-service.ts'
import { registerTokenRoutes } from './features/tokens/token-routes.ts'
import { TokenService } from './features/tokens/token-service.ts'
import { TokenStore } from './features/tokens/token-store.ts'
import { TokensOnConnections } from './features/tokens/tokens-on-connections.ts'
import { registerTrashRoutes } from './features/trash/trash-routes.ts'
import { TrashService } from './features/trash/trash-service.ts'
import { TrashStore } from './features/trash/trash-store.ts'
import { UserBatchService } from './features/users/user-batch-service.ts'
import { UserChangeService } from './features/users/user-change-service.ts'
import { registerUserRoutes } from './features/users/user-routes.ts'
import { UserService } from './features/users/user-service.ts'
import { UserStore } from './features/users/user-store.ts'
import { registerViewerCredentialRoutes } from './features/viewer-credentials/viewer-credential-routes.ts'
import { ViewerCredentialService } from './features/viewer-credentials/viewer-credential-service.ts'
import { registerWorkflowRoutes } from './features/workflows/workflow-routes.ts'
import { WorkflowService } from './features/workflows/workflow-service.ts'
import { WorkflowStore } from './features/workflows/workflow-store.ts'
import { WorkflowsOnConnections } from './features/workflows/workflows-on-connections.ts'
import { collectApiDocument, serveApiDocument } from './http/api-document.ts'
import { authenticateRequests } from './http/authentication.ts'
import { requestLines } from './http/request-log.ts'
import { answerHeaders } from './http/security-headers.ts'
import { type App, createServer } from './http/server.ts'
import { serveWebApp } from './http/web-app.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from './platform/activity/activity-log.ts'
import { ReadLog } from './platform/activity/read-log.ts'
import { recordStatement } from './platform/activity/record-statement.ts'
import { MemoryAnswerCache } from './platform/cache/answer-cache.ts'
import { CacheKeys } from './platform/cache/cache-key.ts'
import { CachedAnswers } from './platform/cache/cached-answers.ts'
import type { Clock } from './platform/clock/clock.ts'
import type { Store } from './platform/db/database.ts'
import type { LookUpAddresses } from './platform/dns/look-up-addresses.ts'
import type { LookUpTxt } from './platform/dns/look-up-txt.ts'
import type { Mailer } from './platform/mail/mailer.ts'
import { Outbound } from './platform/outbound/outbound.ts'
import { readCeiling } from './platform/outbound/outbound-rules.ts'
import type { SecretBox } from './platform/secrets/secret-box.ts'
import type { Telemetry } from './platform/telemetry/telemetry.ts'
import { TileEncoder } from './platform/tile-encoding/tile-encoder.ts'
import { describeSocket } from './platform/warehouses/socket-context.ts'
import { type EmbeddedWarehouse, WarehousePool } from './platform/warehouses/warehouse-pool.ts'

/** Answers of warehouses kept in memory, in bytes. */
const ANSWER_CACHE_BYTES = 64 * 1024 * 1024

/** Each encoding thread costs memory, and the warehouse needs processors too. */
const MAX_ENCODING_THREADS = 4

/** How long statements of a login run on after another server has removed it, at most, in milliseconds. */
const END_GONE_MS = 1_500

/** What the process hands to the application. Tests hand in the same kinds of things, on a database of their own. */
export interface AppDependencies {
  readonly config: Pick<
    Config,
    | 'publicUrl'
    | 'allowedHosts'
    | 'outbound'
    | 'trustProxy'
    | 'sessionIdleMs'
    | 'sessionAbsoluteMs'
    | 'isOrganizationCreationOpen'
  >
  /** Tells this server apart from others on the same store. */
  readonly serverId: string
  readonly store: Store
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly activity: ActivityLog
  readonly mailer: Mailer
  /** Asks DNS for TXT records. */
  readonly lookUpTxt: LookUpTxt
  /** Finds the addresses of hosts that people entered. */
  readonly lookUpAddresses: LookUpAddresses
  readonly telemetry: Telemetry
  readonly logger: FastifyBaseLogger
  /** Folder of the built workspace. */
  readonly webAppFolder: string
  /** Folder of the basemaps' styles and data. */
  readonly basemapsFolder: string
  /** The warehouse that the process runs itself; null when it runs none. */
  readonly embeddedWarehouse: EmbeddedWarehouse | null
  /** The kinds of warehouse to connect to; all that there are unless said otherwise. */
  readonly providers?: readonly Provider[]
  readonly version: string
  readonly readinessGates: readonly ReadinessGate[]
}

/** The application and the services that the process itself needs from it. */
export interface BuiltApp {
  readonly app: App
  createFirstPage(baseUrl: string): Promise<FirstPage | null>
  readonly demo: DemoService
  readonly settings: SettingsService
  /** Removes what ended long ago: sessions, links, handles; ends jobs whose server is gone; looks at what is due. */
  sweep(): Promise<void>
}

/** Wires every feature to its dependencies: the one place where anything is composed. */
export async function buildApp(dependencies: AppDependencies): Promise<BuiltApp> {
  const { config, store, secretBox, clock, activity, telemetry, logger, mailer, providers = PROVIDERS } = dependencies
  const decisions = new DecisionService(
    store,
    clock,
    (error) => logger.warn({ err: error }, 'refusals could not be kept'),
    (refusal, decisionId) => recordDenial(activity, refusal, decisionId),
    ({ rule, reason, requestId }, decisionId) =>
      logger.info({ decisionId, rule, reason, requestId }, 'a visitor was refused'),
  )
  const isHttps = config.publicUrl?.startsWith('https:') ?? false
  const app = createServer({
    logger,
    noteRefusal: (request, error) => decisions.note(readRefusal(request, error)),
    trustProxy: config.trustProxy,
    isHttps,
    telemetry,
    answerEarly: (request, response) => recalledTiles.answer(request, response),
  })
  await collectApiDocument(app, dependencies.version)

  const outbound = new Outbound({
    ceiling: readCeiling(config.outbound),
    readAllowedHosts: (organizationId) => readAllowedHosts(store, organizationId),
    lookUpAddresses: dependencies.lookUpAddresses,
    activity,
    clock,
  })
  const networkEpochs = new NetworkEpochs(store)
  const forgetPrincipals = () => resolver.forget()
  const directory = new ConnectionDirectory(store)
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
    listInvitees: (organizationId, transaction) => invitations.listPending(organizationId, transaction),
    listVerifiedDomains: (organizationId, transaction) => domains.listVerified(organizationId, transaction),
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
    releaseGroups: (transaction, providerId) => groups.release(transaction, providerId),
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
  const governanceRules = new GovernanceRules(store)
  const tokenStore = new TokenStore(store)
  const tokens = new TokenService({
    tokens: tokenStore,
    store,
    governance: governanceRules,
    activity,
    clock,
    holdRight,
    requireConnection: async (principal, name) => {
      const connection = await directory.find(principal.organizationId, name)
      if (connection === null) throw new AppError('not_found', `There is no connection called "${name}".`)
      authorize(principal, 'connection.use', connectionAsset(connection))
    },
    listUsable: async (transaction, userId, names) => {
      const person = await users.findPrincipal(transaction, userId)
      return person ? connections.listUsable(transaction, person, names) : new Set()
    },
    onChanged: forgetPrincipals,
  })
  const resolver = new PrincipalResolver(
    {
      findSession: (tokenHash) => sessions.resolve(tokenHash),
      findToken: (tokenHash) => tokens.resolve(tokenHash),
      findPublicMap: (token) => links.findByToken(token),
      noteTokenUse: (tokenId) => tokens.noteUse(tokenId),
    },
    clock,
  )
  authenticateRequests(app, resolver, config)

  const uses = new UseLog(store, clock, (error) => logger.warn({ err: error }, 'times of last use could not be kept'))
  const noteUse = uses.note.bind(uses)
  const audiences = new AudienceService(store, clock)
  const mapSources = new StoredMapSources(store)
  const namedSourceStore = new NamedSourceStore(store)
  const namedSources = new NamedSourceResolver(namedSourceStore, clock)
  const access = new SourceAccess(directory, mapSources, () => grantedReads, namedSources, noteUse)
  const pool = new WarehousePool({
    findProvider: (id) => connections.findProvider(id),
    embeddedWarehouse: dependencies.embeddedWarehouse,
    readEpoch: (organizationId) => networkEpochs.read(organizationId),
    admitHost: (target, context) => outbound.door(describeSocket(target, context)).admit,
    onStatement: (record) => {
      telemetry.noteStatement(record.context.purpose, record.outcome, record.durationMs)
      recordStatement(activity, record)
    },
    onError: (error, target) =>
      logger.warn({ err: error, connection: target.connectionName }, 'a warehouse closed an idle connection'),
  })
  const answers = new CachedAnswers(new MemoryAnswerCache(ANSWER_CACHE_BYTES), clock)
  const keys = new CacheKeys(Buffer.from(secretBox.sign('answer-cache', 'key'), 'base64url'))
  const workflowStore = new WorkflowStore(store)
  // Whatever else comes to read from connections is a line here.
  const connectionDependents: readonly DependentKind[] = [
    new MapsOnConnections({ activity, clock, onRepointed: () => mapSources.forget() }),
    new WorkflowsOnConnections(workflowStore, activity, clock),
    new TokensOnConnections({
      tokens: tokenStore,
      activity,
      clock,
      listPeople: (organizationId, transaction) => users.listPrincipals(organizationId, transaction),
      onRepointed: forgetPrincipals,
    }),
  ]
  const viewerCredentials = new ViewerCredentialService({
    store,
    pool,
    secrets: secretBox,
    activity,
    clock,
    findProvider: (id) => connections.findProvider(id),
    findKnown: (principal, idOrName) => access.requireKnown(principal, idOrName),
    holdConnection: (transaction, organizationId, id) => connections.hold(transaction, organizationId, id),
    holdRight,
    // What a right to a tile rests on is replaced with the connection that it was checked for.
    onChanged: () => directory.forget(),
  })
  const endingGone = setInterval(() => {
    viewerCredentials
      .endGone()
      .catch((error: unknown) => logger.warn({ err: error }, 'removed database logins could not be looked up'))
  }, END_GONE_MS)
  endingGone.unref()
  const connections: ConnectionService = new ConnectionService({
    store,
    directory,
    audiences,
    governance: governanceRules,
    pool,
    viewerCredentials,
    secrets: secretBox,
    activity,
    clock,
    providers,
    holdRight,
    dependents: connectionDependents,
    onChanged: (connectionId) => answers.forgetConnection(connectionId),
    onLoginSaved: (caller, connectionId) => postures.noteSaved(caller, connectionId),
    requirePosture: (caller, connection, reason) => postures.requirePosture(caller, connection, reason),
  })
  const postures = new PostureService({
    store,
    activity,
    clock,
    findUsable: connections.findUsable.bind(connections),
    findById: connections.findById.bind(connections),
    findProvider: connections.findProvider.bind(connections),
    openOwn: connections.ownWarehouse.bind(connections),
    onError: (error) => logger.error({ err: error }, 'the login of a connection could not be checked'),
  })
  const descriptions = new SourceDescriptions(connections)
  const customizations = new CustomizationService({
    customizations: new CustomizationStore(store),
    activity,
    clock,
    findPublicBasemap: (mapId) => maps.findPublicBasemap(mapId),
  })
  const basemaps = new BasemapService(
    dependencies.basemapsFolder,
    async (organizationId) => (await customizations.read(organizationId)).basemaps,
  )
  const links = new PublicLinks(store, secretBox, clock, organizations.requireOpen.bind(organizations))
  const maps: MapService = new MapService({
    store,
    connections,
    audiences,
    governance: governanceRules,
    activity,
    links,
    clock,
    holdRight,
    noteUse,
    requireOpen: organizations.requireOpen.bind(organizations),
    readMarks: (principal, map) => library.readMarks(principal, 'map', map),
    onChanged: (change) => {
      mapSources.forget()
      if (change === 'access') forgetPrincipals()
    },
    describeLook: async (baseUrl, organizationId, styleType) => ({
      basemap: await basemaps.describe(baseUrl, organizationId, styleType),
      branding: await customizations.showBranding(organizationId),
    }),
  })
  const workflows: WorkflowService = new WorkflowService({
    store,
    workflows: workflowStore,
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdRight,
    noteUse,
    findConnection: (principal, idOrName) => connections.find(principal, idOrName),
    listMarks: (principal, ids) => library.listMarks(principal, 'workflow', ids),
  })
  const applications = new ApplicationService({
    store,
    applications: new ApplicationStore(store),
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdRight,
    noteUse,
    listMarks: (principal, ids) => library.listMarks(principal, 'application', ids),
  })
  const documents = { map: maps, workflow: workflows, application: applications }
  const libraryStore = new LibraryStore(store)
  const library: LibraryService = new LibraryService({
    store,
    library: libraryStore,
    kinds: documents,
    activity,
    clock,
  })
  const projectStore = new ProjectStore(store)
  const contained = { map: maps, workflow: workflows }
  const forgetReaders = () => {
    mapSources.forget()
    forgetPrincipals()
  }
  const projects = new ProjectService({
    store,
    projects: projectStore,
    contained,
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdPrincipal: users.holdPrincipal.bind(users),
    onChanged: forgetReaders,
  })
  const moves = new MoveService({
    store,
    projects: projectStore,
    projectService: projects,
    contained,
    governance: governanceRules,
    activity,
    holdPrincipal: users.holdPrincipal.bind(users),
    listPeople: (organizationId) => users.listPrincipals(organizationId),
    onMoved: forgetReaders,
  })
  const trash = new TrashService({
    store,
    trash: new TrashStore(store),
    audiences,
    governance: governanceRules,
    activity,
    clock,
    holdPrincipal: users.holdPrincipal.bind(users),
    onRestored: () => mapSources.forget(),
    forgetMarks: (transaction, kind, ids) => libraryStore.forgetAssets(transaction, kind, ids),
  })
  const publicMaps = new PublicMaps(store, maps, links, directory, descriptions, namedSources, basemaps)
  const handles = new SourceHandles(store, clock, keys)
  const grantedReads = new GrantedReads(connections)
  const extents = new SourceExtents(connections, answers, keys)
  const encoder = new TileEncoder(Math.max(1, Math.min(MAX_ENCODING_THREADS, availableParallelism() - 1)))
  const mapSourceService = new MapSourceService({
    access,
    directory,
    descriptions,
    extents,
    handles,
    clock,
    named: namedSources,
  })
  const reads = new ReadLog({
    store,
    activity,
    mayOpenMap: (principal, mapId) => access.mayOpenMap(principal, mapId),
    onError: (error) => logger.warn({ err: error }, 'the text of a statement could not be kept'),
  })
  const tiles = new TileService({
    access,
    directory,
    connections,
    descriptions,
    handles,
    answers,
    encoder,
    reads,
    named: namedSources,
  })
  const recalledTiles = new RecalledTiles({
    resolver,
    tiles,
    telemetry,
    clock,
    lines: requestLines(logger),
    answerHeaders: answerHeaders({ isHttps }),
  })
  app.addHook('preClose', async () => recalledTiles.stop())
  const reading = { access, connections, descriptions, answers, keys, reads, named: namedSources }
  const jobs = new JobService({
    store,
    serverId: dependencies.serverId,
    access,
    connections,
    named: namedSources,
    governance: governanceRules,
    activity,
    clock,
  })
  await jobs.recover()
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
    maps,
    governance: governanceRules,
    activity,
    clock,
    mailer,
    findPersonName: async ({ userId }) => (await users.findActive(userId))?.name ?? 'Somebody',
    onError: (error) => logger.error({ err: error }, 'a request for access could not be passed on'),
  })
  const namedSourceService = new NamedSourceService({
    sources: namedSourceStore,
    resolver: namedSources,
    store,
    connections,
    activity,
    clock,
    holdRight,
  })
  const userChanges = new UserChangeService({
    store,
    users: userStore,
    activity,
    clock,
    owned: { ...knownAssets.kinds, token: tokens, 'named-source': namedSourceService },
    endAccess: (transaction, userId) => signIns.endAccess(transaction, userId),
    forgetPerson: async (transaction, userId) => {
      await groups.forgetPerson(transaction, userId)
      await audiences.forgetPerson(transaction, userId)
      await accessRequests.forgetPerson(transaction, userId)
      await libraryStore.forgetPerson(transaction, userId)
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
    withdrawInvitations: (transaction, caller, ids) => invitations.withdrawAllOf(transaction, caller, ids),
  })
  const governance = new GovernanceService({
    store,
    activity,
    holdRight,
    listPeople: (organizationId, transaction) => users.listPrincipals(organizationId, transaction),
    listConnections: (organizationId, transaction) => connections.listCounted(organizationId, transaction),
    names: {
      providers: Object.fromEntries(providers.map(({ id, label }) => [id, label])),
      signIns: Object.fromEntries(
        providers.flatMap(({ signInMethods }) => signInMethods.map(({ id, label }) => [id, label])),
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
  const settings = new SettingsService({
    store,
    users,
    customizations,
    sections: createSections({ organizations, roleMapping, customizations, governance, groups, network, users }),
    tester: new AccessTester({
      ...knownAssets,
      listGroups: (organizationId) => groups.listAllNames(organizationId),
    }),
  })

  const scimStore = new ScimStore(store)
  const provisioning = { scim: scimStore, store, users, userChanges, roleMapping, activity, clock }
  const scimUsers = new ScimUserService(provisioning)
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

  registerPasswordRoutes(app, passwords, config)
  registerSecondFactorRoutes(app, secondFactors, factorResets, config)
  registerPasskeyRoutes(app, secondFactors, config)
  registerSecondStepRoutes(app, secondSteps, config)
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
  const loginMethods = LOGIN_METHODS.map((method) => method.install(app, loginContext))
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
  registerAuthRoutes(app, { signIns, sessions, setup, users, views, findSignOutAddress }, config)
  registerViewAsRoutes(app, views)
  const isAllowed = config.isOrganizationCreationOpen
  registerOrganizationCreationRoutes(app, new OrganizationCreation({ store, clock, mailer, isAllowed }), config)
  const beginTest = async (provider: IdentityProvider, tester: UserPrincipal, baseUrl: string) => {
    const begin = loginMethods.find((method) => method.id === provider.kind)?.beginTest
    if (!begin) throw new Error(`No login method speaks with identity providers of the kind ${provider.kind}.`)
    return begin(provider, tester, baseUrl)
  }
  registerIdentityProviderRoutes(app, identityProviders, enforcement, beginTest, config)
  registerUserRoutes(app, users, userChanges, new UserBatchService(userChanges))
  registerSupportAccessRoutes(app, supportAccess, config)
  const domains = new DomainService({
    domains: new DomainStore(store),
    store,
    organizations,
    users,
    activity,
    clock,
    mailer,
    lookUpTxt: dependencies.lookUpTxt,
  })
  const invitationStore = new InvitationStore(store)
  const invitations = new InvitationService(invitationStore, store, users, activity, clock, mailer)
  registerInvitationRoutes(
    app,
    invitations,
    new InvitationAcceptance(
      invitationStore,
      store,
      users,
      gate,
      activity,
      clock,
      requirePasswordAllowed,
      domains.requireAutoJoin.bind(domains),
    ),
    config,
  )
  const joinRequests = new JoinRequestService({
    requests: new JoinRequestStore(store),
    store,
    organizations,
    invitations,
    users,
    activity,
    clock,
    mailer,
    domains,
    requirePasswordAllowed,
    onError: (error) => logger.error({ err: error }, 'a link to join could not be made'),
  })
  registerDomainRoutes(app, domains, organizations)
  registerJoinRequestRoutes(app, joinRequests, organizations, config)
  registerOutboxRoutes(app, new OutboxService(mailer))
  const organizationLife = new OrganizationLifeService({
    organizations: organizationStore,
    store,
    users,
    activity,
    clock,
    listConnectionIds: (organizationId) => connections.listIdsOf(organizationId),
    onShut: async (organizationId) => {
      forgetRights()
      await jobs.cancelAllOfOrganization(organizationId)
    },
    onDeleted: (connectionIds) => connections.forgetAll(connectionIds),
  })
  registerOrganizationRoutes(app, organizations, organizationLife, config)
  registerGovernanceRoutes(app, governance)
  registerNetworkRoutes(app, network)
  registerGroupRoutes(app, groups)
  registerRoleMappingRoutes(app, roleMapping)
  registerScimSettingsRoutes(app, scimSettings, config)
  await registerScimRoutes(app, { users: scimUsers, groups: scimGroups, settings: scimSettings, activity }, config)
  registerSharingRoutes(app, sharing)
  registerAccessRoutes(
    app,
    new AccessService({
      ...knownAssets,
      sources: access,
      governance: governanceRules,
      findLoginName: async (userId, { id, organizationId }) => {
        const connection = await directory.find(organizationId, id)
        return connection && viewerCredentials.findLoginName(userId, connection)
      },
      readReadership: (organizationId, groupIds, userIds) => readReadership(store, organizationId, groupIds, userIds),
    }),
    decisions,
  )
  const reporting = { store, ...knownAssets, uses, clock }
  registerReportRoutes(app, new ReportService(reporting), new UnusedGrantService(reporting))
  registerAccessRequestRoutes(app, accessRequests, config)
  registerAssetRoutes(
    app,
    new AssetService({
      assets: new AssetStore(store),
      kinds: { ...knownAssets.kinds, token: tokens },
      listPeople: knownAssets.listPeople,
      listConnections: (ids) => connections.listAssets(ids),
      holdTransfer: (transaction, { principal }, receiverId) =>
        users.holdRightAndPerson(transaction, principal, 'asset.manage', receiverId),
    }),
  )
  registerTrashRoutes(app, trash)
  registerTokenRoutes(app, tokens)
  registerNamedSourceRoutes(app, namedSourceService)
  registerActivityRoutes(app, new ActivityService({ store, events: new ActivityStore(store), activity }))
  registerHealthRoutes(app, new HealthService(store, dependencies.readinessGates), telemetry)
  registerConnectionRoutes(app, connections, providers)
  registerPostureRoutes(app, postures)
  registerViewerCredentialRoutes(app, viewerCredentials)
  registerCatalogRoutes(app, new CatalogService(connections, descriptions, namedSources, access))
  registerTileAdviceRoutes(app, new TileAdviceService(connections, descriptions, access))
  registerMapRoutes(app, maps, publicMaps, links, config)
  registerWorkflowRoutes(app, workflows)
  registerApplicationRoutes(app, applications)
  registerProjectRoutes(app, projects, moves)
  registerLibraryRoutes(app, library, new BatchService(documents, library, sharing))
  registerMapsApiRoutes(app, { sources: mapSourceService, tiles, clock, telemetry }, config)
  registerSqlApiRoutes(
    app,
    new QueryService({ access, connections, named: namedSources, governance: governanceRules, activity, reads }),
    new ModelService(reading),
    jobs,
  )
  registerStatsRoutes(app, new StatsService(reading))
  registerBasemapRoutes(app, basemaps, config)
  registerCustomizationRoutes(app, customizations)
  registerSettingsRoutes(app, settings)
  await serveApiDocument(app)
  await serveWebApp(app, dependencies.webAppFolder, {
    publicUrl: config.publicUrl,
    readFrames: (mapId) => governanceRules.readEmbedOrigins(mapId),
    listOrigins: async (principal, mapId) => {
      try {
        return await customizations.listOrigins(principal, mapId)
      } catch (error) {
        logger.warn({ err: error }, 'a page is served without the basemaps of its organization')
        return []
      }
    },
  })

  app.addHook('onClose', async () => {
    clearInterval(endingGone)
    await jobs.close()
    await postures.settle()
    await encoder.close()
    await pool.close()
    await decisions.flush()
    await uses.flush()
    await reads.flush()
    await accessRequests.settle()
    // Times of last use are not worth failing a stop for.
    await tokens.flush().catch(() => undefined)
  })
  return {
    app,
    demo: new DemoService({
      store,
      serverId: dependencies.serverId,
      secrets: secretBox,
      users,
      connections,
      tokens,
      maps,
      activity,
      clock,
    }),
    settings,
    createFirstPage: (baseUrl) => createFirstPage({ setup, signIns, users }, baseUrl),
    sweep: async () => {
      // Before the sessions that they belong to go.
      await views.sweep()
      await signIns.sweep()
      await setup.sweep()
      await secondSteps.sweep()
      await supportAccess.sweep()
      for (const method of loginMethods) await method.sweep(clock.now())
      await joinRequests.sweep(clock.now())
      await handles.sweep(clock.now())
      await trash.sweep(clock.now())
      await jobs.sweep()
      await decisions.sweep()
      await uses.sweep()
      await accessRequests.sweep()
      await audiences.sweep(store)
      // Last, because name servers and warehouses may be slow.
      await domains.sweep(clock.now())
      await postures.checkDue(clock.now())
    },
  }
}
