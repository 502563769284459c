import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import type { EngineKind } from './messages.ts'

/** Present in a data directory whose making has come to its end. */
const COMPLETE_MARKER = 'graticule-complete'

/**
 * Opens the database in a folder, making it when there is none. A folder whose making was interrupted (it lacks the
 * marker) has never held anyone's rows and is made anew.
 */
export async function prepareDataDirectory(kind: EngineKind, dataDir: string): Promise<PGlite> {
  const markerPath = join(dataDir, COMPLETE_MARKER)
  const isComplete = existsSync(markerPath)
  if (!isComplete) {
    rmSync(dataDir, { recursive: true, force: true })
    mkdirSync(dirname(dataDir), { recursive: true, mode: 0o700 })
  }
  const database = await PGlite.create({ dataDir, extensions: kind === 'warehouse' ? { postgis } : {} })
  if (!isComplete) {
    if (kind === 'warehouse') await database.exec('CREATE EXTENSION IF NOT EXISTS postgis')
    await database.exec('CHECKPOINT')
    writeFileSync(markerPath, '')
  }
  return database
}
