import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runConformance } from '@graticule/warehouses/conformance'
import { openPostgresSubject } from '@graticule/warehouses/conformance/postgres'
import { startEngine } from './engine.ts'

runConformance('the embedded PostGIS', {
  capabilities: {
    supportsCancel: false,
    supportsStatementTimeout: false,
    supportsViewerCredentials: false,
    supportsStreaming: true,
  },
  async start() {
    const home = mkdtempSync(join(tmpdir(), 'graticule-conformance-'))
    const engine = await startEngine({
      kind: 'warehouse',
      dataDir: join(home, 'warehouse'),
      socketDir: join(home, 'run'),
    })
    const close = async (): Promise<void> => {
      await engine.stop()
      rmSync(home, { recursive: true, force: true })
    }
    return openPostgresSubject(engine.connection, { embedded: engine, close })
  },
})
