import type { AggregationOperation, Filters, SpatialFilterGeometry, TimeStep } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import { askModel, describeOnce, RUN, tableSource } from './asking.ts'
import { passes } from './expected-filters.ts'
import { aggregate, binOf, bucketOf, groupBy, quantile } from './expected-models.ts'
import { OBSERVATIONS, type Observation } from './observations.ts'
import type { ConformanceSubject } from './subject.ts'

const OPERATIONS = ['count', 'sum', 'avg', 'min', 'max'] as const
const FILTERS: readonly Filters[] = [
  {},
  { quantity: { between: { values: [[3, 15]] } }, active: { in: { values: [true] } } },
  { kind: { in: { values: ['no such kind'] } } },
]
const SEA: SpatialFilterGeometry = {
  type: 'Polygon',
  coordinates: [
    [
      [-160, -50],
      [-150, -50],
      [-150, -40],
      [-160, -50],
    ],
  ],
}

/** Numbers within the rounding of a sum in another order, and of four-byte floats. */
function near(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 5)
}

function byName(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

export function describeModels(current: () => ConformanceSubject): void {
  const rowsFor = (filters: Filters): Observation[] => OBSERVATIONS.filter((row) => passes(row, filters))

  describe('models', () => {
    test('formula: every operation, with and without filters, over a table and over a query', async () => {
      const subject = current()
      const query = {
        type: 'query' as const,
        sql: `SELECT * FROM ${subject.schema}.observations WHERE id > :low`,
        parameters: { low: 0 },
      }
      for (const filters of FILTERS) {
        for (const operation of OPERATIONS) {
          for (const column of ['amount', 'quantity', 'price', 'ratio'] as const) {
            const { rows } = await askModel(subject, { model: 'formula', params: { operation, column }, filters })
            expect(rows).toEqual([{ value: near(aggregate(rowsFor(filters), operation, column)) }])
          }
        }
        const counted = await askModel(subject, {
          model: 'formula',
          params: { operation: 'count', column: '*' },
          filters,
          source: query,
        })
        expect(counted.rows).toEqual([{ value: rowsFor(filters).length }])
      }
    })

    test('formula: nothing in the area is 0 counted and null summed', async () => {
      const params = (operation: AggregationOperation): { operation: AggregationOperation; column: string } => ({
        operation,
        column: 'amount',
      })
      expect((await askModel(current(), { model: 'formula', params: params('count'), polygon: SEA })).rows).toEqual([
        { value: 0 },
      ])
      expect((await askModel(current(), { model: 'formula', params: params('sum'), polygon: SEA })).rows).toEqual([
        { value: null },
      ])
    })

    test('formula: a custom expression is an aggregate of its own', async () => {
      const params = { operation: 'custom' as const, operationExp: 'max(amount) - min(amount)' }
      const expected = (aggregate(OBSERVATIONS, 'max', 'amount') ?? 0) - (aggregate(OBSERVATIONS, 'min', 'amount') ?? 0)
      expect((await askModel(current(), { model: 'formula', params })).rows).toEqual([{ value: near(expected) }])
    })

    test.each([
      'count(*)) FROM x; --',
      'count(*); DROP TABLE x',
      '(SELECT count(*) FROM pg_class)',
      "max('a' /* c */)",
      'sum(amount), sum(price)',
      "max(query_to_xml('select 1', true, true, '')::text)",
      'count(*) FROM other',
      'max($1)',
      "max('open)",
    ])('formula: the expression %s cannot leave its place', async (operationExp) => {
      await expect(
        askModel(current(), { model: 'formula', params: { operation: 'custom', operationExp } }),
      ).rejects.toMatchObject({ code: 'invalid_query' })
    })

    test('formula: an operation that does not fit is refused', async () => {
      await expect(
        askModel(current(), { model: 'formula', params: { operation: 'sum', column: 'kind' } }),
      ).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(
        askModel(current(), { model: 'formula', params: { operation: 'sum', column: 'nope' } }),
      ).rejects.toMatchObject({ code: 'column_not_found' })
    })

    test('category: every order, ties by name, NULL last', async () => {
      for (const filters of FILTERS) {
        const groups = [...groupBy(rowsFor(filters), ({ kind }) => kind)].map(([name, rows]) => ({
          name,
          value: rows.length,
        }))
        const orders = {
          frequency_desc: groups.toSorted((a, b) => b.value - a.value || byName(a.name, b.name)),
          frequency_asc: groups.toSorted((a, b) => a.value - b.value || byName(a.name, b.name)),
          alphabetical_asc: groups.toSorted((a, b) => byName(a.name, b.name)),
        }
        for (const [orderBy, expected] of Object.entries(orders)) {
          const params = { column: 'kind', operation: 'count' as const, orderBy: orderBy as keyof typeof orders }
          expect((await askModel(current(), { model: 'category', params, filters })).rows).toEqual(expected)
        }
      }
    })

    test('category: others are aggregated from their rows, whatever the operation', async () => {
      for (const operation of OPERATIONS) {
        const params = { column: 'kind', operation, operationColumn: 'amount', othersThreshold: 3 }
        const { rows, metadata } = await askModel(current(), { model: 'category', params })
        const groups = groupBy(OBSERVATIONS, ({ kind }) => kind)
        expect(rows).toHaveLength(groups.size)
        for (const row of rows) {
          expect(row.value).toEqual(near(aggregate(groups.get(row.name as string | null) ?? [], operation, 'amount')))
        }
        const rest = rows.slice(3).flatMap((row) => groups.get(row.name as string | null) ?? [])
        expect(metadata?.others).toEqual(near(aggregate(rest, operation, 'amount')))
      }
    })

    test('category: no others when there are no more categories than the threshold', async () => {
      const params = { column: 'active', operation: 'count' as const, othersThreshold: 3 }
      const { rows, metadata } = await askModel(current(), { model: 'category', params })
      expect(rows.map(({ name }) => name).toSorted()).toEqual(['false', 'true', null].toSorted())
      expect(metadata?.others).toBeUndefined()
    })

    test('category: numbers are numbers', async () => {
      const params = { column: 'quantity', operation: 'count' as const, orderBy: 'alphabetical_asc' as const }
      const { rows } = await askModel(current(), { model: 'category', params })
      const expected = [...groupBy(OBSERVATIONS, ({ quantity }) => quantity)].map(([name, found]) => ({
        name,
        value: found.length,
      }))
      expect(rows).toEqual(expected.toSorted((a, b) => (a.name ?? Infinity) - (b.name ?? Infinity)))
    })

    test('histogram: bins are closed below and open above, empty ones and NULLs are left out', async () => {
      for (const [column, ticks] of [
        ['amount', [-20, 0, 10.5, 10.6, 100, 1000]],
        ['ratio', [0.1, 0.3, 0.7]],
        ['quantity', [5]],
        ['price', [0, 25.25, 50]],
      ] as const) {
        const values = OBSERVATIONS.filter((row) => row[column] !== null)
        const groups = groupBy(values, (row) => binOf(row[column] ?? 0, ticks))
        const expected = [...groups]
          .map(([tick, found]) => ({ tick, value: found.length }))
          .toSorted((a, b) => a.tick - b.tick)
        expect((await askModel(current(), { model: 'histogram', params: { column, ticks } })).rows).toEqual(expected)
      }
      await expect(
        askModel(current(), { model: 'histogram', params: { column: 'amount', ticks: [2, 1] } }),
      ).rejects.toMatchObject({ code: 'invalid_request' })
    })

    test('range: numbers, times, and nulls when nothing is left', async () => {
      const ask = async (column: string, filters: Filters = {}): Promise<unknown> =>
        (await askModel(current(), { model: 'range', params: { column }, filters })).rows
      const seen = OBSERVATIONS.map((row) => row.seen)
        .filter((value) => value !== null)
        .toSorted()
      expect(await ask('ratio')).toEqual([
        { min: aggregate(OBSERVATIONS, 'min', 'ratio'), max: aggregate(OBSERVATIONS, 'max', 'ratio') },
      ])
      expect(await ask('price')).toEqual([
        { min: aggregate(OBSERVATIONS, 'min', 'price'), max: aggregate(OBSERVATIONS, 'max', 'price') },
      ])
      const [times] = (await ask('seen')) as [{ min: string; max: string }]
      expect([Date.parse(times.min), Date.parse(times.max)]).toEqual([
        Date.parse(seen[0] ?? ''),
        Date.parse(seen.at(-1) ?? ''),
      ])
      expect(await ask('amount', FILTERS[2])).toEqual([{ min: null, max: null }])
    })

    test('scatterplot: pairs without NULLs, no more than the limit', async () => {
      const params = { xAxisColumn: 'amount', yAxisColumn: 'price', limit: 500 }
      const { rows } = await askModel(current(), { model: 'scatterplot', params })
      const pairs = OBSERVATIONS.filter(({ amount, price }) => amount !== null && price !== null)
      const key = ({ x, y }: { x?: unknown; y?: unknown }): string => `${x} ${y}`
      expect(rows.map(key).toSorted()).toEqual(pairs.map(({ amount, price }) => `${amount} ${price}`).toSorted())
      const few = await askModel(current(), { model: 'scatterplot', params: { ...params, limit: 7 } })
      expect(few.rows).toHaveLength(7)
    })

    test('table: pages join without gaps or doubles, with the total of all pages', async () => {
      const params = { column: ['id', 'kind', 'geom'], sortBy: 'quantity', sortDirection: 'desc' as const, limit: 90 }
      const ids: number[] = []
      for (let offset = 0; offset < OBSERVATIONS.length; offset += 90) {
        const { rows, metadata } = await askModel(current(), { model: 'table', params: { ...params, offset } })
        expect(metadata).toEqual({ total: OBSERVATIONS.length })
        ids.push(...rows.map((row) => Number(row.id)))
      }
      const expected = OBSERVATIONS.toSorted((a, b) => (b.quantity ?? -1) - (a.quantity ?? -1) || a.id - b.id)
      expect(ids).toEqual(expected.map(({ id }) => id))
    })

    test('table: a page behind the last one still tells the total', async () => {
      const params = { column: ['id'], limit: 10, offset: 10_000 }
      expect(await askModel(current(), { model: 'table', params })).toEqual({
        rows: [],
        metadata: { total: OBSERVATIONS.length },
      })
    })

    test('table: cells come with their exact names and values', async () => {
      const params = { column: ['kind', 'amount', 'seen', 'day', 'active', 'big', 'geom'], sortBy: 'id', limit: 3 }
      const { rows } = await askModel(current(), { model: 'table', params })
      for (const [index, row] of rows.entries()) {
        const expected = OBSERVATIONS[index] as Observation
        expect(row).toMatchObject({
          kind: expected.kind,
          amount: expected.amount,
          active: expected.active,
          day: expected.day,
        })
        expect(row.big === null ? null : String(row.big)).toBe(expected.big)
        expect(row.seen === null ? null : Date.parse(String(row.seen))).toBe(
          expected.seen === null ? null : Date.parse(expected.seen),
        )
        expect(row.geom).toEqual({ type: 'Point', coordinates: [expected.lon, expected.lat] })
      }
    })

    test('timeseries: UTC buckets of every step and multiple, oldest first', async () => {
      const steps: [TimeStep, number][] = [
        ['year', 1],
        ['year', 2],
        ['month', 1],
        ['month', 3],
        ['month', 5],
        ['week', 1],
        ['week', 2],
        ['day', 1],
        ['day', 10],
        ['hour', 1],
        ['hour', 6],
        ['minute', 15],
        ['second', 1],
      ]
      for (const [stepSize, stepMultiplier] of steps) {
        const params = { column: 'seen', stepSize, stepMultiplier, operation: 'count' as const }
        const { rows } = await askModel(current(), { model: 'timeseries', params })
        const timed = OBSERVATIONS.filter(({ seen }) => seen !== null)
        const groups = groupBy(timed, ({ seen }) => bucketOf(seen ?? '', stepSize, stepMultiplier))
        const expected = [...groups].map(([name, found]) => ({ name, value: found.length }))
        expect(rows).toEqual(expected.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      }
    })

    test('timeseries: an operation on another column, over dates', async () => {
      const params = { column: 'day', stepSize: 'month' as const, operation: 'avg' as const, operationColumn: 'price' }
      const { rows } = await askModel(current(), { model: 'timeseries', params })
      const timed = OBSERVATIONS.filter(({ day }) => day !== null)
      const groups = groupBy(timed, ({ day }) => bucketOf(`${day}T00:00:00Z`, 'month'))
      const expected = [...groups].map(([name, found]) => ({ name, value: near(aggregate(found, 'avg', 'price')) }))
      expect(rows).toEqual(expected.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    })

    test('timeseries: split by category, the largest or the listed ones', async () => {
      const base = { column: 'seen', stepSize: 'year' as const, operation: 'count' as const, splitByCategory: 'kind' }
      const timed = OBSERVATIONS.filter(({ seen, kind }) => seen !== null && kind !== null)
      const totals = [...groupBy(timed, ({ kind }) => kind as string)].map(([name, found]) => ({
        name,
        value: found.length,
      }))
      const top = totals
        .toSorted((a, b) => b.value - a.value || byName(a.name, b.name))
        .slice(0, 3)
        .map(({ name }) => name)
      const limited = await askModel(current(), { model: 'timeseries', params: { ...base, splitByCategoryLimit: 3 } })
      expect(limited.metadata).toEqual({ categories: top })
      const expected = [
        ...groupBy(
          timed.filter(({ kind }) => top.includes(kind ?? '')),
          ({ seen, kind }) => `${bucketOf(seen ?? '', 'year')} ${kind}`,
        ),
      ]
      expect(limited.rows.map(({ name, category, value }) => [`${name} ${category}`, value]).toSorted()).toEqual(
        expected.map(([key, found]) => [key, found.length]).toSorted(),
      )
      const listed = await askModel(current(), {
        model: 'timeseries',
        params: { ...base, splitByCategoryValues: ['café', 'absent'] },
      })
      expect(listed.metadata).toEqual({ categories: ['café'] })
    })

    test('aggregations: as a list and as SQL', async () => {
      const expected = { 'the sum': near(aggregate(OBSERVATIONS, 'sum', 'amount')), n: OBSERVATIONS.length }
      const list = [
        { column: 'amount', operation: 'sum' as const, alias: 'the sum' },
        { column: '*', operation: 'count' as const, alias: 'n' },
      ]
      expect((await askModel(current(), { model: 'aggregations', params: { aggregations: list } })).rows).toEqual([
        expected,
      ])
      const aggregations = `sum(amount) AS ${current().quote('the sum')}, count(*) AS n`
      expect((await askModel(current(), { model: 'aggregations', params: { aggregations } })).rows).toEqual([expected])
    })

    test('pick: rows in the order of their feature ids, which tiles and models agree on', async () => {
      const subject = current()
      const source = tableSource(subject, 'observations')
      const description = await describeOnce(subject, source)
      const spatial = description.spatialColumns[0]
      if (!spatial) throw new Error('The observations have a geometry.')
      const { statement, layout } = subject.compiler.compileTile({
        source,
        description,
        spatial,
        z: 0,
        x: 0,
        y: 0,
        tileResolution: 1,
        columns: ['id', '_carto_feature_id'],
        filters: { id: { in: { values: [3, 1, 2] } } },
        withFeatureBbox: false,
        budget: { maxFeatures: 1000, maxBytes: 1e6 },
        mode: 'raw',
      })
      const tile = subject.compiler.decodeTile(layout, await subject.warehouse.runRaw(statement, RUN))
      const [ids, features] = tile.attributes
      const featureIdOf = new Map(
        Array.from<unknown, [number, string]>(ids?.values ?? [], (id, index) => [
          Number(id),
          String(features?.values[index]),
        ]),
      )
      const featureIds = [3, 1, 2].map((id) => featureIdOf.get(id) ?? '')
      const picked = await askModel(subject, {
        model: 'pick',
        params: { columns: ['id'], dataType: 'points', featureIds },
      })
      expect(picked).toEqual({
        rows: [3, 1, 2].map((id, index) => ({ id, _carto_feature_id: featureIds[index] })),
        metadata: { total: 3 },
      })
      const params = { operation: 'count' as const, featureIds }
      expect((await askModel(subject, { model: 'formula', params })).rows).toEqual([{ value: 3 }])
    })
  })

  describe('statistics', () => {
    const stats = async (column: string, filters: Filters = {}): Promise<Record<string, unknown>> => {
      const subject = current()
      const source = tableSource(subject, 'observations')
      const description = await describeOnce(subject, source)
      const compiled = subject.compiler.compileColumnStats({ source, description, column, filters })
      return compiled.read((await subject.warehouse.run(compiled.statement, RUN)).rows)
    }

    test('numbers have their range, mean, sum, and the edges of 3 to 20 quantiles', async () => {
      for (const column of ['amount', 'quantity', 'price', 'ratio'] as const) {
        const found = await stats(column)
        const sorted = OBSERVATIONS.map((row) => row[column])
          .filter((value) => value !== null)
          .toSorted((a, b) => a - b)
        expect(found).toMatchObject({
          attribute: column,
          type: 'Number',
          min: sorted[0],
          max: sorted.at(-1),
          avg: near(aggregate(OBSERVATIONS, 'avg', column)),
          sum: near(aggregate(OBSERVATIONS, 'sum', column)),
        })
        const quantiles = found.quantiles as Record<string, number[]>
        expect(Object.keys(quantiles)).toEqual(Array.from({ length: 18 }, (_, index) => String(index + 3)))
        for (const [count, edges] of Object.entries(quantiles)) {
          expect(edges).toEqual(
            Array.from({ length: Number(count) + 1 }, (_, i) => near(quantile(sorted, i / Number(count)))),
          )
        }
      }
    })

    test('texts and booleans have categories, the most frequent first', async () => {
      const groups = [
        ...groupBy(
          OBSERVATIONS.filter(({ kind }) => kind !== null),
          ({ kind }) => kind as string,
        ),
      ]
      const categories = groups
        .map(([category, found]) => ({ category, frequency: found.length }))
        .toSorted((a, b) => b.frequency - a.frequency || byName(a.category, b.category))
      expect(await stats('kind')).toEqual({ attribute: 'kind', type: 'String', categories })
      expect(await stats('active')).toMatchObject({
        type: 'Boolean',
        categories: expect.arrayContaining([expect.objectContaining({ category: true })]),
      })
    })

    test('times have their first and last, geometries their extent', async () => {
      const seen = OBSERVATIONS.map((row) => row.seen)
        .filter((value) => value !== null)
        .toSorted()
      const found = await stats('seen')
      expect(found.type).toBe('Timestamp')
      expect(Date.parse(String(found.min))).toBe(Date.parse(seen[0] ?? ''))
      expect(String(found.max)).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
      const lons = OBSERVATIONS.map(({ lon }) => lon)
      const lats = OBSERVATIONS.map(({ lat }) => lat)
      const extent = {
        xmin: Math.min(...lons),
        ymin: Math.min(...lats),
        xmax: Math.max(...lons),
        ymax: Math.max(...lats),
      }
      expect(await stats('geom')).toEqual({ attribute: 'geom', type: 'Geometry', extent })
    })

    test('nothing left has empty statistics', async () => {
      const filters: Filters = { kind: { in: { values: ['absent'] } } }
      expect(await stats('amount', filters)).toMatchObject({ min: null, max: null, avg: null, sum: null })
      expect(await stats('kind', filters)).toMatchObject({ categories: [] })
      expect(await stats('geom', filters)).toMatchObject({ extent: null })
    })

    test('an unknown column is column_not_found', async () => {
      await expect(stats('nope')).rejects.toMatchObject({ code: 'column_not_found' })
    })
  })
}
