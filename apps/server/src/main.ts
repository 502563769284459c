import { readConfig } from './config.ts'
import { explainFailedStart } from './failed-start.ts'
import { createLogger } from './platform/telemetry/logger.ts'
import { startServer } from './start-server.ts'

/** Signals within this time are one and the same. */
const SAME_SIGNAL_MS = 1_000

/** The launcher holds the other end of a channel: when it is killed, nobody is left to stop the server. */
let onOrphaned = (): void => process.exit(1)
process.once('disconnect', () => onOrphaned())

await main()

async function main(): Promise<void> {
  const isInteractive = process.stdout.isTTY === true
  try {
    const config = readConfig(process.env, process.cwd(), { isInteractive })
    const logger = createLogger(config.logLevel)
    const server = await startServer(config, logger, (sentence) => print(`[${secondsRunning()}] ${sentence}`))
    stopOnSignals(server.stop)
    print(`[${secondsRunning()}] Graticule is ready at ${server.baseUrl}`)
    if (server.firstPage !== null) {
      const purpose =
        server.firstPage.purpose === 'setup'
          ? 'Create your organization with this link, which works once within a day'
          : 'Sign in with this link, which works once within an hour'
      print(`${purpose}:\n  ${server.firstPage.url}`)
    }
  } catch (error) {
    process.stderr.write(`${explainFailedStart(error)}\n`)
    process.exit(1)
  }
}

/**
 * The first signal stops in order; one that comes later leaves at once. Ctrl+C arrives several times together: from the
 * terminal, from npm and from the launcher.
 */
function stopOnSignals(stop: () => Promise<void>): void {
  let stoppingSince: number | null = null
  const onSignal = (): void => {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1)
      return
    }
    stoppingSince = performance.now()
    print('Stopping; press Ctrl+C again to leave at once …')
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  onOrphaned = onSignal
}

/** Time since the process began, for the lines that tell where a slow start spends it. */
function secondsRunning(): string {
  return `${(performance.now() / 1_000).toFixed(1)} s`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
