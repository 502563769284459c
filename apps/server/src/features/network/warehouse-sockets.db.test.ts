import { connect, createServer, type Server } from 'node:net'
import { startDnsServer, startPostgres, type TestDnsServer, type TestPostgres } from '@graticule/testkit'
import { postgresProvider } from '@graticule/warehouses'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createAddressLookUp } from '../../platform/dns/look-up-addresses.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

// The warehouse answers on 127.0.0.2, through a door that counts, as on 127.0.0.1, which stands for what lies inside.
let testApp: TestApp
let server: TestPostgres
let dns: TestDnsServer
let door: Server
let entries = 0

beforeAll(async () => {
  server = await startPostgres({ ssl: true })
  dns = await startDnsServer()
  door = createServer((socket) => {
    entries += 1
    const through = connect(server.port, '127.0.0.1')
    socket.on('error', () => through.destroy()).on('close', () => through.destroy())
    through.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.pipe(through).pipe(socket)
  })
  await new Promise<void>((resolve) => door.listen(server.port, '127.0.0.2', resolve))
  testApp = await createTestApp(undefined, undefined, undefined, {
    internalHosts: ['127.0.0.2/32'],
    lookUpAddresses: createAddressLookUp([dns.address]),
  })
})
afterAll(async () => {
  await testApp.close()
  await new Promise((resolve) => door.close(resolve))
  await dns.stop()
  await server.stop()
})
beforeEach(async () => {
  entries = 0
  testApp.clock.advance(3_600_000)
  await testApp.store.deleteFrom('network_policies').execute()
})

const configOf = (host: string, more: object = {}) => ({
  host,
  port: server.port,
  database: 'postgres',
  user: server.user,
  password: server.password,
  ...more,
})
/** Creates a connection and waits for the check of its login, which opens a socket of its own. */
async function create(name: string, config: object) {
  const created = await testApp.request({
    method: 'POST',
    url: '/v3/connections',
    as: 'admin',
    payload: { name, providerId: 'postgres', config },
  })
  if (created.statusCode !== 201) return created
  const readPosture = () => testApp.request({ url: `/v3/connections/${name}/posture`, as: 'admin' })
  await vi.waitFor(async () => expect((await readPosture()).json().state).toMatch(/^(checked|failed)$/), 20_000)
  return created
}
const ask = (name: string, q = 'SELECT 1 AS one') =>
  testApp.request({ method: 'POST', url: `/v3/sql/${name}/query`, as: 'admin', payload: { q } })
const allow = async (allowedHosts: string[] | null) => {
  const url = '/workspace-api/organization/network'
  const { revision } = (await testApp.request({ url, as: 'admin' })).json()
  const answer = await testApp.request({ method: 'PUT', url, as: 'admin', payload: { revision, allowedHosts } })
  expect(answer.statusCode, answer.body).toBe(200)
}

test('a name that leads inside after it was tested is refused when a socket is opened, and no socket is', async () => {
  dns.addresses.set('rebind.test', [['127.0.0.2'], ['127.0.0.1']])
  const created = await create('rebound', configOf('rebind.test'))
  expect(created.statusCode, created.body).toBe(201)
  // The trial went through; the check of the login asked again, and was not let in any more.
  expect([entries, dns.asked('rebind.test')]).toEqual([1, 2])
  const log = server.log()
  const refused = await ask('rebound')
  expect([refused.statusCode, refused.json()]).toMatchObject([
    422,
    { code: 'rule_violated', details: { rule: 'outbound.loopback' } },
  ])
  expect(refused.json().error).toMatch(/^rebind\.test leads to an address that is inside the server’s own network/)
  expect([entries, server.log()]).toEqual([1, log])
  await testApp.activity.flush()
  const events = await testApp.store
    .selectFrom('activity')
    .selectAll()
    .where('type', 'like', 'outbound.%')
    .orderBy('seq')
    .execute()
  expect(events.map(({ type, actor_kind, details }) => [type, actor_kind, details.host, details.port])).toEqual([
    ['outbound.allowed', 'user', 'rebind.test', server.port],
    ['outbound.refused', 'system', 'rebind.test', server.port],
  ])
})

test.each(['127.0.0.1', '::ffff:127.0.0.1', '[::1]', '169.254.169.254', '0.0.0.0', 'inside.test'])(
  'a connection to %s is refused before anything is opened',
  async (host) => {
    dns.addresses.set('inside.test', [['127.0.0.1']])
    const refused = await create('inside', configOf(host))
    expect([refused.statusCode, refused.json().code]).toEqual([422, 'rule_violated'])
    expect(refused.json().error).toContain('inside the server’s own network')
  },
)

test.each(['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '127.0.0.2@127.0.0.1', '１２７.0.0.1'])(
  'the host %s is refused with what to enter',
  async (host) => {
    const refused = await create('inside', configOf(host))
    expect([refused.statusCode, refused.json().error]).toEqual([422, expect.stringMatching(/another spelling|no host/)])
  },
)

test('port 0 is none', async () => {
  expect((await create('portless', { ...configOf('127.0.0.2'), port: 0 })).statusCode).toBe(400)
})

test('TLS still verifies the name and not the address that it was pinned to', async () => {
  const verified = { sslMode: 'verify-full', sslCertificateAuthority: server.authority?.certificate }
  // The certificate is of localhost, which the name server of the test puts elsewhere.
  dns.addresses.set('localhost', [['127.0.0.2']])
  dns.addresses.set('imposter.test', [['127.0.0.2']])
  const right = await create('verified', configOf('localhost', verified))
  expect(right.statusCode, right.body).toBe(201)
  expect((await ask('verified')).json().rows).toEqual([{ one: 1 }])
  const wrong = await create('imposter', configOf('imposter.test', verified))
  expect([wrong.statusCode, wrong.json().error]).toEqual([503, expect.stringMatching(/TLS/)])
})

test('one of several addresses that does not answer is passed over, all of which were decided about', async () => {
  dns.addresses.set('several.test', [['127.0.0.2', '127.0.0.2']])
  expect((await create('several', configOf('several.test'))).statusCode).toBe(201)
})

test('a statement is cancelled on the very server that runs it, without looking the name up again', async () => {
  let admitted = 0
  const open = await postgresProvider.open({
    config: { host: 'cancel.test', port: server.port, database: 'postgres', user: server.user },
    admitHost: async () => {
      admitted += 1
      return [{ address: '127.0.0.2', family: 4 }]
    },
  })
  const slow = open.run({ text: 'SELECT pg_sleep(30)', values: [] }, { timeoutMs: 200 })
  await expect(slow).rejects.toMatchObject({ code: 'warehouse_timeout' })
  await open.close()
  expect(server.log()).toContain('canceling statement due to user request')
  // One socket for the statement, and one for the request to cancel it.
  expect([admitted, entries]).toEqual([1, 2])
})

test('what an organization no longer allows is closed at once, and opens again when it does', async () => {
  dns.addresses.set('listed.test', [['127.0.0.2']])
  expect((await create('listed', configOf('listed.test'))).statusCode).toBe(201)
  expect((await ask('listed')).statusCode).toBe(200)
  await allow(['db.example.org'])
  expect((await ask('listed', 'SELECT 2 AS two')).json()).toMatchObject({ details: { rule: 'outbound.allow-list' } })
  await allow(['listed.test'])
  expect((await ask('listed', 'SELECT 3 AS three')).json().rows).toEqual([{ three: 3 }])
})

test('another server on the same store stops using its open sockets within seconds', async () => {
  dns.addresses.set('shared.test', [['127.0.0.2']])
  expect((await create('shared', configOf('shared.test'))).statusCode).toBe(201)
  const { app } = await testApp.buildServer('second')
  const cookie = await testApp.signIn('admin')
  let count = 0
  const askSecond = () => {
    count += 1
    const headers = { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin' }
    return app.inject({ method: 'POST', url: '/v3/sql/shared/query', headers, payload: { q: `SELECT ${count} AS n` } })
  }
  expect((await askSecond()).json().rows).toEqual([{ n: 1 }])
  await allow(['db.example.org'])
  await vi.waitFor(
    async () => expect((await askSecond()).json()).toMatchObject({ details: { rule: 'outbound.allow-list' } }),
    { timeout: 20_000, interval: 250 },
  )
})
