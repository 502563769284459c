import { UseLog } from '../features/access/use-log.ts'
import { fetchTokens } from '../features/auth/methods/oidc/fetch-tokens.ts'
import { SourceDescriptions } from '../features/catalog/source-descriptions.ts'
import type { DependentKind } from '../features/connections/connection-dependents.ts'
import { ConnectionService } from '../features/connections/connection-service.ts'
import { GrantedReads } from '../features/connections/granted-reads.ts'
import { SourceAccess } from '../features/connections/source-access.ts'
import { OwnerRightsRule } from '../features/governance/owner-rights-rule.ts'
import { StoredMapSources } from '../features/maps/map-sources.ts'
import { MapsOnConnections } from '../features/maps/maps-on-connections.ts'
import { QueryHandles } from '../features/maps/query-handles.ts'
import { SnapshotQueries } from '../features/maps/snapshot-queries.ts'
import { NamedSourceResolver } from '../features/named-sources/named-source-resolver.ts'
import { NamedSourceStore } from '../features/named-sources/named-source-store.ts'
import { NamedSourcesOnConnections } from '../features/named-sources/named-sources-on-connections.ts'
import { PostureService } from '../features/posture/posture-service.ts'
import { PublishingLoginService } from '../features/publishing/publishing-login-service.ts'
import { AudienceService } from '../features/sharing/audience-service.ts'
import { TokensOnConnections } from '../features/tokens/tokens-on-connections.ts'
import { CertificateAuthorities } from '../features/viewer-certificates/certificate-authorities.ts'
import { ViewerCertificateService } from '../features/viewer-certificates/viewer-certificate-service.ts'
import { ViewerCredentialService } from '../features/viewer-credentials/viewer-credential-service.ts'
import { SessionTokens } from '../features/viewer-tokens/session-tokens.ts'
import { ViewerTokenService } from '../features/viewer-tokens/viewer-token-service.ts'
import { WorkflowStore } from '../features/workflows/workflow-store.ts'
import { WorkflowsOnConnections } from '../features/workflows/workflows-on-connections.ts'
import { SYSTEM_ACTOR } from '../platform/activity/activity-log.ts'
import { recordStatement } from '../platform/activity/record-statement.ts'
import { CacheKeys } from '../platform/cache/cache-key.ts'
import { CachedAnswers } from '../platform/cache/cached-answers.ts'
import { openAnswerCache } from '../platform/cache/open-answer-cache.ts'
import { describeSocket } from '../platform/warehouses/socket-context.ts'
import { WarehousePool } from '../platform/warehouses/warehouse-pool.ts'
import type { Callers } from './callers.ts'
import type { People } from './people.ts'
import type { Platform } from './platform.ts'

/** Answers of warehouses kept in memory, in bytes. */
const ANSWER_CACHE_BYTES = 64 * 1024 * 1024

/** How long statements of a login run on after another server has removed it, at most, in milliseconds. */
const END_GONE_MS = 1_500

/** What `composeWarehouses` composes. */
export type Warehouses = ReturnType<typeof composeWarehouses>

/** Connections, the warehouses behind them, and which sources of them somebody may read. */
export function composeWarehouses(platform: Platform, people: People, callers: Callers) {
  const {
    activity,
    clock,
    config,
    directory,
    embeddedWarehouse,
    forgetPrincipals,
    logger,
    networkEpochs,
    outbound,
    policyEpochs,
    providers,
    secretBox,
    store,
    telemetry,
  } = platform
  const { holdRight, identityProviders, sessions, users } = people
  const { governanceRules, tokenStore } = callers
  const uses = new UseLog(store, clock, (error) => logger.warn({ err: error }, 'times of last use could not be kept'))
  const noteUse = uses.note.bind(uses)
  const audiences = new AudienceService(store, clock)
  const queryHandles = new QueryHandles(secretBox)
  const mapSources = new StoredMapSources(store, queryHandles)
  const namedSourceStore = new NamedSourceStore(store)
  const namedSources = new NamedSourceResolver(namedSourceStore, clock)
  const texts = new SnapshotQueries(mapSources, namedSources)
  const access = new SourceAccess(directory, mapSources, () => grantedReads, namedSources, noteUse)
  const pool = new WarehousePool({
    findProvider: (id) => connections.findProvider(id),
    embeddedWarehouse: embeddedWarehouse,
    readEpoch: (organizationId) => networkEpochs.read(organizationId),
    admitHost: (target, context) => outbound.door(describeSocket(target, context)).admit,
    onStatement: (record) => {
      telemetry.noteStatement(record.context.purpose, record.outcome, record.durationMs)
      recordStatement(activity, record)
    },
    onError: (error, target) =>
      logger.warn({ err: error, connection: target.connectionName }, 'a warehouse closed an idle connection'),
  })
  const { redisUrl } = config
  const answerCache = openAnswerCache({ maxBytes: ANSWER_CACHE_BYTES, redisUrl, secretBox, clock, logger })
  const answers = new CachedAnswers(answerCache, clock)
  const keys = new CacheKeys(Buffer.from(secretBox.sign('answer-cache', 'key'), 'base64url'))
  const workflowStore = new WorkflowStore(store)
  // Whatever else comes to read from connections is a line here.
  const connectionDependents: readonly DependentKind[] = [
    new MapsOnConnections({ activity, clock, onRepointed: () => mapSources.forget() }),
    new WorkflowsOnConnections(workflowStore, activity, clock),
    new NamedSourcesOnConnections({
      sources: namedSourceStore,
      activity,
      clock,
      onRepointed: () => namedSources.forget(),
    }),
    new TokensOnConnections({
      tokens: tokenStore,
      activity,
      clock,
      listPeople: (organizationId, transaction) => users.listPrincipals(organizationId, transaction),
      onRepointed: forgetPrincipals,
    }),
  ]
  const authorities = new CertificateAuthorities({ store, secrets: secretBox, activity, clock })
  const viewerCertificates = new ViewerCertificateService({
    store,
    pool,
    authorities,
    activity,
    clock,
    findProvider: (id) => connections.findProvider(id),
    findUsable: (principal, idOrName) => connections.findUsable(principal, idOrName),
    listPeople: (organizationId) => users.listPrincipals(organizationId),
  })
  const viewerTokens = new ViewerTokenService({
    store,
    pool,
    secrets: secretBox,
    activity,
    clock,
    tokens: new SessionTokens({
      store,
      secrets: secretBox,
      findProvider: async (id) => {
        const provider = await identityProviders.find(id)
        return provider?.kind === 'oidc' ? provider : null
      },
      fetch: (provider, refreshToken, scope) => {
        const { organizationId } = provider
        const door = { organizationId, actor: SYSTEM_ACTOR, purpose: 'identity-provider', isTrial: false } as const
        return fetchTokens(provider, outbound.door({ ...door, requestId: undefined }), refreshToken, scope)
      },
    }),
    findProvider: (id) => connections.findProvider(id),
    findSignIn: (organizationId, place) => identityProviders.findTokenProvider(organizationId, place),
    listLiveSessions: (sessionIds) => sessions.listLive(sessionIds),
    forgetRefreshTokens: () => sessions.forgetRefreshTokens(),
  })
  const viewerCredentials = new ViewerCredentialService({
    certificates: viewerCertificates,
    tokens: viewerTokens,
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
    onChanged: () => {
      directory.forget()
      policyEpochs.forget()
    },
  })
  const publishingLogins = new PublishingLoginService({
    store,
    pool,
    secrets: secretBox,
    activity,
    clock,
    findProvider: (id) => connections.findProvider(id),
    findUsable: (principal, idOrName) => connections.findUsable(principal, idOrName),
    holdConnection: (transaction, organizationId, id) => connections.hold(transaction, organizationId, id),
    tryLogin: (caller, connection, config, reason) => connections.tryLogin(caller, connection, config, reason),
    onChanged: () => {
      directory.forget()
      policyEpochs.forget()
    },
  })
  const endingGone = setInterval(() => {
    const looks = [viewerCredentials, viewerCertificates, viewerTokens, publishingLogins].map((each) => each.endGone())
    Promise.all(looks).catch((error: unknown) =>
      logger.warn({ err: error }, 'removed database logins could not be looked up'),
    )
  }, END_GONE_MS)
  endingGone.unref()
  const ownerRights = new OwnerRightsRule(governanceRules, policyEpochs.read.bind(policyEpochs))
  const connections: ConnectionService = new ConnectionService({
    isOwnerRightsForbidden: ownerRights.isForbidden.bind(ownerRights),
    store,
    directory,
    audiences,
    governance: governanceRules,
    pool,
    viewerCredentials,
    listTokenPlaces: (organizationId, transaction) => identityProviders.listTokenPlaces(organizationId, transaction),
    publishingLogins,
    findPublishedAs: (mapId, connectionId) => mapSources.findPublishedAs(mapId, connectionId),
    secrets: secretBox,
    activity,
    clock,
    providers,
    holdRight,
    dependents: connectionDependents,
    onChanged: (connectionId) => {
      mapSources.forget()
      policyEpochs.forget()
      answers.forgetConnection(connectionId)
    },
    readPolicyEpoch: policyEpochs.read.bind(policyEpochs),
    onLoginSaved: (caller, connectionId) => postures.noteSaved(caller, connectionId),
    requirePosture: (caller, connection, reason, wish) => postures.requirePosture(caller, connection, reason, wish),
  })
  const postures = new PostureService({
    store,
    activity,
    clock,
    findUsable: connections.findUsable.bind(connections),
    findById: connections.findById.bind(connections),
    findProvider: connections.findProvider.bind(connections),
    openOwn: connections.ownWarehouse.bind(connections),
    isOwnerRightsForbidden: ownerRights.isForbidden.bind(ownerRights),
    onError: (error) => logger.error({ err: error }, 'the login of a connection could not be checked'),
  })
  const descriptions = new SourceDescriptions(connections)
  const grantedReads = new GrantedReads(connections)
  return {
    uses,
    noteUse,
    audiences,
    queryHandles,
    mapSources,
    namedSourceStore,
    namedSources,
    texts,
    access,
    pool,
    answerCache,
    answers,
    keys,
    workflowStore,
    viewerCredentials,
    publishingLogins,
    viewerCertificates,
    endingGone,
    connections,
    postures,
    descriptions,
  }
}
