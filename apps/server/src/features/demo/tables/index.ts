import { citiesTable } from './cities.ts'
import { countiesTable } from './counties.ts'
import { countriesTable } from './countries.ts'
import type { DemoTable } from './demo-table.ts'
import { earthquakesTable } from './earthquakes.ts'
import { flightsTable } from './flights.ts'
import { statesTable } from './states.ts'

/** Every table of the demo warehouse. */
export const DEMO_TABLES: readonly DemoTable[] = [
  citiesTable,
  countiesTable,
  countriesTable,
  earthquakesTable,
  flightsTable,
  statesTable,
]
