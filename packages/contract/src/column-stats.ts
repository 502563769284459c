import { type Static, Type } from 'typebox'

const EXTENT_SIDES = {
  xmin: Type.Number({ description: 'West, degrees.' }),
  ymin: Type.Number({ description: 'South, degrees.' }),
  xmax: Type.Number({ description: 'East, degrees.' }),
  ymax: Type.Number({ description: 'North, degrees.' }),
}

/** A box in WGS84 degrees. */
export const Extent = Type.Object(EXTENT_SIDES)
export type Extent = Static<typeof Extent>

/** What `/v3/stats/…` tells of a geometry column beside its name and type. */
export const GeometryStats = Type.Object({
  extent: Type.Object(EXTENT_SIDES, { description: 'The box around the geometries, with xmin ≤ xmax.' }),
  extentAcrossAntimeridian: Type.Optional(
    Type.Object(EXTENT_SIDES, {
      description:
        'The same geometries seen across the antimeridian: xmax is above 180 and counts on from there. ' +
        'Only there when extent is wider than 180 degrees and this box at least a quarter narrower.',
    }),
  ),
})
export type GeometryStats = Static<typeof GeometryStats>

/** The body of `/v3/stats/…`; what else it holds depends on the type of the column. */
export const ColumnStatsBody = Type.Intersect([
  Type.Object({ attribute: Type.String(), type: Type.String() }),
  Type.Partial(GeometryStats),
])
