import type { MapDataset, PopupSettings } from '@graticule/contract'
import { DEMO_CONNECTION } from '../demo-connection.ts'
import { DEMO_SCHEMA } from '../warehouse-state.ts'

type Popup = PopupSettings['layers'][string]

/** A dataset on a demo table, named after it. */
export function demoDataset(table: string, label: string, columns: readonly string[]): MapDataset {
  return drawnDataset({ id: table, type: 'table', source: `${DEMO_SCHEMA}.${table}`, label }, columns)
}

/** A dataset on a query over the demo tables. */
export function demoQuery(id: string, label: string, sql: string, columns: readonly string[]): MapDataset {
  return drawnDataset({ id, type: 'query', source: sql, label }, columns)
}

function drawnDataset(
  part: Pick<MapDataset, 'id' | 'type' | 'source' | 'label'>,
  columns: readonly string[],
): MapDataset {
  return {
    ...part,
    connectionName: DEMO_CONNECTION.name,
    providerId: DEMO_CONNECTION.providerId,
    geoColumn: 'geom',
    columns: ['geom', ...columns],
    format: 'tilejson',
  }
}

/** A tooltip that follows the pointer. */
export function hoverPopup(fields: Popup['hover']['fields']): Popup {
  return { enabled: true, hover: { style: 'light', fields }, click: { style: 'none', fields: [] } }
}
