import type { Dialect } from './dialect.ts'
import { filtersCondition } from './filters.ts'
import { print, sql } from './fragment.ts'
import { readNumber } from './models/aggregate.ts'
import { relationOf } from './relation.ts'
import type { ExtentRequest } from './requests.ts'
import type { Compiled } from './statement.ts'

export interface Extent {
  readonly xmin: number
  readonly ymin: number
  readonly xmax: number
  readonly ymax: number
}

/** The extent of the rows in degrees; null when no row has a geometry. */
export function compileExtent(dialect: Dialect, request: ExtentRequest): Compiled<Extent | null> {
  const { description, filters, source, spatial } = request
  return {
    statement: print(
      sql`SELECT ${dialect.extent(spatial, description)} FROM ${relationOf(source)} WHERE ${filtersCondition(dialect, description, filters)}`,
      dialect,
    ),
    read: ([row]) => {
      const [xmin, ymin, xmax, ymax] = [row?.xmin, row?.ymin, row?.xmax, row?.ymax].map(readNumber)
      if (xmin == null || ymin == null || xmax == null || ymax == null) return null
      return { xmin, ymin, xmax, ymax }
    },
  }
}
