import {
  createPolygonSpatialFilter,
  createViewportSpatialFilter,
  type Filters,
  vectorTableSource,
} from '@carto/api-client'
import type { MultiPolygon, Polygon } from 'geojson'
import { describe, expect, inject, it } from 'vitest'
import { recordRequests } from './request-recorder.ts'
import { connectionOf, readNumber, readPercentiles, runSql } from './sql-truth.ts'

const { targets } = inject('servers')

describe.each(targets)('filters of widgets over $label', (target) => {
  const { point } = target.samples
  const { table, numericColumn: number, categoryColumn: category, dateColumn: date } = point
  const [longitude, latitude, zoom] = target.view
  /** Half the width of the view in degrees. */
  const reach = 180 / 2 ** zoom
  const open = async (filters: Filters = {}, filtersLogicalOperator?: 'and' | 'or') => {
    const options = { ...connectionOf(target), tableName: table, spatialDataColumn: point.geometryColumn, filters }
    const { widgetSource } = await vectorTableSource(options)
    Object.assign(widgetSource.props, filtersLogicalOperator ? { filtersLogicalOperator } : {})
    return widgetSource
  }
  const count = async (filters: Filters, operator?: 'and' | 'or'): Promise<number> =>
    Number((await (await open(filters, operator)).getFormula({ operation: 'count' })).value)
  const sqlCount = (condition: string): Promise<number> =>
    readNumber(target, `SELECT count(*) FROM ${table} WHERE ${condition}`)
  const quartiles = () => readPercentiles(target, table, number, [0.25, 0.5, 0.75])
  const topCategories = async (): Promise<string[]> =>
    (
      await runSql(
        target,
        `SELECT ${category} AS name FROM ${table} WHERE ${category} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2`,
      )
    ).map((row) => String(row.name))

  it('W13: in, between and closed_open select as SQL does, with open ends and several intervals', async () => {
    const [low = 0, middle = 0, high = 0] = await quartiles()
    const names = await topCategories()
    expect(await count({ [category]: { in: { values: names } } })).toBe(
      await sqlCount(`${category} IN (${names.map(quote).join(', ')})`),
    )
    expect(await count({ [category]: { in: { values: [] } } })).toBe(0)
    expect(await count({ [number]: { in: { values: [middle] } } })).toBe(await sqlCount(`${number} = ${middle}`))
    expect(await count({ [number]: { between: { values: [[low, high]] } } })).toBe(
      await sqlCount(`${number} >= ${low} AND ${number} <= ${high}`),
    )
    expect(await count({ [number]: { closed_open: { values: [[low, high]] } } })).toBe(
      await sqlCount(`${number} >= ${low} AND ${number} < ${high}`),
    )
    expect(await count({ [number]: { between: { values: [[null, low] as never, [high, null] as never] } } })).toBe(
      await sqlCount(`${number} <= ${low} OR ${number} >= ${high}`),
    )
    expect(await count({ [number]: { between: { values: [[null, null] as never] } } })).toBe(
      await sqlCount(`${number} IS NOT NULL`),
    )
    const many = Array.from({ length: 40 }, (_, index): [number, number] => [index * 10, index * 10 + 4])
    expect(await count({ [number]: { closed_open: { values: many } } })).toBe(
      await sqlCount(many.map(([from, to]) => `(${number} >= ${from} AND ${number} < ${to})`).join(' OR ')),
    )
  })

  it('W14: stringSearch ignores case unless told, and anchors where told', async () => {
    const [name = ''] = await topCategories()
    const start = name.slice(0, 2)
    const search = (text: string, params: object = {}): Promise<number> =>
      count({ [category]: { stringSearch: { values: [text], params } } } as Filters)
    expect(await search(start.toUpperCase())).toBe(await search(start.toLowerCase()))
    expect(await search(start)).toBe(await sqlCount(`position(lower(${quote(start)}) IN lower(${category})) > 0`))
    expect(await search(start, { mustStart: true })).toBe(
      await sqlCount(`starts_with(lower(${category}), lower(${quote(start)}))`),
    )
    expect(await search(name, { mustStart: true, mustEnd: true, caseSensitive: true })).toBe(
      await sqlCount(`${category} = ${quote(name)}`),
    )
    const flipped = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase()
    expect(await search(flipped, { caseSensitive: true })).toBe(
      await sqlCount(`position(${quote(flipped)} IN ${category}) > 0`),
    )
  })

  it('W15: a time filter includes both of its milliseconds', async () => {
    const [row] = await runSql(
      target,
      `SELECT extract(epoch FROM min(${date})) * 1000 AS first, extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY ${date})) * 1000 AS middle FROM ${table}`,
    )
    const first = Math.floor(Number(row?.first))
    const middle = Math.ceil(Number(row?.middle))
    const epoch = `extract(epoch FROM ${date}) * 1000`
    expect(await count({ [date]: { time: { values: [[first, middle]] } } })).toBe(
      await sqlCount(`${epoch} >= ${first} AND ${epoch} <= ${middle}`),
    )
    expect(await count({ [date]: { time: { values: [[middle + 1, null] as never] } } })).toBe(
      await sqlCount(`${epoch} >= ${middle + 1}`),
    )
  })

  it('W16: or is the union of what and and each alone select', async () => {
    const [, middle = 0] = await quartiles()
    const [name = ''] = await topCategories()
    const byCategory: Filters = { [category]: { in: { values: [name] } } }
    const byNumber: Filters = { [number]: { between: { values: [[middle, null] as never] } } }
    const both = { ...byCategory, ...byNumber }
    const union = await count(both, 'or')
    const intersection = await count(both, 'and')
    expect(union).toBe((await count(byCategory)) + (await count(byNumber)) - intersection)
    expect(await count(both, 'AND' as 'and')).toBe(intersection)
    expect(await count(both)).toBe(intersection)
  })

  it('W17: a widget that owns the only filter sees all rows', async () => {
    const [name = ''] = await topCategories()
    const widgets = await open({ [category]: { in: { values: [name], owner: 'mine' } } })
    const own = await widgets.getFormula({ operation: 'count', filterOwner: 'mine' })
    const others = await widgets.getFormula({ operation: 'count', filterOwner: 'theirs' })
    expect(own.value).toBe(await sqlCount('true'))
    expect(others.value).toBe(await sqlCount(`${category} = ${quote(name)}`))
  })

  it('W18: a polygon selects what it meets; over nothing the count is 0 and the sum null', async () => {
    const widgets = await open()
    const near = createPolygonSpatialFilter(box(longitude, latitude, reach))
    const { value } = await widgets.getFormula({ operation: 'count', ...(near ? { spatialFilter: near } : {}) })
    expect(value).toBe(await sqlCount(meets(point.geometryColumn, box(longitude, latitude, reach))))
    expect(value).toBeGreaterThan(0)
    const nowhere = createPolygonSpatialFilter(box(-140, -60, 0.5))
    if (!nowhere) throw new Error('The client made no filter')
    expect(await widgets.getFormula({ operation: 'count', spatialFilter: nowhere })).toEqual({ value: 0 })
    expect(await widgets.getFormula({ operation: 'sum', column: number, spatialFilter: nowhere })).toEqual({
      value: null,
    })
    expect(await widgets.getCategories({ operation: 'count', column: category, spatialFilter: nowhere })).toEqual([])
  })

  it('W19: a MultiPolygon of 300 vertices travels by POST and selects the same rows', async () => {
    const shape: MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: [circle(longitude, latitude, reach, 200), circle(longitude + 2 * reach, latitude, reach / 3, 100)],
    }
    const widgets = await open()
    const { result, requests } = await recordRequests(() =>
      widgets.getFormula({ operation: 'count', spatialFilter: shape }),
    )
    expect(requests[0]?.method).toBe('POST')
    expect(result.value).toBe(await sqlCount(meets(point.geometryColumn, shape)))
    expect(result.value).toBeGreaterThan(0)
  })

  it('W20: the filter of a viewport selects what is in view', async () => {
    const bounds: [number, number, number, number] = [
      longitude - reach,
      latitude - reach,
      longitude + reach,
      latitude + reach,
    ]
    const spatialFilter = createViewportSpatialFilter(bounds)
    if (!spatialFilter) throw new Error('The client made no filter')
    const { value } = await (await open()).getFormula({ operation: 'count', spatialFilter })
    expect(value).toBeGreaterThan(0)
    expect(value).toBe(await sqlCount(meets(point.geometryColumn, spatialFilter)))
    expect(createViewportSpatialFilter([-180, -90, 180, 90])).toBeUndefined()
  })

  it('W18: a polygon filter works on lines and polygons as well', async () => {
    for (const sample of [target.samples.line, target.samples.polygon]) {
      const { widgetSource } = await vectorTableSource({
        ...connectionOf(target),
        tableName: sample.table,
        spatialDataColumn: sample.geometryColumn,
      })
      const area = box(longitude, latitude, reach)
      const { value } = await widgetSource.getFormula({ operation: 'count', spatialFilter: area })
      expect(value).toBe(
        await readNumber(target, `SELECT count(*) FROM ${sample.table} WHERE ${meets(sample.geometryColumn, area)}`),
      )
      expect(value).toBeGreaterThan(0)
    }
  })
})

function box(longitude: number, latitude: number, half: number): Polygon {
  const [west, south, east, north] = [longitude - half, latitude - half, longitude + half, latitude + half]
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  }
}

function circle(longitude: number, latitude: number, radius: number, vertices: number): number[][][] {
  const ring = Array.from({ length: vertices }, (_, index) => {
    const angle = (index / vertices) * 2 * Math.PI
    return [longitude + Math.cos(angle) * radius, latitude + Math.sin(angle) * radius]
  })
  return [[...ring, ring[0] as number[]]]
}

function meets(column: string, geometry: object): string {
  return `ST_Intersects(ST_Transform(${column}, 4326), ST_SetSRID(ST_GeomFromGeoJSON('${JSON.stringify(geometry)}'), 4326))`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
