import { emptyMapDocument, type Filters, type MapDataset, type MapWidget } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import { type DeclaredUse, decideUse, declareUse, type SourceUse } from './declared-use.ts'

const DATASET: MapDataset = {
  id: 'stores',
  type: 'table',
  source: 'demo.stores',
  connectionName: 'warehouse',
  providerId: 'postgres',
  label: 'Stores',
  geoColumn: 'geom:shape',
  columns: ['kind'],
  aggregationExp: ' sum(revenue) AS revenue_sum ',
  format: 'tilejson',
}
const COMMON = { title: 'A widget', dataSource: 'stores', global: true }
const WIDGETS: MapWidget[] = [
  { ...COMMON, id: 'total', type: 'formula', operation: 'sum', column: 'revenue' },
  { ...COMMON, id: 'cities', type: 'category', operation: 'avg', column: 'city', operationColumn: 'rent' },
  { ...COMMON, id: 'ages', type: 'histogram', column: 'age', buckets: 10 },
  { ...COMMON, id: 'elsewhere', type: 'formula', operation: 'max', column: 'salary', dataSource: 'others' },
]
const FILTERS: Filters = { opened: { between: { values: [[2020, null]], owner: 'gone' } } }

function declare(dataset: Partial<MapDataset> = {}): DeclaredUse {
  const document = emptyMapDocument('Stores')
  const { config } = document.keplerMapConfig
  config.graticule.widgets = WIDGETS
  config.filters = { stores: FILTERS }
  config.popupSettings = {
    layers: {
      layer: {
        enabled: true,
        hover: { style: 'light', fields: [{ name: 'note' }] },
        click: { style: 'none', fields: [] },
      },
    },
  }
  config.visState.layers = [
    {
      id: 'layer',
      type: 'tileset',
      config: { dataId: 'stores', label: '', color: [0, 0, 0], isVisible: true, textLabel: [], visConfig: {} },
      visualChannels: { colorField: { name: 'kind', type: 'string' }, colorScale: 'ordinal' },
    },
  ]
  return declareUse(document, { ...DATASET, ...dataset })
}

const NOTHING: SourceUse = { columns: [], spatialDataColumns: [], filters: {}, expressions: [], question: null }
const decide = (use: Partial<SourceUse>, declared = declare()) => decideUse(declared, { ...NOTHING, ...use })
const ask = (model: string, operation: string, ...columns: string[]) =>
  decide({ question: { model, operation, columns } })

describe('what a map declares of a source', () => {
  test('is what its tiles, styles and tooltips show, the geometry and what is made for tiles', () => {
    const columns = ['kind', 'note', 'shape', '_carto_feature_id']
    expect(decide({ columns, spatialDataColumns: ['shape'] }).allowed).toBe(true)
    expect(decide({ columns: 'declared' }).allowed).toBe(true)
  })

  test.each(['revenue', 'salary', 'geom', 'Kind', '*', ''])('is not the column %j', (column) => {
    expect(decide({ columns: ['kind', column] })).toMatchObject({ allowed: false, rule: 'map.column' })
    expect(ask('formula', 'max', column).rule).toBe('map.question')
  })

  test('is every column only where its author says so', () => {
    expect(decide({ columns: 'all' })).toMatchObject({ allowed: false, rule: 'map.column' })
    expect(decide({ columns: 'all' }, declare({ columns: null })).allowed).toBe(true)
    expect(decide({ columns: ['anything'] }, declare({ columns: null })).allowed).toBe(true)
  })

  test('is drawn by its own geometry alone, also one of two columns', () => {
    expect(decide({ spatialDataColumns: ['geom'] })).toMatchObject({ allowed: false, rule: 'map.geometry' })
    const pair = declare({ geoColumn: 'geom:lng,lat' })
    expect(decide({ spatialDataColumns: ['lng,lat'], columns: ['lat'] }, pair).allowed).toBe(true)
    expect(decide({ spatialDataColumns: ['lat,lng'] }, pair).allowed).toBe(false)
  })

  test('are the questions of its widgets as they are, and no others about their columns', () => {
    expect(ask('formula', 'sum', 'revenue').allowed).toBe(true)
    expect(ask('category', 'avg', 'city', 'rent').allowed).toBe(true)
    expect(ask('histogram', 'count', 'age').allowed).toBe(true)
    expect(ask('range', 'count', 'age').allowed).toBe(true)
    expect(ask('formula', 'count').allowed).toBe(true)
    for (const other of [
      ask('formula', 'max', 'revenue'),
      ask('category', 'sum', 'revenue'),
      ask('category', 'avg', 'rent', 'city'),
      ask('category', 'avg', 'city', 'revenue'),
      ask('category', 'avg', 'city'),
      ask('category', 'count', 'city'),
      ask('histogram', 'sum', 'age'),
      ask('formula', 'max', 'salary'),
      ask('timeseries', 'sum', 'kind', 'revenue'),
    ]) {
      expect(other).toMatchObject({ allowed: false, rule: 'map.question' })
    }
    expect(ask('timeseries', 'sum', 'kind', 'note').allowed).toBe(true)
  })

  test('is filtered by what it shows, by what its widgets filter, and as it was saved', () => {
    const filter = (column: string, by: Filters[string]) => decide({ filters: { [column]: by } })
    for (const column of ['kind', 'note', 'city', 'age'])
      expect(filter(column, { in: { values: [1] } }).allowed).toBe(true)
    expect(filter('opened', { between: { values: [[2020, null]] } }).allowed).toBe(true)
    for (const refused of [
      filter('opened', { between: { values: [[2021, null]] } }),
      filter('opened', { between: { values: [[2020, null]] }, in: { values: [1] } }),
      filter('revenue', { in: { values: [1] } }),
      filter('salary', { between: { values: [[1, 2]] } }),
    ]) {
      expect(refused).toMatchObject({ allowed: false, rule: 'map.filter' })
    }
  })

  test('holds SQL of its author alone, to the letter', () => {
    expect(decide({ expressions: ['sum(revenue) AS revenue_sum'] }).allowed).toBe(true)
    for (const expression of [
      'sum(salary)',
      'sum(revenue) AS revenue_sum, 1 AS x',
      'SUM(revenue) AS revenue_sum',
      '',
    ]) {
      expect(decide({ expressions: [expression] })).toMatchObject({ allowed: false, rule: 'map.expression' })
    }
  })
})
