import type { AppDependencies } from './composition/app-dependencies.ts'
import { type Assets, composeAssets } from './composition/assets.ts'
import { type Callers, composeCallers } from './composition/callers.ts'
import { close, sweep } from './composition/chores.ts'
import { composeDataApis, type DataApis } from './composition/data-apis.ts'
import { composeGovernance, type Governance } from './composition/governance.ts'
import { composeJoining, type Joining } from './composition/joining.ts'
import { composePeople, type People } from './composition/people.ts'
import { composePlatform } from './composition/platform.ts'
import { ROUTES } from './composition/routes.ts'
import type { Services } from './composition/services.ts'
import { composeSignIn, type SignIn } from './composition/sign-in.ts'
import { composeWarehouses, type Warehouses } from './composition/warehouses.ts'
import { readRefusal } from './features/access/read-refusal.ts'
import { createFirstPage, type FirstPage } from './features/auth/first-page.ts'
import { DemoService } from './features/demo/demo-service.ts'
import type { SettingsService } from './features/settings/settings-service.ts'
import { meterRequests } from './features/usage/meter-requests.ts'
import { collectApiDocument, serveApiDocument } from './http/api-document.ts'
import { authenticateRequests } from './http/authentication.ts'
import { heedIdempotencyKeys } from './http/idempotency.ts'
import { type App, createServer } from './http/server.ts'
import { serveWebApp } from './http/web-app.ts'

export type { AppDependencies } from './composition/app-dependencies.ts'

/** The application and the services that the process itself needs from it. */
export interface BuiltApp {
  readonly app: App
  createFirstPage(baseUrl: string): Promise<FirstPage | null>
  readonly demo: DemoService
  readonly settings: SettingsService
  /** Removes what ended long ago: sessions, links, handles; ends jobs whose server is gone; looks at what is due. */
  sweep(): Promise<void>
}

/** Composes everything and puts the routes on the server: the one place where features meet. */
export async function buildApp(dependencies: AppDependencies): Promise<BuiltApp> {
  const { logger, telemetry } = dependencies
  const platform = composePlatform(dependencies, { resolver: () => callers.resolver })
  const { isHttps } = platform
  const app = createServer({
    logger,
    noteRefusal: (request, error) => platform.decisions.note(readRefusal(request, error)),
    trustProxy: dependencies.config.trustProxy,
    isHttps,
    telemetry,
    answerEarly: (request, response) => dataApis.recalledTiles.answer(request, response),
  })
  await collectApiDocument(app, dependencies.version)

  // Types are written out because what is composed early asks for what is composed late, once somebody comes.
  const people: People = composePeople(platform, {
    domains: () => joining.domains,
    groups: () => governance.groups,
    invitations: () => joining.invitations,
  })
  const callers: Callers = composeCallers(platform, people, {
    connections: () => warehouses.connections,
    links: () => assets.links,
  })
  authenticateRequests(app, callers.resolver, dependencies.config)
  heedIdempotencyKeys(app, platform.idempotentRequests)
  const warehouses: Warehouses = composeWarehouses(platform, people, callers)
  const assets: Assets = composeAssets(platform, people, callers, warehouses)
  const dataApis: DataApis = composeDataApis(platform, callers, warehouses, {
    usage: () => governance.usage,
  })
  meterRequests(app, dataApis.usageMeter, dataApis.usageLimits)
  app.addHook('preClose', async () => dataApis.recalledTiles.stop())
  await dataApis.jobs.recover()
  const governance: Governance = composeGovernance(platform, people, callers, warehouses, assets, dataApis, {
    invitations: () => joining.invitations,
  })
  const signIn: SignIn = composeSignIn(platform, people, governance)
  const joining: Joining = composeJoining(platform, people, warehouses, dataApis, governance)

  const services: Services = {
    ...platform,
    ...people,
    ...callers,
    ...warehouses,
    ...assets,
    ...dataApis,
    ...governance,
    ...signIn,
    ...joining,
  }
  for (const register of ROUTES) await register(app, services)
  await serveApiDocument(app)
  await serveWebApp(app, dependencies.webAppFolder, {
    publicUrl: dependencies.config.publicUrl,
    readFrames: (mapId) => services.governanceRules.readEmbedOrigins(mapId),
    listOrigins: async (principal, mapId) => {
      try {
        return await services.customizations.listOrigins(principal, mapId)
      } catch (error) {
        logger.warn({ err: error }, 'a page is served without the basemaps of its organization')
        return []
      }
    },
  })

  app.addHook('onClose', () => close(services))
  const { store, serverId, secretBox, activity, clock, users, setup, signIns, connections, tokens, maps } = services
  return {
    app,
    demo: new DemoService({ store, serverId, secrets: secretBox, users, connections, tokens, maps, activity, clock }),
    settings: services.settings,
    createFirstPage: (baseUrl) => createFirstPage({ setup, signIns, users }, baseUrl),
    sweep: () => sweep(services),
  }
}
