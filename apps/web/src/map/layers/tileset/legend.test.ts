import type { TilejsonResult } from '@carto/api-client'
import { emptyMapDocument, type MapLayer } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import { describeLayer, withColumnStatistics } from '../../describe-layers.ts'
import { styledColumns, usedColumns } from '../../used-columns.ts'
import { tilesetLegend } from './legend.ts'

function tilejson(geometry: string): TilejsonResult {
  return {
    tilejson: '2.2.0',
    tiles: ['https://example.com/{z}/{x}/{y}?formatTiles=mvt'],
    tilestats: {
      layerCount: 1,
      layers: [
        {
          layer: 'default',
          count: 10,
          attributeCount: 2,
          geometry,
          attributes: [
            { attribute: 'magnitude', type: 'Number', min: 0, max: 1 },
            { attribute: 'kind', type: 'String' },
          ],
        },
      ],
    },
  } as unknown as TilejsonResult
}

function layer(change: Partial<MapLayer['config']['visConfig']>, channels: MapLayer['visualChannels'] = {}): MapLayer {
  return {
    id: 'l',
    type: 'tileset',
    config: {
      dataId: 'd',
      label: 'Quakes',
      color: [255, 0, 128],
      isVisible: true,
      textLabel: [],
      visConfig: { filled: true, opacity: 1, stroked: false, ...change },
    },
    visualChannels: channels,
  }
}

function legendOf(each: MapLayer, data: TilejsonResult) {
  const document = {
    ...emptyMapDocument('Map'),
    datasets: [
      {
        id: 'd',
        type: 'table' as const,
        source: 'demo.quakes',
        connectionName: 'demo',
        providerId: 'postgres',
        label: 'Quakes',
        geoColumn: 'geom',
        columns: null,
        format: 'tilejson' as const,
      },
    ],
  }
  return tilesetLegend(each, describeLayer(document, each, data))
}

const numbers = {
  attribute: 'magnitude',
  type: 'Number',
  min: 0,
  max: 8,
  quantiles: { 3: [0, 1, 4, 8] },
}
const colors = ['#111111', '#222222', '#333333']
const range = { name: 'x', type: 'sequential', category: 'CARTO', colors }

describe('a legend says what the drawing scale does', () => {
  test('one colour', () => {
    expect(legendOf(layer({}), tilejson('Point')).sections).toEqual([{ kind: 'single', color: '#ff0080' }])
  })

  test('quantiles from exact statistics', () => {
    const each = layer(
      { colorRange: range },
      { colorField: { name: 'magnitude', type: 'real' }, colorScale: 'quantile' },
    )
    const [section] = legendOf(each, withColumnStatistics(tilejson('Point'), [numbers])).sections
    expect(section).toMatchObject({
      kind: 'colors',
      column: 'magnitude',
      classes: [
        { color: '#111111', to: 1 },
        { color: '#222222', from: 1, to: 4 },
        { color: '#333333', from: 4 },
      ],
    })
  })

  test('categories with hand-chosen colours', () => {
    const each = layer(
      { colorRange: { ...range, colorMap: [['quarry', '#ABCDEF']] } },
      { colorField: { name: 'kind', type: 'string' }, colorScale: 'ordinal' },
    )
    expect(legendOf(each, tilejson('Polygon')).sections[0]).toMatchObject({
      kind: 'colors',
      isOrdinal: true,
      classes: [{ category: 'quarry', color: '#ABCDEF' }],
    })
  })

  test('the sizes of points', () => {
    const each = layer(
      { radiusRange: [2, 20] },
      { radiusField: { name: 'magnitude', type: 'real' }, radiusScale: 'sqrt' },
    )
    const sections = legendOf(each, withColumnStatistics(tilejson('Point'), [numbers])).sections
    expect(sections[1]).toEqual({
      kind: 'sizes',
      column: 'magnitude',
      shape: 'circle',
      steps: [
        { label: '0', size: 2 },
        { label: '8', size: 20 },
      ],
    })
  })

  test('lines are explained by their stroke', () => {
    const legend = legendOf(layer({ filled: false, stroked: true, strokeColor: [0, 0, 255] }), tilejson('LineString'))
    expect(legend).toMatchObject({ family: 'line', sections: [{ kind: 'single', color: '#0000ff' }] })
  })
})

test('the columns of a layer are those of its channels, labels and tooltip', () => {
  const each = layer({}, { colorField: { name: 'magnitude', type: 'real' }, radiusField: null })
  expect(styledColumns(each)).toEqual(['magnitude'])
  const base = emptyMapDocument('Map')
  const document = {
    ...base,
    keplerMapConfig: {
      version: 'v1' as const,
      config: {
        ...base.keplerMapConfig.config,
        visState: {
          ...base.keplerMapConfig.config.visState,
          layers: [{ ...each, config: { ...each.config, textLabel: [{ field: { name: 'place', type: 'string' } }] } }],
        },
        popupSettings: {
          layers: {
            l: {
              enabled: true,
              hover: { style: 'light', fields: [{ name: 'kind' }] },
              click: { style: 'none', fields: [] },
            },
          },
        },
      },
    },
  }
  expect(usedColumns(document, 'd')).toEqual(['kind', 'magnitude', 'place'])
  expect(usedColumns(document, 'other')).toEqual([])
})
