import { expect, test } from 'vitest'
import { checkStatement } from './check-statement.ts'

test.each([
  '',
  ' -- only a comment',
  ';',
  'SET search_path = x',
  '/* a */ begin',
  'COMMIT',
  'listen x',
  "SELECT set_config('role', 'x', false)",
  'SELECT pg_advisory_lock(1)',
])('%j is refused', (text) => {
  expect(() => checkStatement(text)).toThrow(expect.objectContaining({ code: 'invalid_query' }))
})

test.each([
  'SELECT 1',
  '(SELECT 1)',
  'WITH a AS (SELECT 1) SELECT * FROM a',
  'UPDATE t SET a = 1',
  "INSERT INTO t VALUES ('begin')",
  'SELECT begin FROM t',
  'EXPLAIN SELECT 1',
])('%j may run', (text) => {
  expect(() => checkStatement(text)).not.toThrow()
})
