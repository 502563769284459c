import {
  AppError,
  type CatalogSchema,
  type CatalogTable,
  type SourceDescription,
  type TABLE_KINDS,
} from '@graticule/contract'
import { splitQualifiedName } from '@graticule/sql'
import { fieldTypeOf } from './column-types.ts'
import { quoteIdentifier } from './dialect.ts'
import type { RunningStatement } from './driver.ts'
import { isServerError } from './errors.ts'
import { headerOfTypeModifier } from './geometry-header.ts'
import { sampleColumns } from './sample-columns.ts'
import { detectSpatialColumns } from './spatial-columns.ts'
import { type KeyCandidate, withTileKeys } from './tile-key.ts'

type TableKind = (typeof TABLE_KINDS)[number]

const TABLE_KIND: Readonly<Record<string, TableKind>> = {
  r: 'table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
  p: 'partitioned-table',
}

// Relations that people made and this login may read; what an extension brought along (spatial_ref_sys) is left out.
const READABLE = `c.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

const LIST_SCHEMAS = `SELECT n.nspname, count(c.oid)
FROM pg_namespace n
LEFT JOIN pg_class c ON c.relnamespace = n.oid AND NOT c.relispartition AND ${READABLE}
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND has_schema_privilege(n.oid, 'USAGE')
GROUP BY n.nspname ORDER BY n.nspname`

/** Before PostgreSQL 14 a table that was never analysed says 0, like one that is empty. */
function isNeverAnalysed(relation: string): string {
  const saysNothing = `${relation}.reltuples = 0 AND ${relation}.relpages = 0`
  return `${relation}.reltuples < 0 OR ${saysNothing} AND current_setting('server_version_num')::int < 140000`
}

// A partitioned table has no rows of its own; its numbers are the sums of its leaves.
const SIZES = `LEFT JOIN LATERAL (
  SELECT CASE WHEN bool_or(${isNeverAnalysed('leaf')}) THEN NULL ELSE sum(leaf.reltuples) END AS row_estimate, sum(pg_total_relation_size(leaf.oid)) AS size_bytes
  FROM pg_partition_tree(c.oid) AS tree JOIN pg_class leaf ON leaf.oid = tree.relid WHERE tree.isleaf
) AS parts ON c.relkind = 'p'`
// Row-level security hides how much there is: numbers of the whole table would tell how much of it this login cannot see.
const IS_FILTERED = 'row_security_active(c.oid)'
const ROW_ESTIMATE = `CASE WHEN ${IS_FILTERED} THEN NULL ELSE CASE c.relkind WHEN 'p' THEN parts.row_estimate WHEN 'v' THEN NULL ELSE CASE WHEN NOT (${isNeverAnalysed('c')}) THEN c.reltuples END END END`
const SIZE_BYTES = `CASE WHEN ${IS_FILTERED} THEN NULL WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) WHEN c.relkind = 'p' THEN parts.size_bytes END`

const LIST_TABLES = `SELECT n.nspname, c.relname, c.relkind, ${ROW_ESTIMATE}, ${SIZE_BYTES},
  spatial.attname, spatial.atttypmod, obj_description(c.oid, 'pg_class')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
${SIZES}
LEFT JOIN LATERAL (
  SELECT a.attname, a.atttypmod FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.typname IN ('geometry', 'geography')
  ORDER BY a.attnum LIMIT 1
) AS spatial ON TRUE
WHERE n.nspname = $1 AND NOT c.relispartition AND has_schema_privilege(n.oid, 'USAGE') AND ${READABLE}
ORDER BY c.relname`

const FIND_TABLE = `SELECT c.oid, ${ROW_ESTIMATE}, ${SIZE_BYTES}, has_schema_privilege(c.relnamespace, 'USAGE')
FROM pg_class c ${SIZES}
WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'v', 'm', 'f', 'p')`

const LIST_COLUMNS = `SELECT a.attname,
  CASE WHEN t.typbasetype = 0 THEN format_type(a.atttypid, a.atttypmod) ELSE format_type(t.typbasetype, t.typtypmod) END,
  t.typcategory, NOT a.attnotnull, col_description(a.attrelid, a.attnum),
  CASE WHEN t.typbasetype = 0 THEN a.atttypmod ELSE t.typtypmod END,
  EXISTS (
    SELECT 1 FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
    WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum AND i.indisvalid AND am.amname IN ('gist', 'spgist', 'brin')
  ),
  (SELECT array_position(i.indkey::int2[], a.attnum) FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary),
  (SELECT relkind = 'v' FROM pg_class WHERE oid = a.attrelid) OR EXISTS (
    SELECT 1 FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
    WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL AND am.amname = 'btree'
  )
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attnum`

/** Schemas that this login may look into, with how many relations it may read in each. */
export async function listSchemas({ query }: RunningStatement): Promise<readonly CatalogSchema[]> {
  const { rows } = await query(LIST_SCHEMAS, [])
  return rows.map(([name, tableCount]) => ({ name: name ?? '', tableCount: Number(tableCount) }))
}

/** Tables, views, materialized views, foreign and partitioned tables of a schema that this login may read. */
export async function listTables({ query }: RunningStatement, schema: string): Promise<readonly CatalogTable[]> {
  const { rows } = await query(LIST_TABLES, [schema])
  return rows.map(([schemaName, name, kind, rowEstimate, sizeBytes, column, modifier, comment]) => ({
    schema: schemaName ?? schema,
    name: name ?? '',
    kind: TABLE_KIND[kind ?? 'r'] ?? 'table',
    rowEstimate: numberOrNull(rowEstimate),
    sizeBytes: numberOrNull(sizeBytes),
    geometryType: column === null ? null : (headerOfTypeModifier(Number(modifier))?.geometryType ?? null),
    geometryColumn: column ?? null,
    comment: comment ?? null,
  }))
}

/** A table by its qualified name. Throws `table_not_found`, or `warehouse_permission_denied` when it may not be read. */
export async function describeTable(running: RunningStatement, name: string): Promise<SourceDescription> {
  const quoted = splitQualifiedName(name).map(quoteIdentifier).join('.')
  const table = await findTable(running, name, quoted)
  const { rows } = await running.query(LIST_COLUMNS, [table.oid])
  if (rows.length === 0 && (await countColumns(running, table.oid)) > 0) {
    throw new AppError(
      'warehouse_permission_denied',
      `The connection's role may not read ${name}; grant it SELECT on the table and USAGE on its schema.`,
      { details: { rule: 'warehouse.permission' } },
    )
  }
  const columns = rows.map(
    ([
      columnName,
      nativeType,
      category,
      nullable,
      comment,
      modifier,
      hasSpatialIndex,
      ,
      isKeyIndexed,
    ]): KeyCandidate => ({
      name: columnName ?? '',
      type: fieldTypeOf(nativeType ?? '', category ?? ''),
      nativeType: nativeType ?? '',
      nullable: nullable === 't',
      comment: comment ?? null,
      typeModifier: Number(modifier),
      hasSpatialIndex: hasSpatialIndex === 't',
      isKeyIndexed: isKeyIndexed === 't',
    }),
  )
  const samples = await sampleColumns(columns, async (list, restriction) => {
    const sampled = await running.query(`SELECT ${list} FROM ${quoted} ${restriction}`, [])
    return sampled.rows
  })
  const keys = rows.filter((row) => row[7] !== null)
  return {
    columns: columns.map(({ typeModifier, hasSpatialIndex, isKeyIndexed, ...column }) => column),
    spatialColumns: withTileKeys(detectSpatialColumns(columns, samples), columns),
    primaryKey: keys.sort((a, b) => Number(a[7]) - Number(b[7])).map(([key]) => key ?? ''),
    rowEstimate: table.rowEstimate,
    sizeBytes: table.sizeBytes,
  }
}

interface FoundTable {
  readonly oid: string
  readonly rowEstimate: number | null
  readonly sizeBytes: number | null
}

async function findTable({ query }: RunningStatement, name: string, quoted: string): Promise<FoundTable> {
  try {
    const { rows } = await query(FIND_TABLE, [quoted])
    const [oid, rowEstimate, sizeBytes] = rows[0] ?? []
    if (oid) return { oid, rowEstimate: numberOrNull(rowEstimate), sizeBytes: numberOrNull(sizeBytes) }
  } catch (error) {
    // A first part that names another database is refused by PostgreSQL; a schema without USAGE hides its tables.
    if (!isServerError(error) || !['0A000', '42501'].includes(error.code)) throw error
  }
  throw new AppError('table_not_found', `There is no table ${name} that this connection can see.`, {
    hint: 'Names are case-sensitive; write schema.table.',
  })
}

async function countColumns({ query }: RunningStatement, oid: string): Promise<number> {
  const { rows } = await query(
    'SELECT count(*) FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped',
    [oid],
  )
  return Number(rows[0]?.[0] ?? 0)
}

function numberOrNull(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text)
}
