import type { Extent, GeometryStats } from '@graticule/contract'
import type { Dialect } from './dialect.ts'
import { readExtent } from './extent.ts'
import { filtersCondition } from './filters.ts'
import { print, sql } from './fragment.ts'
import { relationOf } from './relation.ts'
import type { ExtentRequest } from './requests.ts'
import type { Compiled } from './statement.ts'

/**
 * How much narrower than the extent the box across the antimeridian must be. Data of the whole world have a chance gap
 * somewhere, a little wider at Greenwich as often as not, and nobody expects them to begin there.
 */
const NARROWER = 0.75

/** The statistics of a geometry column; null when no row has a geometry. */
export function compileGeometryStats(dialect: Dialect, request: ExtentRequest): Compiled<GeometryStats | null> {
  const { description, filters, source, spatial } = request
  const rows = sql`FROM ${relationOf(source)} WHERE ${filtersCondition(dialect, description, filters)}`
  const longitudes = dialect.longitudesAcrossAntimeridian(spatial, description, rows)
  return {
    // Only data that reach around more than half the world are read a second time: CASE leaves the query alone otherwise.
    statement: print(
      sql`SELECT xmin, ymin, xmax, ymax, CASE WHEN xmax - xmin > 180 THEN (${longitudes}) END AS longitudes FROM (SELECT ${dialect.extent(spatial, description)} ${rows}) AS extent`,
      dialect,
    ),
    read: ([row]) => {
      const extent = readExtent(row)
      if (!extent) return null
      const extentAcrossAntimeridian = readNarrowerExtent(extent, row?.longitudes)
      return { extent, ...(extentAcrossAntimeridian && { extentAcrossAntimeridian }) }
    },
  }
}

function readNarrowerExtent(extent: Extent, longitudes: unknown): Extent | null {
  if (!Array.isArray(longitudes)) return null
  const [xmin = Number.NaN, xmax = Number.NaN] = longitudes.map(Number)
  const isAcross = xmin >= -180 && xmin <= 180 && xmax > 180
  return isAcross && xmax - xmin <= NARROWER * (extent.xmax - extent.xmin) ? { ...extent, xmin, xmax } : null
}
