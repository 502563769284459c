import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type BasemapSummary, type CustomBasemap, DEFAULT_BASEMAP, type ViewerMap } from '@graticule/contract'
import { customStyleOf, summarizeBasemap } from './custom-basemap.ts'

/** What the files of a style write where the server's own address belongs. */
const BASE_URL_MARK = '{baseUrl}'

interface Basemap {
  readonly id: string
  readonly label: string
  readonly scheme: 'light' | 'dark'
  /** The style document with marks in place of the server's address. */
  readonly template: string
}

/** The basemaps that an organization has added. */
export type ListCustomBasemaps = (organizationId: string) => Promise<readonly CustomBasemap[]>

/** What maps write before the id of a basemap. */
const CUSTOM_PREFIX = 'custom:'

/**
 * The basemaps that come with the server, and those of organizations. Ours are folders with a `style.json`; they need
 * nothing from elsewhere, so that maps also draw on a machine without a network. The others are addresses that browsers
 * load from.
 */
export class BasemapService {
  readonly folder: string
  readonly #basemaps: ReadonlyMap<string, Basemap>
  readonly #listCustom: ListCustomBasemaps

  /** Reads our styles once; a folder that is missing offers none. */
  constructor(folder: string, listCustom: ListCustomBasemaps) {
    this.folder = folder
    this.#basemaps = new Map(readBasemaps(folder).map((basemap) => [basemap.id, basemap]))
    this.#listCustom = listCustom
  }

  /** Ours, and those of the organization of whoever is signed in. */
  async list(baseUrl: string, organizationId: string | null): Promise<BasemapSummary[]> {
    const own = [...this.#basemaps.values()].map((basemap) => summarizeOwn(baseUrl, basemap))
    if (organizationId === null) return own
    return [...own, ...(await this.#listCustom(organizationId)).map(summarizeBasemap)]
  }

  /** What a map of the organization is drawn on: the default one when what it names is not there. */
  async describe(baseUrl: string, organizationId: string, styleType: string): Promise<ViewerMap['basemap']> {
    const basemaps = await this.list(baseUrl, organizationId)
    const find = (style: string) => basemaps.find(({ id }) => `${CUSTOM_PREFIX}${id}` === style)
    const found = find(styleType)
    if (found) return { ...found, isFallback: false }
    const fallback = find(DEFAULT_BASEMAP) ?? basemaps[0]
    const label = 'Default'
    return {
      ...(fallback ?? { id: '', label, scheme: 'light', styleUrl: EMPTY_STYLE_URL, origins: [] }),
      // A style of another product was never ours to draw.
      isFallback: styleType.startsWith(CUSTOM_PREFIX),
    }
  }

  /** What a saved map says of its basemap to the real clients; null for a style of theirs, or one that is not there. */
  async findCustomStyle(
    baseUrl: string,
    organizationId: string,
    styleType: string,
  ): Promise<Record<string, unknown> | null> {
    if (!styleType.startsWith(CUSTOM_PREFIX)) return null
    const id = styleType.slice(CUSTOM_PREFIX.length)
    if (this.#basemaps.has(id)) return { id: styleType, url: styleUrl(baseUrl, id) }
    const custom = (await this.#listCustom(organizationId)).find((basemap) => basemap.id === id)
    if (custom) return customStyleOf(custom)
    const fallbackId = DEFAULT_BASEMAP.slice(CUSTOM_PREFIX.length)
    return this.#basemaps.has(fallbackId) ? { id: DEFAULT_BASEMAP, url: styleUrl(baseUrl, fallbackId) } : null
  }

  /** The style document with the server's address filled in. */
  readStyle(baseUrl: string, id: string): string {
    const basemap = this.#basemaps.get(id)
    if (!basemap) throw new AppError('not_found', 'There is no basemap with this id.')
    // The mark stands inside of JSON strings, so the address is written as the inside of one.
    return basemap.template.replaceAll(BASE_URL_MARK, JSON.stringify(baseUrl).slice(1, -1))
  }
}

/** For a server without any basemap. */
const EMPTY_STYLE_URL = `data:application/json,${encodeURIComponent('{"version":8,"sources":{},"layers":[]}')}`

function summarizeOwn(baseUrl: string, { id, label, scheme }: Basemap): BasemapSummary {
  return { id, label, scheme, styleUrl: styleUrl(baseUrl, id), origins: [] }
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
