import { emptyMapDocument, type GovernancePlan, type GovernancePolicies, type Role } from '@graticule/contract'
import type { InjectOptions } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { enableSupport } from '../../testing/support-guest.ts'
import { hashPassword } from '../auth/password-hash.ts'
import { OrganizationStore } from '../organizations/organization-store.ts'
import { clearAddressesByOperator } from './governance-operator.ts'

const PASSWORD = 'correct horse battery'
const OFFICE = '203.0.113.9'
const HOME = '198.51.100.20'
const PEOPLE_RULE = 'governance.people.addresses'
const TOKENS_RULE = 'governance.tokens.addresses'
const governance = '/workspace-api/organization/governance'

let testApp: TestApp
let warehouse: TestWarehouse

beforeEach(async () => {
  testApp = await createTestApp()
  warehouse = await createTestWarehouse(testApp)
})
afterEach(async () => {
  await warehouse.close()
  await testApp.close()
})

const from = (remoteAddress: string, options: InjectOptions & { as?: Role; token?: string }) =>
  testApp.request({ ...options, remoteAddress })
const outcome = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
  answer.statusCode < 400 ? answer.statusCode : `${answer.statusCode} ${answer.json().details?.rule}`

async function change(path: string, policies: Partial<GovernancePolicies>, address = OFFICE) {
  const { revision } = (await from(address, { url: governance, as: 'admin' })).json()
  const method = path === governance ? 'PATCH' : 'POST'
  return from(address, { method, url: path, as: 'admin', payload: { revision, policies } })
}

async function set(policies: Partial<GovernancePolicies>) {
  const changed = await change(governance, policies)
  expect(changed.statusCode, changed.body).toBe(200)
}

/** An address of ours without where we are. */
const pathOf = (address: string) => address.replace(/^https?:\/\/[^/]+/, '')

async function publishMap(): Promise<string> {
  const payload = { document: emptyMapDocument('Open') }
  const { id } = (await testApp.request({ method: 'POST', url: '/workspace-api/maps', as: 'editor', payload })).json()
  const url = `/workspace-api/maps/${id}/privacy`
  await testApp.request({ method: 'POST', url, as: 'editor', payload: { privacy: 'public' } })
  return id
}

test('from other addresses than those that are named no session is answered, running ones and on every server', async () => {
  const cookie = await testApp.signIn('viewer')
  const other = await testApp.buildServer('second-server')
  const headers = { cookie, host: 'localhost', 'sec-fetch-site': 'same-origin' }
  const here = (remoteAddress: string) => from(remoteAddress, { url: '/auth/session', headers: { cookie } })
  const there = (remoteAddress: string) => other.app.inject({ url: '/auth/session', headers, remoteAddress })
  const map = await publishMap()
  for (const ask of [here, there]) expect(outcome(await ask(HOME))).toBe(200)

  await set({ 'people.addresses': ['203.0.113.0/24', '2001:db8::/32'] })
  const refused = await here(HOME)
  expect(refused.json()).toMatchObject({
    error: `You come from ${HOME}, and people of this organization come from its own networks only; use one of these, or ask an admin to add yours in Settings → Governance.`,
    code: 'forbidden',
    decisionId: expect.any(String),
    details: { rule: PEOPLE_RULE },
  })
  expect(refused.statusCode).toBe(403)
  for (const address of [OFFICE, '2001:db8::7', '::ffff:203.0.113.9']) expect(outcome(await here(address))).toBe(200)
  testApp.clock.advance(1_001)
  expect(outcome(await there(HOME))).toBe(`403 ${PEOPLE_RULE}`)
  expect(outcome(await there(OFFICE))).toBe(200)

  // What is open to everybody stays so, whatever cookie comes along.
  for (const ask of [{}, { headers: { cookie } }]) {
    expect(outcome(await from(HOME, { url: `/v3/maps/public/${map}`, ...ask }))).toBe(200)
  }
  // The refusal is a decision about the person, which an admin finds.
  const found = await from(OFFICE, { url: `/v3/access/decisions/${refused.json().decisionId}`, as: 'admin' })
  expect(found.json()).toMatchObject({ rule: PEOPLE_RULE })

  await set({ 'people.addresses': null })
  expect(outcome(await here(HOME))).toBe(200)
})

test('who is outside does not sign in, which leaves an event and names the rule, also before a second step', async () => {
  const password_hash = await hashPassword(PASSWORD)
  await testApp.store.updateTable('users').set({ password_hash }).execute()
  await testApp.giveSecondFactor('viewer')
  await set({ 'people.addresses': ['203.0.113.0/24'] })
  const signIn = (role: Role, address: string) =>
    from(address, {
      method: 'POST',
      url: '/auth/sign-in',
      payload: { email: `${role}@example.org`, password: PASSWORD },
    })
  for (const role of ['editor', 'viewer'] as const) {
    const refused = await signIn(role, HOME)
    expect(outcome(refused)).toBe(`403 ${PEOPLE_RULE}`)
    expect(refused.headers['set-cookie']).toBeUndefined()
    expect((await signIn(role, OFFICE)).statusCode).toBe(role === 'viewer' ? 202 : 200)
  }
  await testApp.activity.flush()
  const events = await testApp.store
    .selectFrom('activity')
    .select(['asset_id', 'details'])
    .where('type', '=', 'session.refused')
    .orderBy('seq')
    .execute()
  expect(events).toEqual(
    [testApp.users.editor, testApp.users.viewer].map(({ id }) => ({
      asset_id: id,
      details: { method: 'password', reason: 'address_outside', ipAddress: HOME },
    })),
  )
})

test('API tokens are bound by ranges of their own, cached tiles and SQL alike', async () => {
  const token = await testApp.createToken([{ connection_name: 'warehouse', source: '*' }])
  const opened = await from(HOME, { url: '/v3/maps/warehouse/table?name=demo.stores', token })
  const { tiles } = (await from(HOME, { url: pathOf(opened.json().tilejson.url[0]), token })).json()
  const tile = pathOf(tiles[0]).replace('{z}', '0').replace('{x}', '0').replace('{y}', '0')
  const ways = {
    sql: (address: string) => from(address, { url: '/v3/sql/warehouse/query?q=SELECT%201%20AS%20one', token }),
    tile: (address: string) => from(address, { url: tile, token }),
  }
  for (const ask of Object.values(ways)) expect((await ask(HOME)).statusCode).toBe(200)

  await set({ 'tokens.addresses': ['203.0.113.9'] })
  for (const [way, ask] of Object.entries(ways)) {
    for (let round = 0; round < 2; round++) {
      expect((await ask(OFFICE)).statusCode, way).toBe(200)
      const refused = await ask(HOME)
      expect(outcome(refused), way).toBe(`403 ${TOKENS_RULE}`)
      expect(refused.json().error).toContain(`This request comes from ${HOME}`)
      expect(refused.json().decisionId).toEqual(expect.any(String))
    }
  }
  // People are not bound by what tokens are.
  expect(outcome(await from(HOME, { url: '/auth/session', as: 'viewer' }))).toBe(200)
})

test('nobody shuts themselves out, nor enters what is no range, and a plan says so and names who is outside', async () => {
  const ranges = { 'people.addresses': ['198.51.100.0/24'] }
  for (const path of [governance, `${governance}/plan`]) {
    const refused = await change(path, ranges)
    expect(outcome(refused)).toBe('422 governance.own-address')
    expect(refused.json().error).toBe(
      `You come from ${OFFICE}, which is in none of these ranges, so that you would shut yourself out; add it, or save from one of these networks.`,
    )
    expect(outcome(await change(path, { 'tokens.addresses': ['office'] }))).toBe('422 governance.document')
  }
  expect(outcome(await change(governance, { 'people.addresses': [] }))).toBe('422 governance.own-address')
  const text = JSON.stringify({
    version: 1,
    governance: { ...(await from(OFFICE, { url: '/workspace-api/settings', as: 'admin' })).json().document.governance },
  })
  const document = JSON.parse(text)
  document.governance.policies['people.addresses'] = ['198.51.100.0/24']
  const payload = { text: JSON.stringify(document) }
  const planned = await from(OFFICE, { method: 'POST', url: '/workspace-api/settings/plan', as: 'admin', payload })
  expect(planned.json().problems, planned.body).toEqual([expect.stringContaining(`You come from ${OFFICE}`)])

  // All sessions of a test begin on this machine; the editor has a token.
  await testApp.signIn('viewer')
  await testApp.createToken([{ connection_name: 'warehouse', source: '*' }])
  const next = { 'people.addresses': ['203.0.113.0/24'], 'tokens.addresses': ['203.0.113.0/24'] }
  const { changes } = (await change(`${governance}/plan`, next)).json<GovernancePlan>()
  expect(
    changes.map(({ id, sentence, losers, gainerCount }) => [
      id,
      sentence,
      losers.map(({ name }) => name).sort(),
      gainerCount,
    ]),
  ).toEqual([
    ['people.addresses', 'People come from these only: 203.0.113.0/24.', ['The admin', 'The editor', 'The viewer'], 0],
    ['tokens.addresses', 'API tokens come from these only: 203.0.113.0/24.', ['The editor'], 0],
  ])
})

test('support people are bound too, and the operator lets everybody come from anywhere again', async () => {
  const { activity, clock, store } = testApp
  const { links } = await enableSupport(testApp, 'admin')
  await set({ 'people.addresses': ['203.0.113.0/24'], 'tokens.addresses': ['203.0.113.0/24'] })
  const open = (address: string) =>
    from(address, {
      method: 'POST',
      url: '/auth/sign-in/link',
      payload: { token: new URL(links[0]?.link ?? '').hash.slice(1) },
    })
  expect(outcome(await open(HOME))).toBe(`403 ${PEOPLE_RULE}`)

  const operator = { activity, clock, store, organizations: new OrganizationStore(store) }
  expect(await clearAddressesByOperator(operator, 'Test Organization')).toBe(
    'People and API tokens of "Test Organization" come from any address again, within a second.',
  )
  clock.advance(1_001)
  expect((await open(HOME)).statusCode).toBe(202)
  expect(outcome(await from(HOME, { url: '/auth/session', as: 'admin' }))).toBe(200)
  const event = await store
    .selectFrom('activity')
    .select(['actor_kind', 'details'])
    .where('type', '=', 'governance.updated')
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow()
  expect(event).toMatchObject({ actor_kind: 'system', details: { 'people.addresses': { to: null } } })
  expect(await clearAddressesByOperator(operator, 'Test Organization')).toBe(
    '"Test Organization" names no addresses; nothing was changed.',
  )
})
