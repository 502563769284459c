import type { Role } from '@graticule/contract'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BuiltApp } from '../app.ts'
import type { TestApp } from './create-test-app.ts'

const CALLBACK = 'https://app.example.org/callback'
const LOGGED_OUT = 'https://app.example.org/bye'
const SITE = 'https://app.example.org'

let testApp: TestApp
let other: BuiltApp
let here: string
let there: string

/** Makes a client through the API. */
async function makeClient(kind: 'spa' | 'machine', as: Role = 'editor', besides: object = {}) {
  const addresses = kind === 'spa' ? { callbackUrls: [CALLBACK], logoutUrls: [LOGGED_OUT] } : {}
  const payload = { kind, title: 'A dashboard', ...addresses, ...besides }
  const made = await testApp.request({ method: 'POST', url: '/v3/oauth-clients', as, payload })
  expect(made.statusCode, made.body).toBe(201)
  return made.json<{ id: string; clientSecret: string | null }>()
}

/** The library as an application has it. */
async function discover(id: string, auth: client.ClientAuth = client.None(), server = here) {
  return client.discovery(new URL(`${server}/oauth`), id, undefined, auth, { execute: [client.allowInsecureRequests] })
}

async function issueToMachine(as: Role = 'editor') {
  const { clientSecret, id } = await makeClient('machine', as)
  const configuration = await discover(id, client.ClientSecretBasic(clientSecret ?? ''))
  const { access_token: token } = await client.clientCredentialsGrant(configuration)
  return { configuration, id, token, clientSecret }
}

async function ask(server: string, path: string, token: string, headers: Record<string, string> = {}) {
  return fetch(`${server}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } })
}

/** What both servers say of a token, a moment after something has changed. */
async function statusesOf(token: string): Promise<number[]> {
  testApp.clock.advance(1_500)
  const answers = await Promise.all([here, there].map((server) => ask(server, '/v3/connections', token)))
  return answers.map(({ status }) => status)
}

/** A browser, as far as signing in goes: it keeps cookies, and sends them where they are for. */
class Browser {
  readonly #cookies: { name: string; value: string; path: string }[] = []
  readonly session: string

  constructor(session: string) {
    this.session = session
  }

  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url)
    const own = this.#cookies.filter(({ path }) => pathname === path || path === '/' || pathname.startsWith(`${path}/`))
    const cookie = [this.session, ...own.map(({ name, value }) => `${name}=${value}`)].filter(Boolean).join('; ')
    const answer = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { cookie, 'sec-fetch-site': 'same-origin', ...init.headers },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */)
      const name = pair.slice(0, pair.indexOf('='))
      const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice(5) ?? '/'
      const index = this.#cookies.findIndex((known) => known.name === name && known.path === path)
      if (index >= 0) this.#cookies.splice(index, 1)
      this.#cookies.push({ name, value: pair.slice(name.length + 1), path })
    }
    return answer
  }
}

interface SignIn {
  readonly configuration: client.Configuration
  readonly verifier: string
  /** Where the application is told the code. */
  readonly callback: URL
}

async function beginSignIn(configuration: client.Configuration, parameters: Record<string, string> = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { url: url.href, verifier }
}

/** Signs in to the application as the browser's person, who lets it in when they are asked. */
async function signIn(id: string, browser: Browser, parameters: Record<string, string> = {}): Promise<SignIn> {
  const configuration = await discover(id)
  const { url, verifier } = await beginSignIn(configuration, parameters)
  let answer = await browser.open(url)
  expect(answer.status, await answer.clone().text()).toBe(303)
  let location = new URL(answer.headers.get('location') ?? '', url)
  if (location.pathname.startsWith('/oauth/interaction/')) {
    const asked = await browser.open(`${location.href}/request`)
    expect(asked.status, await asked.clone().text()).toBe(200)
    const decided = await browser.open(`${location.href}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ allow: true }),
    })
    expect(decided.status, await decided.clone().text()).toBe(200)
    const { redirectTo } = (await decided.json()) as { redirectTo: string }
    answer = await browser.open(redirectTo)
    expect(answer.status, await answer.clone().text()).toBe(303)
    location = new URL(answer.headers.get('location') ?? '', url)
  }
  return { configuration, verifier, callback: location }
}

async function exchange({ callback, configuration, verifier }: SignIn) {
  return client.authorizationCodeGrant(configuration, callback, { pkceCodeVerifier: verifier, idTokenExpected: true })
}

async function signedInTokens(as: Role, id?: string) {
  const clientId = id ?? (await makeClient('spa')).id
  const browser = new Browser(await testApp.signIn(as))
  const signedIn = await signIn(clientId, browser)
  const tokens = await exchange(signedIn)
  return { browser, clientId, signedIn, ...tokens, claims: tokens.claims() }
}

/** What holds of OAuth clients, with the library that applications use, on two servers and every store. */
export function describeOAuth(createApp: () => Promise<TestApp>): void {
  beforeAll(async () => {
    testApp = await createApp()
    here = await testApp.app.listen({ port: 0, host: '127.0.0.1' })
    other = await testApp.buildServer('other')
    there = await other.app.listen({ port: 0, host: '127.0.0.1' })
  }, 60_000)
  afterAll(() => testApp.close())

  describe('machine clients', () => {
    test('act as their owner on every server, and as nobody else', async () => {
      const { token } = await issueToMachine()
      expect(token).toMatch(/^gto_[\w-]{43}$/)
      for (const server of [here, there]) {
        const answer = await ask(server, '/auth/session', token)
        expect(answer.status).toBe(200)
        expect(await answer.json()).toMatchObject({ user: { email: 'editor@example.org' } })
      }
      // What an editor may, and no more.
      expect((await ask(here, '/v3/tokens', token)).status).toBe(200)
      expect((await ask(here, '/v3/activity-data', token)).status).not.toBe(200)
    })

    test('show their secret once, keep no word of it, and are let in with no other', async () => {
      const { clientSecret, id } = await makeClient('machine')
      expect(clientSecret).toMatch(/^gcs_/)
      const read = await testApp.request({ url: `/v3/oauth-clients/${id}`, as: 'editor' })
      expect(read.body).not.toContain('gcs_')
      const row = await testApp.store.selectFrom('oauth_clients').selectAll().where('id', '=', id).executeTakeFirst()
      expect(JSON.stringify(row)).not.toContain(clientSecret)
      const wrong = await discover(id, client.ClientSecretPost('gcs_wrong'))
      await expect(client.clientCredentialsGrant(wrong)).rejects.toMatchObject({ error: 'invalid_client' })
      const posted = await discover(id, client.ClientSecretPost(clientSecret ?? ''))
      await expect(client.clientCredentialsGrant(posted)).resolves.toMatchObject({ token_type: 'bearer' })
    })

    test('get tokens for the audience of this server and for no other', async () => {
      const { configuration } = await issueToMachine()
      await client.clientCredentialsGrant(configuration, { audience: 'carto-cloud-native-api' })
      await expect(client.clientCredentialsGrant(configuration, { audience: 'elsewhere' })).rejects.toMatchObject({
        error: 'invalid_target',
      })
    })

    test('keep tokens as hashes, and what is known of them sealed', async () => {
      const { token } = await issueToMachine()
      const rows = await testApp.store.selectFrom('oauth_artifacts').selectAll().execute()
      expect(JSON.stringify(rows)).not.toContain(token.slice(4))
      expect(rows.every(({ sealed_payload: sealed }) => !sealed.includes('clientId'))).toBe(true)
    })

    test('end on every server when they are deleted', async () => {
      const { id, token } = await issueToMachine()
      expect(await statusesOf(token)).toEqual([200, 200])
      const deleted = await testApp.request({ method: 'DELETE', url: `/v3/oauth-clients/${id}`, as: 'editor' })
      expect(deleted.statusCode).toBe(204)
      expect(await statusesOf(token)).toEqual([401, 401])
    })

    test('end on every server while their owner is shut out', async () => {
      const { configuration, token } = await issueToMachine('admin')
      const setDisabled = (at: Date | null) =>
        testApp.store.updateTable('users').set({ disabled_at: at }).where('id', '=', testApp.users.admin.id).execute()
      await setDisabled(testApp.clock.now())
      expect(await statusesOf(token)).toEqual([401, 401])
      await expect(client.clientCredentialsGrant(configuration)).rejects.toMatchObject({ status: 401 })
      await setDisabled(null)
      expect(await statusesOf(token)).toEqual([200, 200])
    })

    test('give their tokens back', async () => {
      const { configuration, token } = await issueToMachine()
      await client.tokenRevocation(configuration, token)
      expect(await statusesOf(token)).toEqual([401, 401])
    })

    test('expire', async () => {
      const { token } = await issueToMachine()
      testApp.clock.advance(3_601_000)
      expect(await statusesOf(token)).toEqual([401, 401])
    })

    test('reach neither their owner’s account nor what could outlast them', async () => {
      const { token } = await issueToMachine('superadmin')
      const statuses: Record<string, number> = {}
      for (const path of ['/auth/sessions', '/auth/second-factors', '/v3/oauth-clients', '/workspace-api/app-access']) {
        statuses[path] = (await ask(here, path, token)).status
      }
      expect(statuses).toEqual({
        '/auth/sessions': 403,
        '/auth/second-factors': 403,
        '/v3/oauth-clients': 200,
        '/workspace-api/app-access': 403,
      })
      expect(await (await ask(here, '/v3/oauth-clients', token)).json()).toEqual([])
      const made = await fetch(`${here}/v3/oauth-clients`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'machine', title: 'Another' }),
      })
      expect(made.status).toBe(403)
      expect(await made.json()).toMatchObject({ details: { rule: 'app.oauth-client.create' } })
    })
  })

  describe('SPA clients', () => {
    test('act as whoever signed in and let them', async () => {
      const { access_token: token, claims, id_token: idToken } = await signedInTokens('viewer')
      expect(idToken).toBeDefined()
      expect(claims).toMatchObject({ sub: testApp.users.viewer.id })
      for (const server of [here, there]) {
        const answer = await ask(server, '/auth/session', token, { origin: SITE })
        expect(await answer.json()).toMatchObject({ user: { email: 'viewer@example.org' } })
      }
      // A viewer owns no tokens, so that no application of theirs does.
      expect((await ask(here, '/v3/tokens', token)).status).toBe(200)
      expect(await (await ask(here, '/oauth/userinfo', token)).json()).toMatchObject({ email: 'viewer@example.org' })
    })

    test('neither outlast their consent by a token of another kind nor open the organization, even for an admin', async () => {
      const { access_token: token } = await signedInTokens('admin')
      const send = async (path: string, body: object) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: SITE }
        const answer = await fetch(`${here}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
        const { details } = (await answer.json()) as { details?: { rule?: string } }
        return [answer.status, details?.rule]
      }
      const grants = [{ connection_name: 'warehouse', source: '*' }]
      expect(await send('/v3/tokens', { name: 'stays', apis: ['sql'], grants })).toEqual([403, 'app.token.create'])
      expect(await send('/workspace-api/scim/tokens', { name: 'stays' })).toEqual([403, 'app.scim.manage'])
      const person = testApp.users.superadmin.id
      expect(await send(`/workspace-api/users/${person}/password-link`, {})).toEqual([
        403,
        'app.user.make-password-link',
      ])
      const invitation = { emails: ['other@example.org'], role: 'editor' }
      expect(await send('/workspace-api/invitations', invitation)).toEqual([403, 'app.user.invite'])
      expect((await ask(here, '/workspace-api/users', token, { origin: SITE })).status).toBe(200)
    })

    test('are asked about once, and not again', async () => {
      const { browser, clientId } = await signedInTokens('editor')
      const { url } = await beginSignIn(await discover(clientId))
      const again = await browser.open(url)
      expect(again.headers.get('location')).toMatch(`${CALLBACK}?code=`)
    })

    test('get no code for a verifier, a callback or a browser that is not theirs', async () => {
      const { id } = await makeClient('spa')
      const browser = new Browser(await testApp.signIn('editor'))
      const signedIn = await signIn(id, browser)
      await expect(exchange({ ...signedIn, verifier: client.randomPKCECodeVerifier() })).rejects.toMatchObject({
        error: 'invalid_grant',
      })
      const { url } = await beginSignIn(signedIn.configuration, { redirect_uri: 'https://evil.example.org/' })
      const refused = await browser.open(url)
      expect(refused.status).toBe(400)
      expect(refused.headers.get('location')).toBeNull()

      // A step that was begun in another browser is nobody's here.
      const begun = await beginSignIn(signedIn.configuration, { prompt: 'consent' })
      const step = (await browser.open(begun.url)).headers.get('location') ?? ''
      const stranger = new Browser(await testApp.signIn('editor'))
      expect((await stranger.open(`${new URL(step, here).href}/request`)).status).toBe(404)
    })

    test('need PKCE', async () => {
      const { id } = await makeClient('spa')
      const browser = new Browser(await testApp.signIn('editor'))
      const url = new URL(`${here}/oauth/authorize`)
      url.search = new URLSearchParams({ client_id: id, redirect_uri: CALLBACK, response_type: 'code' }).toString()
      const answer = await browser.open(url.href)
      expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
    })

    test('are told when the person does not let them', async () => {
      const { id } = await makeClient('spa')
      const browser = new Browser(await testApp.signIn('editor'))
      const { url } = await beginSignIn(await discover(id))
      const step = new URL((await browser.open(url)).headers.get('location') ?? '', here).href
      const decided = await browser.open(`${step}/decision`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ allow: false }),
      })
      const { redirectTo } = (await decided.json()) as { redirectTo: string }
      const location = new URL((await browser.open(redirectTo)).headers.get('location') ?? '')
      expect(location.searchParams.get('error')).toBe('access_denied')
    })

    test('lose everything when a code comes twice', async () => {
      const { signedIn, access_token: token } = await signedInTokens('editor')
      await expect(exchange(signedIn)).rejects.toMatchObject({ error: 'invalid_grant' })
      expect(await statusesOf(token)).toEqual([401, 401])
    })

    test('of many who bring a code at one moment, to both servers, none keeps a token', async () => {
      const { id } = await makeClient('spa')
      const browser = new Browser(await testApp.signIn('editor'))
      const { callback, verifier } = await signIn(id, browser)
      const form = {
        grant_type: 'authorization_code',
        client_id: id,
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: CALLBACK,
        code_verifier: verifier,
      }
      const answers = await Promise.all(
        [here, there, here, there].map((server) =>
          fetch(`${server}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) }),
        ),
      )
      const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { access_token?: string }[]
      const issued = bodies.flatMap(({ access_token: token }) => token ?? [])
      expect(issued.length).toBeLessThanOrEqual(1)
      for (const token of issued) expect(await statusesOf(token)).toEqual([401, 401])
    })

    test('get a new refresh token each time, and lose everything when an old one comes back', async () => {
      const { refresh_token: first = '', signedIn } = await signedInTokens('editor')
      expect(first).toMatch(/^gtr_/)
      const second = await client.refreshTokenGrant(signedIn.configuration, first)
      expect(second.refresh_token).not.toBe(first)
      expect(await statusesOf(second.access_token)).toEqual([200, 200])
      await expect(client.refreshTokenGrant(signedIn.configuration, first)).rejects.toMatchObject({
        error: 'invalid_grant',
      })
      expect(await statusesOf(second.access_token)).toEqual([401, 401])
      await expect(client.refreshTokenGrant(signedIn.configuration, second.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      })
    })

    test('leave an event when a code or refresh token comes again, and none for what comes once', async () => {
      const { access_token: token, clientId, refresh_token: first = '', signedIn } = await signedInTokens('editor')
      const reuses = async () => {
        const rows = await testApp.store
          .selectFrom('activity_events')
          .select(['outcome', 'actor_id', 'details'])
          .where('type', '=', 'oauth-client.reuse-refused')
          .where('asset_id', '=', clientId)
          .orderBy('seq')
          .execute()
        return rows.map(({ actor_id: actor, details, outcome }) => [outcome, actor, details])
      }
      const reuse = (what: string) => ['denied', testApp.users.editor.id, expect.objectContaining({ what })]
      await client.refreshTokenGrant(signedIn.configuration, first)
      expect(await reuses()).toEqual([])
      await expect(client.refreshTokenGrant(signedIn.configuration, first)).rejects.toBeInstanceOf(Error)
      expect(await reuses()).toEqual([reuse('refresh-token')])
      expect(await statusesOf(token)).toEqual([401, 401])
      const again = await signedInTokens('editor', clientId)
      await expect(exchange(again.signedIn)).rejects.toBeInstanceOf(Error)
      expect(await reuses()).toEqual([reuse('refresh-token'), reuse('code')])
    })

    test('end when one is given back, and the person is not asked anew', async () => {
      const { access_token: token, browser, clientId, signedIn } = await signedInTokens('editor')
      await client.tokenRevocation(signedIn.configuration, token)
      expect(await statusesOf(token)).toEqual([401, 401])
      const { url } = await beginSignIn(signedIn.configuration)
      expect((await browser.open(url)).headers.get('location')).toMatch(`${CALLBACK}?code=`)
      const listed = await testApp.request({ url: '/workspace-api/app-access', as: 'editor' })
      expect(listed.json()).toContainEqual(expect.objectContaining({ clientId }))
    })

    test('are for pages of their own sites', async () => {
      const { id } = await makeClient('spa', 'editor', { corsOrigins: ['https://maps.example.org/'] })
      const { access_token: token } = await signedInTokens('editor', id)
      const statusFrom = async (origin: string) => (await ask(here, '/v3/connections', token, { origin })).status
      expect(await statusFrom(SITE)).toBe(200)
      expect(await statusFrom('https://maps.example.org')).toBe(200)
      expect(await statusFrom('https://evil.example.org')).toBe(403)
      const asked = await fetch(`${here}/oauth/token`, {
        method: 'POST',
        headers: { origin: 'https://maps.example.org' },
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id: id, refresh_token: 'gtr_none' }),
      })
      expect(asked.headers.get('access-control-allow-origin')).toBeNull()
    })

    describe('end on every server', () => {
      let tokens: Awaited<ReturnType<typeof signedInTokens>>
      beforeEach(async () => {
        tokens = await signedInTokens('viewer')
        expect(await statusesOf(tokens.access_token)).toEqual([200, 200])
      })
      afterEach(async () => {
        expect(await statusesOf(tokens.access_token)).toEqual([401, 401])
        await expect(
          client.refreshTokenGrant(tokens.signedIn.configuration, tokens.refresh_token ?? ''),
        ).rejects.toBeInstanceOf(Error)
      })

      test('when the person takes it back', async () => {
        const listed = await testApp.request({ url: '/workspace-api/app-access', as: 'viewer' })
        expect(listed.json()).toContainEqual(
          expect.objectContaining({ clientId: tokens.clientId, title: 'A dashboard' }),
        )
        const url = `/workspace-api/app-access/${tokens.clientId}`
        expect((await testApp.request({ method: 'DELETE', url, as: 'viewer' })).statusCode).toBe(204)
        expect((await testApp.request({ method: 'DELETE', url, as: 'viewer' })).statusCode).toBe(404)
      })

      test('when what they agreed to is gone, whatever was issued on it', async () => {
        await testApp.store
          .deleteFrom('oauth_artifacts')
          .where('model', '=', 'Grant')
          .where('client_id', '=', tokens.clientId)
          .execute()
      })

      test('when the client is deleted', async () => {
        const url = `/v3/oauth-clients/${tokens.clientId}`
        expect((await testApp.request({ method: 'DELETE', url, as: 'editor' })).statusCode).toBe(204)
      })

      test('when the person signs out', async () => {
        const signedOut = await tokens.browser.open(`${here}/auth/sign-out`, { method: 'POST' })
        expect(signedOut.status).toBeLessThan(300)
      })

      test('when the person signs out from within the application', async () => {
        const url = new URL(`${here}/oauth/logout`)
        const hint = { id_token_hint: tokens.id_token ?? '' }
        url.search = new URLSearchParams({ ...hint, post_logout_redirect_uri: 'https://evil.example.org/' }).toString()
        expect((await tokens.browser.open(url.href)).status).toBe(400)
        const stranger = new Browser(await testApp.signIn('editor'))
        url.search = new URLSearchParams({ ...hint, post_logout_redirect_uri: LOGGED_OUT, state: 's' }).toString()
        expect((await stranger.open(url.href)).headers.get('location')).toBe(`${LOGGED_OUT}?state=s`)
        expect((await stranger.open(`${here}/auth/session`)).status).toBe(200)
        expect((await tokens.browser.open(url.href)).headers.get('location')).toBe(`${LOGGED_OUT}?state=s`)
      })

      test('when the application gives its refresh token back', async () => {
        await client.tokenRevocation(tokens.signedIn.configuration, tokens.refresh_token ?? '')
      })
    })

    test('end while the person is shut out or the organization suspended', async () => {
      const { access_token: token } = await signedInTokens('guest')
      const setDisabled = (at: Date | null) =>
        testApp.store.updateTable('users').set({ disabled_at: at }).where('id', '=', testApp.users.guest.id).execute()
      const setSuspended = (at: Date | null) =>
        testApp.store
          .updateTable('organizations')
          .set({ suspended_at: at })
          .where('id', '=', testApp.organizationId)
          .execute()
      const statuses = async () => {
        testApp.clock.advance(1_500)
        return Promise.all([here, there].map(async (server) => (await ask(server, '/auth/session', token)).status))
      }
      expect(await statuses()).toEqual([200, 200])
      await setDisabled(testApp.clock.now())
      expect(await statuses()).toEqual([401, 401])
      await setDisabled(null)
      expect(await statuses()).toEqual([200, 200])
      await setSuspended(testApp.clock.now())
      expect(await statuses()).toEqual([403, 403])
      await setSuspended(null)
      expect(await statuses()).toEqual([200, 200])
    })
  })

  describe('where the organization names its networks, from elsewhere', () => {
    const remoteAddress = '198.51.100.20'
    const setAddresses = async (ranges: readonly string[] | null) => {
      const url = '/workspace-api/organization/governance'
      const { revision } = (await testApp.request({ url, as: 'admin' })).json()
      const policies = { 'people.addresses': ranges, 'tokens.addresses': ranges }
      const set = await testApp.request({ method: 'PATCH', url, as: 'admin', payload: { revision, policies } })
      expect(set.statusCode, set.body).toBe(200)
    }
    const post = (url: string, form: Record<string, string>) =>
      testApp.request({
        method: 'POST',
        url,
        remoteAddress,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(form).toString(),
      })
    const lastSeen = () => testApp.store.selectFrom('sessions').select(['id', 'last_seen_at']).orderBy('id').execute()
    afterEach(() => setAddresses(null))

    test('nobody is told of a person or given tokens for them, which is no use of their session', async () => {
      const {
        access_token: token,
        clientId,
        refresh_token: refreshToken = '',
        signedIn,
      } = await signedInTokens('editor')
      await setAddresses(['127.0.0.0/8', '::1/128'])
      testApp.clock.advance(10 * 60_000)
      const before = await lastSeen()
      const told = await testApp.request({ url: '/oauth/userinfo', token, remoteAddress })
      expect([told.statusCode, told.json().error]).toEqual([400, 'access_denied'])
      expect(told.json().error_description).toContain(`You come from ${remoteAddress}`)
      expect(told.body).not.toContain('editor@')
      const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }
      const given = await post('/oauth/token', form)
      expect([given.statusCode, given.json().error]).toEqual([400, 'access_denied'])
      expect(await lastSeen()).toEqual(before)
      // What was refused elsewhere still counts here.
      await client.refreshTokenGrant(signedIn.configuration, refreshToken)
      expect((await ask(here, '/oauth/userinfo', token)).status).toBe(200)
      // Whoever finds a token may end it wherever they are.
      await post('/oauth/revoke', { client_id: clientId, token })
      expect(await statusesOf(token)).toEqual([401, 401])
    })

    test('no program gets a token', async () => {
      const { clientSecret, configuration, id } = await issueToMachine()
      await setAddresses(['127.0.0.0/8', '::1/128'])
      const form = { grant_type: 'client_credentials', client_id: id, client_secret: clientSecret ?? '' }
      const given = await post('/oauth/token', form)
      expect([given.statusCode, given.json().error]).toEqual([400, 'access_denied'])
      await expect(client.clientCredentialsGrant(configuration)).resolves.toMatchObject({ token_type: 'bearer' })
    })
  })

  describe('the people who make clients', () => {
    test('are told what is wrong with an address', async () => {
      const refused = async (body: object) => {
        const payload = { kind: 'spa', title: 'x', callbackUrls: [CALLBACK], ...body }
        const answer = await testApp.request({ method: 'POST', url: '/v3/oauth-clients', as: 'editor', payload })
        return [answer.statusCode, answer.json().error]
      }
      expect(await refused({ callbackUrls: [] })).toEqual([400, expect.stringContaining('at least one callback URL')])
      expect(await refused({ callbackUrls: ['http://example.org/'] })).toEqual([
        400,
        expect.stringContaining('https://'),
      ])
      expect(await refused({ callbackUrls: ['javascript:alert(1)'] })).toEqual([
        400,
        expect.stringContaining('https://'),
      ])
      expect(await refused({ callbackUrls: ['https://example.org/#x'] })).toEqual([400, expect.stringContaining('"#"')])
      expect(await refused({ corsOrigins: ['nowhere'] })).toEqual([400, expect.stringContaining('address of a site')])
      expect(await refused({ kind: 'machine' })).toEqual([400, expect.stringContaining('no addresses')])
    })

    test('pass sign-in clients on when they go, and their machine clients end', async () => {
      const { id: spa } = await makeClient('spa', 'admin')
      const { id: machine, token } = await issueToMachine('admin')
      const gone = await testApp.request({
        method: 'DELETE',
        url: `/workspace-api/users/${testApp.users.admin.id}?receiverId=${testApp.users.superadmin.id}`,
        as: 'superadmin',
      })
      expect(gone.statusCode, gone.body).toBeLessThan(300)
      const left = await testApp.store
        .selectFrom('oauth_clients')
        .select(['id', 'owner_id'])
        .where('id', 'in', [spa, machine])
        .execute()
      expect(left).toEqual([{ id: spa, owner_id: testApp.users.superadmin.id }])
      expect(await statusesOf(token)).toEqual([401, 401])
    })
  })

  // The last, because everybody else's session has rested as long.
  test('tokens end with a session that has rested for too long', async () => {
    const { access_token: token, signedIn, refresh_token: refreshToken = '' } = await signedInTokens('viewer')
    testApp.clock.advance(8 * 86_400_000)
    expect(await statusesOf(token)).toEqual([401, 401])
    await expect(client.refreshTokenGrant(signedIn.configuration, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })
}
