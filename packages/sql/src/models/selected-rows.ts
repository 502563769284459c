import { AppError, type SpatialColumn, type WidgetModelName } from '@graticule/contract'
import type { Dialect } from '../dialect.ts'
import { filtersCondition } from '../filters.ts'
import { allOf, type Sql, sql } from '../fragment.ts'
import { relationOf } from '../relation.ts'
import type { ModelRequest } from '../requests.ts'

const MAX_FEATURE_IDS = 1000

/** `FROM … WHERE …` of a model: the rows of its source that pass its filters, and the conditions given. */
export function selectedRows(dialect: Dialect, request: ModelRequest, ...more: readonly Sql[]): Sql {
  const { description, filters, filtersLogicalOperator, spatialFilter, params } = request
  const conditions = [filtersCondition(dialect, description, filters, filtersLogicalOperator)]
  if (spatialFilter) conditions.push(dialect.intersects(spatialFilter.spatial, description, spatialFilter.geometry))
  if (params.featureIds !== undefined && request.model !== 'pick') {
    conditions.push(featureIdCondition(dialect, request, params.featureIds))
  }
  return sql`FROM ${relationOf(request.source)} WHERE ${allOf([...conditions, ...more])}`
}

/** The row's geometry has one of the ids. */
export function featureIdCondition(dialect: Dialect, request: ModelRequest, featureIds: readonly string[]): Sql {
  if (featureIds.length > MAX_FEATURE_IDS) {
    throw new AppError('invalid_request', `At most ${MAX_FEATURE_IDS} featureIds can be asked for at once.`)
  }
  return dialect.isOneOfTexts(dialect.featureId(spatialOf(request), request.description), featureIds)
}

/** The geometry that feature ids are of; throws `invalid_request` when the source has none. */
export function spatialOf<Name extends WidgetModelName>(request: ModelRequest<Name>): SpatialColumn {
  const spatial = request.spatial ?? request.spatialFilter?.spatial ?? request.description.spatialColumns[0]
  if (spatial) return spatial
  throw new AppError('invalid_request', 'featureIds need a source with a geometry; this one has none.')
}
