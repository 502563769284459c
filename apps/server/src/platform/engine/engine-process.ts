import { rmSync } from 'node:fs'
import { inspect } from 'node:util'
import type { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { prepareDataDirectory } from './data-directory.ts'
import { guardDatabase } from './guarded-database.ts'
import type { EngineCommand, EngineReport } from './messages.ts'

// The child process of one embedded engine. It opens nothing before it is told to, and ends when its parent is gone:
// the parent may have been killed, and a second engine on the same folder would lose rows.

const WASI_ENOSPC = 51

let database: PGlite | undefined
let server: PGLiteSocketServer | undefined

// Ctrl-C in a terminal reaches the whole process group; the parent decides when its engines close.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
process.on('message', (command: EngineCommand) => {
  if (command.type === 'open') open(command).catch(fail)
  else close().catch(fail)
})

async function open(command: Extract<EngineCommand, { type: 'open' }>): Promise<void> {
  database = await prepareDataDirectory(command.kind, command.dataDir, command.templatesDir)
  rmSync(command.socketPath, { force: true })
  server = new PGLiteSocketServer({
    db: guardDatabase(database, fail),
    path: command.socketPath,
    // The number of clients is bounded by the pools of our own server; the socket lies in a private folder.
    maxConnections: 1_000,
  })
  await server.start()
  report({ type: 'opened' })
}

async function close(): Promise<void> {
  await server?.stop()
  await database?.close()
  process.exit(0)
}

function report(message: EngineReport): void {
  process.send?.(message)
}

function fail(error: unknown): void {
  const reason = describeFailure(error)
  // The callback lets the report leave before the process does.
  process.send?.({ type: 'failed', reason } satisfies EngineReport, () => process.exit(1))
}

/** The WebAssembly build throws bare objects that hold the number of a system error, in the numbering of WASI. */
function describeFailure(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message
  const isDiskFull = typeof error === 'object' && error !== null && 'errno' in error && error.errno === WASI_ENOSPC
  return isDiskFull ? 'No space left on device' : inspect(error, { depth: 0 })
}
