import { type Static, Type } from 'typebox'
import { QueryParameters } from './filters.ts'

/** Why a tile reads a whole table; see the advisor of each provider. */
export const SLOW_REASONS = [
  'row-security',
  'no-spatial-index',
  'converted-geometry',
  'reprojected-geometry',
  'no-coordinate-index',
] as const
export type SlowReason = (typeof SLOW_REASONS)[number]

/** How the tiles of a layer are read under the login of whoever asks. */
export const TileAdvice = Type.Object({
  verdict: Type.Enum(['fast', 'slow']),
  /** One sentence; of a slow layer it begins with "Slow because". */
  sentence: Type.String(),
  reason: Type.Union([Type.Enum([...SLOW_REASONS]), Type.Null()]),
  /** The operator or function that no index serves, and what stands behind it; null for a fast layer. */
  operator: Type.Union([Type.String(), Type.Null()]),
  functionName: Type.Union([Type.String(), Type.Null()]),
  /** The one script that mends it, for the owner of the table or an administrator of the warehouse. */
  script: Type.Union([Type.String(), Type.Null()]),
  /** How the table is read, such as `Seq Scan`, and by which index. Never how many rows: some may be hidden. */
  scan: Type.Union([
    Type.Object({ method: Type.String(), index: Type.Union([Type.String(), Type.Null()]) }),
    Type.Null(),
  ]),
})
export type TileAdvice = Static<typeof TileAdvice>

export const TileAdviceBody = Type.Object({
  type: Type.Enum(['table', 'query']),
  /** `schema.table`, or one SELECT statement. */
  source: Type.String({ minLength: 1 }),
  queryParameters: Type.Optional(Type.Union([QueryParameters, Type.Null()])),
  spatialDataColumn: Type.Optional(Type.String({ minLength: 1 })),
  mapId: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The map that asks.' })),
})
