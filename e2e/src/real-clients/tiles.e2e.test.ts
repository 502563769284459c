import { vectorTableSource } from '@carto/api-client'
import { describe, expect, inject, it } from 'vitest'
import { connectionOf, readNumber, runSql } from './sql-truth.ts'
import { fetchTile, readBinaryTile, readTileFeatures, tileAt, tileBounds, tileOfView, tileUrl } from './tile-reading.ts'

const { targets } = inject('servers')

describe.each(targets)('tiles of $label', (target) => {
  const connection = connectionOf(target)
  const sourceOf = (sample: (typeof target.samples)['point'], options = {}) =>
    vectorTableSource({
      ...connection,
      tableName: sample.table,
      spatialDataColumn: sample.geometryColumn,
      ...options,
    })

  it('B01: a point tile holds every row of its area once, with numbers as numbers', async () => {
    const { point } = target.samples
    const source = await sourceOf(point, { columns: [point.numericColumn, point.categoryColumn] })
    const tile = tileOfView(target)
    const [west, south, east, north] = tileBounds(tile)
    const [truth] = await runSql(
      target,
      `SELECT count(*) AS n, sum(${point.numericColumn}) AS total FROM (
         SELECT *, ST_Transform(${point.geometryColumn}, 4326) AS in_degrees FROM ${point.table}
       ) AS rows WHERE ST_X(in_degrees) >= ${west} AND ST_X(in_degrees) < ${east} AND ST_Y(in_degrees) > ${south} AND ST_Y(in_degrees) <= ${north}`,
    )
    const response = await fetchTile(source, tile)
    expect(response.headers.get('content-type')).toMatch(/^application\/vnd\.mapbox-vector-tile/)
    const { points, lines, polygons } = await readBinaryTile(source, tile)
    const count = points.positions.value.length / points.positions.size
    expect(count).toBe(Number(truth?.n))
    expect(points.featureIds.value).toHaveLength(count)
    expect(points.globalFeatureIds.value).toHaveLength(count)
    expect(lines.positions.value).toHaveLength(0)
    expect(polygons.positions.value).toHaveLength(0)
    const numbers = points.numericProps[point.numericColumn]?.value
    expect(numbers).toHaveLength(count)
    const total = [...(numbers ?? [])].reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0)
    expect(total).toBeCloseTo(Number(truth?.total), 0)
  })

  it('B02: a tile where nothing is, is 204 and has no body', async () => {
    const source = await sourceOf(target.samples.point)
    const response = await fetchTile(source, tileAt(-140, -60, 10))
    expect(response.status).toBe(204)
    expect((await response.arrayBuffer()).byteLength).toBe(0)
  })

  it('B03: a tile without a token, or with a bad one, is refused', async () => {
    const source = await sourceOf(target.samples.point)
    const url = tileUrl(source, tileOfView(target))
    const responses = [await fetch(url), await fetch(url, { headers: { Authorization: 'Bearer BAD' } })]
    for (const response of responses) {
      expect([401, 403]).toContain(response.status)
      expect(await response.json()).toMatchObject({ error: expect.any(String) })
    }
  })

  it('B04: the path of a tile ends without a file extension', async () => {
    const source = await sourceOf(target.samples.point)
    expect(new URL(tileUrl(source, tileOfView(target))).pathname).toMatch(/\/[^/.]+$/)
  })

  it('B10: a line tile holds the paths of every line that crosses it', async () => {
    const { line } = target.samples
    const source = await sourceOf(line, { columns: [line.numericColumn] })
    expect(source.tilestats.layers[0]?.geometry).toMatch(/LineString$/)
    const tile = tileOfView(target)
    const { lines } = await readBinaryTile(source, tile)
    const vertexCount = lines.positions.value.length / lines.positions.size
    expect(lines.pathIndices.value[0]).toBe(0)
    expect(lines.pathIndices.value.at(-1)).toBe(vertexCount)
    expect(lines.featureIds.value).toHaveLength(vertexCount)
    expect(lines.numericProps[line.numericColumn]?.value).toHaveLength(vertexCount)

    // Lines reach a little past the edge, so that their ends do not show; further away is nothing.
    const countWithin = (margin: number): Promise<number> => {
      const [west, south, east, north] = tileBounds(tile)
      const [marginX, marginY] = [(east - west) * margin, (north - south) * margin]
      const corners = [west - marginX, south - marginY, east + marginX, north + marginY].join(', ')
      return readNumber(
        target,
        `SELECT count(*) FROM ${line.table} WHERE ST_Intersects(ST_Transform(${line.geometryColumn}, 4326), ST_MakeEnvelope(${corners}, 4326))`,
      )
    }
    const count = (await readTileFeatures(source, tile)).length
    // A line that only touches a corner may round to nothing.
    expect(count).toBeGreaterThanOrEqual(await countWithin(-1 / 512))
    expect(count).toBeLessThanOrEqual(await countWithin(1 / 16))
  })

  it('B11: a polygon tile has rings, triangles and the bounds of whole features', async () => {
    const { polygon } = target.samples
    const source = await sourceOf(polygon, {
      columns: [polygon.numericColumn, polygon.categoryColumn],
      prepareLabels: true,
    })
    const tile = tileOfView(target)
    const { polygons } = await readBinaryTile(source, tile)
    const vertexCount = polygons.positions.value.length / polygons.positions.size
    expect(vertexCount).toBeGreaterThan(0)
    expect(polygons.polygonIndices.value.at(-1)).toBe(vertexCount)
    expect(polygons.primitivePolygonIndices.value.at(-1)).toBe(vertexCount)
    expect(polygons.featureIds.value).toHaveLength(vertexCount)
    const triangles = polygons.triangles?.value ?? []
    expect(triangles.length).toBeGreaterThan(0)
    expect(Math.max(...triangles)).toBeLessThan(vertexCount)

    const features = await readTileFeatures(source, tile)
    const boxes = new Set(features.map((feature) => String(feature.properties?._carto_bbox)))
    const [west, south, east, north] = tileBounds(tile)
    const rows = await runSql(
      target,
      `SELECT ST_XMin(box) AS w, ST_YMin(box) AS s, ST_XMax(box) AS e, ST_YMax(box) AS n FROM (
         SELECT ST_Extent(ST_Transform(${polygon.geometryColumn}, 4326)) AS box FROM ${polygon.table}
         WHERE ST_Contains(ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326), ST_Transform(${polygon.geometryColumn}, 4326))
         GROUP BY ${polygon.geometryColumn} LIMIT 5) AS boxes`,
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      const wanted = [row.w, row.s, row.e, row.n].map(Number)
      const hasIt = [...boxes].some((box) =>
        box.split(',').every((value, index) => Math.abs(Number(value) - Number(wanted[index])) < 1e-4),
      )
      expect(hasIt, `a feature with _carto_bbox ${wanted}`).toBe(true)
    }
  })

  it('B12: the same tile twice is the same bytes, each time with 200', async () => {
    const source = await sourceOf(target.samples.polygon)
    const tile = tileOfView(target)
    const [first, second] = [await fetchTile(source, tile), await fetchTile(source, tile)]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(Buffer.from(await first.arrayBuffer()).equals(Buffer.from(await second.arrayBuffer()))).toBe(true)
  })
})
