import type { MapDocument } from '@graticule/contract'
import { isListedFor, isShared, type Principal } from '@graticule/policy'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { toWordsColumn, wordsOfMap } from '../../platform/search/search-words.ts'
import { type Connection, connectionNames } from '../connections/connection.ts'
import type { Dependent, DependentKind, Repointing } from '../connections/connection-dependents.ts'
import { mapAsset } from './map-record.ts'
import { listMapsOnConnection, lockMapsOnConnection, rewriteMap } from './map-store.ts'
import { carryPublications } from './publication-store.ts'

export interface MapsOnConnectionsOptions {
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly onRepointed: () => void
}

/** The maps that draw from connections. */
export class MapsOnConnections implements DependentKind {
  readonly kind = 'map'
  readonly #options: MapsOnConnectionsOptions
  readonly #record: RecordChange

  constructor(options: MapsOnConnectionsOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'map')
  }

  /** Those that draw from it, or show readers a version that does. */
  async list(store: Store, asker: Principal, connection: Connection): Promise<Dependent[]> {
    const rows = await listMapsOnConnection(store, connection.organizationId, connectionNames(connection))
    return rows
      .filter(({ facts, isDrawn }) => isDrawn || isShared(mapAsset(facts)))
      .map(({ facts, title }) => ({
        id: facts.id,
        title,
        owner: facts.owner,
        isListed: isListedFor(asker, mapAsset(facts)),
      }))
  }

  /**
   * Writes the other name into the draft and into what readers see. It counts as an edit, so that whoever has the map
   * open does not save the old name over it; what readers see stays as new as it was.
   */
  async repoint(transaction: Store, { caller, from, names, to, cause }: Repointing): Promise<number> {
    const maps = await lockMapsOnConnection(transaction, from.organizationId, names)
    for (const map of maps) {
      const document = renameIn(map.document, names, to)
      const published = map.published_document && renameIn(map.published_document, names, to)
      const revision = map.revision + 1
      await rewriteMap(transaction, map.id, {
        document: toJson(document),
        search_words: toWordsColumn(wordsOfMap(document)),
        revision,
        updated_at: this.#options.clock.now(),
        ...(published ? { published_document: toJson(published) } : {}),
        ...(published ? { published_words: toWordsColumn(wordsOfMap(published)) } : {}),
        ...(map.published_revision === map.revision ? { published_revision: revision } : {}),
      })
      await carryPublications(transaction, map.id, from, to)
      const details = { title: map.title, from: names[0], to: to.name, cause }
      await this.#record(transaction, caller, 'map.repointed', map.id, details)
    }
    return maps.length
  }

  onRepointed(): void {
    this.#options.onRepointed()
  }
}

function renameIn(document: MapDocument, names: readonly string[], to: Connection): MapDocument {
  const datasets = document.datasets.map((dataset) =>
    names.includes(dataset.connectionName)
      ? { ...dataset, connectionName: to.name, providerId: to.providerId }
      : dataset,
  )
  return { ...document, datasets }
}
