import type {
  Filters,
  FiltersLogicalOperator,
  QueryParameters,
  SourceDescription,
  SpatialColumn,
  SpatialFilterGeometry,
  WidgetModelName,
  WidgetModelParams,
} from '@graticule/contract'

/** What a request reads: a table by its qualified name, or one SELECT with bound parameters. */
export type Source =
  | { readonly type: 'table'; readonly name: string }
  | { readonly type: 'query'; readonly sql: string; readonly parameters?: QueryParameters }

/** A source together with what the warehouse said of it; compiling never guesses at columns or types. */
export interface DescribedSource {
  readonly source: Source
  readonly description: SourceDescription
}

/** The most that one tile may hold before features are dropped or points are binned. */
export interface TileBudget {
  readonly maxFeatures: number
  readonly maxBytes: number
}

/** One map tile, web-mercator XYZ. */
export interface TileRequest extends DescribedSource {
  readonly spatial: SpatialColumn
  readonly z: number
  readonly x: number
  readonly y: number
  /** 0.25, 0.5, 1, 2 or 4: a grid of 256…4096 cells a side on which dense points are binned. */
  readonly tileResolution: number
  /** Attributes to carry, in order. May name `_carto_feature_id` and `_carto_point_density`. */
  readonly columns: readonly string[]
  readonly filters: Filters
  readonly withFeatureBbox: boolean
  readonly budget: TileBudget
  /** `raw`: one feature per row. `binned`: points above the budget, one feature per occupied grid cell. */
  readonly mode: 'raw' | 'binned'
}

/** Keys that every model takes besides its own: rows whose `_carto_feature_id` is listed, at most 1000. */
export interface FeatureSelection {
  readonly featureIds?: readonly string[]
}

export interface ModelRequest<Name extends WidgetModelName = WidgetModelName> extends DescribedSource {
  readonly model: Name
  readonly params: WidgetModelParams[Name] & FeatureSelection
  readonly filters: Filters
  readonly filtersLogicalOperator: FiltersLogicalOperator
  /** Restricts to rows whose geometry meets the polygon. */
  readonly spatialFilter?: { readonly spatial: SpatialColumn; readonly geometry: SpatialFilterGeometry }
  /** The geometry that feature ids are of; the source's first one unless told. Only `pick` and `featureIds` need it. */
  readonly spatial?: SpatialColumn
}

/** Statistics of one column (section 7.3 of the contract): numbers, categories, time range, or extent. */
export interface ColumnStatsRequest extends DescribedSource {
  readonly column: string
  readonly filters: Filters
}

/** The extent in degrees of what the spatial column holds, alone or among its statistics. */
export interface ExtentRequest extends DescribedSource {
  readonly spatial: SpatialColumn
  readonly filters: Filters
}

/** A statement that a person wrote, run as it stands, with its parameters bound. */
export interface QueryRequest {
  readonly sql: string
  readonly parameters?: QueryParameters
}
