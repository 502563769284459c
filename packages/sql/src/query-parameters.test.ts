import { expect, test } from 'vitest'
import { print, sql } from './fragment.ts'
import { bindEmbeddedQuery, bindQuery } from './query-parameters.ts'
import { relationOf } from './relation.ts'

const dialect = { quoteIdentifier: (name: string) => `"${name}"`, placeholder: (position: number) => `$${position}` }

test('positions keep their order of appearance, and one used twice is bound once', () => {
  const { text, values } = print(bindQuery('SELECT $2, $1, $2', ['a', 'b']), dialect)
  expect(text).toBe('SELECT $1, $2, $1')
  expect(values).toEqual(['b', 'a'])
})

test('our own values come after those of the query that they stand around', () => {
  const relation = relationOf({
    type: 'query',
    sql: 'SELECT * FROM t WHERE a = :a;  -- done',
    parameters: { a: [1, 2] },
  })
  const { text, values } = print(sql`SELECT * FROM ${relation} WHERE b = ${'ours'}`, dialect)
  expect(text).toBe('SELECT * FROM (SELECT * FROM t WHERE a = $1\n) AS source WHERE b = $2')
  expect(values).toEqual([[1, 2], 'ours'])
})

test('a name inside an array slice is a parameter only when it was given', () => {
  expect(print(bindQuery('SELECT a[x:y], :z', { z: 1 }), dialect).text).toBe('SELECT a[x:y], $1')
})

test('a named parameter is left to the database when an array or nothing was given', () => {
  expect(print(bindQuery('SELECT :z'), dialect).text).toBe('SELECT :z')
  expect(() => bindQuery('SELECT {{z}}')).toThrow(/"z"/)
})

test('undefined and null are NULL', () => {
  expect(print(bindQuery('SELECT $1', [undefined]), dialect).values).toEqual([null])
})

test('the place of a person’s text in a statement is remembered', () => {
  const statement = print(bindEmbeddedQuery('SELECT $1 AS a, b', ['x']), dialect)
  expect(statement.origin).toEqual({
    text: 'SELECT $1 AS a, b',
    spans: [
      { at: 0, length: 7, from: 0 },
      { at: 9, length: 8, from: 9 },
    ],
  })
})

test.each(['SELECT 1; SELECT 2', 'SELECT 1)', "SELECT 'a", '', ' -- nothing', ';'])('%j is no source', (text) => {
  expect(() => bindEmbeddedQuery(text)).toThrow()
})
