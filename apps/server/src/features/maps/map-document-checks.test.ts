import { emptyMapDocument, type MapDataset, type MapDocument, type MapLayer } from '@graticule/contract'
import { describe, expect, it } from 'vitest'
import { checkMapDocument, layerColumns } from './map-document-checks.ts'

const dataset: MapDataset = {
  id: 'stores',
  type: 'table',
  source: 'demo.stores',
  connectionName: 'warehouse',
  providerId: 'postgres',
  label: 'Stores',
  geoColumn: 'geom',
  columns: ['revenue', 'name'],
  format: 'tilejson',
}
const layer: MapLayer = {
  id: 'layer-1',
  type: 'tileset',
  config: {
    dataId: 'stores',
    label: 'Stores',
    color: [1, 2, 3],
    isVisible: true,
    textLabel: [{ field: { name: 'name', type: 'string' } }],
    visConfig: {},
  },
  visualChannels: { colorField: { name: 'revenue', type: 'real' }, colorScale: 'quantile' },
}

function documentOf(datasets: MapDataset[], layers: MapLayer[]): MapDocument {
  const document = emptyMapDocument('Test')
  document.keplerMapConfig.config.visState.layers = layers
  return { ...document, datasets }
}

describe('checks of a map document', () => {
  it('pass a document whose parts fit together', () => {
    expect(() => checkMapDocument(documentOf([dataset], [layer]), 'ac_here')).not.toThrow()
    expect(layerColumns(layer)).toEqual(['revenue', 'name'])
  })

  it('refuse a layer without its dataset, by its label', () => {
    expect(() => checkMapDocument(documentOf([], [layer]), 'ac_here')).toThrow(
      'The layer "Stores" draws the dataset "stores"',
    )
  })

  it('refuse a style by a column that tiles would not carry', () => {
    const narrow = { ...dataset, columns: ['name'] }
    expect(() => checkMapDocument(documentOf([narrow], [layer]), 'ac_here')).toThrow('styled by "revenue"')
    expect(() => checkMapDocument(documentOf([{ ...dataset, columns: null }], [layer]), 'ac_here')).not.toThrow()
  })

  it('refuse a widget without its dataset and ids that are there twice', () => {
    const document = documentOf([dataset], [layer])
    document.keplerMapConfig.config.graticule.widgets = [
      { id: 'w', type: 'formula', title: 'Total', dataSource: 'gone', global: true, operation: 'count', column: '*' },
    ]
    expect(() => checkMapDocument(document, 'ac_here')).toThrow('The widget "Total"')
    expect(() => checkMapDocument(documentOf([dataset, dataset], []), 'ac_here')).toThrow('Two datasets')
    expect(() => checkMapDocument(documentOf([dataset], [layer, layer]), 'ac_here')).toThrow('Two layers')
  })
})
