import { describe, expect, test } from 'vitest'
import { checkExpression } from './expression.ts'

describe('an expression of an editor', () => {
  test.each([
    'sum(a) / nullif(count(b), 0)',
    'percentile_cont(0.5) WITHIN GROUP (ORDER BY price)',
    "count(*) FILTER (WHERE kind = 'a;b -- c')",
    'avg(extract(year FROM seen))',
    'max(trim(both from name))',
    '"select" + "table"',
    'ST_Area(ST_Union(geom))',
    "string_agg(name, ',')",
  ])('may be %s', (text) => {
    expect(checkExpression(` ${text} `, 'value')).toBe(text)
  })

  test.each([
    ['', 'empty'],
    ['1; DROP TABLE x', 'semicolon'],
    ['1) FROM secrets WHERE (true', 'bracket'],
    ['1 FROM secrets', 'FROM'],
    ['(SELECT password FROM secrets)', 'SELECT'],
    ['array(TABLE secrets)', 'TABLE'],
    ['a -- b', 'comment'],
    ["'open", 'quote'],
    ['a[1', 'bracket'],
    ['$1', 'parameter'],
    [':name', 'parameter'],
    ['a, b', 'commas'],
    ["query_to_xml('SELECT 1', true, true, '')", 'query_to_xml'],
    ['pg_catalog."pg_read_file" (\'/etc/passwd\')', 'pg_read_file'],
    ["E'a'\n'\\'', (SELECT 1), ''", 'commas'],
  ])('may not be %j', (text, reason) => {
    expect(() => checkExpression(text, 'value')).toThrow(reason)
  })

  test('a list may have commas', () => {
    expect(checkExpression('sum(a) AS x, avg(b) AS y', 'list')).toBe('sum(a) AS x, avg(b) AS y')
  })
})
