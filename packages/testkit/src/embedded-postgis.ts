import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An embedded PostGIS in a process of its own, behind a Unix socket. */
export interface TestEmbeddedPostgis {
  /** Folder of the Unix socket; usable as `host`. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  /** Ends the process, whatever it runs, and resolves when it is open again on the same data. */
  interrupt(): Promise<void>
  stop(): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('./embedded-postgis-process.ts', import.meta.url))
const PORT = 5432
// Bumped with the engine's version: a folder of another version may not open.
const TEMPLATE_NAME = 'pglite-0.5.8-postgis-0.2.8'

/** Starts one on a copy of a folder that is made once and kept in the system's temp folder. */
export async function startEmbeddedPostgis(): Promise<TestEmbeddedPostgis> {
  const template = await ensureTemplate()
  const folder = await mkdtemp(join(tmpdir(), 'graticule-pglite-'))
  const data = join(folder, 'data')
  await cp(template, data, { recursive: true })
  const open = async (): Promise<ChildProcess> => {
    const socketPath = join(folder, `.s.PGSQL.${PORT}`)
    await rm(socketPath, { force: true })
    const child = fork(PROGRAM, [data, socketPath], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
    if (message !== 'ready') throw new Error('The embedded PostGIS did not open.')
    return child
  }
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  let opened = open()
  let restarting: Promise<void> | undefined
  await opened
  return {
    host: folder,
    port: PORT,
    user: 'postgres',
    database: 'postgres',
    interrupt() {
      restarting ??= (async () => {
        await end(await opened)
        opened = open()
        await opened
        restarting = undefined
      })()
      return restarting
    },
    async stop() {
      await end(await opened)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ensureTemplate(): Promise<string> {
  const root = join(tmpdir(), `graticule-testkit-${process.getuid?.() ?? 0}`)
  mkdirSync(root, { recursive: true, mode: 0o755 })
  const template = join(root, TEMPLATE_NAME)
  if (existsSync(template)) return template
  const building = await mkdtemp(join(root, 'building-'))
  try {
    const child = fork(PROGRAM, [building], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) throw new Error('The embedded PostGIS could not be made.')
    await rename(building, template).catch((error: unknown) => {
      if (!existsSync(template)) throw error
    })
  } finally {
    await rm(building, { recursive: true, force: true })
  }
  return template
}
