import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import type { EngineKind } from './messages.ts'

/** Present in a data directory whose making has come to its end. */
const COMPLETE_MARKER = 'graticule-complete'

/**
 * Opens the database in a folder, making it when there is none. A folder whose making was interrupted (it lacks the
 * marker) has never held anyone's rows and is made anew. With a folder for templates, an empty database is made once
 * and copied from then on, which is what tests want: they start many.
 */
export async function prepareDataDirectory(
  kind: EngineKind,
  dataDir: string,
  templatesDir: string | null,
): Promise<PGlite> {
  if (!isComplete(dataDir)) {
    rmSync(dataDir, { recursive: true, force: true })
    mkdirSync(dirname(dataDir), { recursive: true, mode: 0o700 })
    if (templatesDir !== null) {
      const template = join(templatesDir, `${kind}-${engineVersion()}`)
      if (!isComplete(template)) await makeTemplate(kind, template)
      copyWhole(template, dataDir)
    }
  }
  return open(kind, dataDir)
}

async function open(kind: EngineKind, dataDir: string): Promise<PGlite> {
  const database = await PGlite.create({ dataDir, extensions: kind === 'warehouse' ? { postgis } : {} })
  if (!isComplete(dataDir)) {
    if (kind === 'warehouse') await database.exec('CREATE EXTENSION IF NOT EXISTS postgis')
    await database.exec('CHECKPOINT')
    writeFileSync(join(dataDir, COMPLETE_MARKER), '')
  }
  return database
}

/** Several processes may do this at once: the first to finish wins, and all are content. */
async function makeTemplate(kind: EngineKind, template: string): Promise<void> {
  const draft = `${template}.${process.pid}`
  mkdirSync(dirname(template), { recursive: true })
  const database = await open(kind, draft)
  await database.close()
  try {
    renameSync(draft, template)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!isComplete(template)) throw error
  }
}

/** Copies beside the target and then moves, so that a kill in the middle leaves no half-copied database. */
function copyWhole(from: string, to: string): void {
  const draft = `${to}.copy`
  rmSync(draft, { recursive: true, force: true })
  cpSync(from, draft, { recursive: true })
  renameSync(draft, to)
}

function isComplete(dataDir: string): boolean {
  return existsSync(join(dataDir, COMPLETE_MARKER))
}

/** The versions of the packages that make the files, so that a template of another one is not taken. */
function engineVersion(): string {
  const versions = ['@electric-sql/pglite', '@electric-sql/pglite-postgis'].map((name) => {
    const entryPoint = fileURLToPath(import.meta.resolve(name))
    const text = readFileSync(join(dirname(entryPoint), '..', 'package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  })
  return versions.join('-')
}
