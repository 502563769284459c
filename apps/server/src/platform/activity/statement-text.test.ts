import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOf, withoutLiterals } from './statement-text.ts'

test.each([
  ["SELECT * FROM t WHERE name = 'it''s secret' AND n > 1.5e3", 'SELECT * FROM t WHERE name = ? AND n > ?'],
  ["SELECT E'a\\'b', $$secret$$, $x$sec$$ret$x$, B'01', U&'d'", 'SELECT ?, ?, ?, ?, U&?'],
  ['SELECT "column 1", t1.x2, `p1`.`t` FROM t1 -- secret 1', 'SELECT "column 1", t1.x2, `p1`.`t` FROM t1  '],
  [
    'SELECT /* secret */ a FROM b WHERE c = $1 AND d = :name2 AND e = @p3',
    'SELECT   a FROM b WHERE c = $1 AND d = :name2 AND e = @p3',
  ],
  ["SELECT 'unended secret", 'SELECT ?'],
])('%s is kept without its values', (sql, kept) => {
  expect(withoutLiterals(sql)).toBe(kept)
})

test('statements that differ in values alone have one digest, and no value survives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, number) => {
      const sql = `SELECT a FROM b WHERE c = '${text.replaceAll("'", "''")}' AND d < ${number}`
      const kept = withoutLiterals(sql)
      expect(kept).toBe('SELECT a FROM b WHERE c = ? AND d < ?')
      expect(digestOf(kept)).toBe(digestOf(withoutLiterals("SELECT a FROM b WHERE c = '' AND d < 0")))
    }),
  )
})
