import type { IdentityProviderSummary, InvitationList, InviteResult, JoinRequestList } from '@graticule/contract'
import { startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from './create-test-app.ts'
import { ProviderBrowser } from './provider-browser.ts'

const CALLBACK = 'http://localhost/auth/oidc/callback'
const CLIENT = {
  client_id: 'graticule',
  client_secret: 'a secret of a test that is long enough',
  redirect_uris: [CALLBACK],
}
const ROUNDS = [0, 1, 2, 3]

/** What holds, on every engine, when somebody comes by two ways at the same moment. */
export function describeSignOnRaces(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let idp: TestOidcProvider
  let provider: IdentityProviderSummary
  let scimToken: string

  beforeAll(async () => {
    ;[testApp, idp] = await Promise.all([createApp(), startOidcProvider({ clients: [CLIENT] })])
    const made = await manage('POST', '/identity-providers', {
      kind: 'oidc',
      name: 'Corp',
      issuer: idp.issuer,
      clientId: CLIENT.client_id,
      clientSecret: CLIENT.client_secret,
      domains: ['corp.example'],
    })
    provider = made.json()
    scimToken = (await manage('POST', '/scim/tokens', {})).json().token
    expect((await manage('PUT', '/scim', { providerId: provider.id })).statusCode).toBe(200)
    expect((await manage('PUT', '/join-requests/settings', { open: true })).statusCode).toBe(200)
  })
  afterAll(async () => {
    await testApp?.close()
    await idp?.stop()
  })

  function manage(method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) {
    return testApp.request({ method, url: `/workspace-api${path}`, as: 'admin', ...(payload && { payload }) })
  }

  async function peopleWith(email: string): Promise<string[]> {
    const rows = await testApp.store
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .where('deleted_at', 'is', null)
      .execute()
    return rows.map(({ id }) => id)
  }

  async function invite(email: string): Promise<{ status: InviteResult['outcome']; token: string }> {
    const answer = await manage('POST', '/invitations', { emails: [email], role: 'editor' })
    const [result] = answer.json<{ results: InviteResult[] }>().results
    if (result === undefined) throw new Error(answer.body)
    const link = result.outcome === 'invited' ? (result.link ?? '') : ''
    return { status: result.outcome, token: link.split('#')[1] ?? '' }
  }

  /** Goes to the provider and back, up to the step that lets somebody in, which is for the caller to take. */
  async function comeBack(
    sub: string,
    claims: object = {},
  ): Promise<{ enter: () => Promise<{ path: string; userId: string | null }> }> {
    const browser = new ProviderBrowser(testApp)
    await idp.instruct({ login: { sub, claims: { email: `${sub}@corp.example`, name: sub, ...claims } } })
    let url = new URL(`/auth/oidc/${provider.id}/start`, 'http://localhost')
    while (!url.href.startsWith(CALLBACK)) {
      const next = await browser.step(url)
      if (next === null) throw new Error(`The browser stands on ${url.href}.`)
      url = next
    }
    const enter = async () => {
      const { path } = await browser.open(url.href)
      const answer = await testApp.request({ url: '/auth/session', headers: { cookie: browser.ownCookies } })
      return { path, userId: answer.statusCode === 200 ? answer.json().user.id : null }
    }
    return { enter }
  }

  test('who accepts an invitation and signs in for the first time at once is one person, let in by one of the two', async () => {
    for (const round of ROUNDS) {
      const sub = `invited-${round}`
      const email = `${sub}@corp.example`
      const { token } = await invite(email)
      // Whether or not the provider makes the e-mail one that takes the invitation.
      const isVerified = round >= ROUNDS.length / 2
      const { enter } = await comeBack(sub, isVerified ? { email_verified: true } : {})
      const accept = () =>
        testApp.request({
          method: 'POST',
          url: '/auth/invitation',
          payload: { token, name: 'Invited', password: 'correct horse battery' },
        })
      const [entered, accepted] =
        round % 2 === 0 ? await Promise.all([enter(), accept()]) : (await Promise.all([accept(), enter()])).reverse()
      if (entered === undefined || !('path' in entered)) throw new Error('The sign-in is missing.')
      if (accepted === undefined || !('statusCode' in accepted)) throw new Error('The acceptance is missing.')
      const [id, ...others] = await peopleWith(email)
      expect(others).toEqual([])
      if (accepted.statusCode === 200) {
        expect(entered.path).toContain('problem=email_taken')
        expect(accepted.json().user).toMatchObject({ id, role: 'editor' })
      } else {
        expect(accepted.statusCode, accepted.body).toBe(isVerified ? 401 : 409)
        expect(entered).toEqual({ path: '/', userId: id })
        const { role } = await testApp.store
          .selectFrom('users')
          .select('role')
          .where('id', '=', id ?? '')
          .executeTakeFirstOrThrow()
        expect(role).toBe(isVerified ? 'editor' : 'viewer')
      }
    }
  })

  test('whom the directory adds while they sign in for the first time is one person, by whichever way first', async () => {
    for (const round of ROUNDS) {
      const sub = `both-${round}`
      const email = `${sub}@corp.example`
      const { enter } = await comeBack(sub)
      const add = () =>
        testApp.request({
          method: 'POST',
          url: '/scim/v2/Users',
          headers: { authorization: `Bearer ${scimToken}` },
          payload: { userName: email, externalId: sub },
        })
      const both = [add(), enter()] as const
      const [added, entered] = await Promise.all(both)
      const [id, ...others] = await peopleWith(email)
      expect(others).toEqual([])
      expect([201, 409], added.body).toContain(added.statusCode)
      if (added.statusCode === 201) expect(added.json().id).toBe(id)
      if (entered.userId !== null) expect(entered.userId).toBe(id)
      // Whoever was refused in that moment comes through at the next try, as the same person.
      expect((await (await comeBack(sub)).enter()).userId).toBe(id)
    }
  })

  test('whom two first sign-ins bring at once is one person, in groups that are made once', async () => {
    for (const round of ROUNDS) {
      const sub = `twice-${round}`
      const ways = [await comeBack(sub), await comeBack(sub), await comeBack(sub)]
      const entered = await Promise.all(ways.map(({ enter }) => enter()))
      const ids = await peopleWith(`${sub}@corp.example`)
      expect(ids).toHaveLength(1)
      expect(entered).toEqual(ways.map(() => ({ path: '/', userId: ids[0] })))
    }
  })

  test('whose request to join is accepted while somebody invites them has one invitation', async () => {
    for (const round of ROUNDS) {
      const email = `asks-${round}@corp.example`
      const asked = await testApp.request({
        method: 'POST',
        url: '/auth/join-requests',
        payload: { email, name: 'Asks' },
      })
      expect(asked.statusCode).toBe(202)
      const { requests } = (await manage('GET', '/join-requests')).json<JoinRequestList>()
      const id = requests.find((request) => request.email === email)?.id
      const [accepted, invited] = await Promise.all([
        manage('POST', `/join-requests/${id}/accept`, { role: 'viewer' }),
        invite(email),
      ])
      expect([200, 409], accepted.body).toContain(accepted.statusCode)
      expect([accepted.statusCode === 200, invited.status === 'invited'].filter(Boolean)).toHaveLength(1)
      const { invitations } = (await manage('GET', '/invitations?pageSize=100')).json<InvitationList>()
      expect(invitations.filter((invitation) => invitation.email === email)).toMatchObject([{ state: 'pending' }])
    }
  })
}
