import { startPostgres, type TestPostgres } from '@graticule/testkit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FlatGeometry, type PathList } from './path-list.ts'
import { TwkbReader } from './twkb-reader.ts'
import { WkbReader } from './wkb-reader.ts'

let postgres: TestPostgres
let client: pg.Client

beforeAll(async () => {
  postgres = await startPostgres()
  client = new pg.Client({ connectionString: postgres.connectionString })
  await client.connect()
})

afterAll(async () => {
  await client?.end()
  await postgres?.stop()
})

const GEOMETRIES = [
  'POINT(1.25 -2.5)',
  'POINT EMPTY',
  'LINESTRING(0 0, 10.5 10, -20 5)',
  'LINESTRING EMPTY',
  'POLYGON((0 0, 10 0, 10 10, 0 0),(4 2, 5 2, 5 3, 4 2))',
  'POLYGON EMPTY',
  'MULTIPOINT((1 2),(3 4),(-179.5 85))',
  'MULTILINESTRING((0 0, 1 1),(2 2, 3 3, 4 4))',
  'MULTIPOLYGON(((0 0, 10 0, 10 10, 0 0)),((20 20, 30 20, 30 30, 20 20),(24 22, 25 22, 25 23, 24 22)))',
  'GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 1), GEOMETRYCOLLECTION(POLYGON((0 0, 1 0, 1 1, 0 0)), POINT(7 8)))',
  'GEOMETRYCOLLECTION EMPTY',
  'MULTIPOINT EMPTY',
  'POLYHEDRALSURFACE(((0 0, 1 0, 1 1, 0 0)),((0 0, 0 1, 1 1, 0 0)))',
  'TIN(((0 0, 1 0, 1 1, 0 0)),((0 0, 0 1, 1 1, 0 0)))',
] as const

/** PostGIS's forms of a geometry; TWKB knows no surfaces. */
const WKB_FORMS = [
  `ST_AsBinary(g, 'NDR')`,
  `ST_AsBinary(g, 'XDR')`,
  `ST_AsEWKB(ST_SetSRID(g, 4326), 'NDR')`,
  `ST_AsEWKB(ST_SetSRID(g, 4326), 'XDR')`,
  'ST_AsBinary(ST_Force3DZ(g))',
  'ST_AsBinary(ST_Force3DM(g))',
  'ST_AsBinary(ST_Force4D(g))',
  'ST_AsEWKB(ST_Force4D(g))',
]
const TWKB_FORMS = [
  'ST_AsTWKB(g, 3)',
  'ST_AsTWKB(g, 7)',
  'ST_AsTWKB(g, 3, 0, 0, true, false)',
  'ST_AsTWKB(g, 3, 0, 0, true, true)',
  'ST_AsTWKB(ST_Force4D(g), 4, 2, 1)',
]

/** Every vertex in order, by kind, as PostGIS itself lists them. */
async function expected(text: string): Promise<Record<string, number[]>> {
  const { rows } = await client.query(
    `SELECT ST_Dimension(part.geom) AS dimension, ST_X(point.geom) AS x, ST_Y(point.geom) AS y
     FROM ST_Dump(ST_GeomFromText($1)) part, ST_DumpPoints(part.geom) point`,
    [text],
  )
  const kinds: Record<string, number[]> = { points: [], lines: [], polygons: [] }
  for (const { dimension, x, y } of rows) kinds[['points', 'lines', 'polygons'][dimension] as string]?.push(x, y)
  return kinds
}

function coordinatesOf(list: PathList): number[] {
  return [...list.coordinates.slice(0, list.size)]
}

describe('reading what PostGIS writes', () => {
  it.each(GEOMETRIES)('%s in every form', async (text) => {
    const vertices = await expected(text)
    const isSurface = text.startsWith('POLYHEDRAL') || text.startsWith('TIN')
    for (const form of isSurface ? WKB_FORMS : [...WKB_FORMS, ...TWKB_FORMS]) {
      const { rows } = await client.query(`SELECT ${form} AS bytes FROM (SELECT ST_GeomFromText($1) AS g) t`, [text])
      const { bytes } = rows[0]
      const flat = new FlatGeometry()
      const reader = form.startsWith('ST_AsTWKB') ? new TwkbReader(bytes) : new WkbReader(bytes)
      reader.read(0, bytes.length, flat)
      // WKB writes an empty point as NaN.
      const points = coordinatesOf(flat.points).filter((value) => !Number.isNaN(value))
      expect([form, points]).toEqual([form, vertices.points])
      expect([form, coordinatesOf(flat.lines)]).toEqual([form, vertices.lines])
      expect([form, coordinatesOf(flat.polygons)]).toEqual([form, vertices.polygons])
    }
  })

  it('TWKB of rows with ids, as an array makes it, holds all their members', async () => {
    const { rows } = await client.query(
      `SELECT ST_AsTWKB(array_agg(g), array_agg(id), 2) AS bytes
       FROM (VALUES (17, ST_Point(1, 2)), (300, ST_Point(3, 4))) t(id, g)`,
    )
    const flat = new FlatGeometry()
    new TwkbReader(rows[0].bytes).read(0, rows[0].bytes.length, flat)
    expect(coordinatesOf(flat.points)).toEqual([1, 2, 3, 4])
  })

  it('rings keep their roles', async () => {
    const { rows } = await client.query(`SELECT ST_AsBinary(ST_GeomFromText($1)) AS wkb, ST_AsTWKB($1) AS twkb`, [
      GEOMETRIES[8],
    ])
    for (const reader of [new WkbReader(rows[0].wkb), new TwkbReader(rows[0].twkb)]) {
      const flat = new FlatGeometry()
      reader.read(0, reader instanceof WkbReader ? rows[0].wkb.length : rows[0].twkb.length, flat)
      expect([...flat.polygons.exteriors.slice(0, flat.polygons.count)]).toEqual([1, 1, 0])
    }
  })
})
