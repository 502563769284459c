import { AppError, type MapDataset, type MapDocument } from '@graticule/contract'
import { type Action, can, type UserPrincipal } from '@graticule/policy'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import { connectionAsset } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'

/**
 * What may stand in a map. Its readers read through it what its owner may read, so that nobody may put a source into it
 * that they could not read without it.
 */
export class DatasetRights {
  readonly #connections: ConnectionService

  constructor(connections: ConnectionService) {
    this.#connections = connections
  }

  /** Whether the person may read what a dataset reads without any map: its table, or by a query of their own. */
  async isUsable(person: UserPrincipal, dataset: MapDataset): Promise<boolean> {
    const connection = await this.#connections.find(person, dataset.connectionName).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return null
      throw error
    })
    const action: Action = dataset.type === 'query' ? 'sql.run' : 'data.browse'
    return connection !== null && can(person, action, connectionAsset(connection)).allowed
  }

  /** Throws unless every source of the document is on a connection that at least one of the people may use. */
  async requireUsable(people: readonly UserPrincipal[], document: MapDocument): Promise<void> {
    for (const dataset of document.datasets) await this.#requireUsable(people, dataset)
  }

  /** As `requireUsable`, for those sources alone that the other document does not read already. */
  async requireNewUsable(
    people: readonly UserPrincipal[],
    document: MapDocument,
    present: MapDocument | null,
  ): Promise<void> {
    const known = new Set(present?.datasets.map((dataset) => canonicalJson(sourceOf(dataset))))
    for (const dataset of document.datasets) {
      if (!known.has(canonicalJson(sourceOf(dataset)))) await this.#requireUsable(people, dataset)
    }
  }

  /**
   * Throws unless the editor may use every connection whose datasets they add or change. What they leave as it is stays:
   * losing a connection locks nobody out of their own map, and whoever helps with it edits around what is the owner's.
   */
  async requireEditable(editor: UserPrincipal, edited: MapDocument, stored: MapDocument): Promise<void> {
    for (const dataset of edited.datasets) {
      const before = stored.datasets.find(({ id }) => id === dataset.id)
      if (before && isNoWider(dataset, before) && hasSameFilters(dataset.id, edited, stored)) continue
      if (await this.isUsable(editor, dataset)) continue
      throw before === undefined ? notUsable(dataset) : notChangeable(before)
    }
  }

  /**
   * Keeps the connections that a document comes to name from being deleted until the transaction ends; 409 when one is
   * gone already. Call it before the map is locked, as deleting a connection locks it before the maps that draw from it.
   */
  async holdConnections(
    transaction: Store,
    organizationId: string,
    document: MapDocument,
    stored: MapDocument | null,
  ): Promise<void> {
    const before = new Set(stored?.datasets.map(({ connectionName }) => connectionName))
    const names = new Set(document.datasets.map(({ connectionName }) => connectionName))
    const added = [...names].filter((name) => !before.has(name))
    const held = await this.#connections.holdNamed(transaction, organizationId, added)
    for (const name of added) {
      if (held.has(name)) continue
      throw new AppError('conflict', `The connection "${name}" was deleted meanwhile; choose another one.`, {
        details: { rule: 'connection.deleted' },
      })
    }
  }

  async #requireUsable(people: readonly UserPrincipal[], dataset: MapDataset): Promise<void> {
    for (const person of people) {
      if (await this.isUsable(person, dataset)) return
    }
    throw notUsable(dataset)
  }
}

function sourceOf({ connectionName, type, source, queryParameters }: MapDataset) {
  return [connectionName, type, source, queryParameters ?? null]
}

/** Whether a dataset reads what it read before, or fewer of its columns; what it is called does not matter. */
function isNoWider(dataset: MapDataset, before: MapDataset): boolean {
  const reads = ({ label: _label, color: _color, columns: _columns, ...rest }: MapDataset) =>
    canonicalJson({ ...rest, queryParameters: rest.queryParameters ?? null })
  if (reads(dataset) !== reads(before)) return false
  if (before.columns === null) return true
  return dataset.columns?.every((column) => before.columns?.includes(column)) ?? false
}

function hasSameFilters(datasetId: string, edited: MapDocument, stored: MapDocument): boolean {
  const filtersOf = (document: MapDocument) => canonicalJson(document.keplerMapConfig.config.filters[datasetId] ?? {})
  return filtersOf(edited) === filtersOf(stored)
}

function notUsable(dataset: MapDataset): AppError {
  return refuse(
    dataset,
    `The dataset "${dataset.label}" reads the connection "${dataset.connectionName}", which does not exist or is not shared with you.`,
  )
}

function notChangeable(dataset: MapDataset): AppError {
  return refuse(
    dataset,
    `What the dataset "${dataset.label}" reads can only be changed by somebody who may use its connection "${dataset.connectionName}"; its source, columns and filters must stay as they are.`,
  )
}

function refuse({ id, connectionName }: MapDataset, sentence: string): AppError {
  return new AppError('invalid_request', sentence, { details: { datasetId: id, connectionName } })
}
