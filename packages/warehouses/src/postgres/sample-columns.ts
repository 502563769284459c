import { quoteIdentifier } from './dialect.ts'
import { type ColumnCandidate, findCoordinatePairs, sampleExpression, sampleFormOf } from './spatial-columns.ts'
import type { WireRow } from './wire-query.ts'

const SAMPLE_ROWS = 100

/**
 * Looks at a few values of the columns that might hold geometries, cut short. `fetch` gets what follows SELECT and
 * what follows FROM's relation, and is not called when there is nothing to look at.
 */
export async function sampleColumns(
  columns: readonly ColumnCandidate[],
  fetch: (list: string, restriction: string) => Promise<readonly WireRow[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const paired = new Set(findCoordinatePairs(columns).flat())
  const looks = columns.flatMap((column) => {
    const form = sampleFormOf(column, paired.has(column))
    if (form === null) return []
    const quoted = quoteIdentifier(column.name)
    return [{ name: column.name, form, quoted, expression: sampleExpression(quoted, form) }]
  })
  if (looks.length === 0) return new Map()
  // A geometry column that says nothing of itself must not be judged by rows that lack it.
  const present = looks.filter(({ form }) => form === 'wkb-header').map(({ quoted }) => `${quoted} IS NOT NULL`)
  const restriction = present.length === 0 ? '' : `WHERE ${present.join(' OR ')}`
  const rows = await fetch(looks.map(({ expression }) => expression).join(', '), `${restriction} LIMIT ${SAMPLE_ROWS}`)
  return new Map(
    looks.map(({ name }, index) => [
      name,
      rows.map((row) => row[index]).filter((value) => value !== null && value !== undefined),
    ]),
  )
}
