import { AppError, type ColumnDescription, type SourceDescription } from '@graticule/contract'

/** The column of that exact name; throws `column_not_found` in the words that the real client recognises. */
export function findColumn(description: SourceDescription, name: string): ColumnDescription {
  const column = description.columns.find((candidate) => candidate.name === name)
  if (column) return column
  throw new AppError('column_not_found', 'Column not found', {
    details: { column_name: name },
    hint: `The source has no column "${name}".`,
  })
}

/** The same, for a column that a calculation needs numbers from; throws `invalid_request` for another type. */
export function findNumberColumn(description: SourceDescription, name: string, purpose: string): ColumnDescription {
  const column = findColumn(description, name)
  if (isNumeric(column)) return column
  throw new AppError(
    'invalid_request',
    `${purpose} needs a column of numbers; "${name}" holds ${column.nativeType} values.`,
  )
}

/** Whether the column holds numbers of any width. */
export function isNumeric(column: ColumnDescription): boolean {
  return column.type === 'number' || column.type === 'bigint'
}
