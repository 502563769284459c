import { type Principal, visibleWhere } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import { isSameSource, type MapSource, type MapSources } from '../connections/source-access.ts'
import { datasetSource } from './map-record.ts'
import { findMap, listDatasetsReading } from './map-store.ts'

/** How long a change made by another process may go unnoticed, in milliseconds; our own is noticed at once. */
const REMEMBER_MS = 1_000

/** Answers which sources maps draw, for those who may read data only through a map. */
export class StoredMapSources implements MapSources {
  readonly #store: Store
  readonly #publicMaps = new LRUCache<string, readonly MapSource[]>({ max: 1_000, ttl: REMEMBER_MS, ttlResolution: 50 })
  readonly #answers = new LRUCache<string, boolean>({ max: 5_000, ttl: REMEMBER_MS, ttlResolution: 50 })

  #version = 0

  constructor(store: Store) {
    this.#store = store
  }

  get version(): number {
    return this.#version
  }

  async readPublicMap(mapId: string): Promise<readonly MapSource[] | null> {
    const remembered = this.#publicMaps.get(mapId)
    if (remembered) return remembered
    const map = await findMap(this.#store, mapId)
    if (map?.privacy !== 'public') return null
    const sources = map.document.datasets.map((dataset) => ({
      connectionName: dataset.connectionName,
      source: datasetSource(dataset),
    }))
    this.#publicMaps.set(mapId, sources)
    return sources
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
    this.#publicMaps.clear()
    this.#answers.clear()
  }
}
