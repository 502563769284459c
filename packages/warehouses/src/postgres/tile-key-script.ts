import type { SpatialColumn } from '@graticule/contract'
import { MAX_QUADBIN_RESOLUTION } from '@graticule/tiles'
import { quoteIdentifier } from './dialect.ts'
import { sridText, WGS84 } from './geometry-sql.ts'
import { tileKeyDeclaration } from './tile-key.ts'

const FUNCTION_NAME = 'graticule_tile_key'
const CELLS_A_SIDE = 2 ** MAX_QUADBIN_RESOLUTION
/** The bits that all quadbin numbers of the finest resolution begin with. */
const FINEST_HEADER = (0x48n << 56n) | (BigInt(MAX_QUADBIN_RESOLUTION) << 52n)

export interface TileKeyTable {
  readonly schema: string
  readonly name: string
  readonly spatial: SpatialColumn
  /** Schema of the PostGIS extension; functions are named in full, so that a restored dump works. */
  readonly postgisSchema: string
  /** The names that the table uses already. */
  readonly columnNames: readonly string[]
}

/** What the owner of a table of points runs to give it a tile key: a function, a generated column, its index, its declaration. */
export function tileKeyScript({ schema, name, spatial, postgisSchema, columnNames }: TileKeyTable): string {
  const table = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
  const geometryColumn = spatial.spatialDataColumn
  const srid = spatial.srid === 0 ? WGS84 : spatial.srid
  const call = `${quoteIdentifier(schema)}.${FUNCTION_NAME}_${sridText(srid)}`
  const key = quoteIdentifier(freeName('tile_key', columnNames))
  const stored = quoteIdentifier(geometryColumn)
  const argument = spatial.encoding === 'geography' ? `${stored}::${quoteIdentifier(postgisSchema)}.geometry` : stored
  const comment = tileKeyDeclaration(MAX_QUADBIN_RESOLUTION, geometryColumn).replaceAll("'", "''")
  return `-- Adding the column writes the table anew and locks it meanwhile.
${tileKeyFunction(call, quoteIdentifier(postgisSchema), srid)}
ALTER TABLE ${table} ADD COLUMN ${key} bigint GENERATED ALWAYS AS (${call}(${argument})) STORED;
CREATE INDEX ON ${table} (${key});
COMMENT ON COLUMN ${table}.${key} IS '${comment}';
ANALYZE ${table};`
}

function freeName(wish: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wish : `${wish}_${number}`
    if (!taken.includes(name)) return name
  }
}

/** A point's cell: column and row of the web-mercator grid, their bits in turn. */
function tileKeyFunction(name: string, postgis: string, srid: number): string {
  const point = srid === WGS84 ? 'shape' : `${postgis}.ST_Transform(shape, ${WGS84})`
  return `CREATE OR REPLACE FUNCTION ${name}(shape ${postgis}.geometry) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  point ${postgis}.geometry := ${point};
  longitude float8 := ${postgis}.ST_X(point);
  latitude float8 := LEAST(85.0511287798066, GREATEST(-85.0511287798066, ${postgis}.ST_Y(point)));
  x bigint := CASE WHEN longitude = 180 THEN ${CELLS_A_SIDE - 1} ELSE floor((longitude / 360 + 0.5) * ${CELLS_A_SIDE})::bigint & ${CELLS_A_SIDE - 1} END;
  y bigint := LEAST(${CELLS_A_SIDE - 1}, GREATEST(0, floor((0.5 - ln(tan(pi() / 4 + radians(latitude) / 2)) / (2 * pi())) * ${CELLS_A_SIDE})::bigint));
BEGIN
${spreadBits('x')}
${spreadBits('y')}
  RETURN ${FINEST_HEADER} | x | (y << 1);
END $$;`
}

/** Moves the bits of a number apart, so that another number's fit between them. */
function spreadBits(name: string): string {
  const steps: readonly (readonly [number, bigint])[] = [
    [16, 0x0000ffff0000ffffn],
    [8, 0x00ff00ff00ff00ffn],
    [4, 0x0f0f0f0f0f0f0f0fn],
    [2, 0x3333333333333333n],
    [1, 0x5555555555555555n],
  ]
  return steps.map(([shift, mask]) => `  ${name} := (${name} | (${name} << ${shift})) & ${mask};`).join('\n')
}
