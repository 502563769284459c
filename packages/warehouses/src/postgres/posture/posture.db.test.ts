import type { PostureFinding, PostureReport } from '@graticule/contract'
import { createDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Warehouse } from '../../provider.ts'
import { postgresProvider } from '../provider.ts'

const RUN = { timeoutMs: 60_000 }
const SET_UP = [
  'CREATE ROLE north',
  'CREATE ROLE south',
  'CREATE ROLE keeper LOGIN',
  'CREATE TABLE stores (id integer PRIMARY KEY, region text, geom geometry(Point, 4326))',
  `INSERT INTO stores SELECT n, CASE WHEN n % 2 = 0 THEN 'north' ELSE 'south' END, ST_SetSRID(ST_MakePoint(n % 100, 10), 4326)
    FROM generate_series(1, 4000) AS n`,
  'ALTER TABLE stores ENABLE ROW LEVEL SECURITY',
  "CREATE POLICY regions ON stores USING (pg_has_role(current_user, region, 'MEMBER'))",
  'CREATE TABLE owned (id integer)',
  'ALTER TABLE owned OWNER TO keeper',
  'ALTER TABLE owned ENABLE ROW LEVEL SECURITY',
  'CREATE TABLE "Odd ""one" (id integer)',
  'CREATE VIEW owner_view AS SELECT * FROM stores',
  'CREATE VIEW view_of_view AS SELECT id FROM owner_view',
  'CREATE VIEW invoker_view WITH (security_invoker = true) AS SELECT * FROM stores',
  'CREATE MATERIALIZED VIEW copied AS SELECT * FROM stores',
  'CREATE VIEW harmless AS SELECT 1 AS one',
  "CREATE FUNCTION count_all() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM stores'",
  "CREATE FUNCTION add_one(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n + 1'",
  'CREATE ROLE alice LOGIN IN ROLE north',
  'CREATE ROLE passer LOGIN BYPASSRLS',
  'CREATE ROLE climber LOGIN NOINHERIT CREATEROLE',
  'CREATE ROLE stepping_stone',
  'GRANT pg_execute_server_program TO stepping_stone',
  'GRANT stepping_stone TO climber',
  'CREATE ROLE powerless LOGIN',
  'GRANT SELECT ON stores, owner_view, view_of_view, invoker_view, copied, harmless TO alice, passer, keeper',
  'GRANT SELECT ON "Odd ""one" TO alice',
  'GRANT SELECT ON owner_view TO powerless',
]
let server: TestPostgres
let database: TestDatabase
let superuser: Warehouse

beforeAll(async () => {
  server = await startPostgres()
  database = await createDatabase(server)
  superuser = await open(database.user)
  for (const text of SET_UP) await superuser.run({ text, values: [] }, RUN)
}, 60_000)
afterAll(async () => {
  await superuser.close()
  await server.stop()
})

function open(user: string): Promise<Warehouse> {
  const { host, port, database: name, password } = database
  return postgresProvider.open({ config: { host, port, user, password, database: name } })
}

async function check(user: string): Promise<PostureReport> {
  const warehouse = await open(user)
  try {
    return await warehouse.checkPosture(RUN)
  } finally {
    await warehouse.close()
  }
}

function listRules({ findings }: PostureReport, severity: string): string[] {
  return findings.filter((finding) => finding.severity === severity).map(({ rule }) => rule)
}

function find({ findings }: PostureReport, rule: string, object?: string): PostureFinding | undefined {
  return findings.find((finding) => finding.rule === rule && (object === undefined || finding.object === object))
}

describe('the posture check', () => {
  test('flags a superuser, who sees everything', async () => {
    const report = await check(database.user)
    expect(report.severity).toBe('red')
    expect(listRules(report, 'red')).toContain('superuser')
    expect(find(report, 'superuser')?.remedy).toMatch(/^ALTER ROLE \S+ NOSUPERUSER;$/)
    expect(report.tables.find(({ name }) => name === 'public.stores')).toMatchObject({ isActive: false })
  })

  test('flags a login that owns a table without FORCE, and its remedy mends it', async () => {
    const before = await check('keeper')
    expect(listRules(before, 'red')).toEqual(['owner-without-force'])
    const remedy = find(before, 'owner-without-force', 'public.owned')?.remedy ?? ''
    expect(remedy).toBe('ALTER TABLE public.owned FORCE ROW LEVEL SECURITY;')
    await superuser.run({ text: remedy, values: [] }, RUN)
    const after = await check('keeper')
    expect(listRules(after, 'red')).toEqual([])
    expect(find(after, 'owned-table')).toMatchObject({ severity: 'amber', object: 'public.owned' })
  })

  test('flags a login that bypasses row-level security, and its remedy mends it', async () => {
    const before = await check('passer')
    expect(listRules(before, 'red')).toEqual(['bypass-row-security'])
    await superuser.run({ text: find(before, 'bypass-row-security')?.remedy ?? '', values: [] }, RUN)
    expect(listRules(await check('passer'), 'red')).toEqual([])
  })

  test('flags who is let in by certificate and is more than a viewer, and its remedy mends it', async () => {
    for (const text of ['CREATE ROLE graticule_viewers', 'GRANT graticule_viewers TO alice, north, climber']) {
      await superuser.run({ text, values: [] }, RUN)
    }
    const before = await check('alice')
    expect(listRules(before, 'red')).toEqual(['powerful-viewer'])
    const { object, remedy } = find(before, 'powerful-viewer') ?? {}
    expect(object).toBe('climber')
    await superuser.run({ text: remedy ?? '', values: [] }, RUN)
    expect(listRules(await check('alice'), 'red')).toEqual([])
  })

  test('flags a login that may become more than it is, through whatever role', async () => {
    const report = await check('climber')
    expect(listRules(report, 'red')).toEqual(['creates-roles', 'powerful-role'])
    expect(find(report, 'powerful-role', 'pg_execute_server_program')?.remedy).toBe(
      'REVOKE stepping_stone FROM climber;',
    )
  })

  test('passes an ordinary login, and names what leaks to it with the rows that it is shown and may see', async () => {
    const report = await check('alice')
    expect(listRules(report, 'red')).toEqual([])
    expect(find(report, 'superuser')).toMatchObject({ severity: 'green', remedy: null })
    const leaks = report.findings.filter(({ observed }) => observed !== null)
    expect(leaks.map(({ rule, object, observed }) => [rule, object, observed])).toEqual([
      ['owner-view', 'public.owner_view', { shown: 4000, allowed: 2000 }],
      ['owner-view', 'public.view_of_view', { shown: 4000, allowed: 4000 }],
      ['materialized-view', 'public.copied', { shown: 4000, allowed: 2000 }],
    ])
    expect(find(report, 'owner-view', 'public.owner_view')?.sentence).toContain('4000 rows where')
    expect(find(report, 'definer-function')).toMatchObject({ object: 'public.count_all()' })
    expect(report.tables.find(({ name }) => name === 'public.stores')).toEqual({
      name: 'public.stores',
      isOwned: false,
      hasRowSecurity: true,
      isForced: false,
      isActive: true,
    })
    expect(find(report, 'table-without-row-security')).toMatchObject({ object: 'public."Odd ""one"' })
    expect(find(report, 'estimators')?.remedy).toContain('st_estimatedextent')
  })

  test('counts nothing as allowed where the login may not read what is behind a view', async () => {
    expect(find(await check('powerless'), 'owner-view')?.observed).toEqual({ shown: 4000, allowed: 0 })
  })

  test('has remedies that leave nothing but what SQL cannot mend', async () => {
    const before = await check('alice')
    for (const { remedy } of before.findings) {
      for (const text of (remedy ?? '').split('\n').filter(Boolean)) await superuser.run({ text, values: [] }, RUN)
    }
    const after = await check('alice')
    expect(after.findings.filter(({ severity }) => severity !== 'green')).toEqual([])
    expect(after.severity).toBe('green')
  })

  test('asks for TLS where rows leave the machine', async () => {
    const { writePostureReport } = await import('./report.ts')
    const facts = {
      ...{ login: 'a', quotedLogin: 'a', serverVersion: '15.1', serverNumber: 150_001, isSuperuser: false },
      ...{
        bypassesRowSecurity: false,
        createsRoles: false,
        powerfulRoles: [],
        powerfulViewers: [],
        tables: [],
        leaks: [],
      },
      ...{ definerFunctions: [], estimators: [] },
    }
    const report = (isEncrypted: boolean, isVerified: boolean, isLocal: boolean) =>
      listRules(
        writePostureReport({ facts, channel: { isEncrypted, isVerified, isLocal }, counts: new Map() }),
        'amber',
      )
    expect(report(false, false, true)).toEqual([])
    expect(report(false, false, false)).toEqual(['unencrypted'])
    expect(report(true, false, false)).toEqual(['unverified-server'])
    expect(report(true, true, false)).toEqual([])
  })
})
