import type { IdentityProviderSummary } from '@graticule/contract'
import { startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { ProviderBrowser } from '../../testing/provider-browser.ts'
import { describeScim } from '../../testing/scim-suite.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('SCIM on PostgreSQL', () => {
  describeScim(() => createTestApp(() => stores.open()))
})

describe('people who come by SCIM and by single sign-on', () => {
  let testApp: TestApp
  let idp: TestOidcProvider
  let provider: IdentityProviderSummary
  let token: string

  beforeAll(async () => {
    const redirect_uris = ['http://localhost/auth/oidc/callback']
    const client = { client_id: 'graticule', client_secret: 'a secret of a test that is long enough', redirect_uris }
    ;[testApp, idp] = await Promise.all([createTestApp(() => stores.open()), startOidcProvider({ clients: [client] })])
    provider = (
      await manage('POST', '/identity-providers', {
        kind: 'oidc',
        name: 'Corp',
        issuer: idp.issuer,
        clientId: client.client_id,
        clientSecret: client.client_secret,
        domains: ['corp.example'],
      })
    ).json()
    token = (await manage('POST', '/scim/tokens', {})).json().token
  })
  beforeEach(() => bind(provider.id))
  afterAll(async () => {
    await testApp.close()
    await idp.stop()
  })

  function manage(method: 'POST' | 'PUT' | 'DELETE', path: string, payload: object) {
    return testApp.request({ method, url: `/workspace-api${path}`, as: 'admin', payload })
  }

  async function bind(providerId: string | null): Promise<void> {
    const bound = await manage('PUT', '/scim', { providerId })
    expect(bound.json()).toMatchObject({ providerId })
  }

  const scim = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
    testApp.request({ method, url: `/scim/v2${path}`, token, ...(payload && { payload }) })

  async function addUser(name: string, externalId: string): Promise<string> {
    const created = await scim('POST', '/Users', { userName: `${name}@corp.example`, externalId })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  /** The id of whom a login brings, or the problem that it ends with. */
  async function signIn(sub: string, email: string, claims: object = {}): Promise<string> {
    const browser = new ProviderBrowser(testApp)
    await idp.instruct({ login: { sub, claims: { email, name: sub, ...claims } } })
    const { path } = await browser.open(`/auth/oidc/${provider.id}/start`)
    if (path !== '/') return path
    const answer = await testApp.request({ url: '/auth/session', headers: { cookie: browser.ownCookies } })
    return answer.json().user.id
  }

  test('whom the directory added comes in as that person, by its id or by an e-mail of the provider’s domain', async () => {
    const okta = await addUser('okta', 'sub-okta')
    expect(await signIn('sub-okta', 'another@corp.example')).toBe(okta)
    const entra = await addUser('entra', 'object-id')
    expect(await signIn('pairwise', 'entra@corp.example', { email_verified: false })).toContain('email_unverified')
    expect(await signIn('pairwise', 'Entra@corp.example')).toBe(entra)
    // The e-mail is spoken for now: another subject with it is somebody else.
    expect(await signIn('stranger', 'entra@corp.example')).toContain('email_taken')
    expect(await signIn('pairwise', 'renamed@corp.example')).toBe(entra)
  })

  test('nobody is joined by an e-mail while the directory is not the provider’s own', async () => {
    await bind(null)
    await addUser('apart', 'sub-apart')
    expect(await signIn('sub-apart', 'apart@corp.example')).toContain('email_taken')
    const byLogin = await signIn('first', 'first@corp.example')
    const taken = await scim('POST', '/Users', { userName: 'first@corp.example', externalId: 'first' })
    expect(taken.json()).toMatchObject({ status: '409', scimType: 'uniqueness' })
    await bind(provider.id)
    expect(await addUser('first', 'first')).toBe(byLogin)
  })

  test('whom a login brought first is joined by the subject, or by the e-mail that the provider vouches for', async () => {
    const bySubject = await signIn('gus', 'gus@corp.example')
    expect(await addUser('gustav', 'gus')).toBe(bySubject)
    const byEmail = await signIn('pairwise-hana', 'hana@corp.example')
    expect(await addUser('hana', 'object-of-hana')).toBe(byEmail)
    const events = await testApp.store
      .selectFrom('activity')
      .select('asset_id')
      .where('type', '=', 'user.joined-directory')
    expect((await events.execute()).map((event) => event.asset_id)).toContain(byEmail)
    // A local account is nobody's of the provider, whatever its e-mail.
    await testApp.store
      .updateTable('users')
      .set({ email: 'local@corp.example' })
      .where('id', '=', testApp.users.viewer.id)
      .execute()
    const local = await scim('POST', '/Users', { userName: 'local@corp.example' })
    expect(local.json()).toMatchObject({ status: '409', scimType: 'uniqueness' })
  })

  test('who is kept out cannot sign in, and who is deleted and added again is a new person', async () => {
    const id = await addUser('ivy', 'sub-ivy')
    expect(await signIn('sub-ivy', 'ivy@corp.example')).toBe(id)
    const off = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [OFF] }
    expect((await scim('PATCH', `/Users/${id}`, off)).statusCode).toBe(200)
    expect(await signIn('sub-ivy', 'ivy@corp.example')).toContain('account_ended')
    expect((await scim('DELETE', `/Users/${id}`)).statusCode).toBe(204)
    expect(await signIn('sub-ivy', 'ivy@corp.example')).toContain('account_ended')
    const again = await addUser('ivy', 'sub-ivy')
    expect(again).not.toBe(id)
    expect(await signIn('sub-ivy', 'ivy@corp.example')).toBe(again)
  })
})

const OFF = { op: 'replace', path: 'active', value: false }
