import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@graticule/contract'
import { runCacheVerify } from './commands/cache-verify/run-cache-verify.ts'
import { CACHE_VERIFY_USAGE, readCacheVerify } from './commands/cache-verify/verify-command.ts'
import { INVENTORY_USAGE, isDataInventory, runDataInventory } from './commands/data-inventory.ts'
import { baseUrlOf, describeCommands, readCommand } from './commands/operator-commands.ts'
import { readSettingsCommand, SETTINGS_USAGE } from './commands/settings-command.ts'
import { type Config, readConfig } from './config.ts'
import { explainFailedStart } from './failed-start.ts'
import { openDatabase, type Store } from './platform/db/database.ts'
import { migrateDatabase } from './platform/db/migrate.ts'
import { describeStoreFailure } from './platform/db/store-errors.ts'
import { engineUrl, startEngine } from './platform/engine/engine.ts'
import { lockHome } from './platform/engine/home-lock.ts'

process.exitCode = await main(process.argv.slice(2))

/** Runs one command of the administrator; answers the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const [subject, ...rest] = words
  const settingsCommand = subject === 'settings' ? readSettingsCommand(rest) : null
  if (settingsCommand !== null) {
    return complainAs(2, async (config) => {
      // It needs the whole application, for which the other commands need not wait.
      const { runSettingsCommand } = await import('./commands/run-settings-command.ts')
      return withStore(config, (store) => runSettingsCommand(settingsCommand, config, store, print))
    })
  }
  if (isDataInventory(words)) return complainAs(2, (config) => runDataInventory(words, config.home, print))
  const verify = readCacheVerify(words)
  if (verify !== null) {
    return complainAs(2, (config) => runCacheVerify(verify, verify.url ?? baseUrlOf(config), print))
  }
  const command = readCommand(words)
  if (command === null) {
    process.stderr.write(`${describeCommands()}\n  ${INVENTORY_USAGE}\n  ${CACHE_VERIFY_USAGE}\n  ${SETTINGS_USAGE}\n`)
    return subject === 'settings' || subject === 'cache' ? 2 : 1
  }
  return complainAs(1, async (config) => {
    print(`${await withStore(config, (store) => command({ store, config }))}\n`)
    return 0
  })
}

function print(text: string): void {
  process.stdout.write(text)
}

/** Carries a command out; when that fails, a sentence says why and the exit code is the one given. */
async function complainAs(code: number, carryOut: (config: Config) => Promise<number>): Promise<number> {
  try {
    return await carryOut(readConfig(process.env, process.cwd(), { isInteractive: false }))
  } catch (error) {
    const known = error instanceof AppError ? error : describeStoreFailure(error)
    const problems = error instanceof AppError ? error.details?.problems : undefined
    const sentences = Array.isArray(problems) ? problems : [known?.message ?? explainFailedStart(error)]
    process.stderr.write(`${sentences.join('\n')}\n`)
    return code
  }
}

/**
 * Lends the metadata store: at DATABASE_URL beside any server, and otherwise the embedded one, which nobody else may
 * have open, so its home is locked first.
 */
async function withStore<Result>(config: Config, work: (store: Store) => Promise<Result>): Promise<Result> {
  await using opened = new AsyncDisposableStack()
  let url = config.databaseUrl?.reveal()
  if (url === undefined) {
    const dataDir = join(config.home, 'metadata')
    if (!existsSync(dataDir)) {
      throw new AppError('not_found', `There is no metadata store in ${config.home} yet. Start the server once first.`)
    }
    const lock = lockHome(config.home)
    opened.defer(() => lock.release())
    const engine = await startEngine({ kind: 'metadata', dataDir, socketDir: join(config.home, 'run') })
    opened.defer(() => engine.stop())
    url = engineUrl(engine.connection)
  }
  const store = openDatabase(url)
  opened.defer(() => store.destroy())
  await migrateDatabase(store)
  return await work(store)
}
