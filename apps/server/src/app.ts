import { AppError } from '@graticule/contract'
import { authorize } from '@graticule/policy'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config.ts'
import { registerActivityRoutes } from './features/activity/activity-routes.ts'
import { ActivityService } from './features/activity/activity-service.ts'
import { ActivityStore } from './features/activity/activity-store.ts'
import { registerAuthRoutes } from './features/auth/auth-routes.ts'
import { createFirstPage, type FirstPage } from './features/auth/first-page.ts'
import { PrincipalResolver } from './features/auth/principal-resolver.ts'
import { SessionService } from './features/auth/session-service.ts'
import { SessionStore } from './features/auth/session-store.ts'
import { SetupService } from './features/auth/setup-service.ts'
import { SignInService } from './features/auth/sign-in-service.ts'
import { connectionAsset } from './features/connections/connection.ts'
import { ConnectionDirectory } from './features/connections/connection-directory.ts'
import { registerHealthRoutes } from './features/health/health-routes.ts'
import { HealthService, type ReadinessGate } from './features/health/health-service.ts'
import { registerTokenRoutes } from './features/tokens/token-routes.ts'
import { TokenService } from './features/tokens/token-service.ts'
import { TokenStore } from './features/tokens/token-store.ts'
import { registerUserRoutes } from './features/users/user-routes.ts'
import { UserService } from './features/users/user-service.ts'
import { UserStore } from './features/users/user-store.ts'
import { collectApiDocument, serveApiDocument } from './http/api-document.ts'
import { authenticateRequests } from './http/authentication.ts'
import { type App, createServer } from './http/server.ts'
import { serveWebApp } from './http/web-app.ts'
import type { ActivityLog } from './platform/activity/activity-log.ts'
import type { Clock } from './platform/clock/clock.ts'
import type { Store } from './platform/db/database.ts'
import type { SecretBox } from './platform/secrets/secret-box.ts'
import type { Telemetry } from './platform/telemetry/telemetry.ts'

/** What the process hands to the application. Tests hand in the same kinds of things, on a database of their own. */
export interface AppDependencies {
  readonly config: Pick<Config, 'publicUrl' | 'allowedHosts' | 'trustProxy' | 'sessionIdleMs' | 'sessionAbsoluteMs'>
  readonly store: Store
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly activity: ActivityLog
  readonly telemetry: Telemetry
  readonly logger: FastifyBaseLogger
  /** Folder of the built workspace. */
  readonly webAppFolder: string
  readonly version: string
  readonly readinessGates: readonly ReadinessGate[]
}

/** The application and the services that the process itself needs from it. */
export interface BuiltApp {
  readonly app: App
  createFirstPage(baseUrl: string): Promise<FirstPage | null>
  /** Removes sessions and links that ended long ago. */
  sweep(): Promise<void>
}

/** Wires every feature to its dependencies: the one place where anything is composed. */
export async function buildApp(dependencies: AppDependencies): Promise<BuiltApp> {
  const { config, store, clock, activity, telemetry, logger } = dependencies
  const app = createServer({
    logger,
    trustProxy: config.trustProxy,
    isHttps: config.publicUrl?.startsWith('https:') ?? false,
    telemetry,
  })
  await collectApiDocument(app, dependencies.version)

  const forgetPrincipals = () => resolver.forget()
  const directory = new ConnectionDirectory(store)
  const users = new UserService(new UserStore(store))
  const sessions = new SessionService(new SessionStore(store), store, activity, clock, config, forgetPrincipals)
  const signIns = new SignInService(store, users, sessions, activity, clock)
  const setup = new SetupService(store, users, sessions, activity, clock)
  const tokens = new TokenService({
    tokens: new TokenStore(store),
    store,
    activity,
    clock,
    requireConnection: async (principal, name) => {
      const connection = await directory.find(principal.organizationId, name)
      if (connection === null) throw new AppError('not_found', `There is no connection called "${name}".`)
      authorize(principal, 'connection.use', connectionAsset(connection))
    },
    onChanged: forgetPrincipals,
  })
  const resolver = new PrincipalResolver(
    {
      findSession: (tokenHash) => sessions.resolve(tokenHash),
      findToken: (tokenHash) => tokens.resolve(tokenHash),
      findPublicMap: async () => null,
      noteTokenUse: (tokenId) => tokens.noteUse(tokenId),
    },
    clock,
  )
  authenticateRequests(app, resolver, config)

  registerAuthRoutes(app, { signIns, sessions, setup, users }, config)
  registerUserRoutes(app, users)
  registerTokenRoutes(app, tokens)
  registerActivityRoutes(app, new ActivityService(new ActivityStore(store)))
  registerHealthRoutes(app, new HealthService(store, dependencies.readinessGates), telemetry)
  await serveApiDocument(app)
  await serveWebApp(app, dependencies.webAppFolder)

  app.addHook('onClose', () => tokens.flush())
  return {
    app,
    createFirstPage: (baseUrl) => createFirstPage({ setup, signIns, users }, baseUrl),
    sweep: () => signIns.sweep(),
  }
}
