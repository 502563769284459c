import { MapDocument } from '@graticule/contract'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { checkMapDocument } from '../maps/map-document-checks.ts'
import { DEMO_SAMPLES } from './demo-samples.ts'
import { earthquakesMap } from './maps/earthquakes-map.ts'
import { unemploymentMap } from './maps/unemployment-map.ts'
import { DEMO_TABLES } from './tables/index.ts'

const NUMBERS = ['integer', 'double precision']
const DATES = ['date', 'timestamp', 'timestamptz']

/** The type of a column of a demo table; undefined when there is none. */
function typeOf(table: string, column: string): string | undefined {
  const found = DEMO_TABLES.find(({ name }) => `demo.${name}` === table)
  return column === 'geom' ? 'geometry' : found?.columns.find(({ name }) => name === column)?.type
}

describe.each([unemploymentMap(), earthquakesMap()])('the demo map "$title"', (document) => {
  test('is a whole document that could be saved', () => {
    expect([...Value.Errors(MapDocument, document)]).toEqual([])
    expect(() => checkMapDocument(document, 'ac_here')).not.toThrow()
  })

  test('reads columns that its tables have', () => {
    const { datasets, keplerMapConfig } = document
    for (const dataset of datasets) {
      const table = /from (\S+)/.exec(dataset.source)?.[1] ?? dataset.source
      for (const column of dataset.columns ?? []) {
        expect(typeOf(table, column), column).toBeDefined()
        if (dataset.type === 'query') expect(dataset.source).toMatch(new RegExp(`^select .*\\b${column}\\b`))
      }
    }
    for (const widget of keplerMapConfig.config.graticule.widgets) {
      const source = datasets.find(({ id }) => id === widget.dataSource)?.source ?? ''
      if (widget.column !== '*') expect(typeOf(source, widget.column), widget.title).toBeDefined()
    }
    for (const [layerId, popup] of Object.entries(keplerMapConfig.config.popupSettings?.layers ?? {})) {
      const layer = keplerMapConfig.config.visState.layers.find(({ id }) => id === layerId)
      const dataset = datasets.find(({ id }) => id === layer?.config.dataId)
      for (const { name } of popup.hover.fields) expect(dataset?.columns).toContain(name)
    }
  })
})

test.each(DEMO_SAMPLES)('the sample $table names columns of the right types', (sample) => {
  expect(NUMBERS).toContain(typeOf(sample.table, sample.numericColumn))
  expect(typeOf(sample.table, sample.categoryColumn)).toBe('text')
  expect(DATES).toContain(typeOf(sample.table, sample.dateColumn))
})
