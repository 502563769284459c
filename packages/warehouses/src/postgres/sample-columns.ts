import { quoteIdentifier } from './dialect.ts'
import { type ColumnCandidate, findCoordinatePairs, sampleExpression, sampleFormOf } from './spatial-columns.ts'
import type { WireRow } from './wire-query.ts'

/**
 * Looks at a few values of the columns that might hold geometries, cut short. `fetch` gets a list of SELECT
 * expressions and is not called when there is nothing to look at.
 */
export async function sampleColumns(
  columns: readonly ColumnCandidate[],
  fetch: (list: string) => Promise<readonly WireRow[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const paired = new Set(findCoordinatePairs(columns).flat())
  const looks = columns.flatMap((column) => {
    const form = sampleFormOf(column, paired.has(column))
    return form === null
      ? []
      : [{ name: column.name, expression: sampleExpression(quoteIdentifier(column.name), form) }]
  })
  if (looks.length === 0) return new Map()
  const rows = await fetch(looks.map(({ expression }) => expression).join(', '))
  return new Map(
    looks.map(({ name }, index) => [
      name,
      rows.map((row) => row[index]).filter((value) => value !== null && value !== undefined),
    ]),
  )
}
