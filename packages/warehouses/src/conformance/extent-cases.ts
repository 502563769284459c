import type { Extent, Filters, GeometryStats } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { describe, expect, test } from 'vitest'
import { describeOnce, RUN, tableSource } from './asking.ts'
import type { ConformanceSubject, SeedColumn } from './subject.ts'

/** Suva, Taveuni, Apia and Pago Pago: 16 degrees of the Pacific on both sides of the antimeridian. */
const ISLANDS = [
  { id: 1, lon: 174, lat: -18 },
  { id: 2, lon: 180, lat: -17 },
  { id: 3, lon: -172, lat: -14 },
  { id: 4, lon: -170, lat: -15 },
]
const ISLANDS_EXTENT: Extent = { xmin: -172, ymin: -18, xmax: 180, ymax: -14 }
const ISLANDS_ACROSS: Extent = { xmin: 174, ymin: -18, xmax: 190, ymax: -14 }

/** Where data lie, as statistics tell it: in degrees, and across the antimeridian when that box is much narrower. */
export function describeExtents(current: () => ConformanceSubject): void {
  const compile = async (source: Source, filters: Filters = {}) => {
    const description = await describeOnce(current(), source)
    const [spatial] = description.spatialColumns
    if (!spatial) throw new Error('The source has no geometry.')
    return { source, description, spatial, filters }
  }
  const askStats = async (source: Source, filters: Filters = {}): Promise<GeometryStats | null> => {
    const { compiler, warehouse } = current()
    const { statement, read } = compiler.compileGeometryStats(await compile(source, filters))
    return read((await warehouse.run(statement, RUN)).rows)
  }
  const createShapes = async (name: string, shapes: readonly string[], column: Partial<SeedColumn> = {}) => {
    await current().createTable({
      name,
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'geom', type: 'geometry', ...column },
      ],
      rows: shapes.map((geom, index) => ({ id: index + 1, geom })),
    })
    return tableSource(current(), name)
  }

  describe('extents across the antimeridian', () => {
    const columns: [string, Partial<SeedColumn>][] = [
      ['WGS84', {}],
      ['web mercator', { srid: 3857 }],
      ['a projection of the Pacific', { srid: 3832 }],
      ['no reference system', { srid: 0 }],
      ['a geography', { type: 'geography' }],
    ]
    test.each(columns)('are found for points of %s', async (title, column) => {
      const source = await createShapes(
        `islands_${columns.findIndex(([each]) => each === title)}`,
        ISLANDS.map(({ lon, lat }) => `POINT(${lon} ${lat})`),
        column,
      )
      const found = await askStats(source)
      expectBox(found?.extentAcrossAntimeridian, ISLANDS_ACROSS)
      expect(found?.extent.xmin).toBeGreaterThanOrEqual(-180)
      expect(found?.extent.xmax).toBeLessThanOrEqual(180)
    })

    test('are found for pairs of longitude and latitude, of the rows that pass the filters', async () => {
      const subject = current()
      await subject.createTable({
        name: 'island_pairs',
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'longitude', type: 'double' },
          { name: 'latitude', type: 'double' },
        ],
        rows: [
          ...ISLANDS.map(({ id, lon, lat }) => ({ id, longitude: lon, latitude: lat })),
          { id: 5, longitude: 0, latitude: 51 },
          { id: 6, longitude: null, latitude: 51 },
        ],
      })
      const source = tableSource(subject, 'island_pairs')
      const found = await askStats(source, { id: { in: { values: [1, 2, 3, 4] } } })
      expect(found).toEqual({ extent: ISLANDS_EXTENT, extentAcrossAntimeridian: ISLANDS_ACROSS })
      const withGreenwich = await askStats(source)
      expect(withGreenwich?.extentAcrossAntimeridian).toEqual({ xmin: 0, ymin: -18, xmax: 190, ymax: 51 })
    })

    test('are found for queries with parameters', async () => {
      const { name } = await createShapes('island_query', [
        ...ISLANDS.map(({ lon, lat }) => `POINT(${lon} ${lat})`),
        'POINT(0 0)',
      ])
      const found = await askStats({ type: 'query', sql: `SELECT * FROM ${name} WHERE id <= $1`, parameters: [4] })
      expect(found).toEqual({ extent: ISLANDS_EXTENT, extentAcrossAntimeridian: ISLANDS_ACROSS })
    })

    test.each<[string, string[], Extent]>([
      [
        'polygons that are cut in two there',
        ['MULTIPOLYGON(((175 60,180 60,180 70,175 60)),((-180 60,-170 65,-180 70,-180 60)))'],
        { xmin: 175, ymin: 60, xmax: 190, ymax: 70 },
      ],
      [
        'rings that jump over the map',
        ['POLYGON((178 -18,-179 -17,-178 -15,179 -16,178 -18))'],
        { xmin: 178, ymin: -18, xmax: 182, ymax: -15 },
      ],
      [
        'lines that jump over the map',
        ['LINESTRING(140 35,179 45,-179 46,-122 37)'],
        { xmin: 140, ymin: 35, xmax: 238, ymax: 46 },
      ],
      [
        'polygons on either side of it, one of which runs past it',
        ['POLYGON((170 -10,185 -10,185 10,170 10,170 -10))', 'POLYGON((-175 0,-160 0,-160 5,-175 5,-175 0))'],
        { xmin: 170, ymin: -10, xmax: 200, ymax: 10 },
      ],
      [
        'polygons at Greenwich, which stay whole',
        [
          'POLYGON((-5 45,8 45,8 50,-5 50,-5 45))',
          'POLYGON((-160 20,-155 20,-155 22,-160 20))',
          'POLYGON((170 0,175 0,175 5,170 0))',
        ],
        { xmin: -5, ymin: 0, xmax: 205, ymax: 50 },
      ],
    ])('are found for %s', async (title, shapes, expected) => {
      const source = await createShapes(`across_${title.replaceAll(/\W+/g, '_')}`, shapes)
      expect((await askStats(source))?.extentAcrossAntimeridian).toEqual(expected)
    })

    test.each<[string, string[]]>([
      ['half the world or less', ['POINT(-80 0)', 'POINT(100 0)']],
      ['the whole world', ['POINT(-179 0)', 'POINT(-10 0)', 'POINT(10 0)', 'POINT(179 0)', 'POINT(0 0)']],
      ['a box around the world', ['POLYGON((-179 -80,179 -80,179 80,-179 80,-179 -80))']],
      ['a box of exactly the world', ['POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))']],
      ['a curve around the world', ['CURVEPOLYGON(CIRCULARSTRING(-179 0,0 80,179 0,0 -80,-179 0))']],
    ])('are left out for %s', async (title, shapes) => {
      const source = await createShapes(`planar_${title.replaceAll(/\W+/g, '_')}`, shapes)
      const found = await askStats(source)
      expect(found).toEqual({ extent: found?.extent })
    })

    test('are no part of the extent that opens a map', async () => {
      const { compiler, warehouse } = current()
      const source = await createShapes(
        'islands_of_a_map',
        ISLANDS.map(({ lon, lat }) => `POINT(${lon} ${lat})`),
      )
      const { statement, read } = compiler.compileExtent(await compile(source))
      const { rows } = await warehouse.run(statement, RUN)
      expect(Object.keys(rows[0] ?? {})).toEqual(['xmin', 'ymin', 'xmax', 'ymax'])
      expect(read(rows)).toEqual(ISLANDS_EXTENT)
    })
  })
}

/** Projections give back the degrees they were given but for a rounding error. */
function expectBox(found: Extent | undefined, expected: Extent): void {
  expect(found).toBeDefined()
  for (const side of ['xmin', 'ymin', 'xmax', 'ymax'] as const) expect(found?.[side]).toBeCloseTo(expected[side], 6)
}
