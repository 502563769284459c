import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IdentityProviderList, IdentityProviderSummary, SessionInfo, SignInMethods } from '@graticule/contract'
import { type OidcProviderInstruction, startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../../testing/create-test-app.ts'
import { leadsTo, ProviderBrowser } from '../../../../testing/provider-browser.ts'

const REDIRECT_URI = 'http://localhost/auth/oidc/callback'
const SECRET = 'the client secret of a test, which is long enough'
const ALICE = { sub: 'alice-1', claims: { email: 'Alice@Corp.example', email_verified: true, name: 'Alice Adams' } }

let testApp: TestApp
let idp: TestOidcProvider
let provider: IdentityProviderSummary

beforeAll(async () => {
  const client = { client_secret: SECRET, redirect_uris: [REDIRECT_URI] }
  const clients = [
    { ...client, client_id: 'graticule' },
    { ...client, client_id: 'posting', token_endpoint_auth_method: 'client_secret_post' },
  ]
  ;[testApp, idp] = await Promise.all([createTestApp(), startOidcProvider({ clients })])
  const created = await save({})
  expect(created.statusCode).toBe(201)
  provider = created.json()
})
beforeEach(() => idp.instruct({ login: ALICE }))
afterAll(async () => {
  await testApp.close()
  await idp.stop()
})

function save(body: object) {
  const whole = {
    kind: 'oidc',
    name: 'Corp login',
    issuer: idp.issuer,
    clientId: 'graticule',
    clientSecret: SECRET,
    domains: ['CORP.example'],
    ...body,
  }
  return testApp.request({ method: 'POST', url: '/workspace-api/identity-providers', as: 'admin', payload: whole })
}

function change(body: object, id = provider.id) {
  const url = `/workspace-api/identity-providers/${id}`
  return testApp.request({ method: 'PATCH', url, as: 'admin', payload: body })
}

function startOf(id = provider.id, target = '/maps?scope=mine'): string {
  return `/auth/oidc/${id}/start?target=${encodeURIComponent(target)}`
}

async function whoIs(browser: ProviderBrowser): Promise<SessionInfo['user'] | null> {
  const answer = await testApp.request({ url: '/auth/session', headers: { cookie: browser.ownCookies } })
  return answer.statusCode === 200 ? answer.json<SessionInfo>().user : null
}

/** Signs in as whom the provider is told, and answers where the browser ends. */
async function signIn(instruction: OidcProviderInstruction, browser = new ProviderBrowser(testApp)): Promise<string> {
  await idp.instruct(instruction)
  return (await browser.open(startOf())).path
}

/** Goes through the provider and stops where it sends the browser back to us. */
async function stopAtCallback(browser: ProviderBrowser): Promise<URL> {
  let url = new URL(startOf(), 'http://localhost')
  for (let steps = 0; steps < 10; steps++) {
    const next = await browser.step(url)
    if (next === null) break
    if (next.href.startsWith(REDIRECT_URI)) return next
    url = next
  }
  throw new Error(`The provider sent nobody back; the browser stands on ${url.href}.`)
}

async function listPeople() {
  return testApp.store.selectFrom('users').select(['id', 'email', 'role']).orderBy('created_at').execute()
}

async function refusals(): Promise<unknown[]> {
  await testApp.activity.flush()
  const rows = await testApp.store
    .selectFrom('activity')
    .select('details')
    .where('type', '=', 'session.refused')
    .orderBy('position')
    .execute()
  return rows.map((row) => row.details.reason)
}

test('the first sign-in makes exactly one viewer, known by issuer and subject, and leaves events', async () => {
  const browser = new ProviderBrowser(testApp)
  const before = await listPeople()
  const arrival = await browser.open(startOf())
  expect(arrival.path).toBe('/maps?scope=mine')
  expect(await whoIs(browser)).toMatchObject({ name: 'Alice Adams', email: 'Alice@Corp.example', role: 'viewer' })

  const asked = new URL(arrival.way[1] ?? '')
  expect(asked.origin).toBe(idp.issuer)
  expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
  expect(asked.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
  expect(asked.searchParams.get('state')).toMatch(/^[\w-]{43}$/)
  expect(asked.searchParams.get('nonce')).toMatch(/^[\w-]{43}$/)
  expect(asked.searchParams.get('redirect_uri')).toBe(REDIRECT_URI)

  expect(await listPeople()).toHaveLength(before.length + 1)
  const identities = await testApp.store.selectFrom('external_identities').selectAll().execute()
  const alice = (await listPeople()).at(-1)
  expect(identities).toMatchObject([{ issuer: idp.issuer, subject: 'alice-1', user_id: alice?.id }])
  const events = await testApp.store
    .selectFrom('activity')
    .select(['type', 'actor_id', 'details'])
    .where('actor_id', '=', alice?.id ?? '')
    .orderBy('position')
    .execute()
  expect(events).toMatchObject([
    { type: 'user.created', details: { role: 'viewer', method: 'oidc', provider: 'Corp login' } },
    { type: 'session.created', details: { method: 'oidc' } },
  ])
})

test('her e-mail changed at the provider makes no second person, and another subject with it is not her', async () => {
  expect(await signIn({ login: ALICE })).toBe('/maps?scope=mine')
  const before = await listPeople()
  const browser = new ProviderBrowser(testApp)
  const moved = { ...ALICE, claims: { ...ALICE.claims, email: 'alice@elsewhere.example' } }
  expect(await signIn({ login: moved }, browser)).toBe('/maps?scope=mine')
  expect((await whoIs(browser))?.id).toBe(before.at(-1)?.id)
  expect(await listPeople()).toEqual(before)

  const impostor = new ProviderBrowser(testApp)
  const page = await signIn({ login: { ...ALICE, sub: 'mallory-1' } }, impostor)
  expect(page).toBe('/sign-in?problem=email_taken&target=%2Fmaps%3Fscope%3Dmine')
  expect(await whoIs(impostor)).toBeNull()
  expect(await listPeople()).toEqual(before)
})

test('two first sign-ins of one person at once make one person', async () => {
  const bob = { sub: 'bob-1', claims: { email: 'bob@corp.example', name: 'Bob' } }
  await idp.instruct({ login: bob })
  const browsers = [new ProviderBrowser(testApp), new ProviderBrowser(testApp), new ProviderBrowser(testApp)]
  const callbacks = await Promise.all(browsers.map(stopAtCallback))
  const pages = await Promise.all(browsers.map((browser, index) => browser.open(callbacks[index]?.href ?? '')))
  expect(pages.map((page) => page.path)).toEqual(Array(3).fill('/maps?scope=mine'))
  const ids = await Promise.all(browsers.map(async (browser) => (await whoIs(browser))?.id))
  expect(new Set(ids).size).toBe(1)
  expect((await listPeople()).filter((person) => person.email === 'bob@corp.example')).toHaveLength(1)
})

test('a local account with the e-mail is not taken over, a deleted one does not stand in the way', async () => {
  const { store, users, organizationId, clock } = testApp
  await store.updateTable('users').set({ email: 'local@corp.example' }).where('id', '=', users.editor.id).execute()
  const local = { sub: 'local-1', claims: { email: 'LOCAL@corp.example', email_verified: true } }
  expect(await signIn({ login: local })).toContain('problem=email_taken')
  await store.updateTable('users').set({ email: users.editor.email }).where('id', '=', users.editor.id).execute()
  const gone = {
    id: 'gone',
    organization_id: organizationId,
    email: 'local@corp.example',
    name: 'Gone',
    role: 'viewer',
  }
  const at = clock.now()
  await store
    .insertInto('users')
    .values({ ...gone, role: 'viewer', created_at: at, disabled_at: at, deleted_at: at })
    .execute()
  const browser = new ProviderBrowser(testApp)
  expect(await signIn({ login: local }, browser)).toBe('/maps?scope=mine')
  expect(await whoIs(browser)).toMatchObject({ name: 'LOCAL', role: 'viewer' })
})

test.each([
  ['no e-mail', { name: 'Nameless' }, 'email_missing'],
  ['something else for an e-mail', { email: 'not an e-mail' }, 'email_missing'],
  ['an e-mail that it has not verified', { email: 'u@corp.example', email_verified: false }, 'email_unverified'],
  ['an e-mail of another domain', { email: 'u@other.example', email_verified: true }, 'domain_not_admitted'],
  ['an e-mail below the domain', { email: 'u@sub.corp.example', email_verified: true }, 'domain_not_admitted'],
])('a newcomer with %s is not added', async (_what, claims, problem) => {
  const before = await listPeople()
  expect(await signIn({ login: { sub: 'newcomer', claims } })).toContain(`problem=${problem}`)
  expect(await listPeople()).toEqual(before)
  expect((await refusals()).at(-1)).toBe(problem)
})

test('newcomers get the role that the provider names, and an admin’s later change of it stays', async () => {
  expect((await change({ defaultRole: 'editor' })).statusCode).toBe(200)
  const browser = new ProviderBrowser(testApp)
  const login = { sub: 'ed-1', claims: { email: 'ed@corp.example', name: 'Ed' } }
  await signIn({ login }, browser)
  expect((await whoIs(browser))?.role).toBe('editor')
  await change({ defaultRole: 'viewer' })
  await signIn({ login }, browser)
  expect((await whoIs(browser))?.role).toBe('editor')
})

test('a newcomer for whom there is no seat is not added, while who is here comes in', async () => {
  const { store } = testApp
  await store.updateTable('organizations').set({ viewer_seats: 1 }).execute()
  const before = await listPeople()
  expect(await signIn({ login: { sub: 'late', claims: { email: 'late@corp.example' } } })).toContain(
    'problem=seats_taken',
  )
  expect(await listPeople()).toEqual(before)
  expect(await signIn({ login: ALICE })).toBe('/maps?scope=mine')
  await store.updateTable('organizations').set({ viewer_seats: null }).execute()
})

test('who was disabled or deleted stays out', async () => {
  const login = { sub: 'leaver', claims: { email: 'leaver@corp.example' } }
  const browser = new ProviderBrowser(testApp)
  await signIn({ login }, browser)
  const id = (await whoIs(browser))?.id ?? ''
  const { store, clock } = testApp
  await store.updateTable('users').set({ disabled_at: clock.now() }).where('id', '=', id).execute()
  expect(await signIn({ login })).toContain('problem=account_ended')
  await store.updateTable('users').set({ deleted_at: clock.now() }).where('id', '=', id).execute()
  expect(await signIn({ login })).toContain('problem=account_ended')
  expect((await refusals()).slice(-2)).toEqual(['account_ended', 'account_ended'])
})

describe('an answer that is not believed signs nobody in', () => {
  const past = Math.floor(Date.now() / 1000) - 3600
  const answers: readonly (readonly [string, Omit<OidcProviderInstruction, 'login'>, string])[] = [
    ['without a signature', { signature: 'none' }, 'token_unsigned'],
    ['signed with another key', { signature: 'foreign' }, 'wrong_signature'],
    ['with another nonce', { claims: { nonce: 'of another sign-in' } }, 'wrong_nonce'],
    ['without a nonce', { claims: { nonce: undefined } }, 'wrong_nonce'],
    ['for another client', { claims: { aud: 'posting' } }, 'wrong_audience'],
    ['for another client too', { claims: { aud: ['graticule', 'posting'], azp: 'posting' } }, 'wrong_audience'],
    ['of another issuer', { claims: { iss: 'https://evil.example' } }, 'wrong_issuer'],
    ['that has expired', { claims: { iat: past - 60, exp: past } }, 'token_expired'],
  ]
  test.each(answers)('%s', async (_what, instruction, problem) => {
    const before = await listPeople()
    const browser = new ProviderBrowser(testApp)
    const login = { sub: 'victim', claims: { email: 'victim@corp.example' } }
    // JSON cannot say undefined: null takes the claim's place.
    const claims = instruction.claims && JSON.parse(JSON.stringify(instruction.claims, (_key, value) => value ?? null))
    const page = await signIn({ ...instruction, claims, login }, browser)
    expect(page).toBe(`/sign-in?problem=${problem}&target=%2Fmaps%3Fscope%3Dmine`)
    expect(await whoIs(browser)).toBeNull()
    expect(await listPeople()).toEqual(before)
    expect((await refusals()).at(-1)).toBe(problem)
  })

  test('of a person who pressed Cancel there', async () => {
    expect(await signIn({ login: null })).toContain('problem=provider_refused')
  })
})

describe('a callback is good for one login of one browser', () => {
  const problemAt = async (browser: ProviderBrowser, url: URL) => {
    const { path } = await browser.open(url.href)
    return new URL(path, 'http://localhost').searchParams.get('problem')
  }

  test('not twice', async () => {
    const browser = new ProviderBrowser(testApp)
    const callback = await stopAtCallback(browser)
    const copy = await stopAtCallback(new ProviderBrowser(testApp))
    expect(await problemAt(browser, callback)).toBeNull()
    expect(await problemAt(browser, callback)).toBe('login_replayed')
    // The code of one login does not fit into the state of another.
    const spliced = await stopAtCallback(browser)
    spliced.searchParams.set('code', copy.searchParams.get('code') ?? '')
    expect(await problemAt(browser, spliced)).toBe('invalid_answer')
  })

  test('not with a state that was never given out, or with none', async () => {
    const browser = new ProviderBrowser(testApp)
    const callback = await stopAtCallback(browser)
    callback.searchParams.set('state', 'made-up')
    expect(await problemAt(browser, callback)).toBe('login_unknown')
    callback.searchParams.delete('state')
    expect(await problemAt(browser, callback)).toBe('login_unknown')
  })

  test('not from another provider than the one that was asked', async () => {
    const browser = new ProviderBrowser(testApp)
    const callback = await stopAtCallback(browser)
    callback.searchParams.set('iss', 'https://evil.example')
    expect(await problemAt(browser, callback)).toBe('wrong_issuer')
  })

  test('not in another browser, who gets no session from it', async () => {
    const victim = new ProviderBrowser(testApp)
    const callback = await stopAtCallback(new ProviderBrowser(testApp))
    expect(await problemAt(victim, callback)).toBe('login_elsewhere')
    expect(await whoIs(victim)).toBeNull()
  })

  test('not after ten minutes', async () => {
    const browser = new ProviderBrowser(testApp)
    const callback = await stopAtCallback(browser)
    testApp.clock.advance(10 * 60_000)
    expect(await problemAt(browser, callback)).toBe('login_expired')
  })

  test('but in two tabs of one browser at once', async () => {
    const browser = new ProviderBrowser(testApp)
    const callbacks = [await stopAtCallback(browser), await stopAtCallback(browser)]
    for (const callback of callbacks) expect(await problemAt(browser, callback)).toBeNull()
  })

  test('and the racing uses of one lead to one session', async () => {
    const browser = new ProviderBrowser(testApp)
    const callback = await stopAtCallback(browser)
    const { app } = testApp
    const request = {
      url: `${callback.pathname}${callback.search}`,
      headers: { cookie: browser.ownCookies, host: 'localhost' },
    }
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.inject(request)))
    const locations = answers.map((answer) => String(leadsTo(answer)))
    expect(locations.filter((location) => location === '/maps?scope=mine')).toHaveLength(1)
    expect(locations.filter((location) => location.includes('problem=login_replayed'))).toHaveLength(4)
  })
})

test('nothing leads out of the workspace afterwards', async () => {
  const browser = new ProviderBrowser(testApp)
  expect((await browser.open(startOf(provider.id, 'https://evil.example/'))).path).toBe('/')
  expect((await browser.open(startOf(provider.id, '//evil.example/'))).path).toBe('/')
})

test('the login’s cookie is out of reach of scripts and other sites, and is gone afterwards', async () => {
  const start = await testApp.request({ url: startOf() })
  expect(start.headers['set-cookie']).toMatch(
    /^graticule_login_\w{16}=[\w-]{43}; Path=\/auth\/oidc; Max-Age=600; HttpOnly; SameSite=Lax$/,
  )
  expect(start.headers['cache-control']).toBe('no-store')
  const browser = new ProviderBrowser(testApp)
  await browser.open(startOf())
  expect(browser.ownCookies).toMatch(/^graticule_session=[^;]+$/)
})

test('fifty failures from one address close it for a while', async () => {
  for (let attempt = 0; attempt < 50; attempt++) await testApp.request({ url: '/auth/oidc/callback?state=x&code=y' })
  const browser = new ProviderBrowser(testApp)
  expect((await browser.open(startOf())).path).toContain('problem=too_many_attempts')
  testApp.clock.advance(15 * 60_000)
  expect((await browser.open(startOf())).path).toBe('/maps?scope=mine')
})

test('a provider that is switched off or gone is not offered and lets nobody in', async () => {
  const browser = new ProviderBrowser(testApp)
  const callback = await stopAtCallback(browser)
  await change({ enabled: false })
  expect((await testApp.request({ url: '/auth/sign-in/methods' })).json<SignInMethods>().providers).toEqual([])
  expect((await browser.open(callback.href)).path).toContain('problem=provider_unknown')
  expect((await browser.open(startOf())).path).toContain('problem=provider_unknown')
  expect((await browser.open(startOf('no-such-provider'))).path).toContain('problem=provider_unknown')
  await change({ enabled: true })
  expect((await testApp.request({ url: '/auth/sign-in/methods' })).json<SignInMethods>().providers).toEqual([
    { id: provider.id, name: 'Corp login', startPath: `/auth/oidc/${provider.id}/start` },
  ])
})

test('several organizations on one store are told apart by the e-mail’s domain', async () => {
  const { store, clock } = testApp
  await store
    .insertInto('organizations')
    .values({ id: 'ac_other', name: 'Other', is_demo: false, created_at: clock.now() })
    .execute()
  const offered = async (query: string) =>
    (await testApp.request({ url: `/auth/sign-in/methods${query}` })).json<SignInMethods>().providers.length
  expect(await offered('')).toBe(0)
  expect(await offered('?email=somebody%40CORP.example')).toBe(1)
  expect(await offered('?email=somebody%40other.example')).toBe(0)
  await store.deleteFrom('organizations').where('id', '=', 'ac_other').execute()
})

describe('setting up a provider', () => {
  test('is for admins, and never answers, stores or logs the secret in clear', async () => {
    const url = '/workspace-api/identity-providers'
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect((await testApp.request({ url, as })).statusCode).toBe(403)
      expect((await testApp.request({ method: 'POST', url, as, payload: {} })).statusCode).toBeGreaterThanOrEqual(400)
    }
    const list = await testApp.request({ url, as: 'superadmin' })
    expect(list.json<IdentityProviderList>().redirectUri).toBe(REDIRECT_URI)
    expect(list.json<IdentityProviderList>().providers).toMatchObject([
      { name: 'Corp login', domains: ['corp.example'], defaultRole: 'viewer', hasClientSecret: true, testedAt: null },
    ])
    expect(list.body).not.toContain(SECRET)
    const rows = await testApp.store.selectFrom('identity_providers').selectAll().execute()
    const events = await testApp.store.selectFrom('activity').selectAll().execute()
    expect(JSON.stringify([rows, events])).not.toContain(SECRET)
    expect(events.map((event) => event.type)).toContain('identity-provider.created')
  })

  test.each([
    ['not an address', /^The issuer must be an address, such as/],
    ['ftp://127.0.0.1', /^The issuer must be an address, such as/],
    ['https://u:p@login.example', /^The issuer must be an address without a query, a fragment or a password\.$/],
    ['http://login.example', /^The issuer must be reached by https; http is for this machine only\.$/],
    ['http://127.0.0.1:1', /^127\.0\.0\.1:1 could not be reached within 10 seconds; check the issuer\.$/],
  ])('the issuer %s is refused in one sentence', async (issuer, sentence) => {
    const answer = await save({ name: 'Another', issuer })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error).toMatch(sentence)
  })

  describe('says what is wrong with a discovery document', () => {
    let server: Server
    let origin: string
    let document: unknown
    beforeAll(async () => {
      server = createServer((_request, response) => {
        if (document === undefined) response.writeHead(404).end()
        else if (typeof document === 'string') response.setHeader('content-type', 'text/html').end(document)
        else response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    afterAll(() => server.close())

    const cases: readonly (readonly [string, (own: string) => unknown, RegExp])[] = [
      ['there is none', () => undefined, /There is no discovery document of a provider at .* \(404\)/],
      ['it is a page', () => '<h1>Welcome</h1>', /is not a discovery document/],
      ['it has no issuer', () => ({}), /is not a discovery document|calls itself nothing/],
      ['it is of somebody else', () => ({ issuer: 'https://else.example' }), /calls itself "https:\/\/else\.example"/],
      ['it is of any tenant', (own) => ({ issuer: `${own}/{tenantid}` }), /calls itself ".*\{tenantid\}"/],
      ['it is spelt otherwise', (own) => ({ issuer: `${own}/` }), /enter the issuer exactly as it does/],
      ['it leads nowhere', (own) => ({ issuer: own }), /names no authorization endpoint/],
      [
        'it leads elsewhere without TLS',
        (own) => ({
          issuer: own,
          authorization_endpoint: 'http://login.example/',
          token_endpoint: own,
          jwks_uri: own,
        }),
        /authorization endpoint is not reached by https/,
      ],
    ]
    test.each(cases)('%s', async (_what, describe, sentence) => {
      document = describe(origin)
      const answer = await save({ name: 'Another', issuer: origin })
      expect(answer.statusCode).toBe(400)
      expect(answer.json().error).toMatch(sentence)
      expect(answer.json().error).toMatch(/^\S.*\.$/)
    })
  })

  test('a name is given once, and a domain is a domain', async () => {
    const taken = await save({ name: 'corp LOGIN' })
    expect(taken.statusCode).toBe(409)
    expect(taken.json().error).toMatch(/^Another identity provider has this name;/)
    expect((await save({ name: 'Another', domains: [] })).statusCode).toBe(400)
    expect((await save({ name: 'Another', domains: ['*.example'] })).statusCode).toBe(400)
    expect((await save({ name: 'Another', defaultRole: 'admin' })).statusCode).toBe(400)
  })

  test('another issuer needs the secret again, so that it is sent to nobody it was not entered for', async () => {
    const answer = await change({ issuer: 'http://localhost:1' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error).toBe('Enter the client secret again when you change the issuer.')
  })

  test('a client that proves itself in the body works too', async () => {
    const created = await save({ name: 'Posting', clientId: 'posting' })
    const browser = new ProviderBrowser(testApp)
    expect((await browser.open(startOf(created.json().id))).path).toBe('/maps?scope=mine')
    expect((await whoIs(browser))?.name).toBe('Alice Adams')
    const url = `/workspace-api/identity-providers/${created.json().id}`
    expect((await testApp.request({ method: 'DELETE', url, as: 'editor' })).statusCode).toBe(403)
    expect((await testApp.request({ method: 'DELETE', url, as: 'admin' })).statusCode).toBe(204)
    expect((await testApp.request({ method: 'DELETE', url, as: 'admin' })).statusCode).toBe(404)
    expect(await whoIs(browser)).not.toBeNull()
  })

  test('a wrong secret is found out at the sign-in, in words for an administrator', async () => {
    expect((await change({ clientSecret: 'wrong' })).statusCode).toBe(200)
    expect(await signIn({ login: ALICE })).toContain('problem=invalid_answer')
    expect((await change({ clientSecret: SECRET })).statusCode).toBe(200)
    expect(await signIn({ login: ALICE })).toBe('/maps?scope=mine')
  })
})

test('nobody enters a suspended organization by way of the provider, and nobody is made there', async () => {
  const newcomer = { login: { sub: 'sue-1', claims: { email: 'sue@corp.example', email_verified: true, name: 'Sue' } } }
  const before = await listPeople()
  const suspend = (at: Date | null) => testApp.store.updateTable('organizations').set({ suspended_at: at }).execute()
  await suspend(testApp.clock.now())
  const browser = new ProviderBrowser(testApp)
  expect(await signIn(newcomer, browser)).toBe('/sign-in?problem=organization_suspended&target=%2Fmaps%3Fscope%3Dmine')
  expect(await signIn({ login: ALICE }, browser)).toContain('problem=organization_suspended')
  expect(await whoIs(browser)).toBeNull()
  expect(await listPeople()).toEqual(before)
  expect((await refusals()).slice(-2)).toEqual(['organization_suspended', 'organization_suspended'])
  await suspend(null)
  expect(await signIn(newcomer, browser)).toBe('/maps?scope=mine')
})

test('whoever comes from an address that the organization lets nobody in from is told so on the sign-in page', async () => {
  const governance = '/workspace-api/organization/governance'
  const set = async (ranges: string[] | null) => {
    const remoteAddress = '203.0.113.9'
    const { revision } = (await testApp.request({ url: governance, as: 'admin', remoteAddress })).json()
    const payload = { revision, policies: { 'people.addresses': ranges } }
    const changed = await testApp.request({ method: 'PATCH', url: governance, as: 'admin', payload, remoteAddress })
    expect(changed.statusCode, changed.body).toBe(200)
  }
  await set(['203.0.113.0/24'])
  expect(await signIn({ login: ALICE })).toContain('/sign-in?problem=address_outside')
  expect(await refusals()).toContain('address_outside')
  await set(null)
  expect(await signIn({ login: ALICE })).toBe('/maps?scope=mine')
})
