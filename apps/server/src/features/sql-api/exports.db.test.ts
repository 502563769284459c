import type { Role } from '@graticule/contract'
import {
  LOGIN_PASSWORD,
  type RowSecurityWarehouse,
  SOUTHERN_CANARY,
  startRowSecurityWarehouse,
} from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

// What leaves a warehouse for keeps: files of the SQL API, the only way on which rows leave so.

let testApp: TestApp
let warehouse: RowSecurityWarehouse

const PER_REGION = 50
const GOVERNANCE = '/workspace-api/organization/governance'

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION })
  testApp = await createTestApp()
  for (const [name, login, credentialPolicy] of [
    ['personal', 'author', 'viewer'],
    ['lent', 'alice', 'owner'],
  ] as const) {
    const config = warehouse.config(login)
    const body = { name, providerId: 'postgres', config, privacy: 'shared', credentialPolicy }
    const created = await call('POST', '/v3/connections', 'editor', body)
    expect(created.statusCode, created.body).toBe(201)
  }
  const login = { user: 'alice', password: LOGIN_PASSWORD }
  const given = await call('PUT', '/v3/connections/personal/my-credentials', 'admin', { login })
  expect(given.statusCode, given.body).toBe(200)
}, 60_000)
afterAll(async () => {
  await testApp.close()
  await warehouse.stop()
})
beforeEach(async () => {
  await allow('personal', null)
  await allow('lent', null)
})

function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, as: Role, payload?: object) {
  return testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
}
const ruleOf = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
  `${answer.statusCode} ${answer.json().details?.rule}`

async function allow(connection: string, exports: 'editors' | 'admins' | 'nobody' | null): Promise<void> {
  const changed = await call('PATCH', `/v3/connections/${connection}`, 'editor', { options: { exports } })
  expect(changed.statusCode, changed.body).toBe(200)
}

/** Each way in which an answer is for keeps. */
const FILES = [{ format: 'csv' }, { format: 'geojson' }, { format: 'ndjson' }, { filename: 'stores.json' }]
const read = (connection: string, as: Role, more: object = {}) =>
  call('POST', `/v3/sql/${connection}/query`, as, { q: 'SELECT * FROM stores', ...more })

async function exportsSince(seq: number) {
  await testApp.activity.flush()
  const events = await testApp.store.selectFrom('activity').selectAll().where('type', '=', 'data.exported').execute()
  return events.filter((event) => Number(event.position) > seq)
}
async function newestPosition(): Promise<number> {
  await testApp.activity.flush()
  const events = await testApp.store.selectFrom('activity').select('position').execute()
  return Math.max(0, ...events.map(({ position }) => Number(position)))
}

test('no file leaves a connection on which each person reads what is theirs, its owner’s neither, unless that is said', async () => {
  for (const as of ['editor', 'admin'] as const) {
    for (const file of FILES) {
      const refused = await read('personal', as, file)
      expect(ruleOf(refused), refused.body).toBe('403 export.connection')
      expect(refused.json().error).toBe(
        'Nobody takes data out of "personal" as files; read them here, or ask its owner to allow it in the options of the connection.',
      )
    }
    // Reading on the page is no export.
    expect((await read('personal', as)).statusCode).toBe(200)
  }
})

test('where it is allowed, a file holds what the person’s own login sees, and its rows and bytes are counted', async () => {
  await allow('personal', 'editors')
  await warehouse.forgetLog()
  const before = await newestPosition()
  const file = await read('personal', 'admin', { format: 'csv', filename: 'stores.csv' })
  expect(file.statusCode, file.body).toBe(200)
  expect(file.body).not.toContain(SOUTHERN_CANARY)
  expect(file.body.trimEnd().split('\r\n')).toHaveLength(1 + PER_REGION)
  const statements = await warehouse.loggedStatements()
  expect(new Set(statements.filter(({ text }) => text.includes('FROM stores')).map(({ user }) => user))).toEqual(
    new Set(['alice']),
  )
  const [event, ...others] = await exportsSince(before)
  expect(others).toEqual([])
  expect(event).toMatchObject({
    actor_id: testApp.users.admin.id,
    details: {
      ...{ connection: 'personal', format: 'csv', isFile: true, rows: PER_REGION },
      ...{ sizeBytes: file.rawPayload.length, outcome: 'complete' },
    },
  })
})

test('on other connections whoever runs SQL takes files, until the owner leaves it to admins or to nobody', async () => {
  const token = await testApp.createToken([{ connection_name: 'lent', source: '*' }])
  const byToken = () =>
    testApp.request({ url: `/v3/sql/lent/query?format=csv&q=${encodeURIComponent('SELECT 1 AS one')}`, token })
  expect([(await read('lent', 'editor', { format: 'csv' })).statusCode, (await byToken()).statusCode]).toEqual([
    200, 200,
  ])
  await allow('lent', 'admins')
  expect(ruleOf(await read('lent', 'editor', { format: 'csv' }))).toBe('403 export.connection')
  expect(ruleOf(await byToken())).toBe('403 export.connection')
  expect((await read('lent', 'admin', { format: 'csv' })).statusCode).toBe(200)
  await allow('lent', 'nobody')
  expect(ruleOf(await read('lent', 'admin', { format: 'csv' }))).toBe('403 export.connection')
})

test('the policy of the organization stands above what a connection allows', async () => {
  await allow('personal', 'editors')
  const set = async (makers: 'editors' | 'nobody') => {
    const { revision } = (await call('GET', GOVERNANCE, 'admin')).json()
    const changed = await call('PATCH', GOVERNANCE, 'admin', { revision, policies: { 'exports.files': makers } })
    expect(changed.statusCode, changed.body).toBe(200)
  }
  await set('nobody')
  expect(ruleOf(await read('personal', 'editor', { format: 'csv' }))).toBe('403 governance.exports.files')
  await set('editors')
  expect((await read('personal', 'editor', { format: 'csv' })).statusCode).toBe(200)
})
