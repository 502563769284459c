import { readBoundaries } from './boundaries.ts'
import type { DemoTable } from './demo-table.ts'
import { readVegaCsv } from './package-data.ts'
import { polygonsText } from './well-known-text.ts'

/** Natural Earth's spelling → Gapminder's, where they differ. */
const GAPMINDER_NAMES: Readonly<Record<string, string>> = {
  'Antigua and Barb.': 'Antigua and Barbuda',
  'Bosnia and Herz.': 'Bosnia and Herzegovina',
  'Cabo Verde': 'Cape Verde',
  'Central African Rep.': 'Central African Republic',
  Congo: 'Congo, Rep.',
  Czechia: 'Czech Republic',
  "Côte d'Ivoire": "Cote d'Ivoire",
  'Dem. Rep. Congo': 'Congo, Dem. Rep.',
  'Dominican Rep.': 'Dominican Republic',
  'Eq. Guinea': 'Equatorial Guinea',
  eSwatini: 'Swaziland',
  Kyrgyzstan: 'Kyrgyz Republic',
  Laos: 'Lao',
  Macedonia: 'Macedonia, FYR',
  'Marshall Is.': 'Marshall Islands',
  Micronesia: 'Micronesia, Fed. Sts.',
  Palestine: 'West Bank and Gaza',
  'S. Sudan': 'South Sudan',
  'Saint Lucia': 'St. Lucia',
  Slovakia: 'Slovak Republic',
  'Solomon Is.': 'Solomon Islands',
  'St. Vin. and Gren.': 'St. Vincent and the Grenadines',
  'São Tomé and Principe': 'Sao Tome and Principe',
  'United States of America': 'United States',
}

const REGIONS: Readonly<Record<string, string>> = {
  america: 'America',
  east_asia_pacific: 'East Asia and Pacific',
  europe_central_asia: 'Europe and Central Asia',
  middle_east_north_africa: 'Middle East and North Africa',
  south_asia: 'South Asia',
  sub_saharan_africa: 'Sub-Saharan Africa',
}

export const countriesTable: DemoTable = {
  name: 'countries',
  comment:
    'Countries of the world. Boundaries: Natural Earth (public domain), through world-atlas (ISC). ' +
    'Figures: Gapminder (CC BY 4.0), through vega-datasets; empty where it has none.',
  geometryType: 'MultiPolygon',
  columns: [
    { name: 'name', type: 'text', comment: 'Name of the country' },
    { name: 'iso_numeric', type: 'text', comment: 'ISO 3166-1 numeric; empty where there is none' },
    { name: 'region', type: 'text', comment: "Gapminder's region" },
    { name: 'population', type: 'integer', comment: 'Inhabitants' },
    { name: 'income_per_person', type: 'integer', comment: 'GDP per person in international dollars' },
    { name: 'life_expectancy', type: 'double precision', comment: 'Life expectancy at birth in years' },
  ],
  readRows: () => {
    const figures = new Map(readVegaCsv('gapminder-health-income.csv').map((row) => [row.country, row]))
    return readBoundaries('world-atlas/countries-50m.json', 'countries').map((country) => {
      const row = figures.get(GAPMINDER_NAMES[country.name] ?? country.name)
      return {
        values: [
          country.name,
          country.code,
          row ? (REGIONS[row.region ?? ''] ?? row.region ?? null) : null,
          row ? Number(row.population) : null,
          row ? Number(row.income) : null,
          row ? Number(row.health) : null,
        ],
        geometry: polygonsText(country.polygons),
      }
    })
  },
}
