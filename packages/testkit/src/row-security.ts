import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createDatabase, type TestDatabase } from './database.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'

/** The password of every login of the warehouse. */
export const LOGIN_PASSWORD = 'a password, for tests'

/** Something that only those of the south may see, in every row of theirs. */
export const SOUTHERN_CANARY = 'canary-of-the-south'

/** What the server wrote of one statement. */
export interface LoggedStatement {
  readonly user: string
  readonly text: string
}

/** What a server is told about client certificates. */
export interface CertificateTrust {
  /** PEM. */
  readonly authority: string
  /** Lines of pg_hba.conf, which go before all others, and of pg_ident.conf. */
  readonly hba: readonly string[]
  readonly ident: readonly string[]
}

/** A warehouse whose rows are guarded by policies, and which writes down what it is asked and by whom. */
export interface RowSecurityWarehouse {
  readonly server: TestPostgres
  readonly database: TestDatabase
  /** How one logs in, as a connection form has it. */
  config(login: string, password?: string): Readonly<Record<string, unknown>>
  /** Makes a login that sees the rows whose region it is called, and no other. */
  addLogin(name: string): Promise<void>
  /** Runs SQL as the superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Runs SQL as a login, as its owner would in psql. */
  queryAs<Row extends pg.QueryResultRow>(login: string, sql: string): Promise<Row[]>
  /** Lets logins in by certificates of this authority, as an administrator sets it up; needs `ssl`. */
  trustCertificates(setup: CertificateTrust): Promise<void>
  /** Puts lines before all others of pg_hba.conf, as an administrator does. */
  putHostRules(hba: readonly string[]): Promise<void>
  /** The lines that the server logged since `forgetLog`. */
  loggedLines(): Promise<readonly string[]>
  /** Forgets what was logged so far. */
  forgetLog(): Promise<void>
  /** The statements that were sent since, as the server logged them; of all logins unless one is named. */
  loggedStatements(login?: string): Promise<readonly LoggedStatement[]>
  stop(): Promise<void>
}

/**
 * `stores`: northern rows around (0.5, 50.5), southern ones around (100.5, -49.5), a row each of `perRegion`, guarded by
 * a policy for `north` and one for `south`. Logins: alice (north), bob (south), nina (neither), and author, who sees all.
 */
const TABLES = (perRegion: number): string => `
  CREATE ROLE north; CREATE ROLE south;
  CREATE TABLE stores (
    id integer PRIMARY KEY, region text NOT NULL, revenue integer NOT NULL, note text NOT NULL,
    geom geometry(Point, 4326) NOT NULL
  );
  INSERT INTO stores
  SELECT i, 'north', i, 'store ' || i, ST_SetSRID(ST_MakePoint((i % 32) / 32.0, 50 + (i / 32) / 64.0), 4326)
  FROM generate_series(1, ${perRegion}) AS i;
  INSERT INTO stores
  SELECT ${perRegion} + i, 'south', 1000000 + i, '${SOUTHERN_CANARY}',
         ST_SetSRID(ST_MakePoint(100 + (i % 32) / 32.0, -50 + (i / 32) / 64.0), 4326)
  FROM generate_series(1, ${perRegion}) AS i;
  CREATE INDEX ON stores USING gist (geom);
  CREATE INDEX ON stores (region);
  ALTER TABLE stores ENABLE ROW LEVEL SECURITY;
  CREATE POLICY north ON stores FOR SELECT TO north USING (region = 'north');
  CREATE POLICY south ON stores FOR SELECT TO south USING (region = 'south');
  CREATE POLICY own ON stores FOR SELECT USING (region = current_user);
  GRANT SELECT ON stores TO PUBLIC;
  ANALYZE;
`

/** The logins belong to the whole server, so every such warehouse has a server of its own. */
export async function startRowSecurityWarehouse({ perRegion = 500, ssl = false } = {}): Promise<RowSecurityWarehouse> {
  const server = await startPostgres({
    authentication: 'scram',
    ssl,
    settings: { log_statement: 'all', log_line_prefix: 'by=%u ', log_connections: 'on' },
  })
  const database = await createDatabase(server)
  const owner = new pg.Client({ connectionString: database.connectionString })
  // The server ends this session when a test ends the server.
  owner.on('error', () => undefined)
  await owner.connect()
  const addLogin = async (name: string) => {
    await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD '${LOGIN_PASSWORD}'`)
  }
  await owner.query(TABLES(perRegion))
  for (const name of ['alice', 'bob', 'nina', 'author']) await addLogin(name)
  await owner.query('GRANT north TO alice; GRANT south TO bob')
  await owner.query('CREATE POLICY everything ON stores FOR SELECT TO author USING (true)')
  // Statements of our own in the log say where a stretch of it begins and ends, and that all of it is there.
  let marks = 0
  const mark = async () => {
    marks += 1
    const text = `SELECT 'mark ${marks} of the log'`
    await owner.query(text)
    const deadline = Date.now() + 10_000
    while (!server.log().includes(text)) {
      if (Date.now() > deadline) throw new Error('The server does not log its statements.')
      await sleep(10)
    }
    return text
  }
  let begin = await mark()
  const readLog = async () => {
    const end = await mark()
    const log = server.log()
    const from = log.lastIndexOf(begin)
    if (from === -1) throw new Error('The log is longer than what is kept of it. Forget it more often.')
    return log.slice(from + begin.length, log.lastIndexOf(end))
  }
  let hostRules: string | undefined
  const { host, port } = database
  return {
    server,
    database,
    config: (login, password = LOGIN_PASSWORD) => ({
      host,
      port,
      database: database.database,
      user: login,
      password,
      ...(server.authority
        ? { sslMode: 'verify-full', sslCertificateAuthority: server.authority.certificate }
        : { sslMode: 'disable' }),
    }),
    addLogin,
    query: async (sql, values) => (await owner.query(sql, values)).rows,
    async queryAs(login, sql) {
      const client = new pg.Client({
        ...{ host, port, database: database.database, user: login, password: LOGIN_PASSWORD },
        ...(server.authority && { ssl: { ca: server.authority.certificate } }),
      })
      await client.connect()
      try {
        return (await client.query(sql)).rows
      } finally {
        await client.end()
      }
    },
    async trustCertificates({ authority, hba, ident }) {
      const [place] = (await owner.query<{ data: string }>("SELECT current_setting('data_directory') AS data")).rows
      const write = (name: string, text: string) => writeFile(join(place?.data ?? '', name), text)
      hostRules ??= await readFile(join(place?.data ?? '', 'pg_hba.conf'), 'utf8')
      await write('root.crt', authority)
      await write('pg_hba.conf', `${hba.join('\n')}\n${hostRules}`)
      await write('pg_ident.conf', `${ident.join('\n')}\n`)
      await owner.query('SELECT pg_reload_conf()')
      // The server reloads when it gets to it; a session that begins afterwards knows the new files.
      const deadline = Date.now() + 10_000
      const isKnown = async () => {
        const rules = await owner.query<{ options: string[] }>(
          "SELECT FROM pg_hba_file_rules WHERE auth_method = 'cert'",
        )
        return server.log().includes('reloading configuration files') && rules.rowCount === hba.length
      }
      while (!(await isKnown())) {
        if (Date.now() > deadline) throw new Error('The server does not take its new files.')
        await sleep(10)
      }
    },
    async putHostRules(hba) {
      const [place] = (await owner.query<{ data: string }>("SELECT current_setting('data_directory') AS data")).rows
      const path = join(place?.data ?? '', 'pg_hba.conf')
      hostRules ??= await readFile(path, 'utf8')
      await writeFile(path, `${hba.join('\n')}\n${hostRules}`)
      const broken = await owner.query<{ error: string }>('SELECT error FROM pg_hba_file_rules WHERE error IS NOT NULL')
      if (broken.rows.length > 0) throw new Error(`pg_hba.conf is wrong: ${broken.rows[0]?.error}`)
      const loaded = async () =>
        (await owner.query<{ at: Date }>('SELECT pg_conf_load_time() AS at')).rows[0]?.at.getTime() ?? 0
      const before = await loaded()
      await owner.query('SELECT pg_reload_conf()')
      const deadline = Date.now() + 10_000
      // A session that began before the reload may not tell of it, so that the server's log does.
      while ((await loaded()) === before) {
        if (Date.now() > deadline) throw new Error('The server does not take its new files.')
        await sleep(10)
      }
    },
    async loggedLines() {
      return (await readLog()).split('\n')
    },
    async forgetLog() {
      begin = await mark()
    },
    async loggedStatements(login) {
      const statements = readStatements(await readLog())
      return statements.filter(({ user, text }) => (login === undefined || user === login) && text !== '')
    },
    async stop() {
      await owner.end()
      await server.stop()
    },
  }
}

/** What `log_statement` wrote, by the login that `log_line_prefix` names; continued lines belong to their statement. */
function readStatements(log: string): { user: string; text: string }[] {
  return log.split(/^(?=by=)/m).flatMap((entry) => {
    const found = /^by=(\S*) LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)$/.exec(entry)
    return found === null ? [] : [{ user: found[1] ?? '', text: (found[2] ?? '').trim() }]
  })
}
