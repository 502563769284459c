import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { emptyMapDocument, type IdentityProviderSummary } from '@graticule/contract'
import {
  type RowSecurityWarehouse,
  startOidcProvider,
  startRowSecurityWarehouse,
  startTokenDirectory,
  type TestOidcProvider,
  type TokenDirectory,
} from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SESSION_COOKIE } from '../../http/authentication.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { decodeTile } from '../../testing/decode-tile.ts'
import { ProviderBrowser } from '../../testing/provider-browser.ts'
import { NoRefreshToken, SessionTokens } from './session-tokens.ts'
import { listTokenSessions, type TokenSessionRow } from './token-session-store.ts'

let testApp: TestApp
let warehouse: RowSecurityWarehouse
let idp: TestOidcProvider
let directory: TokenDirectory
let provider: IdentityProviderSummary
let place: string
let mapId: string

const SECRET = 'the client secret of a test, which is long enough'
const TOKEN_SECONDS = 600
const PER_REGION = 300
const NORTH = tileAtPosition(0.5, 50.05, 6)
const SOUTH = tileAtPosition(100.5, -49.95, 6)
const GROUP = 'graticule_viewers'

beforeAll(async () => {
  const client = {
    client_id: 'graticule',
    client_secret: SECRET,
    redirect_uris: ['http://localhost/auth/oidc/callback'],
  }
  const clients = [{ ...client, grant_types: ['authorization_code', 'refresh_token'] }]
  ;[testApp, warehouse, idp] = await Promise.all([
    createTestApp(),
    startRowSecurityWarehouse({ perRegion: PER_REGION, ssl: true }),
    startOidcProvider({ clients, tokenSeconds: TOKEN_SECONDS }),
  ])
  directory = await startTokenDirectory(idp.issuer)
  place = `${warehouse.database.host}:${warehouse.database.port}`
  await warehouse.query(`CREATE ROLE ${GROUP} NOLOGIN`)
  await warehouse.query(`GRANT ${GROUP} TO alice, bob`)
  const { database } = warehouse.database
  const ldap = `ldapserver=127.0.0.1 ldapport=${directory.port} ldapprefix="uid=" ldapsuffix=",ou=people"`
  await warehouse.putHostRules([`hostssl  "${database}"  +${GROUP}  all  ldap  ${ldap}`])
  const body = { kind: 'oidc', name: 'Corp login', issuer: idp.issuer, clientId: 'graticule', clientSecret: SECRET }
  const added = await testApp.request({
    method: 'POST',
    url: '/workspace-api/identity-providers',
    as: 'admin',
    payload: { ...body, domains: ['corp.example'], tokenPlaces: [place] },
  })
  expect(added.statusCode, added.body).toBe(201)
  provider = added.json()
  const made = await create('warehouse')
  expect(made.statusCode, made.body).toBe(201)
  mapId = await shareMap()
}, 60_000)
afterAll(async () => {
  await testApp.close()
  await Promise.all([warehouse.stop(), idp.stop(), directory.stop()])
})
beforeEach(async () => {
  setClock(0)
  await change({})
  await warehouse.forgetLog()
})

/** Sets the clock of the server beside that of the database, which is the machine's. */
function setClock(skewMs: number): void {
  testApp.clock.advance(Date.now() + skewMs - testApp.clock.now().getTime())
}

const LOGINS = { privacy: 'shared', credentialPolicy: 'viewer', viewerAuthentication: 'token' }

function create(name: string, { config = {}, ...settings }: Record<string, unknown> = {}) {
  const payload = {
    ...{ name, providerId: 'postgres', ...LOGINS, ...settings },
    config: { ...warehouse.config('author'), ...(config as object) },
  }
  return testApp.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
}

/** The connection as it is at first, but for what is named. */
async function change(settings: Record<string, unknown>) {
  const viewerToken = { kind: 'access', userClaim: null, scope: null }
  const payload = { ...LOGINS, viewerToken, ...settings }
  const answer = await testApp.request({ method: 'PATCH', url: '/v3/connections/warehouse', as: 'editor', payload })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer
}

async function changeProvider(payload: Record<string, unknown>) {
  const url = `/workspace-api/identity-providers/${provider.id}`
  const answer = await testApp.request({ method: 'PATCH', url, as: 'admin', payload })
  expect(answer.statusCode, answer.body).toBe(200)
}

async function shareMap(): Promise<string> {
  const dataset = {
    ...{ id: 'stores', type: 'table', source: 'public.stores', connectionName: 'warehouse', providerId: 'postgres' },
    ...{ label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' },
  }
  const document = { ...emptyMapDocument('Stores'), datasets: [dataset] }
  const url = '/workspace-api/maps'
  const created = await testApp.request({ method: 'POST', url, as: 'editor', payload: { document } })
  expect(created.statusCode, created.body).toBe(201)
  const { id } = created.json<{ id: string }>()
  const sharing = { method: 'PUT', url: `${url}/${id}/sharing`, as: 'editor', payload: { privacy: 'shared' } } as const
  expect((await testApp.request(sharing)).statusCode).toBe(200)
  return id
}

/** A browser in which somebody has just signed in with the provider. */
async function signIn(name: string): Promise<ProviderBrowser> {
  const claims = { email: `${name}@corp.example`, email_verified: true, name, preferred_username: name }
  await idp.instruct({ login: { sub: name, claims } })
  const browser = new ProviderBrowser(testApp)
  const arrival = await browser.open(`/auth/oidc/${provider.id}/start?target=/maps`)
  expect(arrival.path).toBe('/maps')
  return browser
}

type Ask = (url: string, app?: TestApp['app']) => ReturnType<TestApp['request']>
const askAs =
  (browser: ProviderBrowser): Ask =>
  (url, app = testApp.app) =>
    app.inject({ url, headers: { cookie: browser.ownCookies } })

const OPENING = '/v3/maps/warehouse/table?name=public.stores&spatialDataColumn=geom'
const pathOf = (url: string) => new URL(url).pathname + new URL(url).search

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

async function expectCount(ask: Ask, app?: TestApp['app']): Promise<void> {
  const answer = await ask(countUrl(), app)
  expect(answer.statusCode, answer.body).toBe(200)
  expect(answer.json().rows).toEqual([{ value: PER_REGION }])
}

async function expectRefused(ask: Ask, rule: string, code = 'forbidden') {
  const answer = await ask(countUrl())
  expect(answer.statusCode, answer.body).toBe(403)
  expect(answer.json()).toMatchObject({ code, details: { rule } })
  return answer.json()
}

async function sockets(login: string): Promise<number[]> {
  const rows = await warehouse.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE usename = $1', [login])
  return rows.map(({ pid }) => pid)
}

/** What was sent for anybody but the superuser, whose are the marks of the log. */
const senders = async () =>
  new Set((await warehouse.loggedStatements()).map(({ user }) => user).filter((user) => user !== 'postgres'))

const externalSessions = () => testApp.store.selectFrom('external_sessions').selectAll().execute()

async function sessionOf(browser: ProviderBrowser) {
  const answer = await testApp.request({ url: '/auth/sessions', headers: { cookie: browser.ownCookies } })
  expect(answer.statusCode, answer.body).toBe(200)
  const current = answer.json().find(({ isCurrent }: { isCurrent: boolean }) => isCurrent)
  const row = (await externalSessions()).find(({ session_id }) => session_id === current.id)
  if (row === undefined) throw new Error('The session came by no provider.')
  return row
}

/** The sessions of which a refresh token is kept. */
const listKept = async () =>
  (await externalSessions()).filter(({ refresh_token }) => refresh_token !== null).map(({ session_id }) => session_id)

async function putRefreshToken(sessionId: string, text: string, client: { issuer: string; clientId?: string }) {
  const sealed = testApp.secretBox.seal(text, SEALED_COLUMNS.refreshToken.in(sessionId))
  await testApp.store
    .updateTable('external_sessions')
    .set({ refresh_token: sealed, refresh_client: JSON.stringify([client.issuer, client.clientId]) })
    .where('session_id', '=', sessionId)
    .execute()
}

/** An issuer that notes whatever it is told. */
async function startForeignIssuer() {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body)
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          keys: [],
        }),
      )
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    bodies,
    stop: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** Logs in as a client of the database does that has the token. */
async function logIn(user: string, token: string): Promise<string | undefined> {
  const { host, port, database } = warehouse.database
  const ca = warehouse.server.authority?.certificate
  const client = new pg.Client({ host, port, database, user, password: token, ssl: { ca } })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<{ who: string }>('SELECT current_user AS who')).rows[0]?.who
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function fetched(): Promise<number> {
  await testApp.activity.flush()
  const events = await testApp.store
    .selectFrom('activity')
    .select('id')
    .where('type', '=', 'viewer-token.fetched')
    .execute()
  return events.length
}

describe('a connection that everybody reads with a token of their own single sign-on', () => {
  test('lets two people who open the same map at once in as themselves, and neither gives anything', async () => {
    const [alice, bob] = [await signIn('alice'), await signIn('bob')]
    const [hers, his] = await Promise.all([readTiles(askAs(alice)), readTiles(askAs(bob))])
    expect(hers).toEqual({ north: PER_REGION, south: 0 })
    expect(his).toEqual({ north: 0, south: PER_REGION })
    expect(await testApp.store.selectFrom('viewer_credentials').selectAll().execute()).toEqual([])
    const lines = (await warehouse.loggedLines()).join('\n')
    for (const login of ['alice', 'bob']) {
      expect(lines).toContain(`identity="uid=${login},ou=people" method=ldap`)
      expect(directory.output()).toContain(`bind of ${login}: 0`)
    }
    const ofTiles = (await warehouse.loggedStatements()).filter(
      ({ text }) => text.includes('purpose=') && text.includes('tile'),
    )
    expect(new Set(ofTiles.map(({ user }) => user))).toEqual(new Set(['alice', 'bob']))
    const map = await askAs(alice)(`/workspace-api/maps/${mapId}`)
    expect(map.statusCode, map.body).toBe(200)
  })

  test('refuses her token for his login, and lets the token that is his in', async () => {
    const before = (await idp.listIssued()).length
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const hers = (await idp.listIssued()).slice(before).map(({ access }) => access)
    expect(hers).toHaveLength(2)
    for (const token of hers) {
      expect(await logIn('alice', token)).toBe('alice')
      await expect(logIn('bob', token)).rejects.toThrow(/LDAP authentication failed for user "bob"/)
    }
    await expect(logIn('alice', 'no token at all')).rejects.toThrow(/LDAP authentication failed/)
  })

  test('asks as nobody but herself although her address comes to be his, and is told whom to ask', async () => {
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const { id } = (await testApp.request({ url: '/auth/session', headers: { cookie: alice.ownCookies } })).json().user
    const setEmail = (email: string) => testApp.store.updateTable('users').set({ email }).where('id', '=', id).execute()
    const bobs = await testApp.store.selectFrom('users').select('id').where('email', '=', 'bob@corp.example').execute()
    const moveBob = (email: string) =>
      testApp.store
        .updateTable('users')
        .set({ email })
        .where(
          'id',
          'in',
          bobs.map((bob) => bob.id),
        )
        .execute()
    await moveBob('robert@corp.example')
    await setEmail('bob@corp.example')
    await warehouse.forgetLog()
    await expect
      .poll(async () => (await askAs(alice)(countUrl())).json().details?.rule, { timeout: 5_000 })
      .toBe('viewer-token.refused')
    const { details, error } = await expectRefused(askAs(alice), 'viewer-token.refused')
    expect(details).toMatchObject({ connectionName: 'warehouse', loginName: 'bob' })
    expect(error).toMatch(/did not take your token as the password of "bob"; ask its administrator/)
    expect((await warehouse.loggedStatements('bob')).length).toBe(0)
    // What runs for her under the name of before ends as well.
    await expect.poll(() => sockets('alice'), { timeout: 5_000 }).toEqual([])
    await setEmail('alice@corp.example')
    await moveBob('bob@corp.example')
  })

  test('replaces a token before it ends: its sockets close, and she reads on', async () => {
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const before = await fetched()
    const others = await sockets('alice')
    await expectCount(askAs(alice))
    expect(await fetched()).toBe(before)
    testApp.clock.advance((TOKEN_SECONDS - 59) * 1000)
    await expectCount(askAs(alice))
    expect(await fetched()).toBe(before + 1)
    await expect
      .poll(async () => (await sockets('alice')).filter((pid) => others.includes(pid)), { timeout: 10_000 })
      .toEqual([])
  })

  test('sends nothing once the provider gives no more tokens, and says to sign in again, which helps', async () => {
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const { refresh_token: sealed, session_id: sessionId } = await sessionOf(alice)
    // Somebody else has come by it: the provider sees it used twice, and ends all that came of it.
    const stolen = testApp.secretBox.open(sealed ?? '', SEALED_COLUMNS.refreshToken.in(sessionId))
    const use = () =>
      fetch(`${idp.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`graticule:${encodeURIComponent(SECRET)}`)}` },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: stolen }),
      })
    expect((await use()).status).toBe(200)
    testApp.clock.advance((TOKEN_SECONDS - 59) * 1000)
    await warehouse.forgetLog()
    const told = await expectRefused(askAs(alice), 'viewer-token.sign-in', 'credentials_required')
    expect(told.details).toMatchObject({ connectionName: 'warehouse', reason: 'sign-in' })
    expect(told.error).toMatch(/sign in again to see the data of "warehouse"/)
    // And no more after that, without asking the provider again.
    await expectRefused(askAs(alice), 'viewer-token.sign-in', 'credentials_required')
    expect(await senders()).toEqual(new Set())
    expect((await sessionOf(alice)).refresh_token).toBeNull()
    await expect.poll(() => sockets('alice'), { timeout: 5_000 }).toEqual([])
    await testApp.activity.flush()
    const ended = await testApp.store
      .selectFrom('activity')
      .select(['asset_id', 'details'])
      .where('type', '=', 'viewer-token.ended')
      .execute()
    expect(ended).toMatchObject([{ asset_id: sessionId, details: { provider: 'Corp login', reason: 'invalid_grant' } }])
    await expectCount(askAs(await signIn('alice')))
  })

  test('ends within five seconds of signing out, on another server too, and what tokens were fetched with is gone', async () => {
    const alice = await signIn('alice')
    const { app } = await testApp.buildServer('another')
    await app.ready()
    await expectCount(askAs(alice))
    await expectCount(askAs(alice), app)
    expect((await sockets('alice')).length).toBeGreaterThan(1)
    const { session_id: sessionId } = await sessionOf(alice)
    const out = await testApp.request({
      method: 'POST',
      url: '/auth/sign-out',
      headers: { cookie: alice.ownCookies, 'sec-fetch-site': 'same-origin' },
    })
    expect(out.statusCode, out.body).toBeLessThan(400)
    await expect.poll(() => sockets('alice'), { timeout: 5_000, interval: 100 }).toEqual([])
    const row = (await externalSessions()).find(({ session_id }) => session_id === sessionId)
    expect(row?.refresh_token ?? null).toBeNull()
    expect((await askAs(alice)(countUrl())).statusCode).toBe(401)
  })

  test('lets one session of hers go on while another of hers ends', async () => {
    const [here, there] = [await signIn('alice'), await signIn('alice')]
    await expectCount(askAs(here))
    await expectCount(askAs(there))
    const before = await sockets('alice')
    await testApp.store
      .updateTable('sessions')
      .set({ revoked_at: testApp.clock.now() })
      .where('id', '=', (await sessionOf(there)).session_id)
      .execute()
    await expect.poll(async () => (await sockets('alice')).length, { timeout: 5_000 }).toBeLessThan(before.length)
    await expectCount(askAs(here))
    expect((await sockets('alice')).some((pid) => before.includes(pid))).toBe(true)
  })

  test('two servers that fetch her tokens at the same moment use each refresh token once', async () => {
    const alice = await signIn('alice')
    const { app } = await testApp.buildServer('beside')
    await app.ready()
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        Array.from({ length: 6 }, (_, index) => expectCount(askAs(alice), index % 2 ? app : testApp.app)),
      )
      testApp.clock.advance((TOKEN_SECONDS - 59) * 1000)
    }
    expect((await sessionOf(alice)).refresh_token).not.toBeNull()
    expect((await sessionOf(alice)).refreshing_until).toBeNull()
  })

  test('tells who came without the provider how to come, and fetches nothing', async () => {
    const before = await fetched()
    const ask: Ask = (url) => testApp.request({ url, as: 'viewer' })
    const { details, error } = await expectRefused(ask, 'viewer-token.session', 'credentials_required')
    expect(details).toMatchObject({ connectionName: 'warehouse', reason: 'session' })
    expect(error).toMatch(/you came in another way; sign out, and sign in with it/)
    // Nor is anything asked of them that they could give.
    const mine = await testApp.request({ url: '/v3/connections/warehouse/my-credentials', as: 'viewer' })
    expect(mine.json()).toMatchObject({ needed: false, viewerAuthentication: 'token', loginName: null, fields: [] })
    const given = await testApp.request({
      ...{ method: 'PUT', url: '/v3/connections/warehouse/my-credentials', as: 'viewer' },
      payload: { login: { user: 'alice', password: 'x' } },
    })
    expect(given.statusCode).toBe(422)
    expect(given.json()).toMatchObject({ details: { rule: 'credential.token.given' } })
    expect(await senders()).toEqual(new Set())
    expect(await fetched()).toBe(before)
  })

  test('fetches none for API tokens and for whoever looks as somebody else', async () => {
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const { id } = (await testApp.request({ url: '/auth/session', headers: { cookie: alice.ownCookies } })).json().user
    const before = await fetched()
    const token = await testApp.createToken([{ connection_name: 'warehouse', source: '*' }])
    await expectRefused((url) => testApp.request({ url, token }), 'credential.viewer.token')
    const cookie = await testApp.signIn('superadmin')
    const begun = await testApp.request({
      ...{ method: 'POST', url: '/auth/view-as', payload: { userId: id } },
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    })
    expect(begun.statusCode, begun.body).toBeLessThan(300)
    const seen = await testApp.request({ url: countUrl(), headers: { cookie } })
    expect(seen.statusCode, seen.body).toBe(403)
    expect(await fetched()).toBe(before)
    expect((await warehouse.loggedStatements('alice')).length).toBeGreaterThan(0)
  })

  test('asks as the role that a claim names, and sends an ID token where that is what is taken', async () => {
    await change({ viewerToken: { kind: 'id', userClaim: 'sub', scope: null } })
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const mine = await askAs(alice)('/v3/connections/warehouse/my-credentials')
    expect(mine.json()).toMatchObject({ loginName: 'alice', needed: false })
    await change({ viewerToken: { kind: 'access', userClaim: 'no_such_claim', scope: null } })
    const { error } = await expectRefused(askAs(alice), 'viewer-token.name')
    expect(error).toMatch(/in the claim no_such_claim, which Corp login does not tell of you/)
    await change({ viewerToken: { kind: 'access', userClaim: null, scope: 'openid admin-of-everything' } })
    const { error: scoped } = await expectRefused(askAs(alice), 'viewer-token.provider')
    expect(scoped).toMatch(/Corp login gives no token for "warehouse" \(invalid_scope\); ask the owner/)
    // A wrong scope is no reason to lose the session.
    await change({})
    await expectCount(askAs(alice))
  })

  test('sends tokens nowhere but where an admin lets the provider’s tokens be sent, from that moment on', async () => {
    const elsewhere = await create('elsewhere', { config: { host: 'localhost' } })
    expect(elsewhere.statusCode, elsewhere.body).toBe(422)
    expect(elsewhere.json()).toMatchObject({ details: { rule: 'credential.token.place' } })
    for (const sslMode of ['require', 'disable', 'verify-ca']) {
      const config = { sslMode, sslCertificateAuthority: undefined }
      const unproved = await create('unproved', { config })
      expect(unproved.json(), sslMode).toMatchObject({ status: 422, details: { rule: 'credential.token.place' } })
    }
    // An authority of the editor's own choice says nothing of the name.
    const unnamed = await create('unnamed', { config: { sslMode: 'verify-ca' } })
    expect(unnamed.json()).toMatchObject({ status: 422, details: { rule: 'credential.token.place' } })
    expect(unnamed.json().error).toContain('verify-full')
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    await changeProvider({ tokenPlaces: [] })
    expect(await listKept()).toEqual([])
    await expect.poll(() => sockets('alice'), { timeout: 5_000 }).toEqual([])
    const { error } = await expectRefused(askAs(alice), 'viewer-token.place')
    expect(error).toContain(`ask an admin to add ${place} to the databases of that identity provider`)
    // Without a database to send them to, none is kept of a new session.
    expect((await sessionOf(await signIn('alice'))).refresh_token).toBeNull()
    await changeProvider({ tokenPlaces: [place] })
    await expectCount(askAs(await signIn('alice')))
    // What a sign-in brings that was under way at that moment is forgotten as well.
    const { session_id: late } = await sessionOf(alice)
    await changeProvider({ enabled: false })
    expect(await listKept()).toEqual([])
    await putRefreshToken(late, 'of a sign-in that was under way', provider)
    await expect.poll(listKept, { timeout: 5_000 }).toEqual([])
    await changeProvider({ enabled: true })
    await expectCount(askAs(await signIn('alice')))
  })

  test('tells another issuer, and another client, nothing that was given before', async () => {
    const other = await startForeignIssuer()
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const { session_id: sessionId } = await sessionOf(alice)
    const own = { issuer: idp.issuer, clientId: 'graticule', clientSecret: SECRET }
    try {
      await changeProvider({ issuer: other.issuer, clientSecret: 'another secret' })
      expect(await listKept()).toEqual([])
      const listed = await testApp.request({ url: '/workspace-api/identity-providers', as: 'admin' })
      expect(listed.json().providers).toMatchObject([{ issuer: other.issuer, tokenPlaces: [] }])
      // Nor although the databases are named anew, and a token of before has come back into the store.
      await changeProvider({ clientId: 'another', tokenPlaces: [place] })
      await putRefreshToken(sessionId, 'of the issuer before', own)
      await expect
        .poll(async () => (await askAs(alice)(countUrl())).json().details?.rule, { timeout: 5_000 })
        .toBe('viewer-token.sign-in')
      await putRefreshToken(sessionId, 'of the issuer before', own)
      const [session] = await listTokenSessions(testApp.store, [sessionId])
      const tokens = new SessionTokens({
        store: testApp.store,
        secrets: testApp.secretBox,
        findProvider: async () =>
          ({ isEnabled: true, settings: { issuer: other.issuer, clientId: 'another' } }) as never,
        fetch: async ({ settings: { issuer } }, token) => {
          await fetch(issuer, { method: 'POST', body: `refresh_token=${token.reveal()}` })
          throw new Error('It was told.')
        },
      })
      await expect(tokens.fetch(session as TokenSessionRow, null)).rejects.toThrow(NoRefreshToken)
      expect(other.bodies.join()).not.toContain('refresh_token')
      await putRefreshToken(sessionId, 'of the issuer before', own)
      await expect.poll(listKept, { timeout: 5_000 }).toEqual([])
      await changeProvider({ clientId: 'yet another' })
      const after = await testApp.request({ url: '/workspace-api/identity-providers', as: 'admin' })
      expect(after.json().providers).toMatchObject([{ clientId: 'yet another', tokenPlaces: [] }])
    } finally {
      await changeProvider({ ...own, tokenPlaces: [place] })
      await other.stop()
    }
    await expectCount(askAs(await signIn('alice')))
    const kept = await listKept()
    expect(kept).toHaveLength(1)
    // The name of the provider says nothing of who it is, nor does its secret.
    await changeProvider({ name: 'Corp login', clientSecret: SECRET })
    expect(await listKept()).toEqual(kept)
  })

  test('waits for the server that has her refresh token by the clock of the store, not by its own', async () => {
    const alice = await signIn('alice')
    const { session_id: sessionId } = await sessionOf(alice)
    const until = new Date(Date.now() + 2_000)
    await testApp.store
      .updateTable('external_sessions')
      .set({ refreshing_until: until })
      .where('session_id', '=', sessionId)
      .execute()
    setClock(3_600_000)
    await expectCount(askAs(alice))
    expect(Date.now()).toBeGreaterThanOrEqual(until.getTime())
  })

  test('is one of the ways to sign in that an organization leaves to some people', async () => {
    const url = '/workspace-api/organization/governance'
    const set = async (signIns: object) => {
      const before = (await testApp.request({ url, as: 'admin' })).json()
      const payload = { policies: { 'connections.sign-in': signIns }, revision: before.revision }
      return testApp.request({ method: 'PATCH', url, as: 'admin', payload })
    }
    const forbidden = await set({ 'viewer-token': 'admins' })
    expect(forbidden.statusCode, forbidden.body).toBe(200)
    const refused = await create('forbidden')
    expect(refused.statusCode, refused.body).toBe(403)
    expect(refused.json().error).toContain('each person’s own token')
    // What is there goes on.
    await expectCount(askAs(await signIn('alice')))
    expect((await set({})).statusCode).toBe(200)
  })

  test('is explained: as whom she reads, and why who came another way does not', async () => {
    const alice = await signIn('alice')
    await expectCount(askAs(alice))
    const { id } = (await askAs(alice)('/auth/session')).json().user
    const explain = async (subject: string) => {
      const query = new URLSearchParams({ subject, action: 'map.read', asset: `map:${mapId}` })
      const answer = await testApp.request({ url: `/v3/access/explain?${query}`, as: 'admin' })
      expect(answer.statusCode, answer.body).toBe(200)
      return answer.body
    }
    expect(await explain(id)).toContain('with a token of their single sign-on')
    expect(await explain(testApp.users.viewer.id)).toContain('no session of theirs has one now')
  })

  test('keeps no token: not in the store, not in the log of activity, not in the database’s log, not in an answer', async () => {
    const before = (await idp.listIssued()).length
    const alice = await signIn('alice')
    const answers: string[] = []
    const ask: Ask = async (url) => {
      const answer = await askAs(alice)(url)
      answers.push(answer.body, JSON.stringify(answer.headers))
      return answer
    }
    await readTiles(ask)
    for (const url of ['/auth/session', '/v3/connections', '/v3/connections/warehouse', '/auth/sessions']) {
      await ask(url)
    }
    const activity = await testApp.request({ url: '/v3/activity?limit=200', as: 'admin' })
    const providers = await testApp.request({ url: '/workspace-api/identity-providers', as: 'admin' })
    answers.push(activity.body, providers.body)
    await testApp.activity.flush()
    const issued = (await idp.listIssued()).slice(before)
    const tokens = issued.flatMap(({ access, id, refresh }) => [access, id, refresh]).filter((token) => token !== null)
    expect(tokens.length).toBeGreaterThan(4)
    const texts = [...answers, await dumpStore(), (await warehouse.loggedLines()).join('\n')]
    for (const token of tokens) expect(texts.some((text) => text.includes(token))).toBe(false)
    expect(texts.some((text) => text.includes(SESSION_COOKIE))).toBe(false)
    expect((await sessionOf(alice)).refresh_token).toMatch(/./)
  })
})

/** All rows of all tables, as text. */
async function dumpStore(): Promise<string> {
  const client = new pg.Client({ connectionString: testApp.storeUrl })
  await client.connect()
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    const parts: string[] = []
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)
      parts.push(...rows.map(({ row }) => row))
    }
    return parts.join('\n')
  } finally {
    await client.end()
  }
}
