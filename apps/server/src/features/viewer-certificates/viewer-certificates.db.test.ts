import { X509Certificate } from 'node:crypto'
import { type CertificateSetup, emptyMapDocument, type Role } from '@graticule/contract'
import { LOGIN_PASSWORD, type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { decodeTile } from '../../testing/decode-tile.ts'
import { enableSupport, enterBySupportLink } from '../../testing/support-guest.ts'
import { CertificateAuthorities } from './certificate-authorities.ts'
import { CERTIFICATE_LIFE_MS, certify, MAX_CLOCK_SKEW_MS } from './certify.ts'

let testApp: TestApp
let warehouse: RowSecurityWarehouse
let connectionId: string
let setup: CertificateSetup
let mapId: string

const PER_REGION = 300
const NORTH = tileAtPosition(0.5, 50.05, 6)
const SOUTH = tileAtPosition(100.5, -49.95, 6)
/** Who is called how by the database: what their address says before the @. */
const ADDRESSES = {
  viewer: 'Alice@acme.test',
  admin: 'bob@acme.test',
  superadmin: 'mallory@acme.test',
} as const satisfies Partial<Record<Role, string>>

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION, ssl: true })
  testApp = await createTestApp()
  for (const [role, email] of Object.entries(ADDRESSES)) {
    await testApp.store
      .updateTable('users')
      .set({ email })
      .where('id', '=', idOf(role as Role))
      .execute()
  }
  const config = warehouse.config('author')
  const logins = { privacy: 'shared', credentialPolicy: 'viewer', viewerAuthentication: 'certificate' }
  const created = await testApp.request({
    method: 'POST',
    url: '/v3/connections',
    as: 'editor',
    payload: { name: 'warehouse', providerId: 'postgres', config, ...logins },
  })
  expect(created.statusCode, created.body).toBe(201)
  connectionId = created.json().id
  setup = await readSetup()
  for (const line of setup.sql) await warehouse.query(line)
  await warehouse.query('GRANT graticule_viewers TO alice, bob')
  await warehouse.trustCertificates({ authority: setup.authority, hba: setup.hba, ident: setup.ident })
  await shareMap()
}, 60_000)
afterAll(async () => {
  await testApp.close()
  await warehouse.stop()
})
beforeEach(async () => {
  setClock(0)
  await warehouse.forgetLog()
})

/** Sets the clock of the server beside that of the database, which is the machine's. */
function setClock(skewMs: number): void {
  testApp.clock.advance(Date.now() + skewMs - testApp.clock.now().getTime())
}

const idOf = (role: Role) => testApp.users[role].id

async function readSetup(): Promise<CertificateSetup> {
  const url = '/v3/connections/warehouse/certificate-setup'
  const answer = await testApp.request({ method: 'POST', url, as: 'editor' })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

async function shareMap(): Promise<void> {
  const dataset = {
    ...{ id: 'stores', type: 'table', source: 'public.stores', connectionName: 'warehouse', providerId: 'postgres' },
    ...{ label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' },
  }
  const document = { ...emptyMapDocument('Stores'), datasets: [dataset] }
  const url = '/workspace-api/maps'
  const created = await testApp.request({ method: 'POST', url, as: 'editor', payload: { document } })
  expect(created.statusCode, created.body).toBe(201)
  mapId = created.json<{ id: string }>().id
  const sharing = `${url}/${mapId}/sharing`
  const shared = await testApp.request({ method: 'PUT', url: sharing, as: 'editor', payload: { privacy: 'shared' } })
  expect(shared.statusCode, shared.body).toBe(200)
}

const OPENING = '/v3/maps/warehouse/table?name=public.stores&spatialDataColumn=geom'
const pathOf = (url: string) => new URL(url).pathname + new URL(url).search

type Ask = (url: string) => ReturnType<TestApp['request']>
const askAs =
  (as: Role): Ask =>
  (url) =>
    testApp.request({ url, as })

async function readTiles(ask: Ask): Promise<{ north: number; south: number }> {
  const opened = await ask(OPENING)
  expect(opened.statusCode, opened.body).toBe(200)
  const tileJson = await ask(pathOf(opened.json().tilejson.url[0]))
  expect(tileJson.statusCode, tileJson.body).toBe(200)
  const template = decodeURI(pathOf(tileJson.json().tiles[0]))
  const count = async ({ z, x, y }: { z: number; x: number; y: number }) => {
    const tile = await ask(template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`))
    if (tile.statusCode === 204) return 0
    expect(tile.statusCode, tile.body).toBe(200)
    return decodeTile(tile.rawPayload, z, x, y).length
  }
  return { north: await count(NORTH), south: await count(SOUTH) }
}

/** Every answer differs, so that none comes from memory. */
let fresh = 0
function countUrl(): string {
  fresh += 1
  const params = JSON.stringify({ operation: 'count', column: '*' })
  return `/v3/sql/warehouse/model/formula?${new URLSearchParams({ source: 'public.stores', type: 'table', params, client: `${fresh}` })}`
}

/** Certificates that were made. */
async function listIssued(): Promise<(string | null)[]> {
  await testApp.activity.flush()
  const events = testApp.store.selectFrom('activity').select('asset_id').where('type', '=', 'viewer-certificate.issued')
  return (await events.execute()).map(({ asset_id }) => asset_id)
}
const issued = async (role: Role) => (await listIssued()).filter((id) => id === idOf(role)).length
const issuedToAnybody = async () => (await listIssued()).length

async function expectRefused(ask: Ask, rule: string): Promise<void> {
  const answer = await ask(countUrl())
  expect(answer.statusCode, answer.body).toBe(403)
  expect(answer.json()).toMatchObject({ details: { rule } })
}

const sockets = (login: string) =>
  warehouse.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE usename = $1', [login])

/** What was sent for anybody but the superuser, whose are the marks of the log. */
const senders = async () =>
  new Set((await warehouse.loggedStatements()).map(({ user }) => user).filter((user) => user !== 'postgres'))

/** Another server, which has made no certificate yet, as a person asks it. */
async function openServer(serverId: string, role: Role): Promise<{ ask: Ask }> {
  const { app } = await testApp.buildServer(serverId)
  await app.ready()
  const headers = { cookie: await testApp.signIn(role) }
  return { ask: (url) => app.inject({ url, headers }) }
}

/** A certificate of the organization's authority, as the server makes them, at a time. */
async function certifyAt(commonName: string, at: Date) {
  const { activity, clock, organizationId, secretBox, store } = testApp
  const authority = await new CertificateAuthorities({ activity, clock, secrets: secretBox, store }).open(
    organizationId,
  )
  if (authority === null) throw new Error('There is no authority.')
  return certify(authority, { commonName, organizationId }, at)
}

/** Logs in with nothing but a certificate. */
async function logIn(user: string, { certificate, privateKey }: { certificate: string; privateKey: string }) {
  const { host, port, database } = warehouse.database
  const ca = warehouse.server.authority?.certificate
  const client = new pg.Client({ host, port, database, user, ssl: { ca, cert: certificate, key: privateKey } })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<{ who: string }>('SELECT current_user AS who')).rows[0]?.who
  } finally {
    await client.end().catch(() => undefined)
  }
}

describe('a connection that everybody reads with a certificate that is made for them', () => {
  test('AC-06: lets two people who open the same map at once in as themselves, and neither gives anything', async () => {
    const [alice, bob] = await Promise.all([readTiles(askAs('viewer')), readTiles(askAs('admin'))])
    expect(alice).toEqual({ north: PER_REGION, south: 0 })
    expect(bob).toEqual({ north: 0, south: PER_REGION })
    const stored = await testApp.store.selectFrom('viewer_credentials').selectAll().execute()
    expect(stored).toEqual([])
    const lines = await warehouse.loggedLines()
    for (const [login, role] of [
      ['alice', 'viewer'],
      ['bob', 'admin'],
    ] as const) {
      const byCertificate = lines.filter((line) => line.includes(`by=${login} `) && line.includes('method=cert'))
      expect(byCertificate.join('\n')).toContain(idOf(role))
    }
    const sent = await warehouse.loggedStatements()
    const ofTiles = sent.filter(({ text }) => text.includes('purpose=') && text.includes('tile'))
    for (const { text, user } of ofTiles) {
      const expected = user === 'alice' ? 'viewer' : 'admin'
      expect(text).toContain(idOf(expected))
    }
    expect(new Set(ofTiles.map(({ user }) => user))).toEqual(new Set(['alice', 'bob']))
  })

  test('AC-06: refuses a certificate for another role, and one that is older than its life', async () => {
    const now = new Date()
    const hers = await certifyAt(idOf('viewer'), now)
    expect(await logIn('alice', hers)).toBe('alice')
    await expect(logIn('bob', hers)).rejects.toThrow(/certificate authentication failed for user "bob"/)
    const old = await certifyAt(idOf('viewer'), new Date(now.getTime() - CERTIFICATE_LIFE_MS - 1_000))
    await expect(logIn('alice', old)).rejects.toThrow(/certificate|ECONNRESET|closed|terminated/i)
    const read = new X509Certificate(hers.certificate)
    expect(read.ca).toBe(false)
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(read.validToDate.getTime() - now.getTime()).toBeLessThanOrEqual(CERTIFICATE_LIFE_MS)
  })

  test('AC-06: tells somebody whom the database does not know what its administrator adds, and sends nothing', async () => {
    const answer = await testApp.request({ url: OPENING, as: 'superadmin' })
    expect(answer.statusCode, answer.body).toBe(403)
    const identLine = `graticule  "${idOf('superadmin')}"  "mallory"`
    expect(answer.json()).toMatchObject({
      code: 'forbidden',
      error: `The database of "warehouse" does not let you in as "mallory"; ask its administrator to make that role a member of graticule_viewers and to add this line to pg_ident.conf: ${identLine}`,
      details: {
        rule: 'viewer-certificate.refused',
        connectionId,
        connectionName: 'warehouse',
        loginName: 'mallory',
        subject: idOf('superadmin'),
        identLine,
      },
    })
    expect(await senders()).toEqual(new Set())
  })

  test('does not ask a database again at once that refused somebody, and lets them in once it knows them', async () => {
    await warehouse.addLogin('mallory')
    await warehouse.query('GRANT graticule_viewers TO mallory')
    const refused = await Promise.all(
      Array.from({ length: 5 }, () => testApp.request({ url: OPENING, as: 'superadmin' })),
    )
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403])
    const attempts = (await warehouse.loggedLines()).filter((line) => line.includes('FATAL'))
    expect(attempts.length).toBeLessThan(5)
    const { authority, hba } = setup
    const ident = [...setup.ident, refused[0]?.json().details.identLine]
    await warehouse.trustCertificates({ authority, hba, ident })
    const open = async () => (await testApp.request({ url: OPENING, as: 'superadmin' })).statusCode
    await expect.poll(open, { timeout: 15_000, interval: 250 }).toBe(200)
    expect(await senders()).toEqual(new Set(['mallory']))
    await warehouse.trustCertificates({ authority, hba, ident: setup.ident })
  })

  test('gives a role that several people of the organization would be to none of them, and tells nobody a line', async () => {
    const setEmail = (email: string) =>
      testApp.store.updateTable('users').set({ email }).where('id', '=', idOf('superadmin')).execute()
    await setEmail('ALICE@elsewhere.test')
    const { ident, unnamed } = await readSetup()
    expect(ident.filter((line) => line.includes('alice'))).toEqual([])
    expect(ident).toContain(`graticule  "${idOf('admin')}"  "bob"`)
    expect(unnamed).toEqual(expect.arrayContaining([ADDRESSES.viewer, 'ALICE@elsewhere.test']))
    await warehouse.forgetLog()
    for (const role of ['viewer', 'superadmin'] as const) {
      const { ask } = await openServer(`shared-${role}`, role)
      const { details, error, status } = (await ask(OPENING)).json()
      expect({ details, status }).toEqual({ details: { rule: 'viewer-certificate.name' }, status: 403 })
      expect(error).toMatch(/somebody else of this organization would be "alice" too; ask an admin to change/)
    }
    expect(await senders()).toEqual(new Set())
    // Whoever may not sign in any more takes no name away.
    await testApp.store
      .updateTable('users')
      .set({ disabled_at: new Date() })
      .where('id', '=', idOf('superadmin'))
      .execute()
    const { ask } = await openServer('shared-no-more', 'viewer')
    expect((await ask(OPENING)).statusCode).toBe(200)
    await testApp.store.updateTable('users').set({ disabled_at: null }).where('id', '=', idOf('superadmin')).execute()
    await setEmail(ADDRESSES.superadmin)
  })

  test('never lets a superuser in by certificate, whatever pg_ident.conf says of it', async () => {
    const { authority, hba, ident } = setup
    const line = `graticule  "${idOf('superadmin')}"  "postgres"`
    await warehouse.trustCertificates({ authority, hba, ident: [...ident, line] })
    const setEmail = (email: string) =>
      testApp.store.updateTable('users').set({ email }).where('id', '=', idOf('superadmin')).execute()
    await setEmail('postgres@acme.test')
    const { ask } = await openServer('for-superusers', 'superadmin')
    const answer = await ask(OPENING)
    expect(answer.statusCode).toBe(403)
    expect(answer.json().details).toMatchObject({ rule: 'viewer-certificate.refused', loginName: 'postgres' })
    await setEmail(ADDRESSES.superadmin)
    await warehouse.trustCertificates({ authority, hba, ident })
  })

  test.each([
    ['behind', -MAX_CLOCK_SKEW_MS],
    ['ahead of', MAX_CLOCK_SKEW_MS],
  ])('works while the clock of the server is two minutes %s that of the database', async (_where, skew) => {
    setClock(skew)
    // Another server has made no certificate yet.
    const { ask } = await openServer(`skewed-${skew}`, 'viewer')
    expect(await readTiles(ask)).toEqual({ north: PER_REGION, south: 0 })
    expect(await senders()).toEqual(new Set(['alice']))
  })

  test('closes the sockets of a certificate before it runs out, and reads on with another', async () => {
    const { ask } = await openServer('renewing', 'viewer')
    const count = async () => {
      const answer = await ask(countUrl())
      expect(answer.statusCode, answer.body).toBe(200)
      return answer.json().rows
    }
    const others = (await sockets('alice')).map(({ pid }) => pid)
    const ours = async () => (await sockets('alice')).map(({ pid }) => pid).filter((pid) => !others.includes(pid))
    expect(await count()).toEqual([{ value: PER_REGION }])
    const [first] = await ours()
    expect(first).toBeDefined()
    // Not older than this: what is left is kept for clocks that differ and for statements that wait.
    testApp.clock.advance(MAX_CLOCK_SKEW_MS + 1_000)
    await expect.poll(ours, { timeout: 10_000 }).not.toContain(first)
    expect(await count()).toEqual([{ value: PER_REGION }])
    expect(await ours()).not.toContain(first)
    expect(await issued('viewer')).toBeGreaterThan(1)
  })

  test('lets nobody in who may not sign in any more, and closes their sockets within five seconds', async () => {
    const count = await testApp.request({ url: countUrl(), as: 'admin' })
    expect(count.statusCode, count.body).toBe(200)
    expect(await sockets('bob')).not.toEqual([])
    const setDisabled = (disabled_at: Date | null) =>
      testApp.store.updateTable('users').set({ disabled_at }).where('id', '=', idOf('admin')).execute()
    const cookie = await testApp.signIn('admin')
    const before = await issued('admin')
    await setDisabled(new Date())
    await expect.poll(() => sockets('bob'), { timeout: 5_000, interval: 100 }).toEqual([])
    const refused = await testApp.app.inject({ url: countUrl(), headers: { cookie } })
    expect(refused.statusCode).toBe(401)
    expect(await issued('admin')).toBe(before)
    await setDisabled(null)
    const again = await testApp.request({ url: countUrl(), as: 'admin' })
    expect(again.statusCode, again.body).toBe(200)
  })

  test.each([
    ['may not sign in any more', { disabled_at: new Date() }, { disabled_at: null }],
    ['is called otherwise', { email: 'robert@acme.test' }, { email: ADDRESSES.admin }],
  ])('ends what runs for somebody who %s, under an earlier certificate too', async (_who, change, back) => {
    const job = `/v3/sql/warehouse/query?${new URLSearchParams({ q: 'SELECT pg_sleep(60)::text AS slept' })}`
    const running = testApp.request({ url: job, as: 'admin' })
    const asleep = () =>
      warehouse.query("SELECT FROM pg_stat_activity WHERE usename = 'bob' AND wait_event = 'PgSleep'")
    await expect.poll(async () => (await asleep()).length, { timeout: 10_000 }).toBe(1)
    testApp.clock.advance(MAX_CLOCK_SKEW_MS + 1_000)
    const renewed = await testApp.request({ url: countUrl(), as: 'admin' })
    expect(renewed.statusCode, renewed.body).toBe(200)
    expect((await asleep()).length).toBe(1)
    const set = (values: typeof change | typeof back) =>
      testApp.store.updateTable('users').set(values).where('id', '=', idOf('admin')).execute()
    await set(change)
    const ended = await running
    expect(ended.json()).toMatchObject({ status: 403, details: { rule: 'viewer-certificate.ended' } })
    await expect.poll(() => sockets('bob'), { timeout: 5_000, interval: 100 }).toEqual([])
    await set(back)
  })

  test('makes none for tokens, public links, support people and whoever looks as somebody else', async () => {
    const before = await issuedToAnybody()
    const token = await testApp.createToken([{ connection_name: 'warehouse', source: '*' }])
    await expectRefused((url) => testApp.request({ url, token }), 'credential.viewer.token')
    const headers = { cookie: await testApp.signIn('superadmin'), 'sec-fetch-site': 'same-origin' }
    const payload = { userId: idOf('admin') }
    const begun = await testApp.request({ method: 'POST', url: '/auth/view-as', headers, payload })
    expect(begun.statusCode, begun.body).toBe(204)
    await expectRefused((url) => testApp.request({ url, headers }), 'view-as')
    const sharing = `/workspace-api/maps/${mapId}/sharing`
    const share = (privacy: string) =>
      testApp.request({ method: 'PUT', url: sharing, as: 'editor', payload: { privacy } })
    // A link of a time when everybody read with the stored login: nobody decided that the public does so now.
    const setLogins = async (payload: object) => {
      const changed = await testApp.request({
        ...{ method: 'PATCH', url: '/v3/connections/warehouse', as: 'editor', payload },
      })
      expect(changed.statusCode, changed.body).toBe(200)
    }
    await setLogins({ credentialPolicy: 'owner' })
    expect((await share('public')).statusCode).toBe(200)
    await setLogins({ credentialPolicy: 'viewer', viewerAuthentication: 'certificate' })
    await warehouse.forgetLog()
    const map = (await testApp.request({ url: `/v3/maps/public/${mapId}` })).json<{ token: string }>()
    await expectRefused((url) => testApp.request({ url, token: map.token }), 'credential.viewer.public-map')
    expect((await share('shared')).statusCode).toBe(200)
    const { links } = await enableSupport(testApp, 'superadmin')
    const guest = await enterBySupportLink(testApp, links[0]?.link ?? '')
    await expectRefused((url) => guest.request({ url }), 'credential.viewer.support')
    expect(await senders()).toEqual(new Set())
    expect(await issuedToAnybody()).toBe(before)
  })

  test('asks nobody for a login, and takes none', async () => {
    const url = '/v3/connections/warehouse/my-credentials'
    const mine = await testApp.request({ url, as: 'viewer' })
    expect(mine.json()).toMatchObject({
      ...{ needed: false, viewerAuthentication: 'certificate', loginName: 'alice', fields: [], givenAt: null },
    })
    const owners = await testApp.request({ url, as: 'editor' })
    expect(owners.json()).toMatchObject({ needed: false, loginName: null })
    const listed = await testApp.request({ url: '/v3/connections/warehouse', as: 'viewer' })
    expect(listed.json()).toMatchObject({ viewerAuthentication: 'certificate', myCredentials: null })
    const payload = { login: { user: 'alice', password: 'secret' } }
    const given = await testApp.request({ method: 'PUT', url, as: 'viewer', payload })
    expect(given.json()).toMatchObject({ status: 422, details: { rule: 'credential.certificate.given' } })
  })

  test('keeps no private key but the authority’s, which is sealed', async () => {
    await readTiles(askAs('viewer'))
    await testApp.activity.flush()
    const authorities = await testApp.store.selectFrom('certificate_authorities').selectAll().execute()
    expect(authorities.map(({ organization_id }) => organization_id)).toEqual([testApp.organizationId])
    const events = await testApp.store.selectFrom('activity').selectAll().execute()
    expect(JSON.stringify([authorities, events, setup])).not.toContain('PRIVATE KEY')
  })

  test('is refused where nobody would know whom the certificates are shown to, and without people to show them for', async () => {
    const patch = (payload: object) =>
      testApp.request({ method: 'PATCH', url: '/v3/connections/warehouse', as: 'editor', payload })
    const config = { ...warehouse.config('author'), sslMode: 'require', sslCertificateAuthority: undefined }
    const unverified = await patch({ config })
    expect(unverified.json()).toMatchObject({ status: 422, details: { rule: 'credential.certificate.place' } })
    const lent = await patch({ credentialPolicy: 'owner', viewerAuthentication: 'certificate' })
    expect(lent.json()).toMatchObject({ status: 422, details: { rule: 'credential.certificate.owner' } })
  })

  test('forgets logins that were given when it is switched on, and knows nobody by certificate once it is off', async () => {
    const patch = async (viewerAuthentication: string) => {
      const answer = await testApp.request({
        ...{ method: 'PATCH', url: '/v3/connections/warehouse', as: 'editor', payload: { viewerAuthentication } },
      })
      expect(answer.statusCode, answer.body).toBe(200)
    }
    await patch('stored')
    const asked = await testApp.request({ url: OPENING, as: 'viewer' })
    expect(asked.json()).toMatchObject({ code: 'credentials_required' })
    await warehouse.addLogin('nadia')
    const url = '/v3/connections/warehouse/my-credentials'
    const payload = { login: { user: 'nadia', password: LOGIN_PASSWORD } }
    expect((await testApp.request({ method: 'PUT', url, as: 'viewer', payload })).statusCode).toBe(200)
    await patch('certificate')
    expect(await testApp.store.selectFrom('viewer_credentials').selectAll().execute()).toEqual([])
    expect((await testApp.request({ url: OPENING, as: 'viewer' })).statusCode).toBe(200)
  })

  test('ends with its authority: a database that does not know the next one lets nobody in, and says which to add', async () => {
    await readTiles(askAs('viewer'))
    const { activity, clock, organizationId, secretBox, store } = testApp
    const authorities = new CertificateAuthorities({ activity, clock, secrets: secretBox, store })
    await authorities.replace({ organizationId, actor: { kind: 'system', id: null }, requestId: 'test' })
    await expect.poll(() => sockets('alice'), { timeout: 5_000, interval: 100 }).toEqual([])
    const refused = await testApp.request({ url: OPENING, as: 'viewer' })
    expect(refused.json(), refused.body).toMatchObject({
      ...{ status: 403, details: { rule: 'viewer-certificate.untrusted' } },
    })
    const next = await readSetup()
    expect(next.fingerprint).not.toBe(setup.fingerprint)
    await warehouse.trustCertificates({ authority: next.authority, hba: next.hba, ident: next.ident })
    const open = async () => (await testApp.request({ url: OPENING, as: 'viewer' })).statusCode
    await expect.poll(open, { timeout: 15_000, interval: 250 }).toBe(200)
  })
})
