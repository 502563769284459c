import type { Filters, SourceDescription, SpatialColumn } from '@graticule/contract'
import type { Source, TileRequest } from '@graticule/sql'
import { encodeTile, type TileAddress, type TileFeatures, tileAtPosition } from '@graticule/tiles'
import { describe, expect, test } from 'vitest'
import { describeOnce, RUN, tableSource } from './asking.ts'
import { pointWkb } from './catalog-cases.ts'
import { isInside } from './expected-filters.ts'
import { OBSERVATIONS, type Observation } from './observations.ts'
import type { ConformanceSubject, SeedColumn } from './subject.ts'

const POINTS = OBSERVATIONS.slice(0, 200)
const TRIANGLE = [
  [-3.3, 36.2],
  [28.7, 44.4],
  [4.1, 61.9],
  [-3.3, 36.2],
]
/** Narrow enough for its box to be carried over into another reference system. */
const SMALL_RING = [
  [2.1, 43.2],
  [7.3, 43.9],
  [6.9, 52.1],
  [3.2, 51.7],
  [2.1, 43.2],
]
const BUDGET = { maxFeatures: 1000, maxBytes: 1_000_000 }

/** The whole world, and tiles at growing zooms around some of the points. */
const TILES: readonly TileAddress[] = [
  { z: 0, x: 0, y: 0 },
  ...[2, 4, 6, 8, 11, 17, 22].map((z, index) => {
    const { lon, lat } = POINTS[index * 7] as Observation
    return tileAtPosition(lon, lat, z)
  }),
]

function isIn(tile: TileAddress, { lon, lat }: Observation): boolean {
  const { x, y } = tileAtPosition(lon, lat, tile.z)
  return x === tile.x && y === tile.y
}

export function describeTiles(current: () => ConformanceSubject): void {
  const fetchTile = async (
    source: Source,
    description: SourceDescription,
    spatial: SpatialColumn,
    tile: TileAddress,
    more: Partial<TileRequest> = {},
  ): Promise<TileFeatures> => {
    const { compiler, warehouse } = current()
    const request = { source, description, spatial, ...tile, tileResolution: 1, columns: ['id'], filters: {} }
    const { statement, layout } = compiler.compileTile({
      ...request,
      withFeatureBbox: false,
      budget: BUDGET,
      mode: 'raw',
      ...more,
    })
    const row = await warehouse.runRaw(statement, RUN)
    // What travels to a worker thread and back must still be readable.
    return compiler.decodeTile(structuredClone(layout), structuredClone(row))
  }

  const checkPoints = async (source: Source, spatialDataColumn: string): Promise<void> => {
    const description = await describeOnce(current(), source)
    const spatial = description.spatialColumns.find((column) => column.spatialDataColumn === spatialDataColumn)
    if (!spatial) throw new Error(`${spatialDataColumn} was not recognised as a geometry.`)
    for (const tile of TILES) {
      const features = await fetchTile(source, description, spatial, tile)
      const { geometry } = features
      if (geometry.kind !== 'points') throw new Error(`Points came as ${geometry.kind}.`)
      const ids = [...(numbers(features, 'id') ?? [])]
      ids.forEach((id, index) => {
        const { lon, lat } = POINTS[id - 1] as Observation
        expect(geometry.longitudes[index]).toBeCloseTo(lon, 6)
        expect(geometry.latitudes[index]).toBeCloseTo(lat, 6)
      })
      const inside = POINTS.filter((point) => isIn(tile, point)).map(({ id }) => id)
      // A warehouse may send a few rows around the tile; the encoder leaves them out.
      expect(ids).toEqual(expect.arrayContaining(inside))
      expect(encodeTile(features, tile).featureCount).toBe(inside.length)
      expect(ids.length).toBeLessThanOrEqual(inside.length + 60)
    }
  }

  const checkPolygons = async (source: Source, spatialDataColumn: string): Promise<void> => {
    const { compiler, warehouse } = current()
    const description = await describeOnce(current(), source)
    const spatial = description.spatialColumns.find((column) => column.spatialDataColumn === spatialDataColumn)
    for (const ring of [TRIANGLE, SMALL_RING]) {
      const counted = compiler.compileModel({
        ...{ model: 'formula', params: { operation: 'count' }, source, description, filters: {} },
        filtersLogicalOperator: 'and',
        spatialFilter: { spatial: spatial as SpatialColumn, geometry: { type: 'Polygon', coordinates: [ring] } },
      })
      const inside = POINTS.filter(({ lon, lat }) => isInside(lon, lat, [ring]))
      expect(inside.length).toBeGreaterThan(0)
      expect(counted.read((await warehouse.run(counted.statement, RUN)).rows).rows).toEqual([{ value: inside.length }])
    }
    const extent = compiler.compileExtent({ source, description, spatial: spatial as SpatialColumn, filters: {} })
    const found = extent.read((await warehouse.run(extent.statement, RUN)).rows)
    expect(found?.xmin).toBeCloseTo(Math.min(...POINTS.map(({ lon }) => lon)), 6)
    expect(found?.ymax).toBeCloseTo(Math.max(...POINTS.map(({ lat }) => lat)), 6)
  }

  describe('tiles of points', () => {
    const geometryColumns: [string, SeedColumn][] = [
      ['WGS84', { name: 'geom', type: 'geometry', srid: 4326 }],
      ['web mercator', { name: 'geom', type: 'geometry', srid: 3857 }],
      ['UTM zone 31', { name: 'geom', type: 'geometry', srid: 32631 }],
      ['the European grid', { name: 'geom', type: 'geometry', srid: 3035 }],
      ['ETRS89 degrees', { name: 'geom', type: 'geometry', srid: 4258 }],
      ['no reference system', { name: 'geom', type: 'geometry', srid: 0 }],
      ['a geography', { name: 'geom', type: 'geography' }],
    ]
    for (const [index, [title, column]] of geometryColumns.entries()) {
      test.each(['with an index', 'without'])(
        `hold the right points of ${title}, %s, as do polygons and extents`,
        async (variant) => {
          const subject = current()
          const name = `points_${index}_${variant === 'without' ? 'plain' : 'indexed'}`
          await subject.createTable({
            name,
            key: 'id',
            hasSpatialIndex: variant !== 'without',
            columns: [{ name: 'id', type: 'integer' }, column],
            rows: POINTS.map(({ id, lon, lat }) => ({ id, geom: `POINT(${lon} ${lat})` })),
          })
          await checkPoints(tableSource(subject, name), 'geom')
          await checkPolygons(tableSource(subject, name), 'geom')
        },
      )
    }

    test('hold the right points of coordinate pairs, WKT, GeoJSON and WKB, from tables and from queries', async () => {
      const subject = current()
      await subject.createTable({
        name: 'encoded_points',
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'lng', type: 'double' },
          { name: 'lat', type: 'numeric' },
          { name: 'wkt', type: 'text' },
          { name: 'geojson', type: 'json' },
          { name: 'hex', type: 'text' },
          { name: 'wkb', type: 'bytes' },
        ],
        rows: [
          ...POINTS.map(({ id, lon, lat }) => ({
            id,
            lng: lon,
            lat,
            wkt: `POINT(${lon} ${lat})`,
            geojson: { type: 'Point', coordinates: [lon, lat] },
            hex: pointWkb(lon, lat),
            wkb: pointWkb(lon, lat),
          })),
          { id: 9999 },
        ],
      })
      const table = tableSource(subject, 'encoded_points')
      const sql = `SELECT * FROM ${table.name} WHERE id < $1::int + $2::int`
      const query = { type: 'query' as const, sql, parameters: [100_000, 1] }
      for (const column of ['lng,lat', 'wkt', 'geojson', 'hex', 'wkb']) {
        await checkPoints(table, column)
        await checkPoints(query, column)
        await checkPolygons(table, column)
      }
    })

    test('carry ids and attributes: numbers, texts, booleans, times as milliseconds, large integers exactly', async () => {
      const subject = current()
      const source = tableSource(subject, 'observations')
      const description = await describeOnce(subject, source)
      const [spatial] = description.spatialColumns
      const columns = [
        'id',
        'amount',
        'quantity',
        'price',
        'kind',
        'active',
        'seen',
        'day',
        'big',
        'geom',
        '_carto_point_density',
      ]
      const features = await fetchTile(source, description, spatial as SpatialColumn, { z: 0, x: 0, y: 0 }, { columns })
      expect(features.count).toBe(OBSERVATIONS.length)
      expect(features.dropped).toBe(false)
      expect(features.attributes.map(({ name }) => name)).toEqual(columns.filter((name) => name !== 'geom'))
      const ids = numbers(features, 'id') ?? []
      expect([...(features.ids ?? [])]).toEqual([...ids])
      ids.forEach((id, index) => {
        const expected = OBSERVATIONS[id - 1] as Observation
        const value = (name: string): unknown => {
          const found = features.attributes.find((attribute) => attribute.name === name)?.values[index]
          return typeof found === 'number' && Number.isNaN(found) ? null : found
        }
        const time = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso))
        expect({
          amount: value('amount'),
          quantity: value('quantity'),
          price: value('price'),
          kind: value('kind'),
          active: value('active'),
          seen: value('seen'),
          day: value('day'),
          big: value('big'),
          density: value('_carto_point_density'),
        }).toEqual({
          amount: expected.amount,
          quantity: expected.quantity,
          price: expected.price,
          kind: expected.kind,
          active: expected.active,
          seen: time(expected.seen),
          day: time(expected.day),
          big: expected.big,
          density: 1,
        })
      })
    })

    test('hold only what passes the filters, and know of unknown columns', async () => {
      const subject = current()
      const source = tableSource(subject, 'observations')
      const description = await describeOnce(subject, source)
      const spatial = description.spatialColumns[0] as SpatialColumn
      const filters: Filters = { quantity: { between: { values: [[5, 10]] } } }
      const features = await fetchTile(source, description, spatial, { z: 0, x: 0, y: 0 }, { filters })
      const expected = OBSERVATIONS.filter(({ quantity }) => quantity !== null && quantity >= 5 && quantity <= 10)
      expect([...(numbers(features, 'id') ?? [])].toSorted((a, b) => a - b)).toEqual(expected.map(({ id }) => id))
      await expect(
        fetchTile(source, description, spatial, { z: 0, x: 0, y: 0 }, { columns: ['nope'] }),
      ).rejects.toMatchObject({ code: 'column_not_found' })
      await expect(fetchTile(source, description, spatial, { z: 1, x: 2, y: 0 })).rejects.toMatchObject({
        code: 'tile_out_of_range',
      })
    })

    test('above the budget say so, and are binned: every point is counted once, the same way each time', async () => {
      const subject = current()
      const source = tableSource(subject, 'observations')
      const description = await describeOnce(subject, source)
      const spatial = description.spatialColumns[0] as SpatialColumn
      const tile = { z: 0, x: 0, y: 0 }
      const budget = { ...BUDGET, maxFeatures: 100 }
      const raw = await fetchTile(source, description, spatial, tile, { budget })
      expect(raw.dropped).toBe(true)
      const columns = ['id', 'kind', '_carto_point_density', '_carto_feature_id']
      const request = { mode: 'binned' as const, columns, tileResolution: 0.25 }
      const binned = await fetchTile(source, description, spatial, tile, request)
      expect(binned.dropped).toBe(true)
      expect(binned.count).toBeLessThan(OBSERVATIONS.length)
      const densities = [...(numbers(binned, '_carto_point_density') ?? [])]
      expect(densities.reduce((sum, density) => sum + density, 0)).toBe(OBSERVATIONS.length)
      expect(await fetchTile(source, description, spatial, tile, request)).toEqual(binned)
      const few = await fetchTile(source, description, spatial, tile, { ...request, budget })
      expect(few.count).toBe(100)
      const fullest = densities.toSorted((a, b) => b - a).slice(0, 100)
      expect([...(numbers(few, '_carto_point_density') ?? [])].toSorted((a, b) => b - a)).toEqual(fullest)
    })
  })

  describe('tiles of lines and polygons', () => {
    const shapes = POINTS.slice(0, 60).map(({ id, lon, lat }) => {
      const side = 0.01 + (id % 7) / 3
      return {
        id,
        line: `LINESTRING(${lon} ${lat},${lon + side} ${lat + side},${lon + side * 2} ${lat})`,
        polygon: `POLYGON((${lon} ${lat},${lon + side} ${lat},${lon + side} ${lat + side},${lon} ${lat + side},${lon} ${lat}))`,
        box: { west: lon, south: lat, east: lon + side, north: lat + side },
      }
    })

    test.each([
      ['geometry', 4326],
      ['geometry', 3857],
      ['geometry', 32631],
      ['geography', 4326],
    ] as const)('of a %s in %i hold every shape that reaches into the tile', async (type, srid) => {
      const subject = current()
      const name = `shapes_${type}_${srid}`
      await subject.createTable({
        name,
        key: 'id',
        hasSpatialIndex: true,
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'geom', type, srid },
        ],
        rows: shapes.map(({ id, polygon }) => ({ id, geom: polygon })),
      })
      const source = tableSource(subject, name)
      const description = await describeOnce(subject, source)
      const spatial = description.spatialColumns[0] as SpatialColumn
      expect(spatial.geometryType).toBe('Polygon')
      for (const tile of TILES.slice(0, 6)) {
        const features = await fetchTile(source, description, spatial, tile)
        const found = new Set(features.ids)
        for (const { id, box } of shapes) {
          const corner = tileAtPosition(box.west, box.north, tile.z)
          const opposite = tileAtPosition(box.east, box.south, tile.z)
          const reaches = corner.x <= tile.x && opposite.x >= tile.x && corner.y <= tile.y && opposite.y >= tile.y
          if (reaches) expect(found).toContain(id)
        }
        expect(encodeTile(features, tile).featureCount).toBeGreaterThan(0)
      }
    })

    test('carry the box of the whole shape, and above the budget the largest remain', async () => {
      const subject = current()
      await subject.createTable({
        name: 'lines',
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'geom', type: 'geometry' },
        ],
        rows: shapes.map(({ id, line }) => ({ id, geom: line })),
      })
      const source = tableSource(subject, 'lines')
      const description = await describeOnce(subject, source)
      const spatial = description.spatialColumns[0] as SpatialColumn
      const tile = { z: 0, x: 0, y: 0 }
      const features = await fetchTile(source, description, spatial, tile, { withFeatureBbox: true })
      expect(features.count).toBe(shapes.length)
      expect(features.ids).toBeUndefined()
      const boxes = features.attributes.find(({ name }) => name === '_carto_bbox')?.values as string[]
      const [west, south] = (boxes[0] ?? '').split(',').map(Number)
      const first = shapes[(numbers(features, 'id')?.[0] ?? 0) - 1]
      expect([west, south]).toEqual([first?.box.west, first?.box.south])
      const budget = { ...BUDGET, maxFeatures: 10 }
      expect((await fetchTile(source, description, spatial, tile, { budget })).dropped).toBe(true)
      const largest = await fetchTile(source, description, spatial, tile, { budget, mode: 'binned' })
      expect(largest.count).toBe(10)
      expect(largest.dropped).toBe(true)
      expect([...(numbers(largest, 'id') ?? [])].every((id) => id % 7 >= 5)).toBe(true)
    })

    test('of mixed, multi, three-dimensional, empty and missing geometries draw what can be drawn', async () => {
      const subject = current()
      const texts = [
        'POINT(1 45)',
        'MULTIPOINT((2 45),(3 46))',
        'LINESTRING(1 45,2 46)',
        'MULTIPOLYGON(((0 44,1 44,1 45,0 44)))',
        'GEOMETRYCOLLECTION(POINT(4 47),LINESTRING(4 47,5 48))',
        'POINT Z (6 47 8)',
        'POLYGON Z ((7 44 1,8 44 2,8 45 3,7 44 1))',
        'POINT EMPTY',
        null,
      ]
      await subject.createTable({
        name: 'mixed',
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'geom', type: 'text' },
        ],
        rows: texts.map((geom, index) => ({ id: index + 1, geom })),
      })
      const sql = `SELECT id, ST_GeomFromText(geom, 4326) AS geom FROM ${subject.schema}.mixed`
      const source = { type: 'query' as const, sql }
      const description = await describeOnce(subject, source)
      expect(description.spatialColumns[0]?.geometryType).toBeNull()
      const tile = { z: 0, x: 0, y: 0 }
      const features = await fetchTile(source, description, description.spatialColumns[0] as SpatialColumn, tile)
      expect([...(numbers(features, 'id') ?? [])].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(encodeTile(features, tile).featureCount).toBeGreaterThanOrEqual(7)
      const points = `SELECT id, ST_GeomFromText(geom, 4326) AS geom FROM ${subject.schema}.mixed WHERE id IN (1, 2, 6)`
      const pointSource = { type: 'query' as const, sql: points }
      const pointDescription = await describeOnce(subject, pointSource)
      expect(pointDescription.spatialColumns[0]?.geometryType).toBe('MultiPoint')
      const some = await fetchTile(
        pointSource,
        pointDescription,
        pointDescription.spatialColumns[0] as SpatialColumn,
        tile,
      )
      expect(encodeTile(some, tile).featureCount).toBe(3)
    })

    test('a shape across the antimeridian is in the tiles of both its sides', async () => {
      const subject = current()
      await subject.createTable({
        name: 'dateline',
        key: 'id',
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'geom', type: 'geometry' },
        ],
        rows: [{ id: 1, geom: 'POLYGON((170 -10,190 -10,190 10,170 10,170 -10))' }],
      })
      const source = tableSource(subject, 'dateline')
      const description = await describeOnce(subject, source)
      for (const lon of [175, -175]) {
        const tile = tileAtPosition(lon, 5, 5)
        const features = await fetchTile(source, description, description.spatialColumns[0] as SpatialColumn, tile)
        expect(encodeTile(features, tile).featureCount).toBe(1)
      }
    })
  })
}

function numbers(features: TileFeatures, name: string): Float64Array | undefined {
  const found = features.attributes.find((attribute) => attribute.name === name)
  return found?.type === 'number' ? found.values : undefined
}
