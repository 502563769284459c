import { type Dirent, existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PLACES } from './place-inventory.ts'

/** An entry of the home folder, and which place of the inventory it is. */
export interface HomeEntry {
  readonly name: string
  /** Null for one that the inventory does not name. */
  readonly place: string | null
  readonly bytes: number
}

/** What lies in the home folder now. */
export async function listHome(home: string): Promise<HomeEntry[]> {
  if (!existsSync(home)) return []
  const entries = (await readdir(home, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  return Promise.all(
    entries.map(async (entry) => ({
      name: entry.name,
      place: findPlace(entry.name),
      bytes: await measure(join(home, entry.name), entry),
    })),
  )
}

function findPlace(name: string): string | null {
  const found = PLACES.find((place) => place.where === 'home folder' && place.name?.test(name))
  return found?.id ?? null
}

async function measure(path: string, entry: Dirent): Promise<number> {
  // What a running server removes meanwhile holds nothing.
  if (!entry.isDirectory()) return (await stat(path).catch(() => null))?.size ?? 0
  const inside = await readdir(path, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(inside.map((child) => measure(join(path, child.name), child)))
  return sizes.reduce((sum, size) => sum + size, 0)
}
