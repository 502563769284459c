import pg from 'pg'
import type { EngineConnection } from '../../platform/engine/engine.ts'
import type { DemoColumnType, DemoRow, DemoTable, DemoValue } from './tables/demo-table.ts'
import { DEMO_TABLES } from './tables/index.ts'
import { COMPLETION_MARKER, DEMO_SCHEMA, type LoadProgress, withClient } from './warehouse-state.ts'

/** Rows per statement: the values of one statement stay around a megabyte or two. */
const ROWS_PER_STATEMENT = 10_000

/**
 * Fills the schema `demo` in one transaction, so that a kill in the middle leaves nothing half done. Tables of an
 * older version are replaced; other tables that people made in the schema stay.
 */
export async function loadWarehouse(
  connection: EngineConnection,
  onProgress: (progress: LoadProgress) => void,
): Promise<void> {
  await withClient(connection, async (client) => {
    await client.query('BEGIN')
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${DEMO_SCHEMA}`)
    for (const table of DEMO_TABLES) {
      const startedAt = Date.now()
      const rows = await loadTable(client, table)
      onProgress({ table: `${DEMO_SCHEMA}.${table.name}`, rows, durationMs: Date.now() - startedAt })
    }
    await client.query(`COMMENT ON SCHEMA ${DEMO_SCHEMA} IS ${pg.escapeLiteral(COMPLETION_MARKER)}`)
    await client.query('COMMIT')
  })
}

async function loadTable(client: pg.Client, table: DemoTable): Promise<number> {
  const name = `${DEMO_SCHEMA}.${table.name}`
  const definitions = table.columns.map((column) => `${column.name} ${column.type}`)
  await client.query(`DROP TABLE IF EXISTS ${name}`)
  await client.query(`CREATE TEMPORARY TABLE unsorted (${definitions.join(', ')}, geom geometry) ON COMMIT DROP`)
  const rows = table.readRows()
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await insertRows(client, table, rows.slice(start, start + ROWS_PER_STATEMENT))
  }
  await client.query(
    `CREATE TABLE ${name} (id integer PRIMARY KEY, ${definitions.join(', ')}, geom geometry(${table.geometryType}, 4326) NOT NULL)`,
  )
  // PostGIS orders geometries along a Hilbert curve: rows that a tile needs together lie in the same pages.
  const columns = table.columns.map((column) => column.name).join(', ')
  const inserted = await client.query(
    `INSERT INTO ${name} SELECT row_number() OVER (ORDER BY geom), ${columns}, geom FROM unsorted ORDER BY geom`,
  )
  if (inserted.rowCount !== rows.length) {
    throw new Error(`Only ${inserted.rowCount} of ${rows.length} rows of ${name} arrived in the demo warehouse.`)
  }
  await client.query('DROP TABLE unsorted')
  await client.query(`CREATE INDEX ${table.name}_geom_index ON ${name} USING gist (geom)`)
  await client.query(`COMMENT ON TABLE ${name} IS ${pg.escapeLiteral(table.comment)}`)
  for (const column of table.columns) {
    await client.query(`COMMENT ON COLUMN ${name}.${column.name} IS ${pg.escapeLiteral(column.comment)}`)
  }
  await client.query(`ANALYZE ${name}`)
  return rows.length
}

/** One array per column: thousands of rows in one statement with a handful of bound values. */
async function insertRows(client: pg.Client, table: DemoTable, rows: readonly DemoRow[]): Promise<void> {
  const arrays: DemoValue[][] = table.columns.map((_, index) => rows.map((row) => row.values[index] ?? null))
  const placeholders = table.columns.map((column, index) => `$${index + 1}::${arrayType(column.type)}`)
  const geometryPlaceholder = `$${table.columns.length + 1}::text[]`
  const aliases = table.columns.map((column) => column.name)
  await client.query(
    `INSERT INTO unsorted SELECT ${aliases.join(', ')}, ${geometryExpression(table)}
     FROM unnest(${[...placeholders, geometryPlaceholder].join(', ')}) AS rows(${[...aliases, 'shape'].join(', ')})`,
    [...arrays, rows.map((row) => row.geometry)],
  )
}

/**
 * Boundaries simplified for maps may touch themselves; the repair keeps only their areas. What runs past the
 * antimeridian is cut there, so that all longitudes lie within 180 degrees.
 */
function geometryExpression(table: DemoTable): string {
  const parsed = 'ST_GeomFromText(shape, 4326)'
  return table.geometryType === 'MultiPolygon'
    ? `ST_Multi(ST_CollectionExtract(ST_WrapX(ST_WrapX(ST_MakeValid(${parsed}, 'method=structure'), 180, -360), -180, 360), 3))`
    : parsed
}

function arrayType(type: DemoColumnType): string {
  return `${type}[]`
}
