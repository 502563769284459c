import { type Static, Type } from 'typebox'

const Owner = { owner: Type.Optional(Type.String()) }
const Bound = Type.Union([Type.Number(), Type.String(), Type.Null()])
const Interval = Type.Tuple([Bound, Bound])

/**
 * The filters on one column; several kinds on one column are AND-ed.
 * A `null` bound is unbounded. A NULL column value passes no filter.
 */
export const Filter = Type.Object(
  {
    in: Type.Optional(
      Type.Object({ values: Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()])), ...Owner }),
    ),
    between: Type.Optional(Type.Object({ values: Type.Array(Interval), ...Owner })),
    closed_open: Type.Optional(Type.Object({ values: Type.Array(Interval), ...Owner })),
    time: Type.Optional(
      Type.Object({
        values: Type.Array(Interval),
        params: Type.Optional(Type.Object({ offsetBy: Type.Optional(Type.Number()) })),
        ...Owner,
      }),
    ),
    stringSearch: Type.Optional(
      Type.Object({
        values: Type.Array(Type.String()),
        params: Type.Optional(
          Type.Object({
            useRegExp: Type.Optional(Type.Boolean()),
            mustStart: Type.Optional(Type.Boolean()),
            mustEnd: Type.Optional(Type.Boolean()),
            caseSensitive: Type.Optional(Type.Boolean()),
            keepSpecialCharacters: Type.Optional(Type.Boolean()),
          }),
        ),
        ...Owner,
      }),
    ),
  },
  { additionalProperties: false },
)
export type Filter = Static<typeof Filter>

/** Column name → its filters. */
export const Filters = Type.Record(Type.String(), Filter)
export type Filters = Static<typeof Filters>

export type FiltersLogicalOperator = 'and' | 'or'

/** A GeoJSON Polygon or MultiPolygon in WGS84 degrees. */
export const SpatialFilterGeometry = Type.Union([
  Type.Object({ type: Type.Literal('Polygon'), coordinates: Type.Array(Type.Array(Type.Array(Type.Number()))) }),
  Type.Object({
    type: Type.Literal('MultiPolygon'),
    coordinates: Type.Array(Type.Array(Type.Array(Type.Array(Type.Number())))),
  }),
])
export type SpatialFilterGeometry = Static<typeof SpatialFilterGeometry>

/** Values for the parameters of a query: `$1…$n` with an array, `:name` with an object. */
export const QueryParameters = Type.Union([Type.Array(Type.Unknown()), Type.Record(Type.String(), Type.Unknown())])
export type QueryParameters = Static<typeof QueryParameters>
