import type {
  AggregationOperation,
  ColumnDescription,
  SourceDescription,
  SpatialColumn,
  SpatialFilterGeometry,
  TimeStep,
} from '@graticule/contract'
import type { Sql } from './fragment.ts'
import type { TextPattern } from './text-pattern.ts'

/** One end of an interval; the value is already of the column's kind. */
export interface IntervalBound {
  readonly value: number | string
  readonly isInclusive: boolean
}

/**
 * How one kind of warehouse spells what the generic printer needs. Each function builds SQL for one idea; what the
 * ideas mean (null handling, bins, UTC buckets) is fixed here, so that all warehouses answer alike.
 */
export interface Dialect {
  /** The one function that quotes names. */
  quoteIdentifier(name: string): string
  /** The n-th bound value, counted from 1. */
  placeholder(position: number): string
  /** Column of `source` equal to one of the values, as people see them; values that cannot be equal are left out. */
  isOneOf(column: ColumnDescription, values: readonly (string | number | boolean)[]): Sql
  /** Column of `source` within the bounds. NULL and NaN are within no bounds. Times are compared in UTC. */
  isWithin(column: ColumnDescription, low: IntervalBound | null, high: IntervalBound | null): Sql
  /** Column of `source`, as text, matches the pattern. */
  matches(column: ColumnDescription, pattern: TextPattern): Sql
  /** The row's geometry meets the polygon, given in WGS84 degrees. */
  intersects(spatial: SpatialColumn, description: SourceDescription, geometry: SpatialFilterGeometry): Sql
  /** A text that is the same for the same full-precision geometry, whatever the zoom. */
  featureId(spatial: SpatialColumn, description: SourceDescription): Sql
  /** The text value is one of the list. */
  isOneOfTexts(text: Sql, values: readonly string[]): Sql
  /** Where the text stands in the list, counted from 1. */
  positionInTexts(text: Sql, values: readonly string[]): Sql
  /** The aggregate over a column, or over rows when the column is null (only `count`). NaN counts as NULL. */
  aggregate(operation: Exclude<AggregationOperation, 'custom'>, column: ColumnDescription | null): Sql
  /** Index of the bin: 0 below the first tick, i for [tick i−1, tick i), N from the last tick on. NaN is NULL. */
  binIndex(column: ColumnDescription, ticks: readonly number[]): Sql
  /** Start of the UTC bucket that the time falls in, as a timestamp. Weeks begin on Monday. */
  timeBucket(column: ColumnDescription, step: TimeStep, multiplier: number): Sql
  /** The column holds a time that a bucket can be found for. */
  hasInstant(column: ColumnDescription): Sql
  /** Text of a bucket start or category, for the answer. */
  asText(value: Sql): Sql
  /** Equality that holds for two NULLs. */
  isSame(left: Sql, right: Sql): Sql
  /** The column as an answer shows it: geometries become WGS84. */
  outputColumn(column: ColumnDescription, description: SourceDescription): Sql
  /** Four aggregates named xmin, ymin, xmax and ymax, in degrees. */
  extent(spatial: SpatialColumn, description: SourceDescription): Sql
  /**
   * A query over those rows (`FROM … WHERE …`) that answers one array: the least and the greatest longitude in degrees
   * when the western half of the world is seen to the east of the eastern one, from 180 on. What lies on both sides of
   * Greenwich stays whole, so that the two always enclose all geometries.
   */
  longitudesAcrossAntimeridian(spatial: SpatialColumn, description: SourceDescription, rows: Sql): Sql
  /** Numbers at those fractions of the sorted column, interpolated, as one array. */
  quantiles(column: ColumnDescription, fractions: readonly number[]): Sql
}
