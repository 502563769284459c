import { ConfigError, readConfig } from './config.ts'
import { describeStoreFailure } from './platform/db/store-errors.ts'
import { HomeInUseError } from './platform/engine/home-lock.ts'
import { createLogger } from './platform/telemetry/logger.ts'
import { startServer } from './start-server.ts'

await main()

async function main(): Promise<void> {
  const isInteractive = process.stdout.isTTY === true
  try {
    const config = readConfig(process.env, process.cwd(), { isInteractive })
    const logger = createLogger(config.logLevel)
    const server = await startServer(config, logger, (sentence) => print(`${sentence} …`))
    stopOnSignals(server.stop)
    print(`Graticule is ready at ${server.baseUrl}`)
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

/** The first signal stops in order; a second one leaves at once. */
function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false
  const onSignal = (): void => {
    if (isStopping) process.exit(1)
    isStopping = true
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
}

function explainFailedStart(error: unknown): string {
  if (error instanceof ConfigError) return error.mistakes.join('\n')
  if (error instanceof HomeInUseError) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : 'that'
    return `Port ${port} is in use by another program. Stop it, or set PORT to another port.`
  }
  if (error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')) {
    return 'The address in HOST does not belong to this machine. Use 127.0.0.1, or 0.0.0.0 for all addresses.'
  }
  if (describeStoreFailure(error)?.code === 'store_unavailable') {
    return 'The metadata store did not answer within 30 seconds. Check DATABASE_URL and that the server runs.'
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
