import type { SlowReason, SpatialColumn, TileAdvice } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { quoteIdentifier } from '../dialect.ts'
import { WGS84 } from '../geometry-sql.ts'
import { tileKeyScript } from '../tile-key-script.ts'
import { type AdviceFacts, indexOf, isWholeScan } from './facts.ts'

export interface AdviceQuestion {
  readonly source: Source
  readonly spatial: SpatialColumn
  /** The statement compares the stored geometry with a box, so that an index could serve. */
  readonly comparesStored: boolean
}

const EMPTY = { reason: null, operator: null, functionName: null, script: null } as const

/** Said of a source that no table of rows stands behind, or that this login sees no row of. */
export const NOTHING_TO_READ: TileAdvice = {
  ...EMPTY,
  verdict: 'fast',
  sentence: 'Nothing has to be searched for the tiles of this layer.',
  scan: null,
}

/** What makes the tiles of a layer slow under this login, and the one script that mends it. Pure. */
export function adviseOnTile(question: AdviceQuestion, facts: AdviceFacts): TileAdvice {
  const { scan, table } = facts
  const index = indexOf(scan)
  const found = { method: scan['Node Type'], index }
  const name = `${table.schema}.${table.name}`
  const fast = (sentence: string): TileAdvice => ({ ...EMPTY, verdict: 'fast', sentence, scan: found })
  if (!isWholeScan(scan)) return fast(`Tiles find their rows in ${name} by the index ${index ?? 'of the table'}.`)
  if (table.isSmall) return fast(`The table ${name} is so small that reading all of it is the fastest way.`)
  const slow = findSlowReason(question, facts, name)
  if (!slow) return fast(`Tiles show so much of ${name} that reading all of it is the fastest way.`)
  return { ...slow, verdict: 'slow', scan: found }
}

interface SlowTile {
  readonly reason: SlowReason
  readonly sentence: string
  readonly operator: string
  readonly functionName: string
  readonly script: string
}

function findSlowReason(question: AdviceQuestion, facts: AdviceFacts, name: string): SlowTile | null {
  const { spatial } = question
  switch (spatial.encoding) {
    case 'wkt':
    case 'wkb':
    case 'geojson':
      return convertedGeometry(spatial, facts, name)
    case 'lonlat':
      return coordinatePair(spatial, facts, name)
    case 'geometry':
    case 'geography':
      return storedGeometry(question, facts, name)
  }
}

function storedGeometry({ source, spatial, comparesStored }: AdviceQuestion, facts: AdviceFacts, name: string) {
  const { table, boxOperator, postgisSchema } = facts
  const column = spatial.spatialDataColumn
  const functionName = boxOperator?.functionName ?? `${spatial.encoding}_overlaps`
  if (!comparesStored) return reprojectedGeometry(spatial, facts, name)
  const canUseKey = source.type === 'table' && spatial.geometryType === 'Point' && !spatial.tileKey
  if (table.isFiltered && boxOperator?.isLeakproof === false) {
    const schema = table.schema
    const key = { schema, name: table.name, spatial, postgisSchema, columnNames: table.columnNames }
    return {
      reason: 'row-security',
      operator: '&&',
      functionName,
      sentence: `Slow because row-level security is on for ${name}, and the operator && on ${column} runs ${functionName}, which is not leakproof: the policy is asked for every row of the table before any box is looked at.`,
      script: canUseKey
        ? tileKeyScript(key)
        : `-- As a superuser. It says that ${functionName} tells nothing of the rows it is given.\nALTER FUNCTION ${functionName} LEAKPROOF;`,
    } as const
  }
  if (table.indexedGeometries.includes(column)) return null
  return {
    reason: 'no-spatial-index',
    operator: '&&',
    functionName,
    sentence: `Slow because the column ${column} of ${name} has no spatial index, so the operator && (${functionName}) compares every row.`,
    script: `CREATE INDEX CONCURRENTLY ON ${quoteTable(facts)} USING gist (${quoteIdentifier(column)});`,
  } as const
}

function reprojectedGeometry(spatial: SpatialColumn, facts: AdviceFacts, name: string): SlowTile {
  const column = quoteIdentifier(spatial.spatialDataColumn)
  const postgis = quoteIdentifier(facts.postgisSchema)
  const type = `${postgis}.geometry(${spatial.geometryType ?? 'Geometry'}, ${WGS84})`
  return {
    reason: 'reprojected-geometry',
    operator: '&&',
    functionName: `${postgis}.st_transform(geometry, integer)`,
    sentence: `Slow because ${spatial.spatialDataColumn} of ${name} is stored in EPSG:${spatial.srid}, so wide tiles convert every row with ST_Transform before the operator && can compare it.`,
    script: `-- Writes the table anew, with its indexes, and locks it meanwhile.\nALTER TABLE ${quoteTable(facts)} ALTER COLUMN ${column} TYPE ${type} USING ${postgis}.ST_Transform(${column}, ${WGS84});`,
  }
}

const CONVERSIONS = {
  wkt: {
    call: (column: string) => `ST_GeomFromEWKT(NULLIF(btrim(${column}::text), ''))`,
    name: 'st_geomfromewkt(text)',
  },
  geojson: {
    call: (column: string) => `ST_GeomFromGeoJSON(NULLIF(btrim(${column}::text), ''))`,
    name: 'st_geomfromgeojson(text)',
  },
  wkb: { call: (column: string) => `ST_GeomFromEWKB(${column}::bytea)`, name: 'st_geomfromewkb(bytea)' },
} as const

function convertedGeometry(spatial: SpatialColumn, facts: AdviceFacts, name: string): SlowTile | null {
  const { encoding, spatialDataColumn } = spatial
  if (encoding !== 'wkt' && encoding !== 'wkb' && encoding !== 'geojson') return null
  const conversion = CONVERSIONS[encoding]
  const postgis = quoteIdentifier(facts.postgisSchema)
  const table = quoteTable(facts)
  const shape = `${postgis}.ST_SetSRID(${postgis}.${conversion.call(quoteIdentifier(spatialDataColumn))}, ${WGS84})`
  const geometry = facts.table.columnNames.includes('geom') ? 'geom_of_text' : 'geom'
  return {
    reason: 'converted-geometry',
    operator: '&&',
    functionName: `${postgis}.${conversion.name}`,
    sentence: `Slow because ${spatialDataColumn} of ${name} holds geometry as ${encoding.toUpperCase()}, which ${conversion.name} reads anew for every row before the operator && can compare it.`,
    script: `-- Writes the table anew and locks it meanwhile. Draw the layer by the new column then.\nALTER TABLE ${table} ADD COLUMN ${geometry} ${postgis}.geometry(${spatial.geometryType ?? 'Geometry'}, ${WGS84}) GENERATED ALWAYS AS (${shape}) STORED;\nCREATE INDEX ON ${table} USING gist (${geometry});\nANALYZE ${table};`,
  }
}

/** Numbers are compared by leakproof functions, so an ordinary index serves under row-level security too. */
function coordinatePair(spatial: SpatialColumn, facts: AdviceFacts, name: string): SlowTile {
  const columns = spatial.columns.map(quoteIdentifier).join(', ')
  return {
    reason: 'no-coordinate-index',
    operator: '>=',
    functionName: 'float8ge(double precision, double precision)',
    sentence: `Slow because no index serves the operators >= and <= on ${spatial.columns.join(' and ')} of ${name}, so every row is compared.`,
    script: `CREATE INDEX CONCURRENTLY ON ${quoteTable(facts)} (${columns});`,
  }
}

function quoteTable({ table }: AdviceFacts): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
}
