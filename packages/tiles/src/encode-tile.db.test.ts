import { startPostgres, type TestPostgres } from '@graticule/testkit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeTile } from './encode-tile.ts'
import { twkbPrecision } from './grid-resolution.ts'
import { type DecodedFeature, decodeLayer, type Position } from './testing/decode-layer.ts'
import { farthestFrom } from './testing/line-distance.ts'
import { areaOf } from './testing/polygon-checks.ts'
import { cities, counties, countries, flights, type RealRow } from './testing/real-data.ts'
import { binaryFeatures } from './testing/write-wkb.ts'
import { tileBoundsDegrees } from './tile-address.ts'
import type { TileFeatures } from './tile-features.ts'

const BUFFER = 64

interface Address {
  readonly z: number
  readonly x: number
  readonly y: number
}

let postgres: TestPostgres
let client: pg.Client

beforeAll(async () => {
  postgres = await startPostgres()
  client = new pg.Client({ connectionString: postgres.connectionString })
  await client.connect()
  await load('counties', counties())
  await load('countries', countries())
  await load('cities', cities())
  await load('flights', flights())
})

afterAll(async () => {
  await client?.end()
  await postgres?.stop()
})

async function load(table: string, rows: readonly RealRow[]): Promise<void> {
  await client.query(
    `CREATE TABLE ${table} (id serial PRIMARY KEY, geom geometry(Geometry, 4326), amount float8, name text, is_odd bool)`,
  )
  for (let from = 0; from < rows.length; from += 20_000) {
    const batch = rows.slice(from, from + 20_000)
    await client.query(
      `INSERT INTO ${table} (geom, amount, name, is_odd)
       SELECT ST_SetSRID(ST_GeomFromGeoJSON(g), 4326), a, n, n IS NOT NULL AND length(n) % 2 = 1
       FROM unnest($1::text[], $2::float8[], $3::text[]) AS t(g, a, n)`,
      [batch.map(({ geometry }) => geometry), batch.map(({ amount }) => amount), batch.map(({ name }) => name)],
    )
  }
}

type Form = 'ST_AsBinary' | 'ST_AsEWKB' | 'ST_AsTWKB'

/** Rows through our encoder; `form` is the function that makes bytes of the geometry. */
async function encodeHere(table: string, form: Form, { z, x, y }: Address): Promise<readonly DecodedFeature[]> {
  const { west, south, east, north } = tileBoundsDegrees(z, x, y, BUFFER)
  const call = form === 'ST_AsTWKB' ? `ST_AsTWKB(geom, ${twkbPrecision(z)})` : `${form}(geom)`
  const { rows } = await client.query(
    `SELECT id, ${call} AS bytes, amount, name, is_odd FROM ${table}
     WHERE geom && ST_MakeEnvelope($1, $2, $3, $4, 4326) ORDER BY id`,
    [west, south, east, north],
  )
  const features: TileFeatures = {
    ...binaryFeatures(
      form === 'ST_AsTWKB' ? 'twkb' : 'wkb',
      rows.map(({ bytes }) => bytes),
    ),
    ids: Float64Array.from(rows, ({ id }) => id),
    attributes: [
      { name: 'amount', type: 'number', values: Float64Array.from(rows, ({ amount }) => amount ?? Number.NaN) },
      { name: 'name', type: 'string', values: rows.map(({ name }) => name) },
      { name: 'is_odd', type: 'boolean', values: rows.map(({ is_odd }) => is_odd) },
    ],
  }
  return decodeLayer(encodeTile(features, { z, x, y, buffer: BUFFER }).bytes)
}

async function encodeInPostgis(table: string, { z, x, y }: Address): Promise<readonly DecodedFeature[]> {
  const { west, south, east, north } = tileBoundsDegrees(z, x, y, BUFFER)
  const { rows } = await client.query(
    `SELECT ST_AsMVT(t, 'default', 4096, 'geom', 'id') AS bytes FROM (
       SELECT id, amount, name, is_odd,
         ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, $4, true) AS geom
       FROM ${table} WHERE geom && ST_MakeEnvelope($5, $6, $7, $8, 4326) ORDER BY id
     ) t WHERE geom IS NOT NULL`,
    [z, x, y, BUFFER, west, south, east, north],
  )
  return decodeLayer(rows[0].bytes)
}

function pathsText(paths: readonly (readonly Position[])[]): string {
  return paths.map((path) => `(${path.map(([x, y]) => `${x} ${y}`).join(',')})`).join(',')
}

/** The polygons of a feature as WKT: a ring of positive area begins a new one. */
function multipolygonText({ paths }: DecodedFeature): string {
  const polygons: string[][] = []
  for (const ring of paths) {
    if (areaOf([ring]) > 0) polygons.push([pathsText([ring])])
    else polygons.at(-1)?.push(pathsText([ring]))
  }
  return `MULTIPOLYGON(${polygons.map((rings) => `(${rings.join(',')})`).join(',')})`
}

function byId(features: readonly DecodedFeature[]): Map<number, DecodedFeature> {
  const map = new Map(features.map((feature) => [feature.id as number, feature]))
  expect(map.size).toBe(features.length)
  return map
}

/** A continent, a country, a coast, a city; none at the edge of the world, past which PostGIS does not look. */
const POLYGON_TILES: readonly Address[] = [
  { z: 3, x: 1, y: 3 },
  { z: 4, x: 3, y: 6 },
  { z: 5, x: 9, y: 12 },
  { z: 8, x: 75, y: 96 },
  { z: 10, x: 301, y: 385 },
]
const COUNTRY_TILES: readonly Address[] = [
  { z: 2, x: 2, y: 1 },
  { z: 3, x: 4, y: 2 },
  { z: 5, x: 16, y: 9 },
  { z: 6, x: 53, y: 32 },
]

/** They cross the antimeridian in this atlas by jumping over the map, which PostGIS draws as bands around the world. */
const JUMPING_COUNTRIES = ['Russia', 'Fiji', 'Antarctica']

describe('the encoder against PostGIS', () => {
  it.each([
    ['counties', 'ST_AsBinary', POLYGON_TILES],
    ['counties', 'ST_AsEWKB', POLYGON_TILES.slice(0, 1)],
    ['counties', 'ST_AsTWKB', POLYGON_TILES],
    ['countries', 'ST_AsBinary', COUNTRY_TILES],
    ['countries', 'ST_AsTWKB', COUNTRY_TILES.slice(2)],
  ] as const)('%s through %s are the same features and shapes, and valid', async (table, form, addresses) => {
    for (const address of addresses) {
      const ours = byId(await encodeHere(table, form, address))
      const theirs = byId(await encodeInPostgis(table, address))
      expect(ours.size).toBeGreaterThan(0)
      const pairs: { id: number; ours: string; theirs: string }[] = []
      for (const id of new Set([...ours.keys(), ...theirs.keys()])) {
        const [own, their] = [ours.get(id), theirs.get(id)]
        if (JUMPING_COUNTRIES.includes(String((own ?? their)?.properties.name))) continue
        if (own && their) {
          expect(own.properties).toEqual(their.properties)
          expect(own.type).toBe(their.type)
          pairs.push({ id, ours: multipolygonText(own), theirs: multipolygonText(their) })
        } else {
          // What is about as small as a grid cell may round to nothing in one and not in the other.
          expect(areaOf((own ?? their)?.paths ?? [])).toBeLessThanOrEqual(1)
        }
      }
      const { rows } = await client.query(
        `SELECT id, ST_IsValidReason(a) AS validity, ST_Perimeter(b) AS perimeter,
                ST_Area(ST_SymDifference(a, ST_MakeValid(b))) AS difference
         FROM (SELECT id, ST_GeomFromText(x) AS a, ST_GeomFromText(y) AS b
               FROM unnest($1::int[], $2::text[], $3::text[]) AS t(id, x, y)) t`,
        [pairs.map(({ id }) => id), pairs.map((pair) => pair.ours), pairs.map((pair) => pair.theirs)],
      )
      for (const { id, validity, perimeter, difference } of rows) {
        expect([id, validity]).toEqual([id, 'Valid Geometry'])
        // All that differs fits in a band half a grid unit wide along the boundary.
        expect(difference).toBeLessThanOrEqual(perimeter / 2 + 1)
      }
    }
  })

  it('every country is valid in every tile of the first zooms', async () => {
    for (let z = 0; z <= 2; z++) {
      for (let x = 0; x < 2 ** z; x++) {
        for (let y = 0; y < 2 ** z; y++) {
          const shapes = (await encodeHere('countries', 'ST_AsBinary', { z, x, y })).map(multipolygonText)
          const { rows } = await client.query(
            `SELECT ST_IsValidReason(ST_GeomFromText(shape)) AS validity FROM unnest($1::text[]) AS t(shape)`,
            [shapes],
          )
          expect(new Set(rows.map(({ validity }) => validity))).toEqual(new Set(['Valid Geometry']))
        }
      }
    }
  })

  it('cities are the same points, in the tile and nowhere else', async () => {
    let total = 0
    for (const address of [
      { z: 3, x: 4, y: 2 },
      { z: 5, x: 22, y: 13 },
      { z: 6, x: 17, y: 24 },
    ]) {
      const ours = byId(await encodeHere('cities', 'ST_AsBinary', address))
      // PostGIS repeats points in the buffers of the tiles around, which must be all that it has more of.
      const theirs = byId(await encodeInPostgis('cities', address))
      total += ours.size
      for (const [id, { properties, paths }] of ours) {
        const their = theirs.get(id)
        expect(properties).toEqual(their?.properties)
        expect(distance(paths[0]?.[0], their?.paths[0]?.[0])).toBeLessThanOrEqual(1)
        theirs.delete(id)
      }
      for (const [cityX = 0, cityY = 0] of [...theirs.values()].map(({ paths }) => paths[0]?.[0] ?? [])) {
        expect(Math.min(cityX, cityY) <= 0 || Math.max(cityX, cityY) >= 4096).toBe(true)
      }
    }
    expect(total).toBeGreaterThan(20_000)
  })

  it('every city is in exactly one tile of a zoom', async () => {
    const { rows } = await client.query(`SELECT count(*)::int AS count FROM cities`)
    const seen = new Set<number>()
    let count = 0
    for (let x = 0; x < 4; x++) {
      for (let y = 0; y < 4; y++) {
        const features = await encodeHere('cities', 'ST_AsBinary', { z: 2, x, y })
        count += features.length
        for (const { id } of features) seen.add(id as number)
      }
    }
    expect([seen.size, count]).toEqual([rows[0].count, rows[0].count])
  })

  it.each(['ST_AsBinary', 'ST_AsTWKB'] as const)('flights through %s are the same lines', async (form) => {
    for (const address of [
      { z: 3, x: 1, y: 3 },
      { z: 5, x: 8, y: 12 },
      { z: 8, x: 65, y: 95 },
    ]) {
      const ours = byId(await encodeHere('flights', form, address))
      const theirs = byId(await encodeInPostgis('flights', address))
      expect(ours.size).toBeGreaterThan(20)
      for (const id of new Set([...ours.keys(), ...theirs.keys()])) {
        const [own, their] = [ours.get(id), theirs.get(id)]
        if (own && their) {
          expect(own.properties).toEqual(their.properties)
          // PostGIS simplifies by up to half a unit, and both round to the grid.
          expect([id, farthestFrom(own.paths, their.paths, isNearEdge) <= 1.5]).toEqual([id, true])
          expect([id, farthestFrom(their.paths, own.paths, isNearEdge) <= 1.5]).toEqual([id, true])
        } else {
          // A line that merely grazes the edge of the buffer may be in one and not in the other.
          for (const vertex of (own ?? their)?.paths.flat() ?? []) expect(isNearEdge(vertex)).toBe(true)
        }
      }
    }
  })

  it('countries that cross the antimeridian are on both sides of the map and not in between', async () => {
    const namesIn = async (address: Address) =>
      (await encodeHere('countries', 'ST_AsBinary', address)).map(({ properties }) => properties.name)
    expect(await namesIn({ z: 4, x: 0, y: 3 })).toContain('Russia')
    expect(await namesIn({ z: 4, x: 15, y: 3 })).toContain('Russia')
    expect(await namesIn({ z: 4, x: 5, y: 3 })).not.toContain('Russia')
    expect(await namesIn({ z: 4, x: 7, y: 8 })).not.toContain('Fiji')
    for (let x = 0; x < 8; x++) expect(await namesIn({ z: 3, x, y: 7 })).toEqual(['Antarctica'])
  })
})

function distance(a: Position | undefined, b: Position | undefined): number {
  return a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : Number.POSITIVE_INFINITY
}

/** Where lines are cut off: there, what grazes the edge may end in one place or in another. */
function isNearEdge([x, y]: Position): boolean {
  return Math.min(x, y) < -BUFFER + 3 || Math.max(x, y) > 4096 + BUFFER - 3
}
