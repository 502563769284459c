/**
 * What the tile encoder costs by itself: no warehouse, no HTTP. Run it with `node bench/src/encoder.ts`; it prints a
 * table. The last column puts every row in relation to writing the same points with the `pbf` package, the usual way.
 */
import { encodeTile, type TileFeatures } from '@graticule/tiles'
import { PbfWriter } from 'pbf'
import { feature } from 'topojson-client'
import type { Topology } from 'topojson-specification'
import counties from 'us-atlas/counties-10m.json' with { type: 'json' }

const TILE = { z: 6, x: 18, y: 24 }
const WEST = -78.75
const NORTH = 40.979898069620134
const WIDTH = 5.625
const HEIGHT = 4.383

interface Measured {
  readonly name: string
  readonly cpuMs: number
  readonly features: number
  readonly bytes: number
}

/** The same pseudo-random numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function attributesOf(count: number, random: () => number): TileFeatures['attributes'] {
  const kinds = ['airport', 'school', 'hospital', 'shop', 'park', 'station', 'museum']
  return [
    { name: 'value', type: 'number', values: Float64Array.from({ length: count }, () => random() * 1000) },
    { name: 'level', type: 'number', values: Float64Array.from({ length: count }, () => Math.floor(random() * 20)) },
    {
      name: 'kind',
      type: 'string',
      values: Array.from({ length: count }, () => kinds[Math.floor(random() * kinds.length)] as string),
    },
  ]
}

function pointFeatures(count: number): TileFeatures {
  const random = createRandom(1)
  return {
    count,
    geometry: {
      kind: 'points',
      longitudes: Float64Array.from({ length: count }, () => WEST + random() * WIDTH),
      latitudes: Float64Array.from({ length: count }, () => NORTH - random() * HEIGHT),
    },
    ids: Float64Array.from({ length: count }, (_, i) => i + 1),
    attributes: attributesOf(count, random),
    dropped: false,
  }
}

/** Round polygons with a rough outline; `size` is the largest radius in degrees. */
function blobFeatures(count: number, vertices: number, size: number, lineOnly = false): TileFeatures {
  const random = createRandom(2)
  const shapes = Array.from({ length: count }, () => {
    const [x, y, radius] = [WEST + random() * WIDTH, NORTH - random() * HEIGHT, size * (0.2 + 0.8 * random())]
    const ring = Array.from({ length: vertices - 1 }, (_, i) => {
      const angle = (2 * Math.PI * i) / (vertices - 1)
      const reach = radius * (0.8 + 0.2 * random())
      return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)] as const
    })
    return lineOnly ? lineWkb(ring) : polygonWkb([[...ring, ring[0] as readonly [number, number]]])
  })
  return { ...wkbFeatures(shapes), attributes: attributesOf(count, random) }
}

function countyFeatures(): TileFeatures {
  const topology = counties as unknown as Topology
  const collection = feature(topology, topology.objects.counties as NonNullable<Topology['objects'][string]>)
  const shapes = (collection.type === 'FeatureCollection' ? collection.features : []).flatMap(({ geometry }) => {
    if (geometry?.type === 'Polygon') return [polygonWkb(geometry.coordinates as [number, number][][])]
    if (geometry?.type === 'MultiPolygon') return [multipolygonWkb(geometry.coordinates as [number, number][][][])]
    return []
  })
  return { ...wkbFeatures(shapes), attributes: attributesOf(shapes.length, createRandom(3)) }
}

type Ring = readonly (readonly [number, number])[]

function polygonWkb(rings: readonly Ring[]): Buffer {
  const size = 9 + rings.reduce((sum, ring) => sum + 4 + 16 * ring.length, 0)
  const bytes = Buffer.alloc(size)
  let at = head(bytes, 3, rings.length)
  for (const ring of rings) {
    at = bytes.writeUInt32LE(ring.length, at)
    for (const [x, y] of ring) at = bytes.writeDoubleLE(y, bytes.writeDoubleLE(x, at))
  }
  return bytes
}

function lineWkb(line: Ring): Buffer {
  const bytes = Buffer.alloc(9 + 16 * line.length)
  let at = head(bytes, 2, line.length)
  for (const [x, y] of line) at = bytes.writeDoubleLE(y, bytes.writeDoubleLE(x, at))
  return bytes
}

function multipolygonWkb(polygons: readonly (readonly Ring[])[]): Buffer {
  const bytes = Buffer.alloc(9)
  head(bytes, 6, polygons.length)
  return Buffer.concat([bytes, ...polygons.map(polygonWkb)])
}

function head(bytes: Buffer, type: number, count: number): number {
  bytes.writeUInt8(1, 0)
  bytes.writeUInt32LE(type, 1)
  return bytes.writeUInt32LE(count, 5)
}

function wkbFeatures(shapes: readonly Buffer[]): TileFeatures {
  const offsets = new Uint32Array(shapes.length + 1)
  shapes.forEach((shape, i) => {
    offsets[i + 1] = (offsets[i] as number) + shape.length
  })
  const geometry = { kind: 'wkb', bytes: Buffer.concat(shapes), offsets } as const
  const ids = Float64Array.from({ length: shapes.length }, (_, i) => i + 1)
  return { count: shapes.length, geometry, ids, attributes: [], dropped: false }
}

/** Points written with the `pbf` package: a Map for the values, a message and a callback for each feature. */
function encodePointsWithPbf(features: TileFeatures): Uint8Array {
  const { geometry, ids, attributes, count } = features
  if (geometry.kind !== 'points') throw new Error('Only points are written this way.')
  const side = 2 ** TILE.z * 4096
  const values = new Map<number | string | boolean, number>()
  const writer = new PbfWriter()
  const writeFeature = (i: number, feature: PbfWriter): void => {
    feature.writeVarintField(1, ids?.[i] ?? 0)
    const tags = attributes.flatMap(({ values: column }, key) => {
      const value = column[i]
      if (value === null || value === undefined || Number.isNaN(value)) return []
      if (!values.has(value)) values.set(value, values.size)
      return [key, values.get(value) as number]
    })
    feature.writePackedVarint(2, tags)
    feature.writeVarintField(3, 1)
    const sine = Math.sin(((geometry.latitudes[i] as number) * Math.PI) / 180)
    const x = Math.round(((geometry.longitudes[i] as number) / 360 + 0.5) * side) - TILE.x * 4096
    const y = Math.round((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * side) - TILE.y * 4096
    feature.writePackedVarint(4, [9, (x << 1) ^ (x >> 31), (y << 1) ^ (y >> 31)])
  }
  const writeLayer = (_: null, layer: PbfWriter): void => {
    layer.writeVarintField(15, 2)
    layer.writeStringField(1, 'default')
    for (let i = 0; i < count; i++) layer.writeMessage(2, writeFeature, i)
    for (const { name } of attributes) layer.writeStringField(3, name)
    for (const value of values.keys()) layer.writeMessage(4, writeValue, value)
    layer.writeVarintField(5, 4096)
  }
  writer.writeMessage(3, writeLayer, null)
  return writer.finish()
}

function writeValue(value: number | string | boolean, writer: PbfWriter): void {
  if (typeof value === 'string') writer.writeStringField(1, value)
  else if (typeof value === 'boolean') writer.writeBooleanField(7, value)
  else if (Number.isSafeInteger(value) && value >= 0) writer.writeVarintField(5, value)
  else writer.writeDoubleField(3, value)
}

/** Processor time, not time by the clock: the machine may have other work. */
function measure(name: string, run: () => { bytes: Uint8Array; features: number }): Measured {
  const { bytes, features } = run()
  const spend = (milliseconds: number): number => {
    let runs = 0
    const before = process.cpuUsage()
    for (;;) {
      run()
      runs++
      const { user, system } = process.cpuUsage(before)
      const spent = (user + system) / 1000
      if (spent > milliseconds) return spent / runs
    }
  }
  spend(500)
  const times = Array.from({ length: 5 }, () => spend(200)).toSorted((a, b) => a - b)
  return { name, cpuMs: times[2] as number, features, bytes: bytes.length }
}

function encoding(name: string, features: TileFeatures, tile = TILE): Measured {
  return measure(name, () => {
    const { bytes, featureCount } = encodeTile(features, tile)
    return { bytes, features: featureCount }
  })
}

const thousandPoints = pointFeatures(1000)
const results = [
  measure('1,000 points, with the pbf package', () => ({ bytes: encodePointsWithPbf(thousandPoints), features: 1000 })),
  encoding('1,000 points', thousandPoints),
  encoding('1,000 points, ids derived', { ...thousandPoints, ids: undefined }),
  encoding('10,000 points', pointFeatures(10_000)),
  encoding('1,000 polygons of 33 vertices, small', blobFeatures(1000, 33, 0.05)),
  encoding('1,000 polygons of 33 vertices, large', blobFeatures(1000, 33, 0.5)),
  encoding('1,000 lines of 33 vertices', blobFeatures(1000, 33, 0.5, true)),
  encoding('100 polygons of 1,000 vertices', blobFeatures(100, 1000, 1)),
  encoding('all US counties, zoom 3', countyFeatures(), { z: 3, x: 1, y: 3 }),
]
const base = results[0]?.cpuMs ?? 1
console.table(
  results.map(({ name, cpuMs, features, bytes }) => ({
    case: name,
    'CPU ms': Number(cpuMs.toFixed(3)),
    features,
    kB: Math.round(bytes / 1000),
    'µs per feature': Number(((cpuMs * 1000) / features).toFixed(2)),
    'of pbf': Number((cpuMs / base).toFixed(2)),
  })),
)
