import { vectorQuerySource, vectorTableSource } from '@carto/api-client'
import { describe, expect, inject, it } from 'vitest'
import { connectionOf, readNumber, readPercentiles, runSql } from './sql-truth.ts'

const { targets } = inject('servers')

describe.each(targets)('widgets over $label', (target) => {
  const connection = connectionOf(target)
  const { point } = target.samples
  const { table, numericColumn: number, categoryColumn: category, dateColumn: date } = point
  const sourceOptions = { ...connection, tableName: table, spatialDataColumn: point.geometryColumn }
  const open = async () => (await vectorTableSource(sourceOptions)).widgetSource

  it('W01: the five operations of a formula agree with SQL, and sum over count is avg', async () => {
    const widgets = await open()
    const [truth] = await runSql(
      target,
      `SELECT count(*) AS count, sum(${number}) AS sum, avg(${number}) AS avg, min(${number}) AS min, max(${number}) AS max, count(${number}) AS known FROM ${table}`,
    )
    for (const operation of ['sum', 'avg', 'min', 'max'] as const) {
      const { value } = await widgets.getFormula({ column: number, operation })
      expect(typeof value, operation).toBe('number')
      expectClose(value, truth?.[operation])
    }
    expect(await widgets.getFormula({ operation: 'count' })).toEqual({ value: Number(truth?.count) })
    expect(await widgets.getFormula({ column: number, operation: 'count' })).toEqual({ value: Number(truth?.known) })
    const sum = await widgets.getFormula({ column: number, operation: 'sum' })
    const count = await widgets.getFormula({ column: number, operation: 'count' })
    const average = await widgets.getFormula({ column: number, operation: 'avg' })
    expectClose(Number(sum.value) / Number(count.value), average.value)
  })

  it('W02: a custom expression is computed in the warehouse', async () => {
    const widgets = await open()
    const custom = await widgets.getFormula({ operation: 'custom', operationExp: `sum(${number})` })
    const sum = await widgets.getFormula({ column: number, operation: 'sum' })
    expect(custom).toEqual(sum)
  })

  it('W03: categories come with their counts, the most frequent first', async () => {
    const widgets = await open()
    const categories = await widgets.getCategories({ column: category, operation: 'count' })
    const truth = await runSql(
      target,
      `SELECT ${category} AS name, count(*) AS value FROM ${table} GROUP BY 1 ORDER BY 2 DESC, 1`,
    )
    expect(asMap(categories)).toEqual(asMap(truth))
    expectDescending(categories.map((each) => each.value))
    const sums = await widgets.getCategories({ column: category, operation: 'sum', operationColumn: number })
    const sumTruth = asMap(
      await runSql(target, `SELECT ${category} AS name, sum(${number}) AS value FROM ${table} GROUP BY 1`),
    )
    expect(sums).toHaveLength(sumTruth.size)
    for (const each of sums) expectClose(each.value, sumTruth.get(each.name))
  })

  it('W04: others is the operation over the tail, raw results say it apart, and the order can be chosen', async () => {
    const widgets = await open()
    const options = { column: category, operation: 'avg', operationColumn: number, othersThreshold: 2 } as const
    const raw = (await widgets.getCategories({ ...options, rawResult: true })) as unknown as {
      rows: { name: string | null; value: number }[]
      metadata: { others: number }
    }
    const head = raw.rows.slice(0, 2).map((row) => row.name)
    const isHead = head
      .map((name) => (name === null ? `${category} IS NULL` : `${category} = ${quote(name)}`))
      .join(' OR ')
    const tail = await readNumber(target, `SELECT avg(${number}) FROM ${table} WHERE (${isHead}) IS NOT TRUE`)
    expectClose(raw.metadata.others, tail)
    const withOthers = await widgets.getCategories(options)
    expect(withOthers).toHaveLength(raw.rows.length + 1)
    expect(withOthers.at(-1)?.name).toBe('_carto_others')
    expectClose(withOthers.at(-1)?.value, tail)

    const alphabetical = await widgets.getCategories({
      column: category,
      operation: 'count',
      orderBy: 'alphabetical_asc',
    })
    const names = alphabetical.map((each) => each.name).filter((name) => name !== null)
    const sorted = await runSql(
      target,
      `SELECT ${category} AS name FROM ${table} WHERE ${category} IS NOT NULL GROUP BY 1 ORDER BY 1`,
    )
    expect(names).toEqual(sorted.map((row) => row.name))
    const rarest = await widgets.getCategories({ column: category, operation: 'count', orderBy: 'frequency_asc' })
    expectDescending(rarest.map((each) => -each.value))
  })

  it('W05: a histogram has one bin more than ticks, closed on the left', async () => {
    const widgets = await open()
    const ticks = await readPercentiles(target, table, number, [0.2, 0.5, 0.8])
    const bins = await widgets.getHistogram({ column: number, operation: 'count', ticks })
    expect(bins).toHaveLength(ticks.length + 1)
    const conditions = [...ticks, null].map((upper, index) => {
      const lower = ticks[index - 1]
      return [
        lower === undefined ? `${number} IS NOT NULL` : `${number} >= ${lower}`,
        upper === null ? 'true' : `${number} < ${upper}`,
      ].join(' AND ')
    })
    for (const [index, condition] of conditions.entries()) {
      expect(bins[index], `bin ${index}`).toBe(
        await readNumber(target, `SELECT count(*) FROM ${table} WHERE ${condition}`),
      )
    }
    const below = await widgets.getHistogram({ column: number, operation: 'count', ticks: [-1e12, -1e11] })
    expect(below).toEqual([0, 0, await readNumber(target, `SELECT count(${number}) FROM ${table}`)])
  })

  it('W06: the range of a number is two numbers', async () => {
    const range = await (await open()).getRange({ column: number })
    const [truth] = await runSql(target, `SELECT min(${number}) AS min, max(${number}) AS max FROM ${table}`)
    expect(range).toEqual({ min: Number(truth?.min), max: Number(truth?.max) })
  })

  it('W07: the range of a date is two texts that parse', async () => {
    const range = await (await open()).getRange({ column: date })
    const [truth] = await runSql(target, `SELECT min(${date}) AS min, max(${date}) AS max FROM ${table}`)
    expect(Date.parse(String(range?.min))).toBe(Date.parse(String(truth?.min)))
    expect(Date.parse(String(range?.max))).toBe(Date.parse(String(truth?.max)))
  })

  it('W08: a scatter plot has at most 500 pairs of numbers that exist in the table', async () => {
    const pairs = await (await open()).getScatter({
      xAxisColumn: 'id',
      yAxisColumn: number,
      xAxisJoinOperation: 'max',
      yAxisJoinOperation: 'max',
    })
    expect(pairs.length).toBeGreaterThan(0)
    expect(pairs.length).toBeLessThanOrEqual(500)
    const exists = pairs.map(([x, y]) => `(id = ${x} AND ${number} = ${y})`).join(' OR ')
    expect(await readNumber(target, `SELECT count(*) FROM ${table} WHERE ${exists}`)).toBe(pairs.length)
  })

  it('W09: a table pages, sorts, keeps the exact column names and knows its total', async () => {
    const widgets = await open()
    const options = { columns: [number, category], sortBy: number, sortDirection: 'desc' as const }
    const first = await widgets.getTable({ ...options, limit: 7, offset: 0 })
    const second = await widgets.getTable({ ...options, limit: 7, offset: 7 })
    expect(first.totalCount).toBe(await readNumber(target, `SELECT count(*) FROM ${table}`))
    expect(first.rows).toHaveLength(7)
    expect(Object.keys(first.rows[0] ?? {}).sort()).toEqual([number, category].sort())
    const truth = await runSql(
      target,
      `SELECT ${number} AS value FROM ${table} ORDER BY ${number} DESC NULLS LAST LIMIT 14`,
    )
    expect([...first.rows, ...second.rows].map((row) => Number(row[number]))).toEqual(
      truth.map((row) => Number(row.value)),
    )
  })

  it.each(['year', 'month', 'week', 'day', 'hour'] as const)(
    'W10: a time series by %s ascends and loses nothing',
    async (stepSize) => {
      const widgets = await open()
      const { rows } = await widgets.getTimeSeries({ column: date, stepSize, operation: 'count' })
      const times = rows.map((row) => (typeof row.name === 'number' ? row.name : Date.parse(row.name)))
      expect(times.every(Number.isFinite)).toBe(true)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      const truth = await runSql(
        target,
        `SELECT extract(epoch FROM date_trunc('${stepSize}', ${date}::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC') * 1000 AS t, count(*) AS n
       FROM ${table} WHERE ${date} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      )
      const byTime = new Map(rows.map((row, index) => [times[index], row.value]))
      for (const row of truth) expect(byTime.get(Number(row.t)), String(row.t)).toBe(Number(row.n))
      expect(rows.reduce((sum, row) => sum + row.value, 0)).toBe(
        await readNumber(target, `SELECT count(${date}) FROM ${table}`),
      )
    },
  )

  it('W10: stepMultiplier groups steps, and sums agree with the whole', async () => {
    const widgets = await open()
    const { rows } = await widgets.getTimeSeries({
      column: date,
      stepSize: 'month',
      stepMultiplier: 3,
      operation: 'sum',
      operationColumn: number,
    })
    const months = await widgets.getTimeSeries({ column: date, stepSize: 'month', operation: 'count' })
    expect(rows.length).toBeLessThanOrEqual(Math.ceil(months.rows.length / 3) + 1)
    const total = await readNumber(target, `SELECT sum(${number}) FROM ${table} WHERE ${date} IS NOT NULL`)
    expectClose(
      rows.reduce((sum, row) => sum + Number(row.value), 0),
      total,
    )
  })

  it('W11: a split time series names the category of each row and lists the categories', async () => {
    const { rows, categories } = await (await open()).getTimeSeries({
      column: date,
      stepSize: 'year',
      operation: 'count',
      splitByCategory: category,
      splitByCategoryLimit: 2,
    })
    const split = rows as unknown as { name: string; value: number; category: string }[]
    expect(split.length).toBeGreaterThan(0)
    for (const row of split) expect(row).toHaveProperty('category')
    const top = await runSql(
      target,
      `SELECT ${category} AS name, count(${date}) AS n FROM ${table} WHERE ${category} IS NOT NULL AND ${date} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2`,
    )
    expect(new Set(categories)).toEqual(new Set(top.map((row) => row.name)))
    for (const row of top) {
      const sum = split.filter((each) => each.category === row.name).reduce((total, each) => total + each.value, 0)
      expect(sum).toBe(Number(row.n))
    }
  })

  it('W12: aggregations by list and by SQL text answer one row', async () => {
    const widgets = await open()
    const byList = await widgets.getAggregations({
      aggregations: [
        { column: number, operation: 'sum', alias: 'total' },
        { column: number, operation: 'max', alias: 'highest' },
      ],
    })
    const bySql = await widgets.getAggregations({
      aggregations: `sum(${number}) as total, max(${number}) as highest`,
    })
    const [truth] = await runSql(target, `SELECT sum(${number}) AS total, max(${number}) AS highest FROM ${table}`)
    for (const { rows } of [byList, bySql]) {
      expect(rows).toHaveLength(1)
      expectClose(rows[0]?.total, truth?.total)
      expectClose(rows[0]?.highest, truth?.highest)
    }
  })

  it('W21: widgets of a query answer as those of the table it selects', async () => {
    const byTable = await open()
    const { widgetSource: byQuery } = await vectorQuerySource({
      ...connection,
      sqlQuery: `SELECT * FROM ${table}`,
      spatialDataColumn: point.geometryColumn,
    })
    const ask = async (widgets: Pick<typeof byTable, 'getFormula' | 'getCategories' | 'getHistogram' | 'getRange'>) => [
      await widgets.getFormula({ column: number, operation: 'max' }),
      await widgets.getCategories({ column: category, operation: 'count' }),
      await widgets.getHistogram({ column: number, operation: 'count', ticks: [0, 10, 100] }),
      await widgets.getRange({ column: number }),
    ]
    expect(await ask(byQuery)).toEqual(await ask(byTable))
  })

  it('W27: the extent of a table and of a query is the box of its geometries', async () => {
    const [truth] = await runSql(
      target,
      `SELECT ST_XMin(box) AS w, ST_YMin(box) AS s, ST_XMax(box) AS e, ST_YMax(box) AS n
       FROM (SELECT ST_Extent(ST_Transform(${point.geometryColumn}, 4326)) AS box FROM ${table}) AS boxes`,
    )
    const byTable = await (await open()).getExtent()
    const { widgetSource: byQuery } = await vectorQuerySource({
      ...connection,
      sqlQuery: `SELECT * FROM ${table}`,
      spatialDataColumn: point.geometryColumn,
    })
    for (const { bbox } of [byTable, await byQuery.getExtent()]) {
      const wanted = [truth?.w, truth?.s, truth?.e, truth?.n].map(Number)
      for (const [index, value] of bbox.entries()) expect(value).toBeCloseTo(Number(wanted[index]), 4)
    }
  })

  it('W28: aborting rejects with an AbortError', async () => {
    const controller = new AbortController()
    const { widgetSource } = await vectorQuerySource({
      ...connection,
      sqlQuery: `SELECT * FROM ${table} WHERE pg_sleep(0.001) IS NOT NULL`,
      spatialDataColumn: point.geometryColumn,
    })
    const outcome = widgetSource.getFormula({ operation: 'count', signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' })
  })
})

function asMap(rows: readonly { readonly name?: unknown; readonly value?: unknown }[]): Map<unknown, number> {
  return new Map(rows.map((row) => [row.name, Number(row.value)]))
}

function expectDescending(values: readonly number[]): void {
  expect(values).toEqual([...values].sort((a, b) => b - a))
}

/** Equal but for the last digits of a floating sum. */
function expectClose(value: unknown, wanted: unknown): void {
  const [left, right] = [Number(value), Number(wanted)]
  expect(Math.abs(left - right), `${left} is close to ${right}`).toBeLessThanOrEqual(Math.abs(right) * 1e-9 + 1e-9)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
