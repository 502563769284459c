import {
  AUDIT_TAGS,
  buildStatsUrl,
  CartoAPIError,
  getColumnNameFromGeoColumn,
  requestWithParameters,
  type SchemaField,
  type TilejsonResult,
  vectorQuerySource,
  vectorTableSource,
  type WidgetQuerySource,
  type WidgetTableSource,
} from '@carto/api-client'
import type { Filters, GeometryStats, MapDataset } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { accessKey, authOptions, type DataAccess, requestInit } from './data-access.ts'

/** A dataset that is ready to draw and to ask: its TileJSON and the source of its widgets. */
export interface DatasetSource {
  readonly tilejson: TilejsonResult
  readonly widgetSource: WidgetTableSource | WidgetQuerySource
  readonly schema: readonly SchemaField[]
}

/** One entry of `tilestats`, as /v3/stats answers it. */
export interface ColumnStatistics extends Partial<GeometryStats> {
  readonly attribute: string
  readonly type: string
  readonly min?: number | string | null
  readonly max?: number | string | null
  readonly avg?: number | null
  readonly quantiles?: Readonly<Record<string, readonly number[]>>
  readonly categories?: readonly {
    readonly category: string | number | boolean | null
    readonly frequency: number
  }[]
}

/** fetchMap asks vector sources for this resolution; asking for the same keeps both pictures alike. */
const TILE_RESOLUTION = 1

/** The in-memory cache of the client has no bound and no expiry; TanStack Query keeps answers here instead. */
const NO_CLIENT_CACHE = { cacheControl: ['no-cache' as const, 'no-store' as const] }

function sourceParts(dataset: MapDataset) {
  return [dataset.connectionName, dataset.type, dataset.source, dataset.geoColumn, dataset.queryParameters ?? null]
}

async function loadDatasetSource(
  dataset: MapDataset,
  filters: Filters,
  prepareLabels: boolean,
  access: DataAccess,
): Promise<DatasetSource> {
  const options = {
    ...authOptions(access),
    apiBaseUrl: access.apiBaseUrl,
    connectionName: dataset.connectionName,
    spatialDataColumn: getColumnNameFromGeoColumn(dataset.geoColumn) ?? undefined,
    tileResolution: TILE_RESOLUTION as 1,
    localCache: NO_CLIENT_CACHE,
    ...(access.mapId && { tags: { [AUDIT_TAGS.mapId]: access.mapId } }),
    ...(dataset.columns && { columns: dataset.columns }),
    ...(Object.keys(filters).length > 0 && { filters: filters as ClientFilters }),
    ...(prepareLabels && { prepareLabels }),
  }
  const tilejson =
    dataset.type === 'table'
      ? await vectorTableSource({ ...options, tableName: dataset.source })
      : await vectorQuerySource({
          ...options,
          sqlQuery: dataset.source,
          ...(dataset.queryParameters && { queryParameters: dataset.queryParameters as ClientParameters }),
        })
  return { tilejson, widgetSource: tilejson.widgetSource, schema: tilejson.schema ?? [] }
}

type ClientFilters = Parameters<typeof vectorTableSource>[0]['filters']
type ClientParameters = Parameters<typeof vectorQuerySource>[0]['queryParameters']

/** Instantiates a dataset with the filters that reach its tiles. Fails with the client's error; see `sentenceOf`. */
export function datasetSourceQuery(dataset: MapDataset, filters: Filters, prepareLabels: boolean, access: DataAccess) {
  return queryOptions({
    queryKey: [
      'map-source',
      accessKey(access),
      ...sourceParts(dataset),
      dataset.columns,
      filters,
      prepareLabels,
      access.mapId ?? null,
    ],
    queryFn: () => loadDatasetSource(dataset, filters, prepareLabels, access),
    staleTime: 10 * 60_000,
    retry: false,
  })
}

/** Statistics of one column over the whole dataset: what classification and the legend are computed from. */
export function columnStatisticsQuery(dataset: MapDataset, column: string, access: DataAccess) {
  return queryOptions({
    queryKey: ['map-column', accessKey(access), ...sourceParts(dataset), column],
    queryFn: ({ signal }) => requestColumnStatistics(dataset, column, access, signal),
    staleTime: 10 * 60_000,
    retry: false,
  })
}

/** Asks for the statistics of one column of a dataset, each time anew. */
export function requestColumnStatistics(
  dataset: MapDataset,
  column: string,
  access: DataAccess,
  signal?: AbortSignal,
  /** `geo`: the column, or a pair of columns, is meant as a geometry. */
  spatialDataType?: 'geo',
): Promise<ColumnStatistics> {
  return requestWithParameters<ColumnStatistics>({
    baseUrl: buildStatsUrl({
      attribute: encodeURIComponent(column),
      apiBaseUrl: access.apiBaseUrl,
      connectionName: dataset.connectionName,
      source: encodeURIComponent(dataset.source),
      type: dataset.type,
    }),
    parameters: {
      ...(spatialDataType && { spatialDataType }),
      ...(access.mapId && { [AUDIT_TAGS.mapId]: access.mapId }),
      ...(dataset.type === 'query' && {
        q: dataset.source,
        ...(dataset.queryParameters && { queryParameters: dataset.queryParameters }),
      }),
    },
    errorContext: { requestType: 'Tile stats', connection: dataset.connectionName, type: dataset.type },
    localCache: NO_CLIENT_CACHE,
    signal,
    ...requestInit(access),
  })
}

/** All that the widget models of the real client say of a 403. */
const FORBIDDEN = 'Forbidden access to the requested data'

/**
 * The error of a widget with the server's own sentence and details, which the widget models of the real client drop from a
 * 403: instantiating the same source is refused for the same reason.
 */
export async function explainForbidden(error: unknown, dataset: MapDataset, access: DataAccess): Promise<unknown> {
  if (!(error instanceof Error) || error.message !== FORBIDDEN) return error
  try {
    await loadDatasetSource(dataset, {}, false, access)
  } catch (explained) {
    if (explained instanceof CartoAPIError) return explained
  }
  return error
}

/** The sentence for people inside an error of the real client; the rest of its message is for a console. */
export function sentenceOf(error: unknown): string {
  if (error instanceof CartoAPIError) {
    return error.response
      ? error.error.message
      : 'The Graticule server cannot be reached. It may be restarting; try again in a moment.'
  }
  return error instanceof Error ? error.message : String(error)
}
