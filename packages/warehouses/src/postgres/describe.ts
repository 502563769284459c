import { AppError, type SourceDescription } from '@graticule/contract'
import { print, raw, relationOf, type Source, type Sql, type Statement, sql } from '@graticule/sql'
import type { FieldDef } from 'pg'
import type { WireType } from './cell-values.ts'
import { checkStatement } from './check-statement.ts'
import { fieldTypeOf } from './column-types.ts'
import { postgresDialect } from './dialect.ts'
import { listRelations, type PlanNode } from './query-plan.ts'
import { sampleColumns } from './sample-columns.ts'
import { type ColumnCandidate, detectSpatialColumns } from './spatial-columns.ts'
import type { WireRow } from './wire-query.ts'

/** Runs a statement and hands back its wire form with the types of its fields. */
export type DescribeRunner = (statement: Statement) => Promise<{
  readonly fields: readonly FieldDef[]
  readonly rows: readonly WireRow[]
  readonly types: readonly WireType[]
}>

/** A query's columns from preparing it, its geometries from a small sample, its size from the planner. */
export async function describeQuery(
  source: Extract<Source, { type: 'query' }>,
  run: DescribeRunner,
): Promise<SourceDescription> {
  checkStatement(source.sql)
  const relation = relationOf(source)
  const { fields, types } = await run(print(sql`SELECT * FROM ${relation} LIMIT 0`, postgresDialect))
  checkNames(fields)
  const nativeTypes = await nativeTypesOf(fields, run)
  const columns = fields.map(
    (field, index): ColumnCandidate => ({
      name: field.name,
      type: fieldTypeOf(types[index]?.name ?? '', types[index]?.category),
      nativeType: nativeTypes[index] ?? '',
      nullable: true,
      comment: null,
      typeModifier: field.dataTypeModifier,
      hasSpatialIndex: false,
    }),
  )
  // A query may be slow to begin, so text is looked at only when no column is a geometry already.
  const hasGeometry = columns.some((column) => column.type === 'geometry')
  const candidates = hasGeometry ? columns.filter((column) => column.type === 'geometry') : columns
  const samples = await sampleColumns(candidates, async (list, restriction) => {
    const sampled = await run(print(sql`SELECT ${raw(list)} FROM ${relation} ${raw(restriction)}`, postgresDialect))
    return sampled.rows
  })
  return {
    columns: columns.map(({ typeModifier, hasSpatialIndex, ...column }) => column),
    spatialColumns: [...detectSpatialColumns(columns, samples)],
    primaryKey: [],
    rowEstimate: await estimateRows(relation, run),
    sizeBytes: null,
  }
}

function checkNames(fields: readonly FieldDef[]): void {
  const seen = new Set<string>()
  for (const { name } of fields) {
    if (seen.has(name)) {
      throw new AppError('invalid_query', `The query has two columns called "${name}"; give one another name with AS.`)
    }
    seen.add(name)
  }
}

/** How PostgreSQL spells the types, with their modifiers. */
async function nativeTypesOf(fields: readonly FieldDef[], run: DescribeRunner): Promise<readonly string[]> {
  const { rows } = await run({
    text: `SELECT CASE WHEN t.typbasetype = 0 THEN format_type(t.oid, given.modifier) ELSE format_type(t.typbasetype, t.typtypmod) END
FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS given (type, modifier, place) JOIN pg_type t ON t.oid = given.type
ORDER BY given.place`,
    values: [fields.map((field) => field.dataTypeID), fields.map((field) => field.dataTypeModifier)],
  })
  return rows.map(([nativeType]) => nativeType ?? '')
}

/**
 * What the planner expects; null when it reads a table whose rows this login sees in part only, since the planner
 * counts all of them.
 */
async function estimateRows(relation: Sql, run: DescribeRunner): Promise<number | null> {
  const { rows } = await run(print(sql`EXPLAIN (FORMAT JSON, VERBOSE) SELECT * FROM ${relation}`, postgresDialect))
  const [explained] = JSON.parse(rows[0]?.[0] ?? '[]') as readonly { readonly Plan?: PlanNode }[]
  if (!explained?.Plan) return null
  const tables = listRelations(explained.Plan)
  const filtered = await run({
    text: `SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN unnest($1::text[], $2::text[]) AS read (schema, name) ON read.schema = n.nspname AND read.name = c.relname
WHERE row_security_active(c.oid) LIMIT 1`,
    values: [tables.map(({ schema }) => schema), tables.map(({ name }) => name)],
  })
  return filtered.rows.length > 0 ? null : (explained.Plan['Plan Rows'] ?? null)
}
