import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROLES, type Role, type TokenGrant } from '@graticule/contract'
import { createDatabase, startPostgres } from '@graticule/testkit'
import { PROVIDERS, type Provider } from '@graticule/warehouses'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { type AppDependencies, type BuiltApp, buildApp } from '../app.ts'
import type { OutboundConfig } from '../config.ts'
import { SESSION_COOKIE } from '../http/authentication.ts'
import type { App } from '../http/server.ts'
import { ActivityLog } from '../platform/activity/activity-log.ts'
import { type Clock, ManualClock } from '../platform/clock/clock.ts'
import { openDatabase, type Store, toJson } from '../platform/db/database.ts'
import { createId, createOrganizationId } from '../platform/db/ids.ts'
import { migrateDatabase } from '../platform/db/migrate.ts'
import { type LookUpAddresses, lookUpAddresses } from '../platform/dns/look-up-addresses.ts'
import type { LookUpTxt } from '../platform/dns/look-up-txt.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import { Outbox } from '../platform/mail/outbox.ts'
import { createRandomToken, hashToken } from '../platform/secrets/bearer-tokens.ts'
import { parseMasterKey } from '../platform/secrets/master-key.ts'
import { SEALED_COLUMNS } from '../platform/secrets/sealed-columns.ts'
import type { Secret } from '../platform/secrets/secret.ts'
import { SecretBox } from '../platform/secrets/secret-box.ts'
import { createLogger } from '../platform/telemetry/logger.ts'
import { Telemetry } from '../platform/telemetry/telemetry.ts'
import { watchRefusals } from './watch-refusals.ts'

/** The basemaps are files of the repository, so tests serve the real ones. */
const BASEMAPS_FOLDER = fileURLToPath(new URL('../../../web/public/basemaps', import.meta.url))

export interface TestUser {
  readonly id: string
  readonly email: string
  readonly role: Role
}

export interface TestApp {
  readonly app: App
  readonly store: Store
  readonly clock: ManualClock
  readonly secretBox: SecretBox
  readonly activity: ActivityLog
  readonly organizationId: string
  readonly users: Readonly<Record<Role, TestUser>>
  /** Connection string of the metadata store, for those who look at it beside the application. */
  readonly storeUrl: string
  /** Connection string of the PostgreSQL server's own database, for a warehouse under test. */
  readonly warehouseUrl: string
  /** Builds the application once more, as another server on the same store would; it is closed with the test. */
  buildServer(serverId: string): Promise<BuiltApp>
  /** A cookie header of a fresh session of the person with that role. */
  signIn(role: Role): Promise<string>
  /** Gives the person with that role an authenticator app, as enforcing single sign-on asks of its break-glass admin. */
  giveSecondFactor(role: Role): Promise<void>
  /** A fresh API token of the editor's. */
  createToken(grants: readonly TokenGrant[], allowedApis?: readonly string[]): Promise<string>
  /** Sends a request as a person (a browser on our own pages), a token, or nobody. */
  request(options: InjectOptions & { readonly as?: Role; readonly token?: string }): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

/** What a test says about where the server goes; without it, to this machine by its number. */
export interface TestOutbound extends Partial<OutboundConfig> {
  readonly lookUpAddresses?: LookUpAddresses
  /** Where answers are shared among servers. */
  readonly redisUrl?: Secret | null
}

/** The fixed master key of tests. */
export function createTestSecretBox(): SecretBox {
  const key = parseMasterKey('00112233445566778899aabbccddeeff'.repeat(2))
  if (key === null) throw new Error('The test key is not a key.')
  return SecretBox.ofOneKey(key)
}

/** An empty database for the metadata, and the server whose warehouses can be tested. */
export interface TestStore {
  readonly url: string
  readonly warehouseUrl: string
  close(): Promise<void>
}

/**
 * The whole application on a real PostgreSQL of its own, or on the store that is handed in, with one organization and
 * one person per role. The clock starts now and moves only by hand.
 */
export async function createTestApp(
  openStore: () => Promise<TestStore> = openPostgresStore,
  openMailer: (clock: Clock) => Mailer = (clock) => new Outbox(clock),
  lookUpTxt: LookUpTxt = async () => [],
  { lookUpAddresses: lookUp = lookUpAddresses, redisUrl = null, ...outbound }: TestOutbound = {},
  providers: readonly Provider[] = PROVIDERS,
): Promise<TestApp> {
  const testStore = await openStore()
  const store = openDatabase(testStore.url)
  await migrateDatabase(store)
  const clock = new ManualClock(new Date())
  const secretBox = createTestSecretBox()
  const activity = new ActivityLog(store, clock, () => undefined)
  const telemetry = new Telemetry()
  const webAppFolder = await createWebAppFolder()
  const { organizationId, users } = await seedOrganization(store, clock)
  const dependencies: AppDependencies = {
    config: {
      publicUrl: null,
      allowedHosts: [],
      outbound: {
        internalHosts: ['127.0.0.1'],
        outboundHosts: null,
        isPrivateOpen: true,
        isLoopbackOpen: false,
        ...outbound,
      },
      trustProxy: false,
      redisUrl,
      sessionIdleMs: 7 * 86_400_000,
      sessionAbsoluteMs: 30 * 86_400_000,
      isOrganizationCreationOpen: true,
    },
    serverId: 'test-server',
    store,
    secretBox,
    clock,
    activity,
    mailer: openMailer(clock),
    lookUpTxt,
    lookUpAddresses: lookUp,
    telemetry,
    logger: createLogger('silent'),
    webAppFolder,
    basemapsFolder: BASEMAPS_FOLDER,
    embeddedWarehouse: null,
    providers,
    version: '0.0.0',
    readinessGates: [],
  }
  const { app } = await buildApp(dependencies)
  await app.ready()
  watchRefusals(app)
  const others: BuiltApp[] = []

  const cookies = new Map<Role, string>()
  const signIn = async (role: Role): Promise<string> => {
    const token = createRandomToken('gts_')
    const now = clock.now()
    await store
      .insertInto('sessions')
      .values({
        id: createId(),
        user_id: users[role].id,
        token_hash: hashToken(token),
        created_at: now,
        last_seen_at: now,
        expires_at: new Date(now.getTime() + 30 * 86_400_000),
        user_agent: 'test',
        ip_address: '127.0.0.1',
      })
      .execute()
    return `${SESSION_COOKIE}=${token}`
  }

  return {
    app,
    store,
    clock,
    secretBox,
    activity,
    organizationId,
    users,
    storeUrl: testStore.url,
    warehouseUrl: testStore.warehouseUrl,
    async buildServer(serverId) {
      const built = await buildApp({ ...dependencies, serverId, logger: createLogger('silent') })
      watchRefusals(built.app)
      others.push(built)
      return built
    },
    signIn,
    async giveSecondFactor(role) {
      const now = clock.now()
      const secret = secretBox.seal('JBSWY3DPEHPK3PXP', SEALED_COLUMNS.totpSecret.in(users[role].id))
      const row = { user_id: users[role].id, secret, created_at: now, confirmed_at: now }
      await store.insertInto('totp_factors').values(row).execute()
    },
    async createToken(grants, allowedApis = ['maps', 'sql']) {
      const token = createRandomToken('gtk_')
      await store
        .insertInto('tokens')
        .values({
          id: createId(),
          organization_id: organizationId,
          owner_id: users.editor.id,
          name: 'test token',
          token_hash: hashToken(token),
          prefix: token.slice(0, 8),
          grants: toJson(grants),
          allowed_apis: toJson(allowedApis),
          referers: toJson([]),
          created_at: clock.now(),
        })
        .execute()
      return token
    },
    async request({ as, token, ...options }) {
      const headers: Record<string, string> = {}
      if (as !== undefined) {
        const cookie = cookies.get(as) ?? (await signIn(as))
        cookies.set(as, cookie)
        headers.cookie = cookie
        headers['sec-fetch-site'] = 'same-origin'
      }
      if (token !== undefined) headers.authorization = `Bearer ${token}`
      return app.inject({ ...options, headers: { host: 'localhost', ...headers, ...options.headers } })
    },
    async close() {
      for (const other of others) await other.app.close()
      await app.close()
      await activity.flush()
      telemetry.close()
      await store.destroy()
      await testStore.close()
      await rm(webAppFolder, { recursive: true })
    },
  }
}

async function openPostgresStore(): Promise<TestStore> {
  const server = await startPostgres()
  const database = await createDatabase(server, { postgis: false })
  return { url: database.connectionString, warehouseUrl: server.connectionString, close: () => server.stop() }
}

/** A workspace as the bundler leaves it, small enough to read. */
async function createWebAppFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'graticule-web-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><html><head><title>Graticule</title></head></html>')
  await writeFile(join(folder, 'assets', 'main-BX3kd9aZ.js'), 'export {}')
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  return folder
}

async function seedOrganization(
  store: Store,
  clock: ManualClock,
): Promise<{ organizationId: string; users: Record<Role, TestUser> }> {
  const organizationId = createOrganizationId()
  const now = clock.now()
  await store
    .insertInto('organizations')
    .values({ id: organizationId, name: 'Test Organization', is_demo: false, created_at: now })
    .execute()
  const users = Object.fromEntries(
    ROLES.map((role) => [role, { id: createId(), email: `${role}@example.org`, role }]),
  ) as Record<Role, TestUser>
  await store
    .insertInto('users')
    .values(
      ROLES.map((role) => ({
        id: users[role].id,
        organization_id: organizationId,
        email: users[role].email,
        name: `The ${role}`,
        role,
        created_at: now,
      })),
    )
    .execute()
  return { organizationId, users }
}
