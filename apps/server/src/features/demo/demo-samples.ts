import { DEMO_SCHEMA } from './warehouse-state.ts'

/** A table to try things on, with a column of each kind; none of these columns has gaps. */
export interface DemoSample {
  readonly table: string
  readonly geometry: 'point' | 'line' | 'polygon'
  readonly geometryColumn: string
  readonly numericColumn: string
  readonly categoryColumn: string
  readonly dateColumn: string
}

/** One table for each kind of geometry. */
export const DEMO_SAMPLES: readonly DemoSample[] = [
  {
    table: `${DEMO_SCHEMA}.earthquakes`,
    geometry: 'point',
    geometryColumn: 'geom',
    numericColumn: 'magnitude',
    categoryColumn: 'network',
    dateColumn: 'occurred_at',
  },
  {
    table: `${DEMO_SCHEMA}.flights`,
    geometry: 'line',
    geometryColumn: 'geom',
    numericColumn: 'distance_km',
    categoryColumn: 'origin_state',
    dateColumn: 'departed_at',
  },
  {
    table: `${DEMO_SCHEMA}.counties`,
    geometry: 'polygon',
    geometryColumn: 'geom',
    numericColumn: 'unemployment_rate',
    categoryColumn: 'state',
    dateColumn: 'nearest_earthquake_at',
  },
]

/** Longitude, latitude and zoom where every sample has data: California. */
export const DEMO_VIEW: readonly [number, number, number] = [-118, 36.5, 5]
