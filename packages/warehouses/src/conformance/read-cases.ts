import { beforeAll, describe, expect, test } from 'vitest'
import type { StatementReads } from '../provider.ts'
import { RUN } from './asking.ts'
import { OBSERVATION_TABLE } from './observations.ts'
import type { ConformanceSubject } from './subject.ts'

/** That a provider tells what a statement reads, whatever the statement looks like, and runs none of it. */
export function describeReads(current: () => ConformanceSubject): void {
  const table = () => `${current().schema}.${OBSERVATION_TABLE.name}`
  const listReads = (sql: string, parameters?: unknown[]): Promise<StatementReads> => {
    const { compiler, warehouse } = current()
    return warehouse.listReads(compiler.compileQuery(parameters === undefined ? { sql } : { sql, parameters }), RUN)
  }
  const namesOf = (reads: StatementReads) => reads.relations.map(({ name }) => name).sort()

  describe('what a statement reads', () => {
    beforeAll(async () => {
      const subject = current()
      await subject.createTable({ name: 'kept_apart', columns: [{ name: 'id', type: 'integer' }], rows: [{ id: 1 }] })
      const view = `CREATE VIEW ${subject.schema}.window_on_it AS SELECT id FROM ${subject.schema}.kept_apart`
      await subject.warehouse.run({ text: view, values: [] }, RUN)
    })

    test('a table, by its resolved name, with parameters and without', async () => {
      expect(await listReads(`SELECT count(*) FROM ${table()}`)).toEqual({
        relations: [{ schema: current().schema, name: OBSERVATION_TABLE.name, isSystem: false }],
        hasUnknown: false,
        opaqueFunctions: [],
        isReadOnly: true,
      })
      expect(namesOf(await listReads(`SELECT * FROM ${table()} WHERE $1::int = 1`, [1]))).toEqual([
        OBSERVATION_TABLE.name,
      ])
      expect(await listReads('SELECT 1 AS one')).toMatchObject({ relations: [], isReadOnly: true })
    })

    test('every table, wherever it hides', async () => {
      const other = `${current().schema}.kept_apart`
      for (const sql of [
        `SELECT * FROM ${table()} AS a JOIN ${other} AS b ON true`,
        `SELECT (SELECT max(id) FROM ${other}) AS most FROM ${table()}`,
        `WITH b AS (SELECT * FROM ${other}) SELECT * FROM ${table()} WHERE false AND EXISTS (SELECT 1 FROM b)`,
        `SELECT 1 AS n FROM ${table()} UNION ALL SELECT id FROM ${other}`,
        `SELECT * FROM ${table()} ORDER BY (SELECT max(id) FROM ${other}) LIMIT (SELECT 1 FROM ${other})`,
        `SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM ${other})) FROM ${table()}`,
      ]) {
        expect(namesOf(await listReads(sql)), sql).toEqual(['kept_apart', OBSERVATION_TABLE.name].sort())
      }
    })

    test('a view is read as the view, and a name given inside of the statement is none', async () => {
      expect(namesOf(await listReads(`SELECT * FROM ${current().schema}.window_on_it`))).toEqual(['window_on_it'])
      const shadowed = `WITH kept_apart AS (SELECT 1 AS id) SELECT * FROM kept_apart, ${table()}`
      expect(namesOf(await listReads(shadowed))).toEqual([OBSERVATION_TABLE.name])
    })

    test('text that looks like a name is none', async () => {
      const sql = `SELECT ':relid 1259' AS ":relid 1259", '${current().schema}.kept_apart' AS words FROM ${table()}`
      expect(namesOf(await listReads(sql))).toEqual([OBSERVATION_TABLE.name])
    })

    test('what cannot be understood is an error, and the next statement works', async () => {
      await expect(listReads(`SELECT * FROM ${current().schema}.no_such_table`)).rejects.toThrow()
      await expect(listReads('SELECT FROM WHERE')).rejects.toMatchObject({ code: 'invalid_query' })
      await expect(listReads('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'invalid_query' })
      expect(await listReads('SELECT 1 AS one')).toMatchObject({ relations: [] })
    })

    test('what does more than read is told, and is not done', async () => {
      const inserting = await listReads(`INSERT INTO ${current().schema}.kept_apart VALUES (2)`)
      expect(inserting.isReadOnly).toBe(false)
      const { rows } = await current().warehouse.run(
        { text: `SELECT count(*) AS n FROM ${current().schema}.kept_apart`, values: [] },
        RUN,
      )
      expect(Number(rows[0]?.n)).toBe(1)
    })
  })
}
