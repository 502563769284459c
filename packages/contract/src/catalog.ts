import { type Static, Type } from 'typebox'

/** The column types of CARTO's `schema[]`; the warehouse's own spelling travels beside it as `nativeType`. */
export const FIELD_TYPES = [
  'number',
  'bigint',
  'string',
  'geometry',
  'timestamp',
  'object',
  'boolean',
  'variant',
  'unknown',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export const SchemaField = Type.Object({ name: Type.String(), type: Type.Enum([...FIELD_TYPES]) })
export type SchemaField = Static<typeof SchemaField>

/** How a source stores its geometry. `lonlat` uses two numeric columns; the text and binary forms are parsed in SQL. */
export const SPATIAL_ENCODINGS = ['geometry', 'geography', 'lonlat', 'wkt', 'wkb', 'geojson'] as const
export type SpatialEncoding = (typeof SPATIAL_ENCODINGS)[number]

export const GEOMETRY_TYPES = [
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
] as const
export type GeometryType = (typeof GEOMETRY_TYPES)[number]

/**
 * One way to draw a source on a map. `spatialDataColumn` is what travels on the wire: a column name, or
 * `longitude,latitude` for a pair of numeric columns.
 */
export const SpatialColumn = Type.Object({
  spatialDataColumn: Type.String(),
  encoding: Type.Enum([...SPATIAL_ENCODINGS]),
  columns: Type.Array(Type.String()),
  /** 0 means that the data states none; it is then read as EPSG:4326. */
  srid: Type.Integer(),
  /** Null when the source is empty or mixes kinds. */
  geometryType: Type.Union([Type.Enum([...GEOMETRY_TYPES]), Type.Null()]),
  hasSpatialIndex: Type.Boolean(),
  /** An indexed column of whole numbers that holds the quadbin cell of each point, at one resolution for all rows. */
  tileKey: Type.Optional(Type.Object({ column: Type.String(), resolution: Type.Integer({ minimum: 0, maximum: 26 }) })),
})
export type SpatialColumn = Static<typeof SpatialColumn>

export const ColumnDescription = Type.Object({
  name: Type.String(),
  type: Type.Enum([...FIELD_TYPES]),
  nativeType: Type.String(),
  nullable: Type.Boolean(),
  comment: Type.Union([Type.String(), Type.Null()]),
})
export type ColumnDescription = Static<typeof ColumnDescription>

/** What is known of a table, view or query without reading all of it. */
export const SourceDescription = Type.Object({
  columns: Type.Array(ColumnDescription),
  /** Detected ways to map the source, the best first; empty for a source that cannot be mapped. */
  spatialColumns: Type.Array(SpatialColumn),
  /** Columns of the primary key, in order; empty when there is none (queries, views). */
  primaryKey: Type.Array(Type.String()),
  /** The planner's estimate; null when the warehouse has none. */
  rowEstimate: Type.Union([Type.Number(), Type.Null()]),
  sizeBytes: Type.Union([Type.Number(), Type.Null()]),
})
export type SourceDescription = Static<typeof SourceDescription>

export const CatalogSchema = Type.Object({ name: Type.String(), tableCount: Type.Integer() })
export type CatalogSchema = Static<typeof CatalogSchema>

export const TABLE_KINDS = ['table', 'view', 'materialized-view', 'foreign-table', 'partitioned-table'] as const
export const CatalogTable = Type.Object({
  schema: Type.String(),
  name: Type.String(),
  kind: Type.Enum([...TABLE_KINDS]),
  rowEstimate: Type.Union([Type.Number(), Type.Null()]),
  sizeBytes: Type.Union([Type.Number(), Type.Null()]),
  /** From the catalogue alone (no data is read), so text and lon/lat forms show as null until described. */
  geometryType: Type.Union([Type.Enum([...GEOMETRY_TYPES]), Type.Null()]),
  geometryColumn: Type.Union([Type.String(), Type.Null()]),
  comment: Type.Union([Type.String(), Type.Null()]),
})
export type CatalogTable = Static<typeof CatalogTable>
