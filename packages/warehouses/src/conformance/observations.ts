import type { SeedTable } from './subject.ts'

/** One row of the table that models and filters are checked on. */
export interface Observation {
  readonly id: number
  readonly amount: number | null
  readonly quantity: number | null
  readonly price: number | null
  readonly ratio: number | null
  readonly kind: string | null
  readonly active: boolean | null
  /** ISO text in UTC. */
  readonly seen: string | null
  readonly day: string | null
  readonly big: string | null
  readonly lon: number
  readonly lat: number
}

const KINDS = [
  'café',
  'Cafe',
  'São Paulo',
  "it's",
  'a "quoted" one',
  'back\\slash',
  '50%_off',
  '{curly,brace}',
  'NULL',
  '',
]

/** Numbers that look random and are the same each time. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Rows with gaps, ties, accents and awkward characters, spread over Europe. */
export function makeObservations(count: number): readonly Observation[] {
  const random = createRandom(7)
  const maybe = <Value>(value: Value): Value | null => (random() < 0.1 ? null : value)
  return Array.from({ length: count }, (_, index) => {
    const seconds = Math.floor(random() * 3 * 365 * 86_400)
    const seen = new Date(Date.UTC(2019, 11, 20) + seconds * 1000 + Math.floor(random() * 1000)).toISOString()
    return {
      id: index + 1,
      amount: maybe(Math.round((random() * 200 - 50) * 1000) / 1000),
      quantity: maybe(Math.floor(random() * 20)),
      price: maybe(Math.round(random() * 10_000) / 100),
      ratio: maybe(Math.round(random() * 10) / 10),
      kind: maybe(KINDS[Math.floor(random() * random() * KINDS.length)] ?? ''),
      active: maybe(random() < 0.5),
      seen: maybe(seen),
      day: maybe(seen.slice(0, 10)),
      big: maybe(String(9_007_199_254_740_990n + BigInt(Math.floor(random() * 8)))),
      lon: Math.round((random() * 40 - 10) * 1e6) / 1e6,
      lat: Math.round((random() * 30 + 35) * 1e6) / 1e6,
    }
  })
}

export const OBSERVATIONS = makeObservations(400)

export const OBSERVATION_TABLE: SeedTable = {
  name: 'observations',
  key: 'id',
  hasSpatialIndex: true,
  comment: 'What was seen',
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'amount', type: 'double' },
    { name: 'quantity', type: 'integer' },
    { name: 'price', type: 'numeric' },
    { name: 'ratio', type: 'real' },
    { name: 'kind', type: 'text' },
    { name: 'active', type: 'boolean' },
    { name: 'seen', type: 'timestamp' },
    { name: 'day', type: 'date' },
    { name: 'big', type: 'bigint' },
    { name: 'geom', type: 'geometry' },
  ],
  rows: OBSERVATIONS.map(({ lon, lat, ...row }) => ({ ...row, geom: `POINT(${lon} ${lat})` })),
}
