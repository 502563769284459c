import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { EngineConnection } from '../../platform/engine/engine.ts'
import { isWarehouseLoaded, type LoadProgress } from './warehouse-state.ts'

/**
 * Makes sure that the demo tables are in the embedded warehouse. The first time takes some ten seconds, in a thread
 * of its own; later it is one small query. Answers whether anything had to be loaded.
 */
export async function prepareDemoWarehouse(
  connection: EngineConnection,
  onProgress: (progress: LoadProgress) => void,
): Promise<boolean> {
  if (await isWarehouseLoaded(connection)) return false
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), {
    workerData: { ...connection },
    execArgv: [],
  })
  worker.on('message', onProgress)
  // `once` also rejects with the error that ended the thread.
  await once(worker, 'exit')
  return true
}
