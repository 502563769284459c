import { MapDocument, type SourceDescription, type SpatialColumn } from '@graticule/contract'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { createMapFromTable, fitExtent } from './create-map-from-table.ts'

const spatial: SpatialColumn = {
  spatialDataColumn: 'lon,lat',
  encoding: 'lonlat',
  columns: ['lon', 'lat'],
  srid: 4326,
  geometryType: 'Point',
  hasSpatialIndex: false,
}
const description: SourceDescription = {
  columns: [{ name: 'name', type: 'string', nativeType: 'text', nullable: true, comment: null }],
  spatialColumns: [spatial],
  primaryKey: [],
  rowEstimate: 10,
  sizeBytes: null,
}
const table = { connectionName: 'carto_dw', providerId: 'postgres', tableName: 'demo.big_cities', description, spatial }

test('the document is valid, and its one layer draws from its one dataset', () => {
  const document = createMapFromTable({ ...table, extent: null })
  expect(Value.Check(MapDocument, document)).toBe(true)
  const [dataset] = document.datasets
  expect(dataset).toMatchObject({ source: 'demo.big_cities', geoColumn: 'geom:lon,lat', connectionName: 'carto_dw' })
  expect(document.keplerMapConfig.config.visState.layers.map((layer) => layer.config.dataId)).toEqual([dataset?.id])
})

test('the extent of the table is in view', () => {
  const document = createMapFromTable({ ...table, extent: { xmin: 5, ymin: 45, xmax: 11, ymax: 48 } })
  expect(document.keplerMapConfig.config.mapState).toMatchObject({ longitude: 8 })
  expect(document.keplerMapConfig.config.mapState.latitude).toBeCloseTo(46.52, 1)
})

test('an extent across the antimeridian is in view from a camera between -180 and 180 degrees', () => {
  const { longitude, zoom } = fitExtent({ xmin: 172, ymin: 18, xmax: 294, ymax: 71 })
  expect(longitude).toBe(-127)
  expect(zoom).toBe(fitExtent({ xmin: -188, ymin: 18, xmax: -66, ymax: 71 }).zoom)
  expect(fitExtent({ xmin: 170, ymin: -20, xmax: 188, ymax: -10 }).longitude).toBe(179)
})

test('the whole world, the poles and a single point all give a zoom that can be shown', () => {
  expect(fitExtent({ xmin: -180, ymin: -90, xmax: 180, ymax: 90 }).zoom).toBe(0.5)
  expect(fitExtent({ xmin: 8, ymin: 47, xmax: 8, ymax: 47 })).toEqual({ longitude: 8, latitude: 47, zoom: 14 })
})
