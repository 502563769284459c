import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { EngineConnection } from '../../platform/engine/engine.ts'
import { isWarehouseLoaded, type LoadProgress } from './warehouse-state.ts'

const PROCESS_FILE = fileURLToPath(new URL('./load-process.ts', import.meta.url))

/**
 * Makes sure that the demo tables are in the embedded warehouse. The first time takes some ten seconds, in a process
 * of its own; later it is one small query. Answers whether anything had to be loaded.
 */
export async function prepareDemoWarehouse(
  connection: EngineConnection,
  onProgress: (progress: LoadProgress) => void,
): Promise<boolean> {
  if (await isWarehouseLoaded(connection)) return false
  const child = fork(PROCESS_FILE, [JSON.stringify(connection)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.on('message', (message) => onProgress(message as LoadProgress))
  const complaint = child.stderr === null ? Promise.resolve('') : text(child.stderr)
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  if (exitCode !== 0) {
    throw new Error(`The demo data could not be loaded: ${(await complaint).trim() || 'its process was ended.'}`)
  }
  return true
}
