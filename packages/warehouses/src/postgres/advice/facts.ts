import type { RunningStatement } from '../driver.ts'
import { type PlanNode, walkPlan } from '../query-plan.ts'
import { readJson } from '../read-json.ts'

/** The table that a tile is read from, as far as it decides how. */
export interface ScannedTable {
  readonly schema: string
  readonly name: string
  /** Policies hold for this login. */
  readonly isFiltered: boolean
  /** So few pages that reading all of them is the best way. */
  readonly isSmall: boolean
  readonly columnNames: readonly string[]
  /** The geometries and geographies that a spatial index serves. */
  readonly indexedGeometries: readonly string[]
}

/** The operator that compares boxes, and the function behind it. */
export interface BoxOperator {
  /** With its schema and types, quoted. */
  readonly functionName: string
  readonly isLeakproof: boolean
}

/** Pages of eight kilobytes; a table of so few is read in about a millisecond. */
const SMALL_PAGES = 128

const TABLE = `SELECT json_build_object('schema', n.nspname, 'name', c.relname,
  'isFiltered', row_security_active(c.oid), 'isSmall', pg_relation_size(c.oid) <= ${SMALL_PAGES} * 8192,
  'columnNames', ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
  'indexedGeometries', ARRAY(
    SELECT a.attname::text FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND am.amname IN ('gist', 'spgist', 'brin')))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`

const BOX_OPERATOR = `SELECT json_build_object('isLeakproof', p.proleakproof,
  'functionName', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)))
FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_type l ON l.oid = o.oprleft JOIN pg_type r ON r.oid = o.oprright
WHERE o.oprname = '&&' AND l.typname = $1 AND r.typname = $1`

const POSTGIS_SCHEMA = `SELECT to_json(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'`

export interface AdviceFacts {
  readonly scan: PlanNode
  readonly table: ScannedTable
  readonly boxOperator: BoxOperator | null
  readonly postgisSchema: string
}

/** What the plan of a tile's statement reads, and what the catalogue says of it; null for a plan that reads no table. */
export async function readAdviceFacts(
  running: RunningStatement,
  plan: PlanNode,
  geometryType: 'geometry' | 'geography',
): Promise<AdviceFacts | null> {
  const scan = chooseScan(plan)
  if (!scan) return null
  const table = await readJson<ScannedTable | null>(running, TABLE, [scan.Schema, scan['Relation Name']])
  if (!table) return null
  return {
    scan,
    table,
    boxOperator: await readJson<BoxOperator | null>(running, BOX_OPERATOR, [geometryType]),
    postgisSchema: (await readJson<string | null>(running, POSTGIS_SCHEMA)) ?? 'public',
  }
}

/** The table that the box narrows down; of several without a box the one that is read in whole. */
function chooseScan(plan: PlanNode): PlanNode | undefined {
  const scans = [...walkPlan(plan)].filter((node) => node['Relation Name'] !== undefined)
  const narrowed = scans.find((node) => `${node.Filter} ${node['Index Cond']} ${node['Recheck Cond']}`.includes('&&'))
  return narrowed ?? scans.find(isWholeScan) ?? scans[0]
}

export function isWholeScan(node: PlanNode): boolean {
  return node['Node Type'] === 'Seq Scan'
}

/** The index of a scan: its own, or of the bitmap below it. */
export function indexOf(scan: PlanNode): string | null {
  return [...walkPlan(scan)].find((node) => node['Index Name'] !== undefined)?.['Index Name'] ?? null
}
