import { describe, expect, test } from 'vitest'
import { describeOnce, RUN, tableSource } from './asking.ts'
import { OBSERVATION_TABLE, OBSERVATIONS } from './observations.ts'
import type { ConformanceSubject } from './subject.ts'

export function describeCatalog(current: () => ConformanceSubject): void {
  describe('catalogue', () => {
    test('a schema is listed with the number of its tables', async () => {
      const { warehouse, schema } = current()
      const found = (await warehouse.listSchemas(RUN)).find(({ name }) => name === schema)
      expect(found?.tableCount).toBeGreaterThanOrEqual(1)
    })

    test('a table is listed with its kind, its geometry column and its comment', async () => {
      const { warehouse, schema } = current()
      const tables = await warehouse.listTables(schema, RUN)
      expect(tables.find(({ name }) => name === OBSERVATION_TABLE.name)).toMatchObject({
        schema,
        kind: 'table',
        geometryColumn: 'geom',
        geometryType: 'Point',
        comment: 'What was seen',
      })
    })

    test('a schema that does not exist has no tables', async () => {
      expect(await current().warehouse.listTables('no such schema', RUN)).toEqual([])
    })

    test('a table is described with columns, types, key, geometry and size', async () => {
      const description = await current().warehouse.describe(tableSource(current(), 'observations'), RUN)
      expect(description.columns.map(({ name, type }) => [name, type])).toEqual([
        ['id', 'number'],
        ['amount', 'number'],
        ['quantity', 'number'],
        ['price', 'number'],
        ['ratio', 'number'],
        ['kind', 'string'],
        ['active', 'boolean'],
        ['seen', 'timestamp'],
        ['day', 'timestamp'],
        ['big', 'bigint'],
        ['geom', 'geometry'],
      ])
      expect(description.columns[0]?.nullable).toBe(false)
      expect(description.columns[1]?.nullable).toBe(true)
      expect(description.primaryKey).toEqual(['id'])
      expect(description.spatialColumns).toEqual([
        {
          spatialDataColumn: 'geom',
          encoding: 'geometry',
          columns: ['geom'],
          srid: 4326,
          geometryType: 'Point',
          hasSpatialIndex: true,
        },
      ])
      expect(description.sizeBytes).toBeGreaterThan(0)
    })

    test('a query is described without running to its end', async () => {
      const { schema, warehouse } = current()
      const sql = `SELECT id, amount * 2 AS double_amount, seen, geom FROM ${schema}.observations WHERE kind <> 'x' -- note`
      const description = await warehouse.describe({ type: 'query', sql }, RUN)
      expect(description.columns.map(({ name, type }) => [name, type])).toEqual([
        ['id', 'number'],
        ['double_amount', 'number'],
        ['seen', 'timestamp'],
        ['geom', 'geometry'],
      ])
      expect(description.spatialColumns[0]).toMatchObject({ srid: 4326, geometryType: 'Point', encoding: 'geometry' })
      expect(description.primaryKey).toEqual([])
    })

    test('a table that does not exist is table_not_found, a query on it is invalid_query', async () => {
      const { schema, warehouse } = current()
      const missing = `${schema}.missing`
      await expect(warehouse.describe({ type: 'table', name: missing }, RUN)).rejects.toMatchObject({
        code: 'table_not_found',
      })
      await expect(warehouse.describe({ type: 'query', sql: `SELECT * FROM ${missing}` }, RUN)).rejects.toMatchObject({
        code: 'invalid_query',
      })
    })

    test('longitude and latitude, WKT, GeoJSON and WKB are recognised', async () => {
      const subject = current()
      const points = OBSERVATIONS.slice(0, 5)
      await subject.createTable({
        name: 'encodings',
        columns: [
          { name: 'pickup_longitude', type: 'double' },
          { name: 'pickup_latitude', type: 'double' },
          { name: 'wkt', type: 'text' },
          { name: 'geojson', type: 'text' },
          { name: 'hex', type: 'text' },
          { name: 'wkb', type: 'bytes' },
          { name: 'plain', type: 'text' },
        ],
        rows: points.map(({ lon, lat, kind }) => ({
          pickup_longitude: lon,
          pickup_latitude: lat,
          wkt: `SRID=4326;POINT(${lon} ${lat})`,
          geojson: JSON.stringify({ type: 'Point', coordinates: [lon, lat] }),
          hex: pointWkb(lon, lat).toUpperCase(),
          wkb: pointWkb(lon, lat),
          plain: kind,
        })),
      })
      const { spatialColumns } = await describeOnce(subject, tableSource(subject, 'encodings'))
      expect(
        spatialColumns.map(({ spatialDataColumn, encoding, geometryType }) => [
          spatialDataColumn,
          encoding,
          geometryType,
        ]),
      ).toEqual([
        ['pickup_longitude,pickup_latitude', 'lonlat', 'Point'],
        ['wkt', 'wkt', 'Point'],
        ['geojson', 'geojson', 'Point'],
        ['hex', 'wkb', 'Point'],
        ['wkb', 'wkb', 'Point'],
      ])
    })

    test('columns that are chosen although nothing gives them away are looked at, and refused when they hold no geometry', async () => {
      const subject = current()
      const points = OBSERVATIONS.slice(0, 5)
      await subject.createTable({
        name: 'chosen',
        columns: [
          { name: 'across', type: 'double' },
          { name: 'up', type: 'double' },
          { name: 'shape', type: 'text' },
          { name: 'plain', type: 'text' },
          { name: 'geom', type: 'geometry' },
        ],
        rows: points.map(({ lon, lat, kind }) => ({
          across: lon,
          up: lat,
          shape: `POINT(${lon} ${lat})`,
          plain: kind,
          geom: `POINT(${lon} ${lat})`,
        })),
      })
      // The text of a query is passed over when it has a geometry.
      const query = { type: 'query', sql: `SELECT * FROM ${subject.schema}.chosen` } as const
      for (const source of [tableSource(subject, 'chosen'), query]) {
        const description = await subject.warehouse.describe(source, RUN)
        const choose = (name: string) => subject.warehouse.describeSpatialChoice(source, description, name, RUN)
        expect(await choose('across,up')).toMatchObject({ encoding: 'lonlat', columns: ['across', 'up'] })
        expect(await choose('shape')).toMatchObject({ encoding: 'wkt', geometryType: 'Point', srid: 4326 })
        await expect(choose('plain')).rejects.toMatchObject({ code: 'invalid_request' })
        await expect(choose('across,plain')).rejects.toMatchObject({ code: 'invalid_request' })
        await expect(choose('across,missing')).rejects.toMatchObject({ code: 'column_not_found' })
      }
    })
  })
}

/** A point as hexadecimal WKB. */
export function pointWkb(longitude: number, latitude: number): string {
  const bytes = Buffer.alloc(21)
  bytes.writeUInt8(1, 0)
  bytes.writeUInt32LE(1, 1)
  bytes.writeDoubleLE(longitude, 5)
  bytes.writeDoubleLE(latitude, 13)
  return bytes.toString('hex')
}
