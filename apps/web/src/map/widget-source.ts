import { getColumnNameFromGeoColumn, WidgetQuerySource, WidgetTableSource } from '@carto/api-client'
import type { MapDataset } from '@graticule/contract'
import { authOptions, type DataAccess } from './data-access.ts'

export type WidgetSource = WidgetTableSource | WidgetQuerySource

/** The real client's widget source of a dataset: it asks the warehouse through the widget models. */
export function widgetSourceOf(dataset: MapDataset, access: DataAccess): WidgetSource {
  const options = {
    ...authOptions(access),
    apiBaseUrl: access.apiBaseUrl,
    connectionName: dataset.connectionName,
    spatialDataColumn: getColumnNameFromGeoColumn(dataset.geoColumn) ?? 'geom',
    spatialDataType: 'geo' as const,
    ...(access.mapId && { tags: { 'tag-mapId': access.mapId } }),
  }
  if (dataset.type === 'table') return new WidgetTableSource({ ...options, tableName: dataset.source })
  return new WidgetQuerySource({
    ...options,
    sqlQuery: dataset.source,
    ...(dataset.queryParameters && {
      queryParameters: dataset.queryParameters as ConstructorParameters<typeof WidgetQuerySource>[0]['queryParameters'],
    }),
  })
}
