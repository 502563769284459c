import { readBoundaries } from './boundaries.ts'
import type { DemoTable } from './demo-table.ts'
import { readVegaCsv, readVegaJson } from './package-data.ts'
import { polygonsText } from './well-known-text.ts'

/** The day each state ratified the Constitution or was admitted to the Union. */
const ADMITTED_ON: Readonly<Record<string, string>> = {
  Alabama: '1819-12-14',
  Alaska: '1959-01-03',
  Arizona: '1912-02-14',
  Arkansas: '1836-06-15',
  California: '1850-09-09',
  Colorado: '1876-08-01',
  Connecticut: '1788-01-09',
  Delaware: '1787-12-07',
  Florida: '1845-03-03',
  Georgia: '1788-01-02',
  Hawaii: '1959-08-21',
  Idaho: '1890-07-03',
  Illinois: '1818-12-03',
  Indiana: '1816-12-11',
  Iowa: '1846-12-28',
  Kansas: '1861-01-29',
  Kentucky: '1792-06-01',
  Louisiana: '1812-04-30',
  Maine: '1820-03-15',
  Maryland: '1788-04-28',
  Massachusetts: '1788-02-06',
  Michigan: '1837-01-26',
  Minnesota: '1858-05-11',
  Mississippi: '1817-12-10',
  Missouri: '1821-08-10',
  Montana: '1889-11-08',
  Nebraska: '1867-03-01',
  Nevada: '1864-10-31',
  'New Hampshire': '1788-06-21',
  'New Jersey': '1787-12-18',
  'New Mexico': '1912-01-06',
  'New York': '1788-07-26',
  'North Carolina': '1789-11-21',
  'North Dakota': '1889-11-02',
  Ohio: '1803-03-01',
  Oklahoma: '1907-11-16',
  Oregon: '1859-02-14',
  Pennsylvania: '1787-12-12',
  'Rhode Island': '1790-05-29',
  'South Carolina': '1788-05-23',
  'South Dakota': '1889-11-02',
  Tennessee: '1796-06-01',
  Texas: '1845-12-29',
  Utah: '1896-01-04',
  Vermont: '1791-03-04',
  Virginia: '1788-06-25',
  Washington: '1889-11-11',
  'West Virginia': '1863-06-20',
  Wisconsin: '1848-05-29',
  Wyoming: '1890-07-10',
}

export const statesTable: DemoTable = {
  name: 'states',
  comment:
    'States and territories of the United States. Boundaries: U.S. Census Bureau, through us-atlas (ISC). ' +
    'Population, capitals and hurricanes: U.S. government data, through vega-datasets; empty where it has none.',
  geometryType: 'MultiPolygon',
  columns: [
    { name: 'fips', type: 'text', comment: 'Two-digit FIPS code' },
    { name: 'name', type: 'text', comment: 'Name of the state or territory' },
    { name: 'capital', type: 'text', comment: 'Capital of the state' },
    { name: 'population', type: 'integer', comment: 'Inhabitants' },
    { name: 'hurricanes', type: 'integer', comment: "Hurricanes that struck the state, in NOAA's records" },
    { name: 'admitted_on', type: 'date', comment: 'The day it joined the Union; empty for territories' },
  ],
  readRows: () => {
    const figures = new Map(readVegaCsv('population_engineers_hurricanes.csv').map((row) => [row.state, row]))
    const capitals = new Map(
      readVegaJson<{ state: string; city: string }[]>('us-state-capitals.json').map(({ state, city }) => [state, city]),
    )
    return readBoundaries('us-atlas/states-10m.json', 'states').map((state) => {
      const row = figures.get(state.name)
      return {
        values: [
          state.code,
          state.name,
          capitals.get(state.name) ?? null,
          row ? Number(row.population) : null,
          row ? Number(row.hurricanes) : null,
          ADMITTED_ON[state.name] ?? null,
        ],
        geometry: polygonsText(state.polygons),
      }
    })
  },
}
