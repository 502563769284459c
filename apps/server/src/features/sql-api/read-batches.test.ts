import { describe, expect, it } from 'vitest'
import { canBeStreamed } from './read-batches.ts'

describe('streaming', () => {
  it('is for statements that only read', () => {
    for (const sql of [
      'SELECT * FROM stores',
      '  -- a comment\n select 1',
      "WITH a AS (SELECT 'insert into' AS text) SELECT * FROM a",
      'VALUES (1), (2)',
      'TABLE stores',
    ]) {
      expect(canBeStreamed(sql), sql).toBe(true)
    }
  })

  it('is not for statements that change something, however they begin', () => {
    for (const sql of [
      'INSERT INTO notes VALUES (1)',
      'WITH gone AS (DELETE FROM notes RETURNING *) SELECT * FROM gone',
      'SELECT * INTO copies FROM stores',
      'CREATE TABLE a (b integer)',
      'EXPLAIN SELECT 1',
      '',
    ]) {
      expect(canBeStreamed(sql), sql).toBe(false)
    }
  })
})
