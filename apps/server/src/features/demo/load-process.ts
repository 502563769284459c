import { promisify } from 'node:util'
import type { EngineConnection } from '../../platform/engine/engine.ts'
import { loadWarehouse } from './load-warehouse.ts'
import type { LoadProgress } from './warehouse-state.ts'

// The process that reads and loads the demo data: parsing it would hold up the server's event loop for seconds, and
// several hundred megabytes of memory go away with the process, which they would not with a thread.

const [connection = ''] = process.argv.slice(2)
const tellParent = promisify((progress: LoadProgress, done: (error: Error | null) => void) =>
  process.send?.(progress, undefined, undefined, done),
)
let told: Promise<unknown> = Promise.resolve()

process.once('disconnect', () => process.exit(1))
await loadWarehouse(JSON.parse(connection) as EngineConnection, (progress) => {
  told = tellParent(progress)
})
await told
process.exit(0)
