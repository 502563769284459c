import type { MapDataset } from '@graticule/contract'
import { draftWhere, isShared, ownOrSharedWhere, type UserPrincipal } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import { isSameSource, type Lender, type MapSources, type SharedMap } from '../connections/source-access.ts'
import { datasetSource, type MapRecord, mapAsset } from './map-record.ts'
import { findMap, findMapOwner, listMapsDrawing } from './map-store.ts'

/** How long a change made by another process may go unnoticed, in milliseconds; our own is noticed at once. */
const REMEMBER_MS = 1_000

/**
 * Answers which sources maps draw, for those who may read data only through a map: readers what was published last, and
 * those who edit a map its draft as well.
 */
export class StoredMapSources implements MapSources {
  readonly #store: Store
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

  constructor(store: Store) {
    this.#store = store
  }

  get version(): number {
    return this.#version
  }

  async readMap(mapId: string): Promise<SharedMap | null> {
    const remembered = this.#maps.get(mapId)
    if (remembered) return remembered.map
    const record = await findMap(this.#store, mapId)
    const map = record && {
      asset: mapAsset(record),
      owner: await findMapOwner(this.#store, mapId),
      sources: listReadersDatasets(record).map((dataset) => ({
        connectionName: dataset.connectionName,
        source: datasetSource(dataset),
      })),
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
      const draws = (dataset: MapDataset) =>
        names.includes(dataset.connectionName) && isSameSource(datasetSource(dataset), source)
      return maps.filter(({ datasets }) => datasets.some(draws)).map(({ id, owner }) => ({ mapId: id, owner }))
    })
  }

  async isNamedForPrincipal(principal: UserPrincipal, names: readonly string[]): Promise<boolean> {
    return this.#remember(['connection', principal, names], async () => {
      const lending = ownOrSharedWhere(principal, 'map')
      const found = names.map((connectionName) =>
        listMapsDrawing(this.#store, lending, draftWhere(principal), { connectionName }),
      )
      return (await Promise.all(found)).some((maps) => maps.length > 0)
    })
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

/** What a map that is shared draws for its readers; one that is shared with nobody has its draft alone. */
function listReadersDatasets(map: MapRecord): readonly MapDataset[] {
  if (!isShared(mapAsset(map))) return map.draft.document.datasets
  return map.published?.document.datasets ?? []
}
