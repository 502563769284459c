import type { Extent } from '@graticule/contract'
import type { Dialect } from './dialect.ts'
import { filtersCondition } from './filters.ts'
import { print, sql } from './fragment.ts'
import { readNumber } from './models/aggregate.ts'
import { relationOf } from './relation.ts'
import type { ExtentRequest } from './requests.ts'
import type { Compiled } from './statement.ts'

/** The extent of the rows in degrees; null when no row has a geometry. */
export function compileExtent(dialect: Dialect, request: ExtentRequest): Compiled<Extent | null> {
  const { description, filters, source, spatial } = request
  return {
    statement: print(
      sql`SELECT ${dialect.extent(spatial, description)} FROM ${relationOf(source)} WHERE ${filtersCondition(dialect, description, filters)}`,
      dialect,
    ),
    read: ([row]) => readExtent(row),
  }
}

/** The box in the columns that `Dialect.extent` names; null when there was no geometry to draw it around. */
export function readExtent(row: Readonly<Record<string, unknown>> | undefined): Extent | null {
  const [xmin, ymin, xmax, ymax] = [row?.xmin, row?.ymin, row?.xmax, row?.ymax].map(readNumber)
  if (xmin == null || ymin == null || xmax == null || ymax == null) return null
  return { xmin, ymin, xmax, ymax }
}
