import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const DEBIAN_ROOT = '/usr/lib/postgresql'

/** Where `initdb` and `postgres` are: the newest Debian installation, else the PATH. */
export function findPostgresBinaries(): string {
  const versions = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(DEBIAN_ROOT, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
  if (!found) {
    throw new Error(
      'These tests need PostgreSQL with PostGIS. On Debian or Ubuntu: apt-get install postgresql-15 postgresql-15-postgis-3',
    )
  }
  return found
}

/** Finds a program on the PATH or in /usr/sbin; throws naming the Debian package that holds it. */
export function findProgram(name: string, debianPackage: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
  if (!found) throw new Error(`These tests need ${name}. On Debian or Ubuntu: apt-get install ${debianPackage}`)
  return found
}
