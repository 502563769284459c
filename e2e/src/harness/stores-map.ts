import { emptyMapDocument, type MapDocument } from '@graticule/contract'

/** A map of `public.stores`, the table of the testkit's warehouse with row-level security: a layer, and how many there are. */
export function storesMap(title: string, connectionName: string): MapDocument {
  const document = emptyMapDocument(title)
  const { config } = document.keplerMapConfig
  const dataset = { id: 'stores', type: 'table', source: 'public.stores', connectionName } as const
  const look = { filled: true, stroked: true, opacity: 0.9, radius: 5, thickness: 1 }
  const widget = { id: 'count', title: 'Stores', dataSource: 'stores', global: true, format: ',d' }
  return {
    ...document,
    datasets: [
      { ...dataset, providerId: 'postgres', label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' },
    ],
    keplerMapConfig: {
      version: 'v1',
      config: {
        ...config,
        mapState: { latitude: 50.1, longitude: 0.5, zoom: 7, pitch: 0, bearing: 0 },
        visState: {
          ...config.visState,
          layers: [
            {
              ...{ id: 'points', type: 'tileset', visualChannels: {} },
              config: {
                ...{ dataId: 'stores', label: 'Stores by place', color: [214, 69, 65] },
                ...{ isVisible: true, textLabel: [], visConfig: look },
              },
            },
          ],
        },
        graticule: { widgets: [{ ...widget, type: 'formula', operation: 'count', column: '*' }] },
      },
    },
  }
}
