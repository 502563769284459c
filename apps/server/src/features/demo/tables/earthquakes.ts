import type { DemoTable } from './demo-table.ts'
import { readVegaJson } from './package-data.ts'
import { pointText } from './well-known-text.ts'

interface UsgsEvent {
  readonly id: string
  readonly properties: {
    readonly mag: number
    readonly magType: string
    readonly place: string
    readonly time: number
    readonly net: string
    readonly type: string
  }
  readonly geometry: { readonly coordinates: [longitude: number, latitude: number, depthKm: number] }
}

/** The seismic events of one week, as the feed spells them. */
export function readEvents(): readonly UsgsEvent[] {
  return readVegaJson<{ features: UsgsEvent[] }>('earthquakes.json').features
}

/** Seismic networks by their code in the feed. */
const NETWORKS: Readonly<Record<string, string>> = {
  ak: 'Alaska',
  ci: 'Southern California',
  hv: 'Hawaiian Volcano Observatory',
  mb: 'Montana',
  nc: 'Northern California',
  nm: 'New Madrid',
  nn: 'Nevada',
  pr: 'Puerto Rico',
  se: 'Southeastern United States',
  us: 'National Earthquake Information Center',
  uu: 'Utah',
  uw: 'Pacific Northwest',
}

export const earthquakesTable: DemoTable = {
  name: 'earthquakes',
  comment:
    'Seismic events of one week, 31 January to 7 February 2018. U.S. Geological Survey (public domain), through vega-datasets.',
  geometryType: 'Point',
  columns: [
    { name: 'place', type: 'text', comment: 'Where it was, in words' },
    { name: 'magnitude', type: 'double precision', comment: 'Magnitude; small events can be below zero' },
    { name: 'magnitude_type', type: 'text', comment: 'How the magnitude was measured' },
    { name: 'depth_km', type: 'double precision', comment: 'Depth in kilometres; negative is above sea level' },
    { name: 'network', type: 'text', comment: 'Seismic network that reported it' },
    { name: 'kind', type: 'text', comment: 'earthquake, explosion or quarry blast' },
    { name: 'occurred_at', type: 'timestamptz', comment: 'When it happened' },
    { name: 'event_code', type: 'text', comment: 'Identifier at the U.S. Geological Survey' },
  ],
  readRows: () =>
    readEvents().map(({ id, properties, geometry: { coordinates } }) => ({
      values: [
        properties.place,
        properties.mag,
        properties.magType,
        coordinates[2],
        NETWORKS[properties.net] ?? properties.net,
        properties.type,
        new Date(properties.time).toISOString(),
        id,
      ],
      geometry: pointText(coordinates[0], coordinates[1]),
    })),
}
