import type { EngineConnection } from '../../platform/engine/engine.ts'
import { loadWarehouse } from './load-warehouse.ts'

// The process that reads and loads the demo data: parsing it would hold up the server's event loop for seconds, and
// several hundred megabytes of memory go away with the process, which they would not with a thread.

process.once('disconnect', () => process.exit(1))
const [connection = ''] = process.argv.slice(2)
await loadWarehouse(JSON.parse(connection) as EngineConnection, (progress) => process.send?.(progress))
process.exit(0)
