import type { Position } from 'geojson'
import type { DemoTable } from './demo-table.ts'
import { greatCircle } from './great-circle.ts'
import { readVegaCsv, readVegaJson } from './package-data.ts'
import { lineText } from './well-known-text.ts'

interface Flight {
  /** Local time at the origin, as `2001/01/31 06:55`. */
  readonly date: string
  /** Minutes; negative is early. */
  readonly delay: number
  /** Miles. */
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

interface Airport {
  readonly city: string
  readonly state: string
  readonly position: Position
}

const KM_PER_MILE = 1.609344

export const flightsTable: DemoTable = {
  name: 'flights',
  comment:
    'Flights within the United States in the first quarter of 2001, as great circles between their airports. ' +
    'U.S. Bureau of Transportation Statistics and Data.gov airports, through vega-datasets.',
  geometryType: 'LineString',
  columns: [
    { name: 'origin', type: 'text', comment: 'IATA code of the airport of departure' },
    { name: 'origin_city', type: 'text', comment: 'City of departure' },
    { name: 'origin_state', type: 'text', comment: 'State of departure' },
    { name: 'destination', type: 'text', comment: 'IATA code of the airport of arrival' },
    { name: 'destination_city', type: 'text', comment: 'City of arrival' },
    { name: 'destination_state', type: 'text', comment: 'State of arrival' },
    { name: 'delay_minutes', type: 'integer', comment: 'Delay on arrival in minutes; negative is early' },
    { name: 'distance_km', type: 'integer', comment: 'Distance flown in kilometres' },
    { name: 'departed_at', type: 'timestamp', comment: 'Departure, in local time at the origin' },
  ],
  readRows: () => {
    const airports = readAirports()
    const routes = new Map<string, string>()
    return readVegaJson<Flight[]>('flights-20k.json').flatMap((flight) => {
      const [origin, destination] = [airports.get(flight.origin), airports.get(flight.destination)]
      if (!origin || !destination) return []
      const route = `${flight.origin}-${flight.destination}`
      const geometry = routes.get(route) ?? lineText(greatCircle(origin.position, destination.position))
      routes.set(route, geometry)
      return {
        values: [
          flight.origin,
          origin.city,
          origin.state,
          flight.destination,
          destination.city,
          destination.state,
          flight.delay,
          Math.round(flight.distance * KM_PER_MILE),
          `${flight.date.replaceAll('/', '-').replace(' ', 'T')}:00`,
        ],
        geometry,
      }
    })
  },
}

function readAirports(): Map<string, Airport> {
  return new Map(
    readVegaCsv('airports.csv').map(({ iata = '', city = '', state = '', longitude, latitude }) => [
      iata,
      { city, state, position: [Number(longitude), Number(latitude)] },
    ]),
  )
}
