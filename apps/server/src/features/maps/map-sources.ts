import { type Principal, visibleWhere } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import { isSameSource, type MapSources, type SharedMap } from '../connections/source-access.ts'
import { datasetSource, mapAsset } from './map-record.ts'
import { findMap, listDatasetsReading } from './map-store.ts'

/** How long a change made by another process may go unnoticed, in milliseconds; our own is noticed at once. */
const REMEMBER_MS = 1_000

/** Answers which sources maps draw, for those who may read data only through a map. */
export class StoredMapSources implements MapSources {
  readonly #store: Store
  readonly #maps = new LRUCache<string, { readonly map: SharedMap | null }>({
    max: 1_000,
    ttl: REMEMBER_MS,
    ttlResolution: 50,
  })
  readonly #answers = new LRUCache<string, boolean>({ max: 5_000, ttl: REMEMBER_MS, ttlResolution: 50 })

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
      sources: record.document.datasets.map((dataset) => ({
        connectionName: dataset.connectionName,
        source: datasetSource(dataset),
      })),
    }
    this.#maps.set(mapId, { map })
    return map
  }

  async isDrawnForPrincipal(principal: Principal, names: readonly string[], source: Source): Promise<boolean> {
    const key = canonicalJson([principal, names, source])
    const remembered = this.#answers.get(key)
    if (remembered !== undefined) return remembered
    const text = source.type === 'table' ? source.name : source.sql
    const lists = await listDatasetsReading(this.#store, visibleWhere(principal, 'map'), source.type, text)
    const isDrawn = lists
      .flat()
      .some((dataset) => names.includes(dataset.connectionName) && isSameSource(datasetSource(dataset), source))
    this.#answers.set(key, isDrawn)
    return isDrawn
  }

  /** Called after every change of a map. */
  forget(): void {
    this.#version += 1
    this.#maps.clear()
    this.#answers.clear()
  }
}
