import type { SchemaField } from '@graticule/contract'

const ID_NAME = /(^|_)(id|fid|gid|ogc_fid|objectid|geoid|fips)$/i

export function isNumeric(column: SchemaField): boolean {
  return column.type === 'number' || column.type === 'bigint'
}

export function isCategorical(column: SchemaField): boolean {
  return column.type === 'string' || column.type === 'boolean'
}

/** Columns that can stand in a tooltip or widget: everything but geometry. */
export function readableColumns(columns: readonly SchemaField[]): SchemaField[] {
  return columns.filter((column) => column.type !== 'geometry')
}

/** The column that most likely measures something: numeric, and not an identifier when there is a choice. */
export function firstMeasure(columns: readonly SchemaField[]): SchemaField | undefined {
  const numeric = columns.filter(isNumeric)
  return numeric.find((column) => !ID_NAME.test(column.name)) ?? numeric[0]
}

/** The column that most likely sorts into groups. */
export function firstCategory(columns: readonly SchemaField[]): SchemaField | undefined {
  const categorical = columns.filter(isCategorical)
  return (
    categorical.find((column) => /type|kind|class|category|group|country|state|region|status|net/i.test(column.name)) ??
    categorical.find((column) => !ID_NAME.test(column.name) && !/name|title|place|description/i.test(column.name)) ??
    categorical[0]
  )
}
