import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

const CANARY = 'canary-of-the-south'
/** Dynamic SQL inside of a SELECT, whose text no look at the statement finds. */
const dynamic = (text: string) => `SELECT query_to_xml('${text.replaceAll("'", "''")}', true, false, '') AS answer`

let test: TestApp
let warehouse: TestWarehouse
let token: string
let folder: string
let requests = 0

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
  folder = await mkdtemp(join(tmpdir(), 'graticule-escape-'))
  await warehouse.query(`
    CREATE EXTENSION dblink;
    CREATE ROLE north; CREATE ROLE south;
    CREATE ROLE alice LOGIN IN ROLE north; CREATE ROLE bob LOGIN IN ROLE south;
    CREATE TABLE demo.regions (id integer PRIMARY KEY, region text, note text);
    INSERT INTO demo.regions VALUES (1, 'north', 'for alice'), (2, 'south', '${CANARY}');
    ALTER TABLE demo.regions ENABLE ROW LEVEL SECURITY;
    CREATE POLICY by_region ON demo.regions USING (pg_has_role(current_user, region, 'MEMBER'));
    GRANT USAGE ON SCHEMA demo TO alice, bob, north, south;
    GRANT SELECT ON demo.regions TO alice, bob, north, south;
  `)
  const payload = { name: 'as-alice', providerId: 'postgres', config: { ...warehouse.config, user: 'alice' } }
  const created = await test.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
  if (created.statusCode !== 201) throw new Error(created.body)
  token = await test.createToken([{ connection_name: 'as-alice', source: '*' }])
})
afterAll(async () => {
  await warehouse.close()
  await test.close()
  await rm(folder, { recursive: true, force: true })
})

async function query(q: string) {
  const requestId = `attempt-${++requests}`
  const headers = { 'x-request-id': requestId }
  const options = { method: 'POST', url: '/v3/sql/as-alice/query', token, payload: { q }, headers } as const
  return { requestId, response: await test.request(options) }
}

/** What the activity log says became of a request's statement. */
async function readOutcomes(requestId: string): Promise<unknown[]> {
  await test.activity.flush()
  const events = await test.store
    .selectFrom('activity')
    .select('details')
    .where('type', '=', 'warehouse.statement')
    .where('request_id', '=', requestId)
    .execute()
  return events.map(({ details }) => details.outcome)
}

/** Every socket of the pool is asked, since more statements run at once than there are. */
async function expectToBeAlice(): Promise<void> {
  const q = "SELECT current_user AS now, session_user AS login, current_setting('search_path') AS path, pg_sleep(0.05)"
  const answers = await Promise.all(Array.from({ length: 16 }, () => query(q)))
  for (const { response } of answers) {
    expect(response.statusCode, response.body).toBe(200)
    expect(response.json().rows).toMatchObject([{ now: 'alice', login: 'alice', path: '"$user", public' }])
  }
}

const READ_SOUTH = 'SELECT * FROM demo.regions'
const REFUSED: readonly (readonly [string, (folder: string) => string])[] = [
  ['set_config on role beside dynamic SQL', () => `SELECT set_config('role', 'south', true), (${dynamic(READ_SOUTH)})`],
  ['set_config by another spelling', () => `SELECT pg_catalog."set_config"('role', 'south', true)`],
  ['set_config inside of dynamic SQL', () => dynamic("SELECT set_config('role', 'south', true)")],
  ['RESET ROLE', () => 'RESET ROLE'],
  ['SET ROLE', () => 'SET ROLE south'],
  ['SET SESSION AUTHORIZATION', () => 'SET SESSION AUTHORIZATION bob'],
  ['SET LOCAL after a comment', () => '/* nothing */ -- nothing\nSET LOCAL ROLE south'],
  ['row security switched off', () => `${dynamic("SELECT set_config('row_security', 'off', true)")}; ${READ_SOUTH}`],
  ['a DO block that becomes the south', () => 'DO $$ BEGIN SET LOCAL ROLE south; PERFORM * FROM demo.regions; END $$'],
  ['a DO block that becomes bob', () => 'DO $$ BEGIN SET SESSION AUTHORIZATION bob; END $$'],
  ['COPY TO PROGRAM', (files) => `COPY (SELECT 1) TO PROGRAM 'touch ${files}/program'`],
  ['COPY FROM PROGRAM', () => "COPY demo.regions FROM PROGRAM 'cat /etc/passwd'"],
  ['COPY TO a file', (files) => `COPY demo.regions TO '${files}/copy'`],
  [
    'dblink to the own server',
    () => "SELECT * FROM dblink('host=127.0.0.1 user=bob dbname=postgres', 'SELECT 1') AS t(n int)",
  ],
  [
    'dblink with a password nobody asks for',
    () => "SELECT * FROM dblink('user=bob password=x', 'SELECT 1') AS t(n int)",
  ],
  ['lo_export', (files) => `SELECT lo_export(lo_from_bytea(0, 'x'), '${files}/large-object')`],
  ['lo_import', () => "SELECT lo_import('/etc/passwd')"],
  ['two statements', () => `SELECT 1; ${READ_SOUTH}`],
  ['two statements, the second a command', () => 'SELECT 1; SET ROLE south'],
  ['a command behind nested comments', () => '/* /* */ */ RESET ROLE; SELECT 1'],
  ['a command behind a comment that seems to end', () => "SELECT 1 --'\n; SET ROLE south; SELECT '"],
  ['a cursor', () => `DECLARE c CURSOR WITH HOLD FOR ${READ_SOUTH}`],
  ['a fetch', () => 'FETCH ALL FROM graticule_stream'],
  ['a prepared statement', () => `PREPARE p AS ${READ_SOUTH}`],
  ['pg_read_file', () => "SELECT pg_read_file('/etc/passwd')"],
  ['pg_ls_dir', () => "SELECT pg_ls_dir('.')"],
  ['a policy of the own', () => 'CREATE POLICY all_rows ON demo.regions USING (true)'],
  ['row security taken off', () => 'ALTER TABLE demo.regions DISABLE ROW LEVEL SECURITY'],
]

describe('SQL written by a person whose login may see the north alone', () => {
  it.each(REFUSED)('is refused, and logged so: %s', async (_title, write) => {
    const { requestId, response } = await query(write(folder))
    expect(response.statusCode, response.body).toBeGreaterThanOrEqual(400)
    expect(response.statusCode, response.body).toBeLessThan(500)
    expect(response.body).not.toContain(CANARY)
    expect(response.body).not.toContain('root:')
    const outcomes = await readOutcomes(requestId)
    expect(outcomes).toHaveLength(1)
    expect(outcomes[0]).not.toBe('ok')
  })

  it('sees its own rows, and those alone, by whichever way it asks', async () => {
    const asks = [READ_SOUTH, dynamic(READ_SOUTH), dynamic("SELECT * FROM demo.regions WHERE note LIKE '%'")]
    for (const ask of asks) {
      const { response } = await query(ask)
      expect(response.statusCode, response.body).toBe(200)
      expect(response.body).toContain('for alice')
      expect(response.body).not.toContain(CANARY)
    }
    const { response } = await query(`SELECT count(*) AS n FROM demo.regions WHERE note = '${CANARY}'`)
    expect(response.json().rows).toEqual([{ n: 0 }])
  })

  it('wrote no file', () => {
    for (const name of ['program', 'copy', 'large-object']) expect(existsSync(join(folder, name))).toBe(false)
  })

  it('leaves the pooled sessions to the login that they were opened with', async () => {
    await expectToBeAlice()
  })

  it.each([
    ['a DO block that becomes a role which the login is in', 'DO $$ BEGIN SET ROLE north; END $$'],
    ['a role set by dynamic SQL', dynamic("SELECT set_config('role', 'north', false)")],
    ['a search path set by dynamic SQL', dynamic("SELECT set_config('search_path', 'demo', false)")],
    ['a lock taken by dynamic SQL', dynamic('SELECT pg_advisory_lock(42)')],
  ])('leaves nothing on the session that the next person meets: %s', async (_title, q) => {
    const { response } = await query(q)
    expect(response.statusCode, response.body).toBe(200)
    await expectToBeAlice()
    // The server has databases of other tests beside this one, whose locks it lists too.
    const locks = await warehouse.query(`SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND d.datname = current_database()`)
    expect(locks).toEqual([])
  })

  it('leaves no temporary table either', async () => {
    await warehouse.query(`GRANT TEMPORARY ON DATABASE ${warehouse.database.database} TO alice`)
    expect((await query('CREATE TEMPORARY TABLE kept AS SELECT 1 AS n')).response.statusCode).toBe(200)
    const answers = await Promise.all(Array.from({ length: 16 }, () => query('SELECT n, pg_sleep(0.05) FROM kept')))
    for (const { response } of answers) expect(response.statusCode).toBeGreaterThanOrEqual(400)
  })

  it('is no different as a job', async () => {
    const payload = { query: 'SET ROLE south' }
    const headers = { 'x-request-id': 'job-attempt' }
    const response = await test.request({ method: 'POST', url: '/v3/sql/as-alice/job', token, payload, headers })
    expect(response.statusCode, response.body).toBe(400)
    expect(await readOutcomes('job-attempt')).toEqual(['invalid_query'])
  })
})
