import pg from 'pg'

/** Logins of a warehouse on which everybody reads as themself, and what they read. */
export const LOGIN_PASSWORD = 'a password of the bench'
export const OPEN_TABLE = 'shops.open'
export const GUARDED_TABLE = 'shops.guarded'
export const ROWS = 400_000

/**
 * Two tables of the same points: `shops.open`, and `shops.guarded`, of which row-level security shows nine rows of ten to
 * whoever is in `readers`. The stored login of the connection sees all, by a policy of its own.
 */
export async function createOwnLoginTables(connectionString: string, logins: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (const statement of STATEMENTS) await client.query(statement)
    for (const login of logins) {
      await client.query(`CREATE ROLE ${login} LOGIN PASSWORD '${LOGIN_PASSWORD}' IN ROLE readers`)
    }
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}

const STATEMENTS = [
  'CREATE EXTENSION IF NOT EXISTS postgis',
  'CREATE SCHEMA shops',
  'CREATE ROLE readers',
  `CREATE ROLE keeper LOGIN PASSWORD '${LOGIN_PASSWORD}'`,
  'SELECT setseed(0.5)',
  `CREATE TEMP TABLE drawn AS
   SELECT n AS id, CASE WHEN n % 10 = 0 THEN 'south' ELSE 'north' END AS region, (n % 1000)::integer AS revenue,
          ST_SetSRID(ST_MakePoint(random() * 20, 40 + random() * 15), 4326)::geometry(Point, 4326) AS geom
   FROM generate_series(1, ${ROWS}) AS n`,
  ...[OPEN_TABLE, GUARDED_TABLE].flatMap((table) => [
    `CREATE TABLE ${table} AS SELECT * FROM drawn ORDER BY geom`,
    `ALTER TABLE ${table} ADD PRIMARY KEY (id)`,
    `CREATE INDEX ON ${table} USING gist (geom)`,
    `CREATE INDEX ON ${table} (region)`,
  ]),
  `ALTER TABLE ${GUARDED_TABLE} ENABLE ROW LEVEL SECURITY`,
  `CREATE POLICY northern ON ${GUARDED_TABLE} FOR SELECT TO readers USING (region = 'north')`,
  `CREATE POLICY everything ON ${GUARDED_TABLE} FOR SELECT TO keeper USING (true)`,
  'GRANT USAGE ON SCHEMA shops TO readers, keeper',
  'GRANT SELECT ON ALL TABLES IN SCHEMA shops TO readers, keeper',
]
