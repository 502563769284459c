/** The PostgreSQL types that demo columns use. */
export type DemoColumnType = 'integer' | 'double precision' | 'text' | 'date' | 'timestamp' | 'timestamptz'

export interface DemoColumn {
  readonly name: string
  readonly type: DemoColumnType
  /** Shown in the catalogue: what the value means, with its unit, and where it comes from when that is not obvious. */
  readonly comment: string
}

/** A cell; times are ISO strings. */
export type DemoValue = string | number | null

export interface DemoRow {
  /** In the order of the table's columns. */
  readonly values: readonly DemoValue[]
  /** Well-known text in degrees. */
  readonly geometry: string
}

/** One table of the demo warehouse. Each also has the integer primary key `id` and the geometry column `geom`. */
export interface DemoTable {
  readonly name: string
  /** What the table holds, and the source and licence of its data. */
  readonly comment: string
  readonly geometryType: 'Point' | 'LineString' | 'MultiPolygon'
  readonly columns: readonly DemoColumn[]
  /** Reads the data from the packages it comes in. */
  readRows(): readonly DemoRow[]
}
