import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askModel, RUN } from './asking.ts'
import type { ConformanceSubject } from './subject.ts'

const NASTY_TEXT = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replaceAll('\0', ''))
  .filter((text) => text.isWellFormed())

export function describeQueries(current: () => ConformanceSubject): void {
  const ask = async (sql: string, parameters?: unknown[] | Record<string, unknown>): Promise<unknown> => {
    const { compiler, warehouse } = current()
    const statement = compiler.compileQuery(parameters === undefined ? { sql } : { sql, parameters })
    const { rows } = await warehouse.run(statement, RUN)
    return rows[0]
  }

  describe('queries', () => {
    test('values come as JSON: exact numbers, ISO times, objects, arrays, GeoJSON', async () => {
      const row = await ask(
        `SELECT 1 AS small, 9007199254740993 AS large, 1.5 AS decimal, true AS flag, 'text' AS words,
  CAST('2024-02-29 12:30:00.25+05:30' AS timestamp with time zone) AS zoned, CAST('2024-02-29' AS date) AS day,
  CAST('{"a":[1,null]}' AS json) AS object, NULL AS nothing, ST_GeomFromText('POINT(1 2)', 4326) AS place`,
      )
      expect(row).toEqual({
        small: 1,
        large: '9007199254740993',
        decimal: 1.5,
        flag: true,
        words: 'text',
        zoned: '2024-02-29T07:00:00.25Z',
        day: '2024-02-29',
        object: { a: [1, null] },
        nothing: null,
        place: { type: 'Point', coordinates: [1, 2] },
      })
    })

    test('fields are told with their types, also when there are no rows', async () => {
      const result = await current().warehouse.run(
        {
          text: `SELECT 1 AS n, 'a' AS t, now() AS at, ST_GeomFromText('POINT(0 0)', 4326) AS g WHERE false`,
          values: [],
        },
        RUN,
      )
      expect(result.rows).toEqual([])
      expect(result.fields).toEqual([
        { name: 'n', type: 'number' },
        { name: 't', type: 'string' },
        { name: 'at', type: 'timestamp' },
        { name: 'g', type: 'geometry' },
      ])
    })

    test('a geometry of another reference system is answered in degrees', async () => {
      const row = (await ask(`SELECT ST_GeomFromText('POINT(111319.49079327358 0)', 3857) AS place`)) as {
        place: { type: string; coordinates: number[] }
      }
      expect(row.place.type).toBe('Point')
      expect(row.place.coordinates[0]).toBeCloseTo(1, 9)
      expect(row.place.coordinates[1]).toBeCloseTo(0, 9)
    })

    test('a column called __proto__ is a column', async () => {
      const row = (await ask(`SELECT 1 AS "__proto__", 2 AS "constructor"`)) as object
      expect(Object.getOwnPropertyDescriptor(row, '__proto__')?.value).toBe(1)
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
    })

    test('positional parameters bind values and arrays', async () => {
      expect(await ask('SELECT $1::int + $2::int AS sum, $1::int AS first', [3, 4])).toEqual({ sum: 7, first: 3 })
      expect(await ask('SELECT 3 = ANY($1::int[]) AS found', [[1, 2, 3]])).toEqual({ found: true })
    })

    test('named parameters are found outside of strings, comments and casts', async () => {
      const sql = `SELECT :word::text AS word, ':word' AS quoted, {{ word }}::text AS templated /* :other */ -- :other`
      expect(await ask(sql, { word: "O'Neill" })).toEqual({ word: "O'Neill", quoted: ':word', templated: "O'Neill" })
    })

    test('a parameter without a value is told by name', async () => {
      await expect(ask('SELECT $2::int', [1])).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(ask('SELECT :missing', { other: 1 })).rejects.toThrow(/missing/)
    })

    test('any text survives as a value, as a literal and as a parameter', async () => {
      await fc.assert(
        fc.asyncProperty(NASTY_TEXT, async (text) => {
          const { textLiteral } = current()
          const sql = `SELECT CAST(:value AS text) AS bound, CAST(${textLiteral(text)} AS text) AS written`
          expect(await ask(sql, { value: text })).toEqual({ bound: text, written: text })
        }),
        { numRuns: 40 },
      )
    })

    test('any text can be the name of a table and of a column', async () => {
      const names = [
        'a"b',
        "it's",
        'semi;colon',
        '-- comment',
        '/* c */',
        '$1',
        ':x',
        '{{y}}',
        'ÀÉ ñ',
        'a.b',
        'SELECT',
        '\\',
        '%s',
      ]
      const subject = current()
      await subject.createTable({
        name: 'odd "table".name',
        columns: names.map((name) => ({ name, type: 'integer' as const })),
        rows: [Object.fromEntries(names.map((name, index) => [name, index]))],
      })
      const source = { type: 'table' as const, name: `${subject.schema}."odd ""table"".name"` }
      const { rows } = await askModel(subject, { model: 'table', params: { column: names }, source })
      expect(rows).toEqual([Object.fromEntries(names.map((name, index) => [name, index]))])
      for (const [index, name] of names.entries()) {
        const filters = { [name]: { in: { values: [index] } } }
        const counted = await askModel(subject, { model: 'formula', params: { operation: 'count' }, source, filters })
        expect(counted.rows).toEqual([{ value: 1 }])
      }
    })

    test('an error in a statement is told with its place in the text that the person wrote', async () => {
      const sql = 'SELECT id,\n  no_such_column\nFROM generate_series(1, 2) AS id WHERE :a::int = 1'
      const failure = await ask(sql, { a: 1 }).catch((error: unknown) => error)
      expect(failure).toMatchObject({
        code: 'invalid_query',
        details: { line: 2, column: 3, position: sql.indexOf('no_such_column') },
      })
    })

    test('two statements in one text are refused', async () => {
      await expect(ask('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'invalid_query' })
      await expect(
        current().warehouse.describe({ type: 'query', sql: 'SELECT 1) AS x; DROP TABLE y; --' }, RUN),
      ).rejects.toMatchObject({ code: 'invalid_query' })
    })

    test('more rows than allowed are result_too_large, and the next statement works', async () => {
      const { warehouse, countingQuery } = current()
      const statement = { text: countingQuery(1001), values: [] }
      await expect(warehouse.run(statement, { ...RUN, maxRows: 1000 })).rejects.toMatchObject({
        code: 'result_too_large',
      })
      expect((await warehouse.run(statement, { ...RUN, maxRows: 1001 })).rows).toHaveLength(1001)
    })
  })
}
