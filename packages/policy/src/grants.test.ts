import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grantsFreeSql, parseTableName, sourceGranted } from './grants.ts'

const onWarehouse = (source: string) => [{ connection_name: 'warehouse', source }]
const table = (name: string) => ({ type: 'table', name }) as const
const query = (sql: string) => ({ type: 'query', sql }) as const

test.each([
  ['demo.cities', 'demo.cities', true],
  ['demo.cities', '"demo"."cities"', true],
  ['"demo"."Big Cities"', 'demo."Big Cities"', true],
  ['demo.cities', 'demo.cities2', false],
  ['demo.cities', 'other.cities', false],
  ['demo.cities', 'cities', false],
  ['demo.cities', 'demo.Cities', false],
  ['"demo.cities"', 'demo.cities', false],
  ['demo.cities', 'demo.cities; drop table x', false],
  ['demo.cities', 'demo.cities.', false],
  ['demo.*', 'demo.cities', false],
  ['*', 'anything.at_all', true],
])('a grant on %s and the table %s: %s', (source, name, expected) => {
  expect(sourceGranted(onWarehouse(source), 'warehouse', table(name))).toBe(expected)
})

test.each([
  ['SELECT * FROM demo.cities', 'SELECT * FROM demo.cities', true],
  ['SELECT * FROM demo.cities', ' SELECT * FROM demo.cities\n', true],
  ['SELECT * FROM demo.cities', 'SELECT * FROM demo.cities WHERE true', false],
  ['SELECT * FROM demo.cities', 'select * from demo.cities', false],
  ['demo.cities', 'SELECT * FROM demo.cities', false],
  ['*', 'SELECT 1', true],
])('a grant on %s and the query %s: %s', (source, sql, expected) => {
  expect(sourceGranted(onWarehouse(source), 'warehouse', query(sql))).toBe(expected)
})

test('a grant counts only on its own connection, under any of its names', () => {
  const grants = [{ connection_name: 'carto_dw', source: '*' }]
  expect(sourceGranted(grants, 'demo', table('demo.cities'))).toBe(false)
  expect(sourceGranted(grants, ['demo', 'carto_dw'], table('demo.cities'))).toBe(true)
  expect(grantsFreeSql(grants, ['demo', 'carto_dw'])).toBe(true)
  expect(grantsFreeSql(onWarehouse('demo.cities'), 'warehouse')).toBe(false)
})

test('quoting a name and reading it back gives the same parts', () => {
  const parts = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(parts, (names) => {
      const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
      expect(parseTableName(quoted)).toEqual(names)
    }),
  )
})

test('reading any text ends, and never reads two different quoted names as one', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (first, second) => {
      const a = parseTableName(first)
      const b = parseTableName(`"${second.replaceAll('"', '""')}"`)
      if (a !== null && b !== null && a.length === 1 && first.trim().startsWith('"')) {
        if (a[0] === b[0]) expect(first.trim()).toBe(`"${second.replaceAll('"', '""')}"`)
      }
    }),
  )
})
