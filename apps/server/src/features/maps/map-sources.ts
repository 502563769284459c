import type { MapDocument } from '@graticule/contract'
import {
  type DeclaredUse,
  declareUse,
  draftWhere,
  isShared,
  ownOrSharedWhere,
  type PublishedAs,
  type UserPrincipal,
} from '@graticule/policy'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import { readQueryHandle } from '../../platform/secrets/query-handle.ts'
import {
  type HandledQuery,
  isSameSource,
  type Lender,
  type MapSource,
  type MapSources,
  type SharedMap,
} from '../connections/source-access.ts'
import { datasetSource, type MapRecord, mapAsset } from './map-record.ts'
import { draws, findMap, findMapOwner, listMapsDrawing } from './map-store.ts'
import { listPublications } from './publication-store.ts'
import type { QueryHandles } from './query-handles.ts'

/** How long a change made by another process may go unnoticed, in milliseconds; our own is noticed at once. */
const REMEMBER_MS = 1_000

const NO_PUBLICATIONS: ReadonlyMap<string, PublishedAs> = new Map()

/**
 * Answers which sources maps draw, for those who may read data only through a map: readers what was published last, and
 * those who edit a map its draft as well.
 */
export class StoredMapSources implements MapSources {
  readonly #store: Store
  readonly #handles: QueryHandles
  readonly #maps = new LRUCache<string, { readonly map: SharedMap | null }>({
    max: 1_000,
    ttl: REMEMBER_MS,
    ttlResolution: 50,
  })
  readonly #answers = new LRUCache<string, { readonly answer: object | boolean }>({
    max: 5_000,
    ttl: REMEMBER_MS,
    ttlResolution: 50,
  })

  #version = 0

  constructor(store: Store, handles: QueryHandles) {
    this.#store = store
    this.#handles = handles
  }

  get version(): number {
    return this.#version
  }

  async readMap(mapId: string): Promise<SharedMap | null> {
    const remembered = this.#maps.get(mapId)
    return remembered ? remembered.map : this.#lookUp(mapId)
  }

  /** What a public map was published to read a connection with; null where nothing was chosen, or it is not public. */
  async findPublishedAs(mapId: string, connectionId: string): Promise<PublishedAs | null> {
    return (await this.readMap(mapId))?.publishedAs.get(connectionId) ?? null
  }

  async #lookUp(mapId: string): Promise<SharedMap | null> {
    const record = await findMap(this.#store, mapId)
    const document = record && readersDocument(record)
    const map = record && {
      asset: mapAsset(record),
      owner: await findMapOwner(this.#store, mapId),
      sources: document ? listSources(document) : [],
      publishedAs: record.audience.public ? await listPublications(this.#store, mapId) : NO_PUBLICATIONS,
    }
    this.#maps.set(mapId, { map })
    return map
  }

  async listLenders(principal: UserPrincipal, names: readonly string[], source: Source): Promise<Lender[]> {
    return this.#remember(['source', principal, names, source], async () => {
      const text = source.type === 'table' ? source.name : source.sql
      const lending = ownOrSharedWhere(principal, 'map')
      const dataset = { type: source.type, source: text }
      const maps = await listMapsDrawing(this.#store, lending, draftWhere(principal), dataset)
      return maps.flatMap(({ id, owner, documents }) => {
        const uses = documents.flatMap((document) => usesOf(listSources(document), names, source))
        return uses.length === 0 ? [] : [{ mapId: id, owner, uses }]
      })
    })
  }

  async isNamedForPrincipal(principal: UserPrincipal, names: readonly string[]): Promise<boolean> {
    return this.#remember(['connection', principal, names], async () => {
      const lending = ownOrSharedWhere(principal, 'map')
      const found = names.map((connectionName) =>
        draws(this.#store, lending, draftWhere(principal), { connectionName }),
      )
      return (await Promise.all(found)).includes(true)
    })
  }

  findQuery(text: string, names: readonly string[]): Promise<HandledQuery | null> | undefined {
    const named = readQueryHandle(text)
    return named === null ? undefined : this.#findQuery(named.mapId, text, names)
  }

  async #findQuery(mapId: string, handle: string, names: readonly string[]): Promise<HandledQuery | null> {
    const find = (map: SharedMap | null) =>
      map?.sources.find(
        ({ connectionName, source }) =>
          names.includes(connectionName) && source.type === 'query' && this.#handles.of(mapId, source) === handle,
      )
    // One that is missing may be of a version that another server published a moment ago.
    const found = find(await this.readMap(mapId)) ?? find(await this.#lookUp(mapId))
    return found ? { mapId, source: found.source } : null
  }

  /** Called after every change of a map. */
  forget(): void {
    this.#version += 1
    this.#maps.clear()
    this.#answers.clear()
  }

  async #remember<Answer extends object | boolean>(question: unknown, ask: () => Promise<Answer>): Promise<Answer> {
    const key = canonicalJson(question)
    const remembered = this.#answers.get(key) as { readonly answer: Answer } | undefined
    if (remembered !== undefined) return remembered.answer
    const version = this.#version
    const answer = await ask()
    // An answer to a question that was asked before a change must not be remembered after it.
    if (version === this.#version) this.#answers.set(key, { answer })
    return answer
  }
}

/** What a map that is shared shows its readers; one that is shared with nobody has its draft alone. */
function readersDocument(map: MapRecord): MapDocument | null {
  return isShared(mapAsset(map)) ? (map.published?.document ?? null) : map.draft.document
}

function listSources(document: MapDocument): MapSource[] {
  return document.datasets.map((dataset) => ({
    connectionName: dataset.connectionName,
    source: datasetSource(dataset),
    use: declareUse(document, dataset),
  }))
}

function usesOf(sources: readonly MapSource[], names: readonly string[], source: Source): DeclaredUse[] {
  return sources
    .filter((each) => names.includes(each.connectionName) && isSameSource(each.source, source))
    .map(({ use }) => use)
}
