import { setTimeout as sleep } from 'node:timers/promises'
import { buildStatsUrl, query, requestWithParameters } from '@carto/api-client'
import { describe, expect, inject, it } from 'vitest'
import { recordRequests } from './request-recorder.ts'
import { connectionOf, readNumber, runSql } from './sql-truth.ts'

const { targets } = inject('servers')

describe.each(targets)('SQL and statistics of $label', (target) => {
  const connection = connectionOf(target)
  const { point } = target.samples
  const { table, numericColumn: number, categoryColumn: category, dateColumn: date } = point
  const headers = { Authorization: `Bearer ${target.accessToken}` }

  it('Q01: query() answers rows, schema and whether a cache answered', async () => {
    const result = await query({
      ...connection,
      sqlQuery: `SELECT 7 AS n, 'x'::text AS t, true AS b, NULL::text AS nothing, ${point.geometryColumn} AS g FROM ${table} LIMIT 1`,
    })
    expect(result.rows).toEqual([
      { n: 7, t: 'x', b: true, nothing: null, g: { type: 'Point', coordinates: expect.any(Array) } },
    ])
    expect(result.schema).toEqual([
      { name: 'n', type: 'number' },
      { name: 't', type: 'string' },
      { name: 'b', type: 'boolean' },
      { name: 'nothing', type: 'string' },
      { name: 'g', type: 'geometry' },
    ])
    expect(typeof result.meta.cacheHit).toBe('boolean')
    const { coordinates } = result.rows[0]?.g ?? {}
    expect(Math.abs(coordinates[0])).toBeLessThanOrEqual(180)
    expect(Math.abs(coordinates[1])).toBeLessThanOrEqual(90)
  })

  it('Q02: query() with a tiny URL limit is a POST', async () => {
    const { result, requests } = await recordRequests(() =>
      query({ ...connection, sqlQuery: 'SELECT 40 + 2 AS answer', maxLengthURL: 10 }),
    )
    expect(requests[0]?.method).toBe('POST')
    expect(result.rows).toEqual([{ answer: 42 }])
  })

  it('Q03: values are bound, whatever is in them', async () => {
    const nasty = `it's "quoted" \\ $1 :name -- ; é 🦔`
    const positional = await query({
      ...connection,
      sqlQuery: 'SELECT $1::text AS text, $2::integer + 1 AS next',
      queryParameters: [nasty, 4],
    })
    expect(positional.rows).toEqual([{ text: nasty, next: 5 }])
    const named = await query({
      ...connection,
      sqlQuery: "SELECT :word::text AS text, ':word' AS literal, :n::integer + 1 AS next",
      queryParameters: { word: nasty, n: 4 },
      maxLengthURL: 10,
    })
    expect(named.rows).toEqual([{ text: nasty, literal: ':word', next: 5 }])
  })

  it('Q04: the statistics of a number have quantiles for 3 to 20 buckets', async () => {
    const stats = await fetchStats(number)
    const [truth] = await runSql(
      target,
      `SELECT min(${number}) AS min, max(${number}) AS max, avg(${number}) AS avg, sum(${number}) AS sum FROM ${table}`,
    )
    expect(stats).toMatchObject({ attribute: number, type: 'Number' })
    for (const key of ['min', 'max', 'avg', 'sum'] as const) {
      const wanted = Number(truth?.[key])
      expect(Math.abs(Number(stats[key]) - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * 1e-9)
    }
    const quantiles = stats.quantiles as Record<string, number[]>
    for (let buckets = 3; buckets <= 20; buckets++) {
      const breaks = quantiles[buckets] ?? []
      expect(breaks, `${buckets} buckets`).toHaveLength(buckets + 1)
      expect(breaks).toEqual([...breaks].sort((a, b) => a - b))
      expect(breaks[0]).toBe(Number(truth?.min))
      expect(breaks.at(-1)).toBe(Number(truth?.max))
    }
  })

  it('Q05: the statistics of a text are its categories, the most frequent first', async () => {
    const stats = await fetchStats(category)
    expect(stats).toMatchObject({ attribute: category, type: 'String' })
    const categories = stats.categories as { category: string; frequency: number }[]
    const truth = await runSql(
      target,
      `SELECT ${category} AS category, count(*) AS frequency FROM ${table} WHERE ${category} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`,
    )
    const known = categories.filter((each) => each.category !== null).slice(0, truth.length)
    expect(known).toEqual(truth.map((row) => ({ category: row.category, frequency: Number(row.frequency) })))
  })

  it('Q06: statistics over a query describe its result', async () => {
    const sqlQuery = `SELECT ${number} * 2 AS doubled FROM ${table} WHERE ${number} IS NOT NULL`
    const baseUrl = buildStatsUrl({ ...connection, attribute: 'doubled', source: sqlQuery, type: 'query' } as never)
    const stats = await requestWithParameters<Record<string, unknown>>({
      baseUrl,
      headers,
      parameters: { q: sqlQuery },
      errorContext: { requestType: 'Tile stats' },
      localCache: {},
    })
    expect(stats).toMatchObject({ attribute: 'doubled', type: 'Number' })
    expect(stats.max).toBe(await readNumber(target, `SELECT max(${number}) * 2 FROM ${table}`))
  })

  it('Q07: the statistics of a date are two times', async () => {
    const stats = await fetchStats(date)
    expect(stats).toMatchObject({ attribute: date, type: 'Timestamp' })
    const [truth] = await runSql(target, `SELECT min(${date}) AS min, max(${date}) AS max FROM ${table}`)
    expect(Date.parse(String(stats.min))).toBe(Date.parse(String(truth?.min)))
    expect(Date.parse(String(stats.max))).toBe(Date.parse(String(truth?.max)))
  })

  it('Q08: a job runs to success and can be found, and a wrong one tells why it failed', async () => {
    const jobs = `${target.apiBaseUrl}/v3/sql/${target.connectionName}/job`
    const submit = async (sql: string): Promise<Record<string, unknown>> => {
      const response = await fetch(jobs, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ query: sql }),
      })
      expect(response.status).toBeLessThan(300)
      const created = (await response.json()) as Record<string, unknown>
      expect(created.jobId).toBe(created.externalId)
      for (;;) {
        const job = (await (await fetch(`${jobs}/${created.jobId}`, { headers })).json()) as Record<string, unknown>
        expect(['pending', 'running', 'success', 'failure', 'cancelled']).toContain(job.status)
        if (job.status !== 'pending' && job.status !== 'running') return job
        await sleep(50)
      }
    }
    expect(await submit(`SELECT count(*) FROM ${table}`)).toMatchObject({ status: 'success' })
    const failed = await submit('SELECT * FROM no_such_table_at_all')
    expect(failed.status).toBe('failure')
    expect(JSON.stringify(failed)).toContain('no_such_table_at_all')
  })

  function fetchStats(column: string): Promise<Record<string, unknown>> {
    const baseUrl = buildStatsUrl({ ...connection, attribute: column, source: table, type: 'table' } as never)
    return requestWithParameters({
      baseUrl,
      headers,
      parameters: {},
      errorContext: { requestType: 'Tile stats' },
      localCache: {},
    })
  }
})
