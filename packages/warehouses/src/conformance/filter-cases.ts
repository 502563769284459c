import type { Filter, Filters, SpatialFilterGeometry } from '@graticule/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askModel, type ModelQuestion } from './asking.ts'
import { isInside, passes } from './expected-filters.ts'
import { OBSERVATIONS } from './observations.ts'
import type { ConformanceSubject } from './subject.ts'

const numberBound = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -60, max: 160 }),
  fc.integer({ min: -600, max: 1600 }).map((value) => value / 10),
)
const timeBound = fc.oneof(
  fc.constant(null),
  fc.integer({ min: Date.UTC(2019, 11, 1), max: Date.UTC(2023, 1, 1) }),
  fc.integer({ min: Date.UTC(2019, 11, 1), max: Date.UTC(2023, 1, 1) }).map((at) => new Date(at).toISOString()),
  fc.constantFrom(...OBSERVATIONS.map(({ seen }) => seen)),
)
const intervals = (
  bound: fc.Arbitrary<number | string | null>,
): fc.Arbitrary<[number | string | null, number | string | null][]> =>
  fc.array(fc.tuple(bound, bound), { maxLength: 3 })

function valuesOf(
  column: 'amount' | 'quantity' | 'price' | 'ratio' | 'kind' | 'active' | 'seen' | 'day' | 'big',
): fc.Arbitrary<(string | number | boolean)[]> {
  const existing = OBSERVATIONS.map((row) => row[column]).filter((value) => value !== null)
  return fc.array(fc.oneof(fc.constantFrom(...existing), fc.constantFrom<string | number>('absent', 3, 1.5)), {
    maxLength: 4,
  })
}

const numberFilter = (column: 'amount' | 'quantity' | 'price' | 'ratio'): fc.Arbitrary<Filter> =>
  fc.record(
    {
      in: fc.record({ values: valuesOf(column) }),
      between: fc.record({ values: intervals(numberBound) }),
      closed_open: fc.record({ values: intervals(numberBound) }),
    },
    { requiredKeys: [] },
  )
const timeFilter: fc.Arbitrary<Filter> = fc.record(
  {
    between: fc.record({ values: intervals(timeBound) }),
    time: fc.record({ values: intervals(timeBound), params: fc.constant({ offsetBy: 5 }) }),
    closed_open: fc.record({ values: intervals(timeBound) }),
  },
  { requiredKeys: [] },
)
const textFilter: fc.Arbitrary<Filter> = fc.record(
  {
    in: fc.record({ values: valuesOf('kind').map((values) => values.map(String)) }),
    stringSearch: fc.record({
      values: fc.array(
        fc.constantFrom(
          'cafe',
          'CAFÉ',
          'sao',
          'ã',
          '%',
          '_',
          '\\',
          '"',
          "'",
          '{',
          ',',
          '',
          'quoted',
          'pau',
          '50%',
          'null',
          '.',
          '*',
        ),
        { maxLength: 3 },
      ),
      params: fc.record(
        {
          mustStart: fc.boolean(),
          mustEnd: fc.boolean(),
          caseSensitive: fc.boolean(),
          keepSpecialCharacters: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { requiredKeys: [] },
)
const anyFilters: fc.Arbitrary<Filters> = fc.record(
  {
    amount: numberFilter('amount'),
    quantity: numberFilter('quantity'),
    price: numberFilter('price'),
    ratio: numberFilter('ratio'),
    seen: timeFilter,
    day: timeFilter,
    kind: textFilter,
    active: fc.record({ in: fc.record({ values: fc.array(fc.boolean(), { maxLength: 2 }) }) }),
    big: fc.record({ in: fc.record({ values: valuesOf('big').map((values) => values.map(String)) }) }),
  },
  { requiredKeys: [] },
)

const RING = [
  [-5.123, 38.001],
  [12.5, 36.777],
  [25.25, 50.123],
  [8.4, 61.9],
  [7.7, 48.2],
  [-5.123, 38.001],
]
const HOLE = [
  [5.01, 42.02],
  [9.03, 42.04],
  [9.05, 45.06],
  [5.07, 45.08],
  [5.01, 42.02],
]

export function describeFilters(current: () => ConformanceSubject): void {
  const idsOf = async (question: Partial<ModelQuestion<'table'>>): Promise<number[]> => {
    const params = { column: ['id'], sortBy: 'id', limit: OBSERVATIONS.length }
    const { rows } = await askModel(current(), { ...question, model: 'table', params })
    return rows.map((row) => Number(row.id))
  }
  const expected = (filters: Filters, operator: 'and' | 'or' = 'and'): number[] =>
    OBSERVATIONS.filter((row) => passes(row, filters, operator)).map(({ id }) => id)

  describe('filters', () => {
    test('any combination lets through the rows that the contract says', async () => {
      await fc.assert(
        fc.asyncProperty(anyFilters, fc.constantFrom('and' as const, 'or' as const), async (filters, operator) => {
          expect(await idsOf({ filters, operator })).toEqual(expected(filters, operator))
        }),
        { numRuns: 80 },
      )
    })

    test('a number written as a string, and an integer bound between two integers, count', async () => {
      const filters: Filters = { quantity: { in: { values: ['3', '4.0', 5] }, between: { values: [[2.5, 4.5]] } } }
      expect(await idsOf({ filters })).toEqual(expected({ quantity: { in: { values: [3, 4] } } }))
    })

    test('integers of all their 19 digits are told apart, and numbers too large for the column equal nothing', async () => {
      const sql = 'SELECT CAST(5209574053332910079 AS bigint) AS cell, CAST(0.5 AS real) AS ratio'
      const count = async (filters: Filters): Promise<unknown> => {
        const source = { type: 'query' as const, sql }
        return (await askModel(current(), { model: 'formula', params: { operation: 'count' }, source, filters })).rows
      }
      expect(await count({ cell: { in: { values: ['5209574053332910079'] } } })).toEqual([{ value: 1 }])
      expect(await count({ cell: { in: { values: ['5209574053332910078', '99999999999999999999', 1e30] } } })).toEqual([
        { value: 0 },
      ])
      expect(await count({ cell: { between: { values: [['5209574053332910079', '5209574053332910079']] } } })).toEqual([
        { value: 1 },
      ])
      expect(await count({ ratio: { in: { values: [1e300, 1e-300, 0.5] } } })).toEqual([{ value: 1 }])
      expect(await count({ ratio: { between: { values: [[-1e300, 1e300]] } } })).toEqual([{ value: 1 }])
    })

    test('times beyond what a calendar shows are no bounds', async () => {
      const filters: Filters = { seen: { time: { values: [[-1e18, 1e18]] } } }
      expect(await idsOf({ filters })).toEqual(OBSERVATIONS.filter(({ seen }) => seen !== null).map(({ id }) => id))
    })

    test('an empty list of values lets nothing through', async () => {
      expect(await idsOf({ filters: { kind: { in: { values: [] } } } })).toEqual([])
      expect(await idsOf({ filters: { quantity: { between: { values: [] } } } })).toEqual([])
    })

    test('without bounds everything but NULL passes', async () => {
      expect(await idsOf({ filters: { amount: { between: { values: [[null, null]] } } } })).toEqual(
        OBSERVATIONS.filter(({ amount }) => amount !== null).map(({ id }) => id),
      )
    })

    test('regular expressions search as they are written', async () => {
      const filters: Filters = {
        kind: { stringSearch: { values: ['^c[aA]f', '\\bone$'], params: { useRegExp: true } } },
      }
      expect(await idsOf({ filters })).toEqual(expected(filters))
      const broken: Filters = { kind: { stringSearch: { values: ['('], params: { useRegExp: true } } } }
      await expect(idsOf({ filters: broken })).rejects.toMatchObject({ code: 'invalid_query' })
    })

    test('an unknown column is told in the words of the contract', async () => {
      await expect(idsOf({ filters: { nope: { in: { values: [1] } } } })).rejects.toMatchObject({
        code: 'column_not_found',
        message: 'Column not found',
        details: { column_name: 'nope' },
      })
    })

    test('an unknown kind of filter and a bound of the wrong kind are refused', async () => {
      const unknown = { amount: { near: { values: [1] } } } as unknown as Filters
      await expect(idsOf({ filters: unknown })).rejects.toMatchObject({ code: 'invalid_request' })
      const wrong: Filters = { amount: { between: { values: [['abc', null]] } } }
      await expect(idsOf({ filters: wrong })).rejects.toMatchObject({ code: 'invalid_request' })
      const time: Filters = { seen: { time: { values: [['not a time', null]] } } }
      await expect(idsOf({ filters: time })).rejects.toMatchObject({ code: 'invalid_request' })
    })

    test('a polygon with a hole lets through what lies inside', async () => {
      const polygon: SpatialFilterGeometry = { type: 'Polygon', coordinates: [RING, HOLE] }
      const inside = OBSERVATIONS.filter(({ lon, lat }) => isInside(lon, lat, [RING, HOLE]))
      expect(inside.length).toBeGreaterThan(20)
      expect(await idsOf({ polygon })).toEqual(inside.map(({ id }) => id))
    })

    test('a multipolygon of thousands of vertices works, and so does one over nothing', async () => {
      const circle = (cx: number, cy: number, radius: number): number[][] =>
        Array.from({ length: 2001 }, (_, index) => {
          const angle = ((index % 2000) / 2000) * 2 * Math.PI
          return [cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)]
        })
      const rings = [circle(2.0001, 45.0001, 6), circle(20.0001, 55.0001, 4)]
      const polygon: SpatialFilterGeometry = { type: 'MultiPolygon', coordinates: rings.map((ring) => [ring]) }
      const inside = OBSERVATIONS.filter(({ lon, lat }) => rings.some((ring) => isInside(lon, lat, [ring])))
      expect(await idsOf({ polygon })).toEqual(inside.map(({ id }) => id))
      const far: SpatialFilterGeometry = { type: 'Polygon', coordinates: [circle(-150, -40, 1)] }
      expect(await idsOf({ polygon: far })).toEqual([])
    })

    test('a polygon that crosses itself is no error', async () => {
      const bowTie = [
        [0, 40],
        [20, 60],
        [20, 40],
        [0, 60],
        [0, 40],
      ]
      const found = await idsOf({ polygon: { type: 'Polygon', coordinates: [bowTie] } })
      expect(found.length).toBeGreaterThan(0)
    })

    test('a polygon of broken positions is refused', async () => {
      const broken = {
        type: 'Polygon',
        coordinates: [
          [
            [0, 1],
            ['x', 2],
            [3, 4],
            [0, 1],
          ],
        ],
      } as unknown as SpatialFilterGeometry
      await expect(idsOf({ polygon: broken })).rejects.toMatchObject({ code: 'invalid_request' })
    })
  })
}
