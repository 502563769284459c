import { parseTableName } from '@graticule/policy'
import { expect, test } from 'vitest'
import { tableNameOf } from './table-name.ts'

test('ordinary names travel bare, in their own case', () => {
  expect(tableNameOf('demo', 'cities')).toBe('demo.cities')
  expect(tableNameOf('Demo', 'Städte_2')).toBe('Demo.Städte_2')
})

test('any other name comes back as the same two parts', () => {
  for (const [schema, table] of [
    ['my schema', 'a.b'],
    ['1st', 'with "quotes"'],
  ] as const) {
    expect(parseTableName(tableNameOf(schema, table))).toEqual([schema, table])
  }
})
