import { expect, test } from 'vitest'
import { readVersions } from './versions.ts'

test.each([
  ['120000', '12.0', '2.4.0', 'PostgreSQL 12.0, PostGIS 2.4.0'],
  ['120022', '12.22 (Debian 12.22-1)', '2.5.5', 'PostgreSQL 12.22, PostGIS 2.5.5'],
  ['170004', '17.4', '3.5.2', 'PostgreSQL 17.4, PostGIS 3.5.2'],
  ['180000', '18beta1', '10.0.0dev', 'PostgreSQL 18beta1, PostGIS 10.0.0dev'],
])('PostgreSQL %s (%s) with PostGIS %s is taken', (number, name, postgis, text) => {
  expect(readVersions([number, name, postgis])).toEqual({ text, hasPostgis: true })
})

test('a database without PostGIS is taken, and says that nothing can be mapped', () => {
  const versions = readVersions(['160003', '16.3', null])
  expect(versions).toMatchObject({ hasPostgis: false })
  expect(versions.text).toContain('no PostGIS')
})

test.each([
  ['110022', '11.22 (Debian)', '3.3.2', 'PostgreSQL 12 or newer is needed', 'PostgreSQL 11.22 with PostGIS 3.3.2'],
  ['90624', '9.6.24', null, 'PostgreSQL 12 or newer is needed', 'PostgreSQL 9.6.24;'],
  [null, null, null, 'PostgreSQL 12 or newer is needed', 'of an unknown version'],
  ['120022', '12.22', '2.3.11', 'PostGIS 2.4 or newer is needed', 'PostgreSQL 12.22 with PostGIS 2.3.11'],
  ['130000', '13.0', '1.5.8', 'PostGIS 2.4 or newer is needed', 'PostGIS 1.5.8'],
])('PostgreSQL %s (%s) with PostGIS %s is refused in one sentence', (number, name, postgis, needed, found) => {
  const read = (): unknown => readVersions([number, name, postgis])
  expect(read).toThrow(expect.objectContaining({ code: 'warehouse_failed' }))
  expect(read).toThrow(needed)
  expect(read).toThrow(found)
})
