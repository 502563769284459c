import { AppError, type MapDataset, type MapDocument, type MapLayer } from '@graticule/contract'
import { type Principal, privacyOf, tokenReadsMap } from '@graticule/policy'
import type { Caller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'
import type { BasemapService } from '../basemaps/basemap-service.ts'
import type { SourceDescriptions } from '../catalog/source-descriptions.ts'
import { connectionNames } from '../connections/connection.ts'
import type { ConnectionDirectory } from '../connections/connection-directory.ts'
import type { NamedSourceResolver } from '../named-sources/named-source-resolver.ts'
import { isMarkerOf, layerColumns } from './map-document-checks.ts'
import { datasetSource, datasetSpatialColumn, type MapRecord, readersVersion } from './map-record.ts'
import type { MapService } from './map-service.ts'
import { findMap } from './map-store.ts'
import type { PublicLinks } from './public-links.ts'
import type { QueryHandles } from './query-handles.ts'
import { readersDataset, withoutFoundValues } from './readers-document.ts'
import { concealQuery } from './snapshot-queries.ts'

/** A part of a map that could not be served, and why. */
export interface OmittedPart {
  readonly kind: 'dataset' | 'layer'
  readonly id: string
  readonly reason: string
}

/** How long one dataset may take to say what it holds before the map is served without it, in milliseconds. */
const DESCRIBE_TIMEOUT_MS = 10_000

/**
 * Serves maps in the shape that `fetchMap` reads, as their readers meet them, whoever asks. One failing request makes that client reject the whole map, so each
 * dataset is asked first whether it can be read; what cannot is left out together with its layers, and said.
 */
export class PublicMaps {
  readonly #store: Store
  readonly #maps: MapService
  readonly #links: PublicLinks
  readonly #directory: ConnectionDirectory
  readonly #descriptions: SourceDescriptions
  readonly #named: NamedSourceResolver
  readonly #handles: QueryHandles
  readonly #basemaps: BasemapService

  constructor(
    store: Store,
    maps: MapService,
    links: PublicLinks,
    directory: ConnectionDirectory,
    descriptions: SourceDescriptions,
    named: NamedSourceResolver,
    handles: QueryHandles,
    basemaps: BasemapService,
  ) {
    this.#store = store
    this.#maps = maps
    this.#links = links
    this.#directory = directory
    this.#descriptions = descriptions
    this.#named = named
    this.#handles = handles
    this.#basemaps = basemaps
  }

  async read(caller: Caller, id: string, baseUrl: string): Promise<Record<string, unknown>> {
    const map = await this.#open(caller.principal, id)
    const { document: published, updatedAt } = readersVersion(map)
    const names = published.datasets.map(({ connectionName }) => connectionName)
    const personal = await this.#directory.listPersonal(map.organizationId, names)
    const document = withoutFoundValues(published, (name) => personal.has(name))
    const checked = await Promise.all(document.datasets.map((dataset) => this.#check(caller, map, document, dataset)))
    const datasets = checked.flatMap((result) => (result.dataset ? [result.dataset] : []))
    const omitted: OmittedPart[] = checked.flatMap((result) => (result.omitted ? [result.omitted] : []))
    const layers = document.keplerMapConfig.config.visState.layers.filter((layer) => {
      const reason = layerProblem(layer, checked)
      if (reason !== null) omitted.push({ kind: 'layer', id: layer.id, reason })
      return reason === null
    })
    const token = this.#links.tokenFor(caller.principal, map)
    return {
      id: map.id,
      title: document.title,
      description: document.description,
      privacy: privacyOf(map.audience),
      createdAt: map.createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
      ...(token === null ? {} : { token }),
      datasets,
      keplerMapConfig: {
        version: 'v1',
        config: await this.#publicConfig(map.organizationId, withoutOmitted(document, omitted), layers, baseUrl),
      },
      graticule: { omitted },
    }
  }

  /** A token reads a map that is not public when its grants cover everything in it; all else is for policy. */
  async #open(principal: Principal, id: string): Promise<MapRecord> {
    if (principal.kind === 'token') {
      const map = await findMap(this.#store, id)
      if (map) {
        const sources = await Promise.all(
          readersVersion(map).document.datasets.map(async (dataset) => ({
            connectionNames: await this.#namesOf(map.organizationId, dataset.connectionName),
            source: datasetSource(dataset),
          })),
        )
        if (tokenReadsMap(principal, map.organizationId, sources)) return map
      }
    }
    return this.#maps.open(principal, id)
  }

  async #namesOf(organizationId: string, name: string): Promise<string[]> {
    const connection = await this.#directory.find(organizationId, name)
    return connection ? connectionNames(connection) : [name]
  }

  async #check(caller: Caller, map: MapRecord, document: MapDocument, dataset: MapDataset): Promise<CheckedDataset> {
    const omit = (reason: string): CheckedDataset => ({
      id: dataset.id,
      dataset: null,
      columns: new Set(),
      omitted: { kind: 'dataset', id: dataset.id, reason },
    })
    const connection = await this.#directory.find(map.organizationId, dataset.connectionName)
    if (!connection) return omit(`The connection "${dataset.connectionName}" does not exist any more.`)
    const signal = AbortSignal.any([caller.signal, AbortSignal.timeout(DESCRIBE_TIMEOUT_MS)])
    // Whoever may open the map may read its datasets, so they are asked about in the map's own name.
    const reader: Caller = {
      ...caller,
      principal: { kind: 'public-map', mapId: map.id, organizationId: map.organizationId },
    }
    try {
      const spatialColumn = datasetSpatialColumn(dataset)
      const description = await this.#named.use(connection, datasetSource(dataset), (source) =>
        this.#descriptions.describeDrawn(reader, connection, source, spatialColumn, signal),
      )
      const columns = new Set(description.columns.map((column) => column.name))
      const filtered = Object.keys(document.keplerMapConfig.config.filters[dataset.id] ?? {})
      const missing = filtered.find((column) => !columns.has(column))
      // Serving it unfiltered would show more than its author meant to.
      if (missing !== undefined) return omit(`Its filter reads the column "${missing}", which the source lacks.`)
      const shown = readersDataset(map.id, dataset, this.#handles)
      return { id: dataset.id, dataset: publicDataset(shown, connection.providerId, columns), columns, omitted: null }
    } catch (failure) {
      const error = dataset.type === 'query' ? concealQuery(failure) : failure
      if (caller.signal.aborted) throw error
      if (signal.aborted) return omit('The warehouse did not answer in time.')
      if (error instanceof AppError && error.code === 'column_not_found') {
        return omit(`The source has no geometry in "${datasetSpatialColumn(dataset)}".`)
      }
      return omit(error instanceof AppError ? error.message : 'The source could not be read.')
    }
  }

  async #publicConfig(
    organizationId: string,
    document: MapDocument,
    layers: readonly MapLayer[],
    baseUrl: string,
  ): Promise<Record<string, unknown>> {
    // What only this product knows stays at home, so that no client trips over it.
    const { graticule: _own, ...config } = document.keplerMapConfig.config
    const customStyle = await this.#basemaps.findCustomStyle(baseUrl, organizationId, config.mapStyle.styleType)
    return {
      ...config,
      ...(customStyle ? { customBaseMaps: { customStyle } } : {}),
      visState: { ...config.visState, layers: layers.map((layer) => withMarkerOf(baseUrl, organizationId, layer)) },
    }
  }
}

/**
 * The layer with the full address of its marker: programs elsewhere do not know whose path it is. What is no marker of the
 * organization, as documents from before may say, is told to nobody.
 */
function withMarkerOf(baseUrl: string, organizationId: string, layer: MapLayer): MapLayer {
  const { customMarkersUrl, ...rest } = layer.config.visConfig
  if (customMarkersUrl === undefined || customMarkersUrl === null) return layer
  const isOwn = typeof customMarkersUrl === 'string' && isMarkerOf(organizationId, customMarkersUrl)
  const visConfig = isOwn ? { ...rest, customMarkersUrl: `${baseUrl}${customMarkersUrl}` } : rest
  return { ...layer, config: { ...layer.config, visConfig } }
}

interface CheckedDataset {
  readonly id: string
  readonly dataset: Record<string, unknown> | null
  readonly columns: ReadonlySet<string>
  readonly omitted: OmittedPart | null
}

/** The document without what it says of parts that are left out. */
function withoutOmitted(document: MapDocument, omitted: readonly OmittedPart[]): MapDocument {
  const isServed = (kind: OmittedPart['kind'], id: string) =>
    !omitted.some((each) => each.kind === kind && each.id === id)
  const keep = <Value>(record: Readonly<Record<string, Value>>, kind: OmittedPart['kind']) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => isServed(kind, id)))
  const { config } = document.keplerMapConfig
  const { filters, legendSettings, popupSettings } = config
  return {
    ...document,
    keplerMapConfig: {
      ...document.keplerMapConfig,
      config: {
        ...config,
        filters: keep(filters, 'dataset'),
        legendSettings: legendSettings && { ...legendSettings, layers: keep(legendSettings.layers, 'layer') },
        popupSettings: popupSettings && { ...popupSettings, layers: keep(popupSettings.layers, 'layer') },
      },
    },
  }
}

/** Columns that have gone are not asked for; which layers that concerns is decided layer by layer. */
function publicDataset(dataset: MapDataset, providerId: string, columns: ReadonlySet<string>): Record<string, unknown> {
  return {
    ...dataset,
    providerId,
    columns: dataset.columns?.filter((column) => columns.has(column) || column.startsWith('_carto_')) ?? null,
    queryParameters: dataset.queryParameters ?? null,
    aggregationExp: dataset.aggregationExp ?? null,
  }
}

function layerProblem(layer: MapLayer, checked: readonly CheckedDataset[]): string | null {
  const found = checked.find((result) => result.id === layer.config.dataId)
  if (!found?.dataset) return 'Its dataset could not be served.'
  const missing = layerColumns(layer).find((column) => !found.columns.has(column) && !column.startsWith('_carto_'))
  return missing === undefined ? null : `It is styled by the column "${missing}", which the source lacks.`
}
