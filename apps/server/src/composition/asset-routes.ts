import { registerAccessRoutes } from '../features/access/access-routes.ts'
import { AccessService } from '../features/access/access-service.ts'
import { readReadership } from '../features/access/readership-store.ts'
import { registerReportRoutes } from '../features/access/report-routes.ts'
import { ReportService } from '../features/access/report-service.ts'
import { UnusedGrantService } from '../features/access/unused-grant-service.ts'
import { registerAccessRequestRoutes } from '../features/access-requests/access-request-routes.ts'
import { registerActivityRoutes } from '../features/activity/activity-routes.ts'
import { registerActivityDataRoutes } from '../features/activity-data/activity-data-routes.ts'
import { registerApplicationRoutes } from '../features/applications/application-routes.ts'
import { registerAssetRoutes } from '../features/assets/asset-routes.ts'
import { AssetService } from '../features/assets/asset-service.ts'
import { AssetStore } from '../features/assets/asset-store.ts'
import { registerCatalogRoutes } from '../features/catalog/catalog-routes.ts'
import { CatalogService } from '../features/catalog/catalog-service.ts'
import { registerConnectionRoutes } from '../features/connections/connection-routes.ts'
import { registerHealthRoutes } from '../features/health/health-routes.ts'
import { HealthService } from '../features/health/health-service.ts'
import { BatchService } from '../features/library/batch-service.ts'
import { registerLibraryRoutes } from '../features/library/library-routes.ts'
import { registerMapRoutes } from '../features/maps/map-routes.ts'
import { registerNamedSourceRoutes } from '../features/named-sources/named-source-routes.ts'
import { registerOAuthClientRoutes } from '../features/oauth/oauth-client-routes.ts'
import { registerPostureRoutes } from '../features/posture/posture-routes.ts'
import { registerProjectRoutes } from '../features/projects/project-routes.ts'
import { registerShortcutRoutes } from '../features/projects/shortcut-routes.ts'
import { registerPublishingLoginRoutes } from '../features/publishing/publishing-login-routes.ts'
import { registerSharingRoutes } from '../features/sharing/sharing-routes.ts'
import { registerTileAdviceRoutes } from '../features/tile-advice/tile-advice-routes.ts'
import { TileAdviceService } from '../features/tile-advice/tile-advice-service.ts'
import { registerTokenRoutes } from '../features/tokens/token-routes.ts'
import { registerTrashRoutes } from '../features/trash/trash-routes.ts'
import { registerViewerCertificateRoutes } from '../features/viewer-certificates/viewer-certificate-routes.ts'
import { registerViewerCredentialRoutes } from '../features/viewer-credentials/viewer-credential-routes.ts'
import { registerWorkflowRoutes } from '../features/workflows/workflow-routes.ts'
import type { RegisterRoutes } from './services.ts'

/** What people make, who reaches it, and what was done. */
export const ASSET_ROUTES: readonly RegisterRoutes[] = [
  (app, { sharing }) => registerSharingRoutes(app, sharing),
  (
    app,
    {
      access,
      clock,
      decisions,
      directory,
      governanceRules,
      knownAssets,
      mapSources,
      namedSourceService,
      oauthClients,
      store,
      tokens,
      viewerCredentials,
    },
  ) =>
    registerAccessRoutes(
      app,
      new AccessService({
        ...knownAssets,
        sources: access,
        governance: governanceRules,
        findPublishedAs: (mapId, connectionId) => mapSources.findPublishedAs(mapId, connectionId),
        clock,
        findToken: (id) => tokens.findKnown(id),
        findNamedSource: (id) => namedSourceService.findAsset(id),
        findOAuthClient: (id) => oauthClients.findAsset(id),
        findOwnLogin: async (userId, { id, organizationId }) => {
          const connection = await directory.find(organizationId, id)
          if (connection === null) return { way: 'stored', name: null }
          const name = await viewerCredentials.findLoginName(userId, connection)
          return { way: connection.viewerAuthentication, name }
        },
        readReadership: (organizationId, groupIds, userIds) => readReadership(store, organizationId, groupIds, userIds),
      }),
      decisions,
    ),
  (app, { reporting }) => registerReportRoutes(app, new ReportService(reporting), new UnusedGrantService(reporting)),
  (app, { accessRequests, config }) => registerAccessRequestRoutes(app, accessRequests, config),
  (app, { connections, knownAssets, oauthClients, store, tokens, users }) =>
    registerAssetRoutes(
      app,
      new AssetService({
        assets: new AssetStore(store),
        kinds: { ...knownAssets.kinds, token: tokens, 'oauth-client': oauthClients },
        listPeople: knownAssets.listPeople,
        listConnections: (ids) => connections.listAssets(ids),
        inspectConnection: (caller, id) => connections.inspect(caller, id),
        listGroupNames: knownAssets.listGroupNames,
        holdTransfer: (transaction, { principal }, receiverId) =>
          users.holdRightAndPerson(transaction, principal, 'asset.manage', receiverId),
      }),
    ),
  (app, { trash }) => registerTrashRoutes(app, trash),
  (app, { tokens }) => registerTokenRoutes(app, tokens),
  (app, { oauthClients }) => registerOAuthClientRoutes(app, oauthClients),
  (app, { namedSourceService }) => registerNamedSourceRoutes(app, namedSourceService),
  (app, { activityReading }) => registerActivityRoutes(app, activityReading),
  (app, { activityData, config }) => registerActivityDataRoutes(app, activityData, config),
  (app, { readinessGates, store, telemetry }) =>
    registerHealthRoutes(app, new HealthService(store, readinessGates), telemetry),
  (app, { connections, providers }) => registerConnectionRoutes(app, connections, providers),
  (app, { postures }) => registerPostureRoutes(app, postures),
  (app, { viewerCredentials }) => registerViewerCredentialRoutes(app, viewerCredentials),
  (app, { publishingLogins }) => registerPublishingLoginRoutes(app, publishingLogins),
  (app, { viewerCertificates }) => registerViewerCertificateRoutes(app, viewerCertificates),
  (app, { access, connections, descriptions, namedSources }) =>
    registerCatalogRoutes(app, new CatalogService(connections, descriptions, namedSources, access)),
  (app, { access, connections, descriptions }) =>
    registerTileAdviceRoutes(app, new TileAdviceService(connections, descriptions, access)),
  (app, { config, links, maps, publicMaps }) => registerMapRoutes(app, maps, publicMaps, links, config),
  (app, { workflows }) => registerWorkflowRoutes(app, workflows),
  (app, { applications }) => registerApplicationRoutes(app, applications),
  (app, { moves, projects }) => registerProjectRoutes(app, projects, moves),
  (app, { shortcuts }) => registerShortcutRoutes(app, shortcuts),
  (app, { documents, library, sharing }) =>
    registerLibraryRoutes(app, library, new BatchService(documents, library, sharing)),
]
