import type { ConformanceSubject, SeedColumn, SeedTable } from '../conformance/index.ts'
import type { EmbeddedEngine } from '../provider.ts'
import { postgresCompiler } from './compiler.ts'
import type { PostgresConfig } from './config.ts'
import { quoteIdentifier } from './dialect.ts'
import { postgresProvider } from './provider.ts'

const RUN = { timeoutMs: 60_000 }
const ROWS_A_STATEMENT = 100

/** Opens a database as a subject of the conformance suite; its tables go into a schema of their own. */
export async function openPostgresSubject(
  config: PostgresConfig,
  options: { readonly embedded?: EmbeddedEngine; readonly close?: () => Promise<void> } = {},
): Promise<ConformanceSubject> {
  const { embedded } = options
  const warehouse = await postgresProvider.open({ config, ...(embedded ? { embedded } : {}) })
  const schema = 'conformance'
  await warehouse.run({ text: `CREATE SCHEMA ${schema}`, values: [] }, RUN)
  return {
    warehouse,
    compiler: postgresCompiler,
    schema,
    createTable: async (table) => {
      for (const statement of tableStatements(schema, table)) await warehouse.run(statement, RUN)
    },
    // The embedded engine cannot sleep; it has to be kept busy.
    slowQuery: (seconds) =>
      embedded
        ? `SELECT count(*) FROM generate_series(1, ${Math.round(seconds * 10_000_000)}) AS a`
        : `SELECT pg_sleep(${seconds})`,
    countingQuery: (rows) => `SELECT n FROM generate_series(1, ${rows}) AS n`,
    ...(embedded ? {} : { countRunning: () => countRunning(warehouse) }),
    textLiteral: (text) => `'${text.replaceAll("'", "''")}'`,
    quote: quoteIdentifier,
    close: async () => {
      await warehouse.close()
      await options.close?.()
    },
  }
}

async function countRunning(warehouse: ConformanceSubject['warehouse']): Promise<number> {
  const text = `SELECT count(*) AS n FROM pg_stat_activity
WHERE state <> 'idle' AND pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'`
  const { rows } = await warehouse.run({ text, values: [] }, RUN)
  return Number(rows[0]?.n)
}

const TYPES = {
  integer: 'integer',
  bigint: 'bigint',
  double: 'double precision',
  real: 'real',
  numeric: 'numeric(12, 6)',
  text: 'text',
  boolean: 'boolean',
  timestamp: 'timestamptz',
  date: 'date',
  json: 'jsonb',
  bytes: 'bytea',
} as const

function* tableStatements(schema: string, table: SeedTable): Generator<{ text: string; values: unknown[] }> {
  const name = `${quoteIdentifier(schema)}.${quoteIdentifier(table.name)}`
  const definitions = table.columns.map((column) => `${quoteIdentifier(column.name)} ${columnType(column, table)}`)
  if (table.key) definitions.push(`PRIMARY KEY (${quoteIdentifier(table.key)})`)
  yield { text: `CREATE TABLE ${name} (${definitions.join(', ')})`, values: [] }
  for (let start = 0; start < table.rows.length; start += ROWS_A_STATEMENT) {
    const values: unknown[] = []
    const rows = table.rows.slice(start, start + ROWS_A_STATEMENT).map((row) => {
      const cells = table.columns.map((column) => {
        const value = row[column.name] ?? null
        values.push(column.type === 'json' && value !== null ? JSON.stringify(value) : value)
        return cellExpression(column, values.length)
      })
      return `(${cells.join(', ')})`
    })
    yield { text: `INSERT INTO ${name} VALUES ${rows.join(', ')}`, values }
  }
  const spatial = table.columns.find(({ type }) => type === 'geometry' || type === 'geography')
  if (table.hasSpatialIndex && spatial) {
    yield { text: `CREATE INDEX ON ${name} USING gist (${quoteIdentifier(spatial.name)})`, values: [] }
  }
  if (table.comment) yield { text: `COMMENT ON TABLE ${name} IS '${table.comment}'`, values: [] }
  yield { text: `ANALYZE ${name}`, values: [] }
}

function columnType(column: SeedColumn, table: SeedTable): string {
  if (column.type !== 'geometry' && column.type !== 'geography') return TYPES[column.type]
  const text = String(table.rows[0]?.[column.name] ?? 'POINT')
  const kind = /^[A-Z]+/.exec(text)?.[0] ?? 'GEOMETRY'
  const modifier = column.srid === 0 ? kind : `${kind},${column.srid ?? 4326}`
  return `${column.type}(${modifier})`
}

function cellExpression(column: SeedColumn, position: number): string {
  switch (column.type) {
    case 'geometry':
      if (column.srid === 0) return `ST_GeomFromText($${position}, 0)`
      return `ST_Transform(ST_GeomFromText($${position}, 4326), ${column.srid ?? 4326})`
    case 'geography':
      return `ST_GeomFromText($${position}, 4326)::geography`
    case 'bytes':
      return `decode($${position}, 'hex')`
    default:
      return `$${position}::${TYPES[column.type]}`
  }
}
