import type { ConnectionGrants, ConnectionPosture } from '@graticule/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describePostures } from '../../testing/posture-suite.ts'

describe('postures on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describePostures(() => createTestApp(() => stores.open()))
})

describe('the login of a connection to PostgreSQL', () => {
  let test: TestApp
  let warehouse: TestWarehouse

  beforeAll(async () => {
    test = await createTestApp()
    warehouse = await createTestWarehouse(test)
    await warehouse.query(`
      CREATE ROLE north;
      ALTER TABLE demo.stores ENABLE ROW LEVEL SECURITY;
      CREATE POLICY halves ON demo.stores TO north USING (id <= 200);
      CREATE VIEW demo.leaking AS SELECT * FROM demo.stores;
      CREATE ROLE alice LOGIN IN ROLE north;
      CREATE ROLE passer LOGIN BYPASSRLS;
      CREATE ROLE keeper LOGIN;
      ALTER TABLE demo.notes OWNER TO keeper;
      ALTER TABLE demo.notes ENABLE ROW LEVEL SECURITY;
      GRANT USAGE ON SCHEMA demo TO alice, passer, keeper;
      GRANT SELECT ON demo.stores, demo.leaking TO alice;
    `)
  })
  afterAll(async () => {
    await warehouse.close()
    await test.close()
  })

  async function connect(name: string, user: string): Promise<void> {
    const config = { ...warehouse.config, user }
    const payload = { name, providerId: 'postgres', config, privacy: 'private' }
    const response = await test.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
    expect(response.statusCode, response.body).toBe(201)
  }

  async function read(name: string): Promise<ConnectionPosture> {
    return (await test.request({ url: `/v3/connections/${name}/posture`, as: 'editor' })).json()
  }

  async function readWhenChecked(name: string): Promise<ConnectionPosture> {
    await expect.poll(async () => (await read(name)).state, { timeout: 20_000 }).toBe('checked')
    return read(name)
  }

  const redRules = ({ report }: ConnectionPosture) =>
    report?.findings.filter(({ severity }) => severity === 'red').map(({ rule }) => rule)

  it('is checked when it is saved: superuser, owner without FORCE and BYPASSRLS are red, an ordinary login is not', async () => {
    await connect('by-superuser', String(warehouse.config.user))
    await connect('by-keeper', 'keeper')
    await connect('by-passer', 'passer')
    await connect('by-alice', 'alice')
    expect(redRules(await readWhenChecked('by-superuser'))).toContain('superuser')
    expect(redRules(await readWhenChecked('by-keeper'))).toEqual(['owner-without-force'])
    expect(redRules(await readWhenChecked('by-passer'))).toEqual(['bypass-row-security'])
    const ordinary = await readWhenChecked('by-alice')
    expect(redRules(ordinary)).toEqual([])
    const leak = ordinary.report?.findings.find(({ rule }) => rule === 'owner-view')
    expect(leak).toMatchObject({ object: 'demo.leaking', observed: { shown: 400, allowed: 200 } })
  })

  it('is checked on demand, and what was mended is gone, with an event', async () => {
    const posture = await test.request({ url: '/v3/connections/by-passer/posture', as: 'editor' })
    const { report } = posture.json<ConnectionPosture>()
    const remedy = report?.findings.find(({ rule }) => rule === 'bypass-row-security')?.remedy ?? ''
    await warehouse.query(remedy)
    const again = await test.request({ method: 'POST', url: '/v3/connections/by-passer/posture', as: 'editor' })
    expect(again.statusCode, again.body).toBe(200)
    expect(redRules(again.json())).toEqual([])
    const events = await test.store
      .selectFrom('activity')
      .selectAll()
      .where('type', '=', 'connection.posture-changed')
      .orderBy('seq')
      .execute()
    const last = events.filter(({ details }) => details.name === 'by-passer').at(-1)
    expect(last).toMatchObject({
      actor_id: test.users.editor.id,
      details: { from: 'red', disappeared: ['bypass-row-security'], login: 'passer' },
    })
  })

  it('is told as failed with the reason when the warehouse does not answer, and the last report stays', async () => {
    await connect('failing', 'alice')
    await readWhenChecked('failing')
    await warehouse.query('ALTER ROLE alice NOLOGIN')
    // Whoever is signed in stays so; a new identity is what has to sign in.
    await test.request({ method: 'PATCH', url: '/v3/connections/failing', as: 'editor', payload: {} })
    await test.store.updateTable('connections').set({ credential_version: 7 }).where('name', '=', 'failing').execute()
    const failed = await test.request({ method: 'POST', url: '/v3/connections/failing/posture', as: 'editor' })
    await warehouse.query('ALTER ROLE alice LOGIN')
    expect(failed.json()).toMatchObject({ state: 'failed', failure: expect.stringContaining('alice') })
    expect(failed.json<ConnectionPosture>().report?.login).toBe('alice')
  })

  it('is checked by night, by one of the servers of a store', async () => {
    const second = await test.buildServer('second')
    const third = await test.buildServer('third')
    const count = async () => {
      await test.activity.flush()
      const rows = await test.store
        .selectFrom('activity')
        .select('asset_id')
        .where('type', '=', 'warehouse.statement')
        .where('actor_kind', '=', 'system')
        .execute()
      return rows.map(({ asset_id }) => asset_id)
    }
    expect(await count()).toEqual([])
    test.clock.advance(24 * 3_600_000)
    await Promise.all([second.sweep(), third.sweep()])
    const connections = await test.store.selectFrom('connections').select('id').execute()
    expect((await count()).toSorted()).toEqual(connections.map(({ id }) => id).toSorted())
  })

  it('gets a script of its rights; what is missing and too much is gone once it was run', async () => {
    const ask = async (purpose: string): Promise<ConnectionGrants> => {
      const payload = { purpose, schemas: ['demo'] }
      const response = await test.request({
        method: 'POST',
        url: '/v3/connections/by-alice/grants',
        as: 'editor',
        payload,
      })
      expect(response.statusCode, response.body).toBe(200)
      return response.json()
    }
    await warehouse.query('GRANT CREATE ON SCHEMA demo TO alice; GRANT INSERT ON demo.zones TO alice')
    const before = await ask('view-maps')
    expect(before).toMatchObject({ login: 'alice', egress: [] })
    expect(before.missing.map(({ object }) => object)).toContain('demo.roads')
    expect(before.excess.map(({ privilege, object }) => [privilege, object])).toEqual([
      ['CREATE', 'demo'],
      ['INSERT', 'demo.zones'],
    ])
    await warehouse.query(before.script)
    for (const { remedy } of before.excess) await warehouse.query(remedy)
    expect(await ask('view-maps')).toMatchObject({ missing: [], excess: [] })
  })

  it('is for those who keep the connection', async () => {
    for (const as of ['admin', 'viewer'] as const) {
      expect((await test.request({ url: '/v3/connections/by-alice/posture', as })).statusCode).toBe(404)
    }
    const url = '/v3/connections/warehouse/posture'
    expect((await test.request({ url, as: 'admin' })).statusCode).toBe(403)
  })
})
