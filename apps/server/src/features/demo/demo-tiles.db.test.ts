import { DEFAULT_BUFFER, DEFAULT_EXTENT, type TileAddress, tileAtPosition } from '@graticule/tiles'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import {
  areaOf,
  type GridPaths,
  type GridPosition,
  lengthOf,
  PathDistance,
  signedArea,
  thicknessOf,
} from '../../testing/path-distance.ts'
import { loadWarehouse } from './load-warehouse.ts'
import type { DemoTable } from './tables/demo-table.ts'
import { DEMO_TABLES } from './tables/index.ts'

const SEED = 20_261_122
const DEEPEST_ZOOM = 10
const TILES_PER_TABLE = 12
/** So few rows stay below a tile's budget in features and in bytes. */
const MAX_ROWS = 4_000
const WORLD_METERS = 2 * Math.PI * 6_378_137

/** Where countries cross the antimeridian or hold a pole, and a place between both ends of Russia. */
const REMARKABLE_PLACES = [
  ['Russia', 179.9, 68],
  ['Russia', -179.9, 67],
  ['Fiji', 179.9, -16.6],
  ['Fiji', -179.95, -16.6],
  ['Antarctica', 100, -84.9],
  ['Antarctica', -179.9, -84.5],
  ['Greenland', -40, 66],
] as const

/** Grid units that a vertex may lie away from the other tile's lines and outlines; more beyond 70 degrees of latitude. */
const MAX_DISTANCE = 1.5
/** Vertices that may be farther in the tiles of zoom 0 and 1, where bays and spits are thinner than a grid unit. */
const MAX_SHARE_OF_BAYS = 0.002
/** Areas differ by no more than a band this wide along the outline, and two cells. */
const MAX_BAND = 0.5
/** What is thinner may round to nothing, and does so in one tile and not in the other. */
const SLIVER = 1
/** Features that PostGIS may lack because they are slivers. */
const MAX_SHARE_OF_SLIVERS = 0.05

interface Feature {
  readonly id: number
  readonly type: number
  readonly properties: Readonly<Record<string, unknown>>
  readonly paths: GridPaths
}

type Features = ReadonlyMap<number, Feature>

let test: TestApp
let warehouse: TestWarehouse
let token: string

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
  token = await test.createToken([{ connection_name: 'warehouse', source: '*' }])
  await loadWarehouse(warehouse.database, () => undefined)
  await warehouse.query('CREATE SCHEMA projected')
  for (const { name } of DEMO_TABLES) {
    // Antarctica reaches the pole; the map ends before it, and with it what we draw.
    await warehouse.query(
      `CREATE TABLE projected.${name} AS
       SELECT attributes.*, CASE WHEN ST_YMin(mercator) < ST_YMin(world) THEN ST_Intersection(mercator, world) ELSE mercator END AS shape
       FROM (SELECT id, ST_Transform(geom, 3857) AS mercator, ST_TileEnvelope(0, 0, 0) AS world FROM demo.${name} OFFSET 0) AS t
       JOIN demo.${name} AS attributes USING (id)`,
    )
    await warehouse.query(`CREATE INDEX ON projected.${name} USING gist (shape)`)
    await warehouse.query(`ANALYZE projected.${name}`)
  }
})

afterAll(async () => {
  await warehouse?.close()
  await test?.close()
})

describe('tiles of the demo tables, as they are served, against ST_AsMVT', () => {
  it.each(DEMO_TABLES.filter(({ geometryType }) => geometryType === 'Point').map((table) => [table.name, table]))(
    '%s are the same points with the same attributes',
    async (_name, table) => {
      for (const tile of await chooseTiles(table)) {
        const where = `${table.name} ${addressOf(tile)}`
        const ours = await readTile(table, tile)
        const theirs = await readTileOfPostgis(table, tile)
        expect(ours.size, where).toBeGreaterThan(0)
        for (const [id, own] of ours) {
          const their = theirs.get(id)
          expect([where, own.type, own.properties]).toEqual([where, their?.type, their?.properties])
          const [[x, y], [theirX, theirY]] = [positionOf(own), positionOf(their)]
          expect(Math.hypot(x - theirX, y - theirY), `${where}, feature ${id}`).toBeLessThanOrEqual(1)
        }
        // PostGIS repeats points in the buffers of the tiles around; we have each of them once.
        for (const [id, their] of theirs) {
          const [x, y] = positionOf(their)
          const isInside = Math.min(x, y) > 0 && Math.max(x, y) < DEFAULT_EXTENT
          expect(ours.has(id) || !isInside, `${where}, feature ${id}`).toBe(true)
        }
      }
    },
  )

  it.each(DEMO_TABLES.filter(({ geometryType }) => geometryType !== 'Point').map((table) => [table.name, table]))(
    '%s are the same shapes with the same attributes',
    async (_name, table) => {
      for (const tile of await chooseTiles(table)) {
        const where = `${table.name} ${addressOf(tile)}`
        const ours = await readTile(table, tile)
        const theirs = await readTileOfPostgis(table, tile)
        expect(theirs.size, where).toBeGreaterThan(0)
        expect(
          [...theirs.keys()].filter((id) => !ours.has(id)),
          `${where}: only in PostGIS`,
        ).toEqual([])
        let slivers = 0
        let vertexCount = 0
        const lost: Stray[] = []
        const strays: Stray[] = []
        for (const [id, own] of ours) {
          const their = theirs.get(id)
          if (their) {
            expect([where, own.type, own.properties]).toEqual([where, their.type, their.properties])
            if (table.geometryType === 'MultiPolygon') compareAreas(where, own, their)
            const vertices = solidVertices(table, tile, their)
            vertexCount += vertices.length
            const fromOurs = new PathDistance(own.paths)
            lost.push(
              ...vertices
                .filter((vertex) => fromOurs.from(vertex) > limitAt(tile, vertex))
                .map((vertex) => ({ id, vertex })),
            )
            strays.push(...findStrays(tile, own, their))
          } else {
            expect(
              own.paths.filter((path) => thicknessOf(path) > SLIVER),
              `${where}: ${id} is only here`,
            ).toEqual([])
            slivers++
          }
        }
        expect(slivers, where).toBeLessThanOrEqual(ours.size * MAX_SHARE_OF_SLIVERS)
        const bays = tile.z < 2 ? vertexCount * MAX_SHARE_OF_BAYS : 0
        expect(lost.length, `${where}: ${JSON.stringify(lost)} not in ours`).toBeLessThanOrEqual(bays)
        expect(await awayFromData(table, tile, strays), `${where}: not in the data`).toEqual([])
        if (table.geometryType === 'MultiPolygon') await expectValid(where, ours)
      }
    },
  )

  it('countries across the antimeridian and around the pole are where they belong and nowhere else', async () => {
    const countries = DEMO_TABLES.find(({ name }) => name === 'countries') as DemoTable
    for (const [name, longitude, latitude] of REMARKABLE_PLACES) {
      const features = await readTile(countries, tileAtPosition(longitude, latitude, 5))
      const names = [...features.values()].map(({ properties }) => properties.name)
      expect(names).toContain(name)
      if (name === 'Greenland') expect(names).toEqual(['Greenland'])
    }
    const rows = await warehouse.query<{ name: string }>(
      `SELECT name FROM demo.countries, ST_Dump(geom) AS part
       WHERE name <> 'Antarctica' AND ST_XMax(part.geom) - ST_XMin(part.geom) > 180`,
    )
    expect(rows).toEqual([])
  })
})

function compareAreas(where: string, own: Feature, their: Feature): void {
  const band = lengthOf(their.paths) * MAX_BAND + 2
  expect(Math.abs(areaOf(own.paths) - areaOf(their.paths)), `${where}, feature ${own.id}`).toBeLessThanOrEqual(band)
}

/** Vertices of a shape, without those of slivers. */
function solidVertices({ geometryType }: DemoTable, tile: TileAddress, { paths }: Feature): readonly GridPosition[] {
  const solid = geometryType === 'MultiPolygon' ? paths.filter((path) => thicknessOf(path) > SLIVER) : paths
  return solid.flat().filter((vertex) => isAwayFromCut(tile, vertex))
}

/** A vertex of one shape that is not on the other. */
interface Stray {
  readonly id: number
  readonly vertex: GridPosition
}

/** PostGIS leaves out islets and spits thinner than a grid unit that we keep; those must be in the data. */
function findStrays(tile: TileAddress, own: Feature, their: Feature): readonly Stray[] {
  const fromTheirs = new PathDistance(their.paths)
  return own.paths
    .flat()
    .filter((vertex) => isAwayFromCut(tile, vertex) && fromTheirs.from(vertex) > limitAt(tile, vertex))
    .map((vertex) => ({ id: own.id, vertex }))
}

/** Strays that are not on the lines and outlines of their rows either, and how far away they are in grid units. */
async function awayFromData(
  table: DemoTable,
  tile: TileAddress,
  strays: readonly Stray[],
): Promise<readonly unknown[]> {
  const { z, x, y } = tile
  const side = 2 ** z * DEFAULT_EXTENT
  const unit = WORLD_METERS / side
  const rows = await warehouse.query<{ distance: number }>(
    `SELECT ST_Distance(outline, ST_SetSRID(ST_MakePoint(x, y), 3857)) / $4::float8 AS distance
     FROM unnest($1::int[], $2::float8[], $3::float8[]) WITH ORDINALITY AS stray(id, x, y, place)
     JOIN (SELECT id, ${table.geometryType === 'MultiPolygon' ? 'ST_Boundary(shape)' : 'shape'} AS outline
           FROM projected.${table.name} WHERE id = ANY ($1::int[]) OFFSET 0) AS outlines USING (id) ORDER BY place`,
    [
      strays.map(({ id }) => id),
      // Buffers at the map's edge show what lies a turn of the world away.
      strays.map(({ vertex }) => ((x * DEFAULT_EXTENT + vertex[0] + side) % side) * unit - WORLD_METERS / 2),
      strays.map(({ vertex }) => WORLD_METERS / 2 - (y * DEFAULT_EXTENT + vertex[1]) * unit),
      unit,
    ],
  )
  expect(rows).toHaveLength(strays.length)
  return strays
    .map((stray, i) => ({ ...stray, distance: rows[i]?.distance ?? Number.NaN }))
    .filter(({ vertex, distance }) => !(distance <= limitAt(tile, vertex)))
}

/**
 * How far a vertex may lie from where it should be. The warehouse simplifies by a quarter of a cell of the equator, which
 * is nearly three cells at the map's edge, and twice that is allowed where it is more than the rounding of both tiles.
 */
function limitAt({ z, y }: TileAddress, [, vertexY]: GridPosition): number {
  const worldY = (y + vertexY / DEFAULT_EXTENT) / 2 ** z
  const stretch = Math.cosh(Math.PI * (1 - 2 * worldY))
  return Math.max(MAX_DISTANCE, stretch / 2)
}

/** Winding as MVT 2.1 has it — an exterior is positive and comes before its holes — and validity as PostGIS has it. */
async function expectValid(where: string, features: Features): Promise<void> {
  const shapes = [...features.values()].map(({ id, paths }) => {
    const polygons: string[][] = []
    for (const ring of paths) {
      const area = signedArea(ring)
      expect([where, id, area === 0]).toEqual([where, id, false])
      if (area > 0) polygons.push([])
      else expect(polygons.length, `${where}: feature ${id} begins with a hole`).toBeGreaterThan(0)
      polygons.at(-1)?.push(`(${ring.map((position) => position.join(' ')).join(',')})`)
    }
    return `MULTIPOLYGON(${polygons.map((rings) => `(${rings.join(',')})`).join(',')})`
  })
  const faults = await warehouse.query(
    `SELECT id, ST_IsValidReason(ST_GeomFromText(shape)) AS fault FROM unnest($1::int[], $2::text[]) AS t(id, shape)
     WHERE NOT ST_IsValid(ST_GeomFromText(shape))`,
    [[...features.keys()], shapes],
  )
  expect(faults, where).toEqual([])
}

/** Where shapes are cut off, at the buffer's end and the map's, what grazes the edge may end in one place or in another. */
function isAwayFromCut({ z, y: row }: TileAddress, [x, y]: GridPosition): boolean {
  const south = Math.min(DEFAULT_EXTENT + DEFAULT_BUFFER, (2 ** z - row) * DEFAULT_EXTENT)
  const margin = DEFAULT_BUFFER - 3
  return Math.min(x, y) >= -margin && x <= DEFAULT_EXTENT + margin && y <= south - 3
}

function positionOf(feature: Feature | undefined): GridPosition {
  return feature?.paths[0]?.[0] ?? [Number.NaN, Number.NaN]
}

function addressOf({ z, x, y }: TileAddress): string {
  return `${z}/${x}/${y}`
}

/** Tiles of all zooms around vertices of the table, the same in every run, and those of the remarkable places. */
async function chooseTiles({ name }: DemoTable): Promise<readonly TileAddress[]> {
  const random = createRandom(SEED)
  const tiles = new Map<string, TileAddress>()
  const [{ count }] = await oneRow<{ count: number }>(`SELECT count(*)::int AS count FROM demo.${name}`)
  for (let attempt = 0; attempt < 10 * TILES_PER_TABLE && tiles.size < TILES_PER_TABLE; attempt++) {
    const [vertex] = await oneRow<{ x: number; y: number }>(
      `SELECT ST_X(point) AS x, ST_Y(point) AS y FROM demo.${name}, LATERAL (SELECT (ST_DumpPoints(geom)).geom AS point) AS t
       WHERE id = $1 ORDER BY md5(ST_AsText(point)) LIMIT 1`,
      [1 + Math.floor(random() * count)],
    )
    const tile = tileAtPosition(vertex.x, vertex.y, attempt % (DEEPEST_ZOOM + 1))
    const [{ rows }] = await oneRow<{ rows: number }>(
      `SELECT count(*)::int AS rows FROM projected.${name} WHERE shape && ST_TileEnvelope($1, $2, $3)`,
      [tile.z, tile.x, tile.y],
    )
    if (rows <= MAX_ROWS) tiles.set(addressOf(tile), tile)
  }
  expect(tiles.size).toBe(TILES_PER_TABLE)
  if (name !== 'countries') return [...tiles.values()]
  for (const [, longitude, latitude] of REMARKABLE_PLACES) {
    for (const z of [3, 5]) {
      const tile = tileAtPosition(longitude, latitude, z)
      tiles.set(addressOf(tile), tile)
    }
  }
  return [...tiles.values()]
}

/** A random number generator that gives the same numbers in every run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function oneRow<Row extends object>(sql: string, values: unknown[] = []): Promise<[Row]> {
  const [row] = await warehouse.query(sql, values)
  if (!row) throw new Error(`No row: ${sql}`)
  return [row as Row]
}

/** The tile as every client gets it. */
async function readTile({ name }: DemoTable, { z, x, y }: TileAddress): Promise<Features> {
  const get = (url: string) => test.request({ method: 'GET', url: url.replace('http://localhost', ''), token })
  const opened = await get(`/v3/maps/warehouse/table?name=demo.${name}`)
  expect(opened.statusCode, opened.body).toBe(200)
  const tileJson = await get(opened.json<{ tilejson: { url: [string] } }>().tilejson.url[0])
  const [template] = tileJson.json<{ tiles: [string] }>().tiles
  const response = await get(template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`))
  expect([200, 204], response.body).toContain(response.statusCode)
  expect(response.headers).not.toHaveProperty('features-dropped-from-tile')
  return decodeLayer(response.rawPayload)
}

/** The tile as PostGIS makes it, with times in the form that our tiles have them: milliseconds since 1970. */
async function readTileOfPostgis(table: DemoTable, { z, x, y }: TileAddress): Promise<Features> {
  const columns = table.columns.map(({ name, type }) =>
    ['date', 'timestamp', 'timestamptz'].includes(type)
      ? `floor(extract(epoch FROM ${name}) * 1000)::float8 AS ${name}`
      : name,
  )
  const margin = DEFAULT_BUFFER / DEFAULT_EXTENT
  const [{ bytes }] = await oneRow<{ bytes: Buffer }>(
    `SELECT ST_AsMVT(t, 'default', $4, 'tile_shape', 'feature_id') AS bytes FROM (
       SELECT id AS feature_id, id, ${columns.join(', ')},
         ST_AsMVTGeom(${table.geometryType === 'MultiPolygon' ? withNeighbours(x, z) : 'shape'}, ST_TileEnvelope($1, $2, $3), $4, $5, true) AS tile_shape
       FROM projected.${table.name}, (SELECT ST_TileEnvelope($1, $2, $3, margin => $6) AS box) AS b
       WHERE shape && box OR shape && ST_Translate(box, ${WORLD_METERS}, 0) OR shape && ST_Translate(box, ${-WORLD_METERS}, 0)
     ) AS t WHERE tile_shape IS NOT NULL`,
    [z, x, y, DEFAULT_EXTENT, DEFAULT_BUFFER, margin],
  )
  return decodeLayer(bytes)
}

/**
 * PostGIS does not look past the antimeridian, and our buffers do: at the map's edge, what lies a turn of the world
 * away is joined to a shape first.
 */
function withNeighbours(x: number, z: number): string {
  if (x > 0 && x < 2 ** z - 1) return 'shape'
  const turned = [WORLD_METERS, -WORLD_METERS].map((turn) => `ST_Translate(shape, ${turn}, 0)`)
  return `CASE WHEN shape && box AND ST_Within(ST_Envelope(shape), ST_Expand(ST_TileEnvelope(0, 0, 0), -${WORLD_METERS / 10}, 0))
    THEN shape ELSE ST_UnaryUnion(ST_Collect(ARRAY[shape, ${turned.join(', ')}])) END`
}

function decodeLayer(bytes: Buffer): Features {
  const layer = new VectorTile(new PbfReader(bytes)).layers.default
  const features = new Map<number, Feature>()
  for (let i = 0; layer && i < layer.length; i++) {
    const { id, type, properties, paths } = readFeature(layer.feature(i))
    if (id === undefined || features.has(id)) throw new Error(`The feature id ${id} is missing or there twice.`)
    features.set(id, { id, type, properties, paths })
  }
  return features
}

function readFeature(feature: ReturnType<VectorTile['layers'][string]['feature']>) {
  const paths = feature.loadGeometry().map((path) => path.map(({ x, y }): GridPosition => [x, y]))
  return { id: feature.id, type: feature.type, properties: feature.properties, paths }
}
