import { parentPort, workerData } from 'node:worker_threads'
import type { EngineConnection } from '../../platform/engine/engine.ts'
import { loadWarehouse } from './load-warehouse.ts'

// The thread that reads and loads the demo data: parsing it would hold up the server's event loop for seconds, and
// its memory goes away with the thread.

await loadWarehouse(workerData as EngineConnection, (progress) => parentPort?.postMessage(progress))
