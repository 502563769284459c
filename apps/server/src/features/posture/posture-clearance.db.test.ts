import type { PostureFinding } from '@graticule/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { meetInDatabase } from '../../testing/meet-in-database.ts'

let testApp: TestApp
let warehouse: TestWarehouse

beforeAll(async () => {
  testApp = await createTestApp()
  warehouse = await createTestWarehouse(testApp)
  await warehouse.query(`
    CREATE ROLE alice LOGIN;
    CREATE ROLE passer LOGIN BYPASSRLS;
    CREATE ROLE leaving LOGIN;
    GRANT USAGE ON SCHEMA demo TO alice, passer, leaving;
    GRANT SELECT ON demo.stores TO alice, passer, leaving;
  `)
}, 60_000)
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
})

const SUPERUSER = () => String(warehouse.config.user)
const configOf = (user: string) => ({ ...warehouse.config, user })
const post = (name: string, user: string, more: object = {}) =>
  testApp.request({
    method: 'POST',
    url: '/v3/connections',
    as: 'editor',
    payload: { name, providerId: 'postgres', config: configOf(user), privacy: 'shared', ...more },
  })
const patch = (name: string, payload: object) =>
  testApp.request({ method: 'PATCH', url: `/v3/connections/${name}`, as: 'editor', payload: { ...payload } })
const read = async (name: string) => testApp.request({ url: `/v3/connections/${name}`, as: 'editor' })

async function make(name: string, user: string): Promise<void> {
  const made = await post(name, user)
  expect(made.statusCode, made.body).toBe(201)
}

/** What the log says of the connection of that name, of one type. */
async function eventsOf(name: string, type: string) {
  const events = await testApp.store
    .selectFrom('activity')
    .select(['actor_id', 'details'])
    .where('type', '=', type)
    .orderBy('position')
    .execute()
  return events.filter(({ details }) => details.name === name)
}

function expectRed(answer: Awaited<ReturnType<typeof post>>, rule: string): void {
  expect(answer.statusCode, answer.body).toBe(422)
  const refusal = answer.json<{ error: string; details: { rule: string; findings: PostureFinding[] } }>()
  expect(refusal).toMatchObject({ code: 'rule_violated', details: { rule: 'connection.posture.red' } })
  expect(refusal.details.findings.map((finding) => finding.rule)).toContain(rule)
  expect(new Set(refusal.details.findings.map(({ severity }) => severity))).toEqual(new Set(['red']))
  expect(refusal.error).toContain('say why viewer credentials are to be switched on all the same')
}

const ON = { credentialPolicy: 'viewer' }
const REASON = 'A database for trying this out'

describe('viewer credentials from the start', () => {
  test('are refused over a login that is a superuser’s, with what was found, and nothing is made', async () => {
    expectRed(await post('made-red', SUPERUSER(), ON), 'superuser')
    expectRed(await post('made-red', SUPERUSER(), { ...ON, postureReason: '   ' }), 'superuser')
    expect((await read('made-red')).statusCode).toBe(404)
    expect(await eventsOf('made-red', 'connection.created')).toEqual([])
  })

  test('are switched on all the same for a reason, which the log keeps', async () => {
    const made = await post('made-red', SUPERUSER(), { ...ON, postureReason: ` ${REASON} ` })
    expect(made.statusCode, made.body).toBe(201)
    const details = { credentialPolicy: 'viewer', posture: 'red', postureReason: REASON }
    expect(await eventsOf('made-red', 'connection.created')).toMatchObject([
      { actor_id: testApp.users.editor.id, details },
    ])
  })

  test('need no reason over a login with nothing red, and none is kept', async () => {
    const made = await post('made-well', 'alice', { ...ON, postureReason: REASON })
    expect(made.statusCode, made.body).toBe(201)
    const [created] = await eventsOf('made-well', 'connection.created')
    expect(created?.details.posture).toMatch(/^(amber|green)$/)
    expect(created?.details).not.toHaveProperty('postureReason')
  })

  test('are not asked about where the owner’s login serves everybody', async () => {
    await make('made-lent', SUPERUSER())
    const [created] = await eventsOf('made-lent', 'connection.created')
    expect(created?.details).not.toHaveProperty('posture')
  })
})

describe('switching viewer credentials on', () => {
  test('is refused over what is red until it is mended', async () => {
    await make('mended', 'passer')
    expectRed(await patch('mended', ON), 'bypass-row-security')
    expect((await read('mended')).json()).toMatchObject({ credentialPolicy: 'owner' })
    expect(await eventsOf('mended', 'connection.credential-policy-changed')).toEqual([])
    await warehouse.query('ALTER ROLE passer NOBYPASSRLS')
    const on = await patch('mended', ON)
    await warehouse.query('ALTER ROLE passer BYPASSRLS')
    expect(on.statusCode, on.body).toBe(200)
    const [changed] = await eventsOf('mended', 'connection.credential-policy-changed')
    expect(changed?.details).toMatchObject({ from: 'owner', to: 'viewer' })
    expect(changed?.details).not.toHaveProperty('postureReason')
  })

  test('is done over what is red for a reason, which the log keeps; on already, it asks for none', async () => {
    await make('reasoned', 'passer')
    const on = await patch('reasoned', { ...ON, postureReason: REASON })
    expect(on.json(), on.body).toMatchObject({ credentialPolicy: 'viewer' })
    const again = await patch('reasoned', { ...ON, name: 'renamed' })
    expect(again.statusCode, again.body).toBe(200)
    expect(await eventsOf('reasoned', 'connection.credential-policy-changed')).toMatchObject([
      { details: { from: 'owner', to: 'viewer', posture: 'red', postureReason: REASON } },
    ])
    // Off and on again is a decision of its own.
    expect((await patch('renamed', { credentialPolicy: 'owner' })).statusCode).toBe(200)
    expectRed(await patch('renamed', ON), 'bypass-row-security')
  })

  test('together with another login judges that one, not the one before', async () => {
    await make('to-red', 'alice')
    expectRed(await patch('to-red', { ...ON, config: configOf('passer') }), 'bypass-row-security')
    const kept = (await read('to-red')).json()
    expect(kept).toMatchObject({ credentialPolicy: 'owner', config: { user: 'alice' } })
    await make('to-well', 'passer')
    const on = await patch('to-well', { ...ON, config: configOf('alice') })
    expect(on.statusCode, on.body).toBe(200)
    expect(on.json()).toMatchObject({ credentialPolicy: 'viewer', config: { user: 'alice' } })
    const count = `/v3/sql/to-well/query?q=${encodeURIComponent('SELECT current_user AS who')}`
    expect((await testApp.request({ url: count, as: 'editor' })).json().rows).toEqual([{ who: 'alice' }])
  })

  test('waits until the login can be looked at', async () => {
    await make('unknown', 'leaving')
    await warehouse.query('ALTER ROLE leaving NOLOGIN')
    await warehouse.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'leaving'")
    const on = await patch('unknown', { ...ON, postureReason: REASON })
    expect(on.json(), on.body).toMatchObject({ status: 503, code: 'warehouse_unavailable' })
    expect((await read('unknown')).json()).toMatchObject({ credentialPolicy: 'owner' })
  })

  test('does not hold for a login that was stored while the one before was looked at', async () => {
    await make('raced', 'alice')
    const posture = () => testApp.request({ url: '/v3/connections/raced/posture', as: 'editor' })
    await expect.poll(async () => (await posture()).json().state).toBe('checked')
    const [stored, on] = await meetInDatabase(testApp, "SELECT FROM connections WHERE name = 'raced' FOR UPDATE", [
      () => patch('raced', { config: configOf('passer') }),
      () => patch('raced', ON),
    ])
    expect(stored?.statusCode, stored?.body).toBe(200)
    expect(on?.json(), on?.body).toMatchObject({ status: 409, code: 'conflict' })
    expect((await read('raced')).json()).toMatchObject({ credentialPolicy: 'owner', config: { user: 'passer' } })
  })
})
