import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { giveTo, type SystemUser } from './system-user.ts'

const run = promisify(execFile)

/** Superuser of every test server, and its password where the server asks for one. */
export const SUPERUSER = { name: 'postgres', password: 'graticule-test' } as const

/** The default since PostgreSQL 14, without which a server that asks for SCRAM lets nobody in. */
const SCRAM = 'password_encryption=scram-sha-256'

// Bumped whenever the contents of the template change.
const TEMPLATE_VERSION = 2

/**
 * A data directory with PostGIS in `template1`, made once for each PostgreSQL version and kept in the system's temp folder.
 * Processes that race each build their own; the first to rename it into place wins and the others throw theirs away.
 */
export async function ensureTemplate(binaries: string, user: SystemUser): Promise<string> {
  const { stdout: version } = await run(join(binaries, 'postgres'), ['--version'])
  const key = createHash('sha256').update(`${TEMPLATE_VERSION} ${version} ${binaries}`).digest('hex').slice(0, 12)
  const root = join(tmpdir(), `graticule-testkit-${process.getuid?.() ?? 0}`)
  mkdirSync(root, { recursive: true, mode: 0o755 })
  const template = join(root, `postgres-${key}`)
  if (existsSync(template)) return template
  const building = await mkdtemp(join(root, 'building-'))
  try {
    giveTo(user, building)
    const data = join(building, 'data')
    await run(
      join(binaries, 'initdb'),
      ['-D', data, '-U', SUPERUSER.name, '-E', 'UTF8', '--locale=C.UTF-8', '--auth=trust', '--no-sync'],
      { ...user, cwd: building },
    )
    await installPostgis(binaries, data, user)
    await chmod(data, 0o700)
    await rename(data, template).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(template)) throw error
    })
  } finally {
    await rm(building, { recursive: true, force: true })
  }
  return template
}

/** Single-user mode needs no socket and no port, so two builders cannot meet. */
async function installPostgis(binaries: string, data: string, user: SystemUser): Promise<void> {
  const statements = [`ALTER USER ${SUPERUSER.name} PASSWORD '${SUPERUSER.password}';`, 'CREATE EXTENSION postgis;']
  for (const database of ['template1', 'postgres']) {
    const child = run(join(binaries, 'postgres'), ['--single', '-D', data, '-c', 'fsync=off', '-c', SCRAM, database], {
      ...user,
      cwd: data,
    })
    child.child.stdin?.end(`${statements.join('\n')}\n`)
    const { stderr } = await child
    if (/(ERROR|FATAL):/.test(stderr)) {
      throw new Error(
        `PostGIS could not be installed. On Debian or Ubuntu: apt-get install postgresql-15-postgis-3\n${stderr}`,
      )
    }
  }
}
