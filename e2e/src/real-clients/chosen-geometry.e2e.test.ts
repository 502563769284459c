import { createPolygonSpatialFilter, vectorQuerySource } from '@carto/api-client'
import type { Polygon } from 'geojson'
import { describe, expect, inject, it } from 'vitest'
import { connectionOf, readNumber } from './sql-truth.ts'
import { readTileFeatures, tileOfView } from './tile-reading.ts'

const { targets } = inject('servers')

describe.each(targets)('geometry of $label that a person chose because no name gives it away', (target) => {
  const { table, geometryColumn } = target.samples.point
  const place = `ST_Transform(${geometryColumn}, 4326)`
  const sqlQuery = `SELECT ST_X(${place}) AS easting_deg, ST_Y(${place}) AS northing_deg, ST_AsText(${place}) AS shape_text, ${geometryColumn} FROM ${table}`
  const [longitude, latitude, zoom] = target.view
  const reach = 90 / 2 ** zoom

  it.each(['easting_deg,northing_deg', 'shape_text'])(
    '%s has tiles, an extent and filtered widgets',
    async (column) => {
      const source = await vectorQuerySource({ ...connectionOf(target), sqlQuery, spatialDataColumn: column })
      const plain = await vectorQuerySource({ ...connectionOf(target), sqlQuery, spatialDataColumn: geometryColumn })
      const tile = tileOfView(target, 3)
      const features = await readTileFeatures(source, tile)
      expect(features.length).toBeGreaterThan(0)
      expect(features.length).toBe((await readTileFeatures(plain, tile)).length)
      const { bbox } = await source.widgetSource.getExtent()
      const expected = await plain.widgetSource.getExtent()
      for (const [index, edge] of bbox.entries()) expect(edge).toBeCloseTo(expected.bbox[index] ?? Number.NaN, 6)
      const box: Polygon = {
        type: 'Polygon',
        coordinates: [
          [
            [longitude - reach, latitude - reach],
            [longitude + reach, latitude - reach],
            [longitude + reach, latitude + reach],
            [longitude - reach, latitude + reach],
            [longitude - reach, latitude - reach],
          ],
        ],
      }
      const spatialFilter = createPolygonSpatialFilter(box)
      const { value } = await source.widgetSource.getFormula({ operation: 'count', spatialFilter })
      const envelope = `ST_MakeEnvelope(${longitude - reach}, ${latitude - reach}, ${longitude + reach}, ${latitude + reach}, 4326)`
      expect(Number(value)).toBe(
        await readNumber(target, `SELECT count(*) FROM ${table} WHERE ${place} && ${envelope}`),
      )
    },
  )
})
