import { middleOf, readBoundaries } from './boundaries.ts'
import type { DemoTable } from './demo-table.ts'
import { readEvents } from './earthquakes.ts'
import { distanceKm } from './great-circle.ts'
import { readVegaText } from './package-data.ts'
import { polygonsText } from './well-known-text.ts'

/**
 * Today's county → the one that the unemployment figures of 2009 were published for: boundaries and codes have changed
 * since, and the figure of Kalawao is part of Maui's.
 */
const PUBLISHED_UNDER: Readonly<Record<string, string>> = {
  '02105': '02232',
  '02158': '02270',
  '02195': '02280',
  '02198': '02201',
  '02230': '02232',
  '02275': '02280',
  '15005': '15009',
  '46102': '46113',
}

export const countiesTable: DemoTable = {
  name: 'counties',
  comment:
    'Counties of the United States with unemployment of 2009. Boundaries: U.S. Census Bureau, through us-atlas (ISC). ' +
    'Unemployment: U.S. Bureau of Labor Statistics (public domain), through vega-datasets. ' +
    'The nearest earthquake is computed from the table earthquakes.',
  geometryType: 'MultiPolygon',
  columns: [
    { name: 'fips', type: 'text', comment: 'Five-digit FIPS code' },
    { name: 'name', type: 'text', comment: 'Name of the county' },
    { name: 'state', type: 'text', comment: 'Name of the state' },
    { name: 'unemployment_rate', type: 'double precision', comment: 'Percent of the labour force, 2009' },
    {
      name: 'nearest_earthquake_at',
      type: 'timestamptz',
      comment: 'When the event nearest to the middle of the county happened, among those of the table earthquakes',
    },
    { name: 'nearest_earthquake_km', type: 'double precision', comment: 'How far away that event was' },
  ],
  readRows: () => {
    const rates = readUnemploymentRates()
    const stateNames = new Map(
      readBoundaries('us-atlas/counties-10m.json', 'states').map((state) => [state.code, state.name]),
    )
    const events = readEvents()
    return readBoundaries('us-atlas/counties-10m.json', 'counties').flatMap((county) => {
      const fips = county.code ?? ''
      const rate = rates.get(PUBLISHED_UNDER[fips] ?? fips)
      // The territories outside the survey have no figure.
      if (rate === undefined) return []
      const nearest = nearestEvent(events, middleOf(county))
      return {
        values: [
          fips,
          county.name,
          stateNames.get(fips.slice(0, 2)) ?? null,
          rate,
          new Date(nearest.time).toISOString(),
          Math.round(nearest.km * 10) / 10,
        ],
        geometry: polygonsText(county.polygons),
      }
    })
  },
}

/** Percent by FIPS code; the file has fractions, and codes without their leading zero. */
function readUnemploymentRates(): Map<string, number> {
  const lines = readVegaText('unemployment.tsv').trim().split('\n').slice(1)
  return new Map(
    lines.map((line) => {
      const [code = '', fraction] = line.split('\t')
      return [code.padStart(5, '0'), Math.round(Number(fraction) * 1_000) / 10]
    }),
  )
}

function nearestEvent(events: ReturnType<typeof readEvents>, middle: number[]): { time: number; km: number } {
  let nearest = { time: 0, km: Number.POSITIVE_INFINITY }
  for (const { properties, geometry } of events) {
    const km = distanceKm(middle, geometry.coordinates)
    if (km < nearest.km) nearest = { time: properties.time, km }
  }
  return nearest
}
