import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config.ts'
import { PrincipalResolver } from './features/auth/principal-resolver.ts'
import { SessionService } from './features/auth/session-service.ts'
import { SessionStore } from './features/auth/session-store.ts'
import { TokenService } from './features/tokens/token-service.ts'
import { TokenStore } from './features/tokens/token-store.ts'
import { authenticateRequests } from './http/authentication.ts'
import { type App, createServer } from './http/server.ts'
import type { ActivityLog } from './platform/activity/activity-log.ts'
import type { Clock } from './platform/clock/clock.ts'
import type { Store } from './platform/db/database.ts'
import type { SecretBox } from './platform/secrets/secret-box.ts'

/** What the process hands to the application. Tests hand in the same kinds of things, on a database of their own. */
export interface AppDependencies {
  readonly config: Pick<Config, 'publicUrl' | 'allowedHosts' | 'trustProxy' | 'sessionIdleMs' | 'sessionAbsoluteMs'>
  readonly store: Store
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly activity: ActivityLog
  readonly logger: FastifyBaseLogger
}

/** The application and the services that the process itself needs from it. */
export interface BuiltApp {
  readonly app: App
  readonly sessions: SessionService
}

/** Wires every feature to its dependencies: the one place where anything is composed. */
export async function buildApp(dependencies: AppDependencies): Promise<BuiltApp> {
  const { config, store, clock, activity, logger } = dependencies
  const app = createServer({
    logger,
    trustProxy: config.trustProxy,
    isHttps: config.publicUrl?.startsWith('https:') ?? false,
  })

  const sessions = new SessionService(new SessionStore(store), store, activity, clock, config, () => resolver.forget())
  const tokens = new TokenService(new TokenStore(store), clock)
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

  app.addHook('onClose', () => tokens.flush())
  return { app, sessions }
}
