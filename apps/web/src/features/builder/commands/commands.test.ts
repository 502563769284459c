import { emptyMapDocument, type MapDataset, MapDocument, type MapWidget } from '@graticule/contract'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { newLayer, newPopup } from '../sources/new-source.ts'
import { recordState, redo, startUndoLog, undo } from '../store/undo-log.ts'
import { paletteByName, toColorRange } from '../style/palettes.ts'
import { applyCommand, type Command } from './command.ts'
import { addDataset, removeDataset, updateDataset } from './datasets.ts'
import {
  addLayer,
  duplicateLayer,
  moveLayer,
  removeLayer,
  renameLayer,
  setLayerVisible,
  setLegend,
  setPopup,
} from './layers.ts'
import { setBasemap, setDescription, setStartView, setTitle } from './map.ts'
import {
  clearColorColumn,
  clearSizeColumn,
  setColorByColumn,
  setFillColor,
  setSizeByColumn,
  setStyle,
} from './style.ts'
import { addWidget, moveWidget, removeWidget, updateWidget } from './widgets.ts'

function dataset(id: string): MapDataset {
  return {
    id,
    type: 'table',
    source: `demo.${id}`,
    connectionName: 'demo',
    providerId: 'postgres',
    label: id,
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson',
  }
}

function layer(id: string, datasetId: string) {
  return newLayer({ id, datasetId, label: id, geometryType: 'Point', index: 0 })
}

const popup = newPopup([
  { name: 'name', type: 'string' },
  { name: 'population', type: 'number' },
])

function widget(id: string, datasetId: string): MapWidget {
  return { id, type: 'formula', title: id, dataSource: datasetId, global: false, operation: 'count', column: '*' }
}

/** Two sources with a layer and a widget each; layer `b` lies on top. */
function sample(): MapDocument {
  const commands = [
    addDataset(dataset('cities')),
    addDataset(dataset('quakes')),
    addLayer(layer('a', 'cities'), popup),
    addLayer(layer('b', 'quakes')),
    addWidget(widget('w1', 'cities')),
    addWidget(widget('w2', 'quakes')),
  ]
  return commands.reduce(applyCommand, emptyMapDocument('Sample'))
}

const layerIds = (document: MapDocument) => document.keplerMapConfig.config.visState.layers.map((each) => each.id)
const widgetIds = (document: MapDocument) => document.keplerMapConfig.config.graticule.widgets.map((each) => each.id)

describe('sources', () => {
  test('a source carries only the columns that its layers show', () => {
    const [cities, quakes] = sample().datasets
    expect(cities?.columns).toEqual(['name', 'population'])
    expect(quakes?.columns).toEqual(['geom'])
  })

  test('styling by a column adds it to the columns of the tiles, and one colour takes it out again', () => {
    const range = toColorRange(paletteByName('Teal'), 5)
    const styled = applyCommand(
      sample(),
      setColorByColumn('b', 'fill', { name: 'magnitude', type: 'real' }, 'quantile', range),
    )
    expect(styled.datasets[1]?.columns).toEqual(['magnitude'])
    expect(applyCommand(styled, clearColorColumn('b', 'fill')).datasets[1]?.columns).toEqual(['geom'])
  })

  test('removing a source takes its layers, tooltips, legends, widgets and filters with it and nothing else', () => {
    const before = applyCommand(sample(), setLegend('a', { isHidden: true }))
    const { filters } = before.keplerMapConfig.config
    const filtered: MapDocument = {
      ...before,
      keplerMapConfig: {
        version: 'v1',
        config: {
          ...before.keplerMapConfig.config,
          filters: { ...filters, cities: { name: { in: { values: ['Rome'] } } }, quakes: {} },
        },
      },
    }
    const after = applyCommand(filtered, removeDataset('cities'))
    expect(after.datasets.map((each) => each.id)).toEqual(['quakes'])
    expect(layerIds(after)).toEqual(['b'])
    expect(widgetIds(after)).toEqual(['w2'])
    const { config } = after.keplerMapConfig
    expect(config.popupSettings).toEqual({ layers: {} })
    expect(config.legendSettings).toEqual({ layers: {} })
    expect(Object.keys(config.filters)).toEqual(['quakes'])
  })

  test('the SQL of a source can change while its layers stay', () => {
    const after = applyCommand(sample(), updateDataset('quakes', { source: 'demo.other' }))
    expect(after.datasets[1]?.source).toBe('demo.other')
    expect(layerIds(after)).toEqual(['b', 'a'])
  })
})

describe('layers', () => {
  test('a new layer lies on top', () => {
    expect(layerIds(applyCommand(sample(), addLayer(layer('c', 'cities'))))).toEqual(['c', 'b', 'a'])
  })

  test('a layer moves to an index and never out of the list', () => {
    expect(layerIds(applyCommand(sample(), moveLayer('b', 1)))).toEqual(['a', 'b'])
    expect(layerIds(applyCommand(sample(), moveLayer('b', 99)))).toEqual(['a', 'b'])
  })

  test('a copy lies above its original and has its tooltip', () => {
    const after = applyCommand(sample(), duplicateLayer('a', 'copy', 'a copy'))
    expect(layerIds(after)).toEqual(['b', 'copy', 'a'])
    const { popupSettings } = after.keplerMapConfig.config
    expect(popupSettings?.layers.copy).toEqual(popupSettings?.layers.a)
  })

  test('an empty name is not taken', () => {
    const before = sample()
    expect(applyCommand(before, renameLayer('a', '   '))).toBe(before)
    expect(applyCommand(before, setTitle(' '))).toBe(before)
  })

  test('removing a layer keeps its source', () => {
    const after = applyCommand(sample(), removeLayer('a'))
    expect(layerIds(after)).toEqual(['b'])
    expect(after.datasets).toHaveLength(2)
    expect(after.keplerMapConfig.config.popupSettings).toEqual({ layers: {} })
  })

  test('a command that names a layer which is gone changes nothing', () => {
    const before = sample()
    for (const command of [
      moveLayer('gone', 0),
      removeLayer('gone'),
      renameLayer('gone', 'x'),
      setStyle('gone', { opacity: 0.5 }),
      setPopup('gone', popup),
      setLegend('gone', { isHidden: true }),
      duplicateLayer('gone', 'x', 'x'),
    ]) {
      expect(applyCommand(before, command)).toBe(before)
    }
  })
})

describe('the map', () => {
  test('a start view is kept within what the document allows', () => {
    const after = applyCommand(
      sample(),
      setStartView({ latitude: 91, longitude: 10.123456789, zoom: 30, pitch: 90, bearing: 12.34 }),
    )
    expect(after.keplerMapConfig.config.mapState).toEqual({
      latitude: 90,
      longitude: 10.12346,
      zoom: 24,
      pitch: 85,
      bearing: 12.3,
    })
  })

  test('choosing one of our basemaps forgets a custom style', () => {
    const before = sample()
    const { config } = before.keplerMapConfig
    const custom: MapDocument = {
      ...before,
      keplerMapConfig: {
        version: 'v1',
        config: { ...config, customBaseMaps: { customStyle: { id: 'mine', url: 'https://example.com/style.json' } } },
      },
    }
    const after = applyCommand(custom, setBasemap('graticule-dark')).keplerMapConfig.config
    expect(after.mapStyle.styleType).toBe('custom:graticule-dark')
    expect(after.customBaseMaps).toBeUndefined()
  })
})

/** Any edit of the sample map, with ids that exist and ids that do not. */
const anyCommand: fc.Arbitrary<Command> = (() => {
  const layerId = fc.constantFrom('a', 'b', 'c', 'gone')
  const datasetId = fc.constantFrom('cities', 'quakes', 'third', 'gone')
  const widgetId = fc.constantFrom('w1', 'w2', 'w3')
  const field = fc.record({ name: fc.constantFrom('name', 'population', 'magnitude'), type: fc.constant('real') })
  const color = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255))
  const range = fc.constantFrom('Teal', 'Bold', 'Geyser').map((name) => toColorRange(paletteByName(name), 4))
  return fc.oneof(
    fc.string().map(setTitle),
    fc.string().map(setDescription),
    fc.constantFrom('graticule-light', 'graticule-dark').map(setBasemap),
    datasetId.map((id) => addDataset(dataset(id))),
    datasetId.map(removeDataset),
    fc.tuple(layerId, datasetId).map(([id, source]) => addLayer(layer(id, source), popup)),
    layerId.map(removeLayer),
    fc.tuple(layerId, layerId).map(([id, copy]) => duplicateLayer(id, copy, 'copy')),
    fc.tuple(layerId, fc.integer({ min: -2, max: 5 })).map(([id, index]) => moveLayer(id, index)),
    fc.tuple(layerId, fc.boolean()).map(([id, isVisible]) => setLayerVisible(id, isVisible)),
    fc.tuple(layerId, fc.double({ min: 0, max: 1, noNaN: true })).map(([id, opacity]) => setStyle(id, { opacity })),
    fc.tuple(layerId, color).map(([id, next]) => setFillColor(id, next)),
    fc
      .tuple(layerId, fc.constantFrom('fill', 'stroke'), field, range)
      .map(([id, target, column, colors]) => setColorByColumn(id, target, column, 'quantile', colors)),
    fc
      .tuple(layerId, fc.constantFrom('radius', 'thickness', 'height'), field)
      .map(([id, target, column]) => setSizeByColumn(id, target, column, 'linear', [1, 10])),
    fc
      .tuple(layerId, fc.constantFrom('radius', 'thickness', 'height'))
      .map(([id, target]) => clearSizeColumn(id, target)),
    fc.tuple(widgetId, datasetId).map(([id, source]) => addWidget(widget(id, source))),
    fc.tuple(widgetId, fc.string()).map(([id, title]) => updateWidget({ ...widget(id, 'cities'), title })),
    widgetId.map(removeWidget),
    fc.tuple(widgetId, fc.integer({ min: -1, max: 4 })).map(([id, index]) => moveWidget(id, index)),
  )
})()

describe('any run of edits', () => {
  test('is undone to the very document it started from, and redone to the very one it ended with', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 30 }), (commands) => {
        const start = sample()
        let log = startUndoLog(start)
        for (const command of commands) log = recordState(log, applyCommand(log.present, command))
        const end = log.present
        const steps = log.past.length
        for (let step = 0; step < steps; step++) log = undo(log)
        expect(log.present).toBe(start)
        for (let step = 0; step < steps; step++) log = redo(log)
        expect(log.present).toBe(end)
      }),
    )
  })

  test('never changes the document it was given', () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        const before = sample()
        const copy = structuredClone(before)
        applyCommand(before, command)
        expect(before).toEqual(copy)
      }),
    )
  })

  test('leaves a document that the server accepts', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 15 }), (commands) => {
        const end = commands.reduce(applyCommand, sample())
        expect([...Value.Errors(MapDocument, end)]).toEqual([])
      }),
    )
  })
})
