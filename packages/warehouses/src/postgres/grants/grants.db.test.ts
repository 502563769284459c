import { GRANT_PURPOSES, type GrantPurpose, type GrantReport } from '@graticule/contract'
import { createDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@graticule/testkit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GrantRequest } from '../../provider.ts'
import { postgresProvider } from '../provider.ts'

const RUN = { timeoutMs: 60_000 }
const SCHEMA = 'Sales "2024"'
const SET_UP = `
  CREATE ROLE maker LOGIN;
  CREATE SCHEMA "Sales ""2024""" AUTHORIZATION maker;
  CREATE SCHEMA elsewhere;
  SET ROLE maker;
  CREATE TABLE "Sales ""2024"""."Big Stores" (id serial PRIMARY KEY, name text);
  CREATE VIEW "Sales ""2024""".seen AS SELECT name FROM "Sales ""2024"""."Big Stores";
  CREATE FUNCTION "Sales ""2024""".double(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 2';
  CREATE FUNCTION "Sales ""2024""".as_maker() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint';
  RESET ROLE;
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA "Sales ""2024""" FROM PUBLIC;
  CREATE TABLE elsewhere.notes (id integer);
`
let server: TestPostgres
let database: TestDatabase
let superuser: pg.Client

beforeAll(async () => {
  server = await startPostgres()
  database = await createDatabase(server)
  superuser = new pg.Client({ connectionString: database.connectionString })
  await superuser.connect()
  await superuser.query(SET_UP)
}, 60_000)
afterAll(async () => {
  await superuser.end()
  await server.stop()
})

async function asLogin<Answer>(user: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const { host, port, database: name, password } = database
  const client = new pg.Client({ host, port, user, password, database: name })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function check(user: string, request: GrantRequest): Promise<GrantReport> {
  const { host, port, database: name, password } = database
  const warehouse = await postgresProvider.open({ config: { host, port, user, password, database: name } })
  try {
    return await warehouse.checkGrants(request, RUN)
  } finally {
    await warehouse.close()
  }
}

describe('the rights of a login', () => {
  test.each(GRANT_PURPOSES)('to %s are complete once its script was run, and nothing is too much', async (purpose) => {
    const login = `reader ${purpose}`
    await superuser.query(`CREATE ROLE "${login}" LOGIN`)
    const request = { purpose, schemas: [SCHEMA] }
    const before = await check(login, request)
    expect(before.missing.length).toBeGreaterThan(0)
    expect(before.availableSchemas).toEqual([SCHEMA, 'elsewhere', 'public'])
    expect(before.script).toContain(`"reader ${purpose}"`)
    expect(before.script).toContain('"Sales ""2024"""')
    await superuser.query(before.script)
    const after = await check(login, request)
    expect(after.missing).toEqual([])
    expect(after.excess).toEqual([])
    await asLogin(login, async (client) => {
      await client.query('SELECT * FROM "Sales ""2024"""."Big Stores"')
      const insert = client.query(`INSERT INTO "Sales ""2024"""."Big Stores" (name) VALUES ('new')`)
      if (purpose === 'write-back') await insert
      else await expect(insert).rejects.toThrow('permission denied')
      const create = client.query('CREATE TABLE "Sales ""2024""".made (id integer)')
      if (purpose === 'write-back' || purpose === 'tilesets') await create
      else await expect(create).rejects.toThrow('permission denied')
      if (purpose === 'run-sql') await client.query('SELECT "Sales ""2024""".double(2)')
      await expect(client.query('SELECT "Sales ""2024""".as_maker()')).rejects.toThrow('permission denied')
    })
    // What it made itself is its own, and not too much.
    expect((await check(login, request)).excess).toEqual([])
    await superuser.query('DROP TABLE IF EXISTS "Sales ""2024""".made')
  })

  test('reach tables that are made later', async () => {
    await superuser.query('SET ROLE maker; CREATE TABLE "Sales ""2024""".later (id integer); RESET ROLE')
    await asLogin('reader view-maps', (client) => client.query('SELECT * FROM "Sales ""2024""".later'))
    expect((await check('reader view-maps', { purpose: 'view-maps', schemas: [SCHEMA] })).missing).toEqual([])
  })

  test('that are too much are named with what takes them, through whomever they came', async () => {
    await superuser.query(`
      CREATE ROLE writers;
      CREATE ROLE heavy LOGIN IN ROLE writers;
      GRANT USAGE, CREATE ON SCHEMA "Sales ""2024""" TO heavy;
      GRANT SELECT, INSERT ON "Sales ""2024"""."Big Stores" TO writers;
      GRANT USAGE ON SCHEMA elsewhere TO heavy;
      GRANT DELETE ON elsewhere.notes TO PUBLIC;
    `)
    await superuser.query(`GRANT CREATE ON DATABASE ${database.database} TO heavy`)
    const request = { purpose: 'view-maps' as GrantPurpose, schemas: [SCHEMA] }
    const before = await check('heavy', request)
    expect(before.excess.map(({ privilege, object }) => [privilege, object])).toEqual([
      ['CREATE', database.database],
      ['CREATE', '"Sales ""2024"""'],
      ['INSERT', '"Sales ""2024"""."Big Stores"'],
      ['DELETE', 'elsewhere.notes'],
    ])
    expect(before.excess[2]?.remedy).toBe('REVOKE INSERT ON TABLE "Sales ""2024"""."Big Stores" FROM writers;')
    expect(before.excess[3]?.remedy).toBe('REVOKE DELETE ON TABLE elsewhere.notes FROM PUBLIC;')
    for (const { remedy } of [...before.excess, ...before.missing]) await superuser.query(remedy)
    expect(await check('heavy', request)).toMatchObject({ missing: [], excess: [] })
  })

  test('of a superuser are all too much', async () => {
    const { missing, excess } = await check(database.user, { purpose: 'view-maps', schemas: [SCHEMA] })
    expect(missing).toEqual([])
    expect(excess).toMatchObject([{ privilege: 'SUPERUSER' }])
  })

  test('need a way through the firewall unless the warehouse is on the same machine', () => {
    const config = { host: 'db.example.com', database: 'd', user: 'u' }
    expect(postgresProvider.listEgress(config)).toMatchObject([{ host: 'db.example.com', port: 5432, protocol: 'tcp' }])
    expect(postgresProvider.listEgress({ ...config, host: '127.0.0.1' })).toEqual([])
    expect(postgresProvider.listEgress({ ...config, host: '/run/postgresql' })).toEqual([])
  })
})
