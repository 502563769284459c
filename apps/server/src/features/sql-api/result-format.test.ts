import type { SchemaField } from '@graticule/contract'
import { describe, expect, it } from 'vitest'
import { createResultWriter, type ResultFormat } from './result-format.ts'

const fields: SchemaField[] = [
  { name: 'id', type: 'number' },
  { name: 'note', type: 'string' },
  { name: 'geom', type: 'geometry' },
]
const point = { type: 'Point', coordinates: [1, 2] }
const rows = [
  { id: 1, note: 'plain', geom: point },
  { id: 2, note: 'a "quoted", text\nof two lines', geom: null },
  { id: 3, note: null, geom: point },
]

function write(format: ResultFormat): string {
  const writer = createResultWriter(format)
  // Two batches, because separators between them are easily forgotten.
  return (
    writer.begin(fields) + writer.rows(rows.slice(0, 1)) + writer.rows([]) + writer.rows(rows.slice(1)) + writer.end()
  )
}

describe('results of queries', () => {
  it('are written as JSON with schema and meta', () => {
    expect(JSON.parse(write('json'))).toEqual({
      rows,
      schema: fields,
      meta: { cacheHit: false, location: '', totalBytesProcessed: '0' },
    })
    const empty = createResultWriter('json')
    expect(JSON.parse(empty.begin(fields) + empty.end())).toMatchObject({ rows: [], schema: fields })
  })

  it('are written as one JSON object a line', () => {
    const lines = write('ndjson').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows)
  })

  it('are written as CSV with quotes where they are needed', () => {
    expect(write('csv')).toBe(
      'id,note,geom\r\n' +
        '1,plain,"{""type"":""Point"",""coordinates"":[1,2]}"\r\n' +
        '2,"a ""quoted"", text\nof two lines",\r\n' +
        '3,,"{""type"":""Point"",""coordinates"":[1,2]}"\r\n',
    )
  })

  it('are written as a feature collection with the geometry apart', () => {
    expect(JSON.parse(write('geojson'))).toEqual({
      type: 'FeatureCollection',
      features: rows.map(({ geom, ...properties }) => ({ type: 'Feature', geometry: geom, properties })),
    })
  })

  it('cannot be GeoJSON without a geometry', () => {
    const writer = createResultWriter('geojson')
    expect(() => writer.begin([{ name: 'id', type: 'number' }])).toThrow('no geometry column')
  })
})
