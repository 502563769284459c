import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type BasemapSummary } from '@graticule/contract'

/** What the files of a style write where the server's own address belongs. */
const BASE_URL_MARK = '{baseUrl}'

interface Basemap {
  readonly id: string
  readonly label: string
  readonly scheme: 'light' | 'dark'
  /** The style document with marks in place of the server's address. */
  readonly template: string
}

/**
 * The basemaps that come with the server. Each is a folder with a `style.json`; they need nothing from elsewhere, so
 * that maps also draw on a machine without a network.
 */
export class BasemapService {
  readonly folder: string
  readonly #basemaps: ReadonlyMap<string, Basemap>

  /** Reads the styles once; a folder that is missing offers none. */
  constructor(folder: string) {
    this.folder = folder
    this.#basemaps = new Map(readBasemaps(folder).map((basemap) => [basemap.id, basemap]))
  }

  list(baseUrl: string): BasemapSummary[] {
    return [...this.#basemaps.values()].map(({ id, label, scheme }) => ({
      id,
      label,
      scheme,
      styleUrl: styleUrl(baseUrl, id),
    }))
  }

  /** The absolute address of a basemap's style; null for an id that is not ours. */
  findStyleUrl(baseUrl: string, id: string): string | null {
    return this.#basemaps.has(id) ? styleUrl(baseUrl, id) : null
  }

  /** The style document with the server's address filled in. */
  readStyle(baseUrl: string, id: string): string {
    const basemap = this.#basemaps.get(id)
    if (!basemap) throw new AppError('not_found', `There is no basemap called "${id}".`)
    // The mark stands inside of JSON strings, so the address is written as the inside of one.
    return basemap.template.replaceAll(BASE_URL_MARK, JSON.stringify(baseUrl).slice(1, -1))
  }
}

function styleUrl(baseUrl: string, id: string): string {
  return `${baseUrl}/basemaps/${encodeURIComponent(id)}/style.json`
}

function readBasemaps(folder: string): Basemap[] {
  const basemaps: Basemap[] = []
  for (const id of listFolders(folder)) {
    const template = readStyleFile(join(folder, id, 'style.json'))
    if (template === null) continue
    const style = JSON.parse(template) as { name?: unknown; metadata?: Record<string, unknown> }
    basemaps.push({
      id,
      label: typeof style.name === 'string' ? style.name : id,
      scheme: style.metadata?.['graticule:scheme'] === 'dark' ? 'dark' : 'light',
      template,
    })
  }
  // Light first, as the default is.
  return basemaps.sort((a, b) => b.scheme.localeCompare(a.scheme) || a.label.localeCompare(b.label))
}

function listFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function readStyleFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
