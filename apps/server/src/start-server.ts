import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger } from 'fastify'
import { type BuiltApp, buildApp } from './app.ts'
import type { Config } from './config.ts'
import { ActivityStream } from './features/activity-streams/activity-stream.ts'
import { StreamStore } from './features/activity-streams/stream-store.ts'
import type { FirstPage } from './features/auth/first-page.ts'
import { isDemoWanted } from './features/demo/demo-service.ts'
import { prepareDemoWarehouse } from './features/demo/prepare-warehouse.ts'
import type { LoadProgress } from './features/demo/warehouse-state.ts'
import { ActivityLog } from './platform/activity/activity-log.ts'
import { CheckpointKeys } from './platform/activity/checkpoint-keys.ts'
import { Checkpoints } from './platform/activity/checkpoints.ts'
import { removeOldActivity } from './platform/activity/retention.ts'
import { recordServerStart, recordServerStop, serverIdOf } from './platform/activity/server-life.ts'
import { systemClock } from './platform/clock/clock.ts'
import { openDatabase, type Store } from './platform/db/database.ts'
import { waitForStore } from './platform/db/wait-for-store.ts'
import { lookUpAddresses } from './platform/dns/look-up-addresses.ts'
import { createTxtLookUp } from './platform/dns/look-up-txt.ts'
import { type Engine, engineUrl, startEngine } from './platform/engine/engine.ts'
import { lockHomeWithin } from './platform/engine/home-lock.ts'
import { Outbox } from './platform/mail/outbox.ts'
import { SmtpMailer } from './platform/mail/smtp-mailer.ts'
import { KeyFollower } from './platform/secrets/key-follower.ts'
import { openStoreKeys } from './platform/secrets/store-key.ts'
import { Telemetry } from './platform/telemetry/telemetry.ts'

/** A server that listens. */
export interface RunningServer {
  /** Where people reach it. */
  readonly baseUrl: string
  /** Null when nobody needs one. */
  readonly firstPage: FirstPage | null
  /** Lets requests under way finish, for ten seconds at most, writes what is queued and closes everything. */
  stop(): Promise<void>
}

export type ReportProgress = (sentence: string) => void

const STORE_TIMEOUT_MS = 30_000
/** A server that was told to stop a moment ago may still be closing. */
const HOME_PATIENCE_MS = 3_000
const DRAIN_TIMEOUT_MS = 10_000
const SWEEP_EVERY_MS = 60 * 60_000
const CHECKPOINT_EVERY_MS = 60 * 60_000
const WEB_APP_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url))
const BASEMAPS_FOLDER = fileURLToPath(new URL('../../web/public/basemaps', import.meta.url))

/**
 * Starts everything in the order in which one thing needs the other: lock, engines, store, demo data, server. When a
 * step fails, what was started before it is closed again in reverse order.
 */
export async function startServer(
  config: Config,
  logger: FastifyBaseLogger,
  report: ReportProgress,
): Promise<RunningServer> {
  await using started = new AsyncDisposableStack()
  const lock = await lockHomeWithin(config.home, HOME_PATIENCE_MS)
  started.defer(() => lock.release())

  report(config.databaseUrl === null ? 'Opening the embedded metadata store' : 'Connecting to the metadata store')
  const warehouseOpening = config.isDemo ? openEngine('warehouse') : Promise.resolve(null)
  // Its failure is reported where it is awaited, unless something before that fails first.
  warehouseOpening.catch(() => undefined)
  const databaseUrl = config.databaseUrl?.reveal() ?? engineUrl((await openEngine('metadata')).connection)
  const store = openDatabase(databaseUrl, {
    onError: (error) => logger.warn({ err: error }, 'a connection to the metadata store broke'),
  })
  started.defer(() => store.destroy())
  await waitForStore(store, STORE_TIMEOUT_MS)
  const { ring, secretBox } = await openStoreKeys(store, config.keySource)
  const serverId = serverIdOf(config.home)
  const keyFollower = new KeyFollower({ store, ring, source: config.keySource, serverId, logger })
  await keyFollower.start()
  started.defer(() => keyFollower.stop())

  const clock = systemClock
  const activity = new ActivityLog(store, clock, (error) => logger.error({ err: error }, 'activity is waiting'))
  const streams = config.activityStreams.map(
    (address) =>
      new ActivityStream(address.reveal(), {
        store: new StreamStore(store),
        serverId,
        logger,
      }),
  )
  started.defer(async () => {
    for (const stream of streams) await stream.stop()
  })
  await recordServerStart(store, activity, config.home)
  started.defer(() => recordServerStop(activity, config.home))
  const mailer = config.smtp === null ? new Outbox(clock) : new SmtpMailer(config.smtp, logger)
  started.defer(() => mailer.close())
  const telemetry = new Telemetry()
  started.defer(() => telemetry.close())
  const warehouse = await keepIfWanted(await warehouseOpening, store)
  const tables = warehouse === null ? null : prepareDemoWarehouse(warehouse.connection, reportTable)
  tables?.catch(() => undefined)

  let isReady = false
  const built = await buildApp({
    config,
    serverId,
    store,
    secretBox,
    clock,
    activity,
    mailer,
    lookUpTxt: createTxtLookUp(),
    lookUpAddresses,
    telemetry,
    logger,
    webAppFolder: WEB_APP_FOLDER,
    basemapsFolder: BASEMAPS_FOLDER,
    embeddedWarehouse: warehouse === null ? null : { config: { ...warehouse.connection }, engine: warehouse },
    version: readVersion(),
    readinessGates: [{ name: 'start', isOpen: () => isReady }],
  })
  started.defer(() => closeApp(built, logger))
  const baseUrl = await listen(built, config)
  started.defer(sweepRegularly(built, logger))
  const checkpoints = new Checkpoints(store, new CheckpointKeys(store, secretBox, clock), clock, config.home)
  started.defer(tendChainsRegularly(checkpoints, () => removeOldActivity(store, checkpoints, clock), logger))
  for (const stream of streams) stream.start()
  if (tables !== null) {
    await tables
    await built.demo.prepare(config.home, baseUrl)
  }
  isReady = true

  const firstPage = await built.createFirstPage(baseUrl)
  const running = started.move()
  return { baseUrl, firstPage, stop: () => running.disposeAsync() }

  function reportTable({ table, rows, durationMs }: LoadProgress): void {
    report(`Loaded ${rows.toLocaleString('en')} rows into ${table} in ${(durationMs / 1_000).toFixed(1)} s`)
  }

  async function openEngine(kind: Engine['kind']): Promise<Engine> {
    const engine = await startEngine({
      kind,
      dataDir: join(config.home, kind),
      socketDir: join(config.home, 'run'),
      onEvent: (event) => logger.warn({ engine: kind, ...event }, 'embedded engine'),
    })
    started.defer(() => engine.stop())
    return engine
  }
}

/** The demo warehouse opens before it is known whether this installation is a demo at all. */
async function keepIfWanted(warehouse: Engine | null, store: Store): Promise<Engine | null> {
  if (warehouse === null || (await isDemoWanted(store))) return warehouse
  await warehouse.stop()
  return null
}

async function listen({ app }: BuiltApp, config: Config): Promise<string> {
  await app.listen({ host: config.host, port: config.port })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  if (config.publicUrl !== null) return config.publicUrl
  const isEverywhere = config.host === '0.0.0.0' || config.host === '::'
  const host = isEverywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host
  return `http://${host}:${port}`
}

async function closeApp({ app }: BuiltApp, logger: FastifyBaseLogger): Promise<void> {
  const timer = setTimeout(() => {
    logger.warn('requests were still running after ten seconds and are cut off')
    app.server.closeAllConnections()
  }, DRAIN_TIMEOUT_MS)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}

function sweepRegularly({ sweep }: BuiltApp, logger: FastifyBaseLogger): () => void {
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => logger.warn({ err: error }, 'expired rows stay until the next sweep'))
  }, SWEEP_EVERY_MS)
  return () => clearInterval(timer)
}

/** Signs how far the chains of the log have come, and removes what is old. */
function tendChainsRegularly(
  checkpoints: Checkpoints,
  removeOld: () => Promise<unknown>,
  logger: FastifyBaseLogger,
): () => void {
  const timer = setInterval(() => {
    checkpoints
      .create()
      .then(removeOld)
      .catch((error: unknown) => logger.warn({ err: error }, 'checkpoints of the activity log wait for the next hour'))
  }, CHECKPOINT_EVERY_MS)
  return () => clearInterval(timer)
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
