import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decideReads,
  decideSourceByGrants,
  describeGrantMistake,
  grantsFreeSql,
  grantsTables,
  parseTableName,
  sourceGranted,
  sourceSpelledOut,
} from './grants.ts'

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
  ['demo.*', 'demo.cities', true],
  ['"demo".*', 'demo.cities', true],
  ['demo.*', 'demo2.cities', false],
  ['demo.*', 'cities', false],
  ['demo.*', 'other.demo.cities', false],
  ['other.demo.*', 'other.demo.cities', true],
  ['pg_catalog.*', 'pg_catalog.pg_class', false],
  ['information_schema.*', 'information_schema.tables', false],
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

const reads = (...names: string[]) => ({
  relations: names.map((each) => {
    const [schema = '', name = ''] = each.split('.')
    return { schema, name, isSystem: name === 'geometry_columns' || schema === 'pg_catalog' }
  }),
  hasUnknown: false,
  opaqueFunctions: [] as string[],
  isReadOnly: true,
})

test.each([
  ['*', reads('demo.secret', 'pg_catalog.pg_class'), true],
  ['demo.cities', reads('demo.cities'), true],
  ['demo.cities', reads(), true],
  ['demo.cities', reads('demo.cities', 'demo.secret'), false],
  ['demo.*', reads('demo.cities', 'demo.secret'), true],
  ['public.*', reads('public.geometry_columns'), false],
  ['public.geometry_columns', reads('public.geometry_columns'), true],
  ['pg_catalog.*', reads('pg_catalog.pg_class'), false],
  ['pg_catalog.pg_class', reads('pg_catalog.pg_class'), false],
  ['SELECT 1', reads('demo.cities'), false],
  ['demo.cities', { ...reads('demo.cities'), hasUnknown: true }, false],
  ['demo.cities', { ...reads('demo.cities'), isReadOnly: false }, false],
  ['demo.cities', { ...reads('demo.cities'), opaqueFunctions: ['query_to_xml'] }, false],
  ['*', { ...reads('demo.cities'), opaqueFunctions: ['query_to_xml'], isReadOnly: false }, true],
])('a grant on %s and a statement that reads %j: %s', (source, read, expected) => {
  expect(decideReads(onWarehouse(source), 'warehouse', read).allowed).toBe(expected)
  expect(decideReads(onWarehouse(source), 'elsewhere', read).allowed && read.relations.length > 0).toBe(false)
})

test('a function is named only to whom all tables are granted', () => {
  const read = { ...reads('demo.secret'), opaqueFunctions: ['query_to_xml'] }
  expect(decideReads(onWarehouse('demo.secret'), 'warehouse', read).reason).toContain('query_to_xml')
  expect(decideReads(onWarehouse('demo.cities'), 'warehouse', read).reason).not.toContain('query_to_xml')
})

test('wildcards are not spelled out, and are worth asking about', () => {
  expect(sourceSpelledOut(onWarehouse('demo.*'), 'warehouse', table('demo.cities'))).toBe(false)
  expect(sourceSpelledOut(onWarehouse('demo.cities'), 'warehouse', table('demo.cities'))).toBe(true)
  expect(
    ['demo.*', 'demo.cities', 'SELECT 1', '*'].map((each) => grantsTables(onWarehouse(each), 'warehouse')),
  ).toEqual([true, true, false, false])
})

test.each([
  ['demo.cities', 'demo.cities', 'granted'],
  ['demo.cities', '"demo"."cities"', 'granted'],
  ['cities', 'cities', 'granted'],
  ['*', 'cities', 'granted'],
  // Where a name without a schema leads, and whether a name under a wildcard is the warehouse's own, it alone can tell.
  ['demo.cities', 'cities', 'checked'],
  ['demo.*', 'cities', 'checked'],
  ['demo.*', 'demo.cities', 'checked'],
  ['demo.cities', 'warehouse.demo.cities', 'checked'],
  ['demo.cities', 'no table, perhaps', 'checked'],
  ['demo.cities', 'towns', null],
  ['demo.cities', 'demo.towns', null],
  ['cities', 'demo.cities', null],
  ['warehouse.demo.*', 'demo.cities', null],
  ['pg_catalog.*', 'pg_class', null],
  ['SELECT 1', 'demo.cities', null],
])('by a grant on %s, before the warehouse is asked, the table %s is %s', (source, name, expected) => {
  expect(decideSourceByGrants(onWarehouse(source), 'warehouse', table(name))).toBe(expected)
})

test('what no grant can cover is nothing that a warehouse could say either', () => {
  const part = fc.constantFrom('demo', 'Demo', 'cities', 'pg_catalog', 'warehouse')
  const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'))
  const source = fc.oneof(
    name,
    name.map((each) => `${each}.*`),
    fc.constant('*'),
  )
  fc.assert(
    fc.property(fc.array(source, { maxLength: 3 }), name, part, (sources, asked, schema) => {
      const grants = sources.flatMap(onWarehouse)
      if (decideSourceByGrants(grants, 'warehouse', table(asked)) !== null) return
      const parts = asked.split('.')
      const relation = { schema: parts.at(-2) ?? schema, name: parts.at(-1) ?? '', isSystem: false }
      const answer = { relations: [relation], hasUnknown: false, opaqueFunctions: [], isReadOnly: true }
      expect(decideReads(grants, 'warehouse', answer).allowed).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['demo.cities', null],
  ['demo.*', null],
  ['*', null],
  ['SELECT count(*) FROM demo.cities', null],
  ['demo*', expect.stringContaining('is no source')],
  ['*.cities', expect.stringContaining('is no source')],
  ['demo.*.*', expect.stringContaining('is no source')],
])('the source %s of a grant: %s', (source, mistake) => {
  expect(describeGrantMistake(source)).toEqual(mistake)
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
