import type { IdentityProviderList, IdentityProviderSummary, SessionInfo } from '@graticule/contract'
import {
  type SamlFault,
  type SamlProviderInstruction,
  startSamlProvider,
  type TestSamlProvider,
} from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../../testing/create-test-app.ts'
import { leadsTo, ProviderBrowser } from '../../../../testing/provider-browser.ts'
import { hashPassword } from '../../password-hash.ts'

const ALICE = { nameId: 'alice-1', attributes: { mail: ['Alice@Corp.example'], displayName: ['Alice Adams'] } }
const CONSUMER = 'http://localhost/auth/saml/acs'

let testApp: TestApp
let idp: TestSamlProvider
let provider: IdentityProviderSummary

beforeAll(async () => {
  ;[testApp, idp] = await Promise.all([createTestApp(), startSamlProvider()])
  const created = await save({ metadataUrl: idp.metadataUrl })
  expect(created.statusCode).toBe(201)
  provider = created.json()
})
beforeEach(() => idp.instruct({ login: ALICE }))
afterAll(async () => {
  await testApp?.close()
  await idp?.stop()
})

function save(body: object) {
  const whole = { kind: 'saml', name: 'Corp login', domains: ['CORP.example'], ...body }
  return testApp.request({ method: 'POST', url: '/workspace-api/identity-providers', as: 'admin', payload: whole })
}

function change(body: object, id = provider.id) {
  const url = `/workspace-api/identity-providers/${id}`
  return testApp.request({ method: 'PATCH', url, as: 'admin', payload: body })
}

function startOf(id = provider.id, target = '/maps?scope=mine'): string {
  return `/auth/saml/${id}/start?target=${encodeURIComponent(target)}`
}

/** Signs in as whom the provider is told, and answers where the browser ends. */
async function signIn(instruction: SamlProviderInstruction, browser = new ProviderBrowser(testApp)): Promise<string> {
  await idp.instruct(instruction)
  return (await browser.open(startOf())).path
}

async function whoIs(browser: ProviderBrowser): Promise<SessionInfo['user'] | null> {
  const answer = await testApp.request({ url: '/auth/session', headers: { cookie: browser.ownCookies } })
  return answer.statusCode === 200 ? answer.json<SessionInfo>().user : null
}

async function listPeople() {
  return testApp.store.selectFrom('users').select(['id', 'email', 'role']).orderBy('created_at').execute()
}

async function lastRefusal(): Promise<unknown> {
  await testApp.activity.flush()
  const row = await testApp.store
    .selectFrom('activity')
    .select('details')
    .where('type', '=', 'session.refused')
    .orderBy('position', 'desc')
    .executeTakeFirst()
  return row?.details
}

/** Goes to the provider and stops before its form is sent to us; answers the form's fields. */
async function stopAtForm(browser: ProviderBrowser): Promise<Record<string, string>> {
  const address = await browser.step(new URL(startOf(), 'http://localhost'))
  const page = await (await fetch(address ?? '')).text()
  const inputs = [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)]
  return Object.fromEntries(inputs.map(([, name, value]) => [name, value]))
}

function post(fields: Record<string, string>, headers: Record<string, string> = {}) {
  return testApp.request({
    method: 'POST',
    url: '/auth/saml/acs',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
}

describe('a valid assertion', () => {
  test('lets in, the first time as a new viewer who is known by issuer and persistent NameID', async () => {
    const browser = new ProviderBrowser(testApp)
    const before = await listPeople()
    const arrival = await browser.open(startOf())
    expect(arrival.path).toBe('/maps?scope=mine')
    expect(await whoIs(browser)).toMatchObject({ name: 'Alice Adams', email: 'Alice@Corp.example', role: 'viewer' })
    const people = await listPeople()
    expect(people).toHaveLength(before.length + 1)
    const identities = await testApp.store.selectFrom('external_identities').selectAll().execute()
    expect(identities).toMatchObject([{ issuer: idp.entityId, subject: 'alice-1', user_id: people.at(-1)?.id }])
    const signedIn = await testApp.store
      .selectFrom('activity')
      .select(['actor_id', 'request_id'])
      .where('type', '=', 'session.created')
      .execute()
    expect(signedIn).toEqual([{ actor_id: people.at(-1)?.id, request_id: expect.any(String) }])
    const asked = new URL(arrival.way[1] ?? '')
    expect(asked.searchParams.get('RelayState')).toMatch(/^[\w-]{43}$/)
    expect(arrival.way.some((address) => address.includes('SAMLResponse'))).toBe(false)
  })

  test('nobody enters a suspended organization by way of the provider, and nobody is made there', async () => {
    const newcomer = { login: { nameId: 'sue-1', attributes: { mail: ['sue@corp.example'], displayName: ['Sue'] } } }
    const before = await listPeople()
    const suspend = (at: Date | null) => testApp.store.updateTable('organizations').set({ suspended_at: at }).execute()
    await suspend(testApp.clock.now())
    const browser = new ProviderBrowser(testApp)
    expect(await signIn(newcomer, browser)).toBe(
      '/sign-in?problem=organization_suspended&target=%2Fmaps%3Fscope%3Dmine',
    )
    expect(await signIn({ login: ALICE }, browser)).toContain('problem=organization_suspended')
    expect(await whoIs(browser)).toBeNull()
    expect(await listPeople()).toEqual(before)
    expect(await lastRefusal()).toEqual(expect.objectContaining({ reason: 'organization_suspended' }))
    await suspend(null)
    expect(await signIn(newcomer, browser)).toBe('/maps?scope=mine')
  })

  test('takes an invitation once an admin states that the provider’s e-mails are verified, and not before', async () => {
    const invite = async (email: string) => {
      const payload = { emails: [email], role: 'editor' }
      const url = '/workspace-api/invitations'
      const answer = await testApp.request({ method: 'POST', url, as: 'admin', payload })
      expect(answer.json().results).toMatchObject([{ outcome: 'invited' }])
    }
    const loginOf = (name: string) => ({ nameId: `${name}-1`, attributes: { mail: [`${name}@corp.example`] } })
    const stateOf = async (email: string) => {
      const { accepted_at } = await testApp.store
        .selectFrom('invitations')
        .select('accepted_at')
        .where('email', '=', email)
        .executeTakeFirstOrThrow()
      return accepted_at === null ? 'pending' : 'accepted'
    }
    for (const name of ['early', 'late', 'moved']) await invite(`${name}@corp.example`)
    const early = new ProviderBrowser(testApp)
    await signIn({ login: loginOf('early') }, early)
    expect(await whoIs(early)).toMatchObject({ role: 'viewer' })
    expect(await stateOf('early@corp.example')).toBe('pending')

    expect((await change({ emailsVerified: true })).json()).toMatchObject({ emailsVerified: true })
    const late = new ProviderBrowser(testApp)
    await signIn({ login: loginOf('late') }, late)
    expect(await whoIs(late)).toMatchObject({ role: 'editor' })
    expect(await stateOf('late@corp.example')).toBe('accepted')

    // Another attribute is another statement, which nobody has made.
    expect((await change({ emailAttribute: 'mail' })).json()).toMatchObject({ emailsVerified: false })
    const moved = new ProviderBrowser(testApp)
    await signIn({ login: loginOf('moved') }, moved)
    expect(await whoIs(moved)).toMatchObject({ role: 'viewer' })
    expect(await stateOf('moved@corp.example')).toBe('pending')
    expect((await change({ emailAttribute: null })).statusCode).toBe(200)
  })

  test('may come in a response that is signed as a whole besides', async () => {
    expect(await signIn({ login: ALICE, signsResponse: true })).toBe('/maps?scope=mine')
  })

  test('with another e-mail is the same person, and the same e-mail under another NameID is somebody else', async () => {
    const before = await listPeople()
    const browser = new ProviderBrowser(testApp)
    const attributes = { mail: ['alice@elsewhere.example'] }
    expect(await signIn({ login: { ...ALICE, attributes } }, browser)).toBe('/maps?scope=mine')
    expect((await whoIs(browser))?.id).toBe(before.at(-1)?.id)
    expect(await signIn({ login: { ...ALICE, nameId: 'mallory-1' } })).toContain('problem=email_taken')
    expect(await listPeople()).toEqual(before)
  })
})

const REFUSALS: readonly (readonly [SamlFault, string])[] = [
  ['unsigned', 'token_unsigned'],
  ['foreign-key', 'wrong_signature'],
  ['changed-after-signing', 'content_changed'],
  ['sha1', 'weak_signature'],
  ['wrapped-beside', 'signature_wrapped'],
  ['wrapped-in-extensions', 'signature_wrapped'],
  ['wrapped-in-signature', 'signature_wrapped'],
  ['doubled-id', 'id_repeated'],
  ['commented-name', 'unsafe_xml'],
  ['entities', 'unsafe_xml'],
  ['encrypted', 'assertion_encrypted'],
  ['other-audience', 'wrong_audience'],
  ['no-audience', 'wrong_audience'],
  ['other-recipient', 'wrong_recipient'],
  ['other-destination', 'wrong_recipient'],
  ['other-issuer', 'wrong_issuer'],
  ['other-request', 'wrong_request'],
  ['no-request', 'wrong_request'],
  ['expired', 'token_expired'],
  ['early', 'token_early'],
  ['failed', 'provider_refused'],
]

test('what was done to an answer is told by its reason: no two attacks share one', () => {
  const reasons = new Map(REFUSALS)
  const attacks: readonly (readonly SamlFault[])[] = [
    ['unsigned'],
    ['foreign-key'],
    ['changed-after-signing'],
    ['sha1'],
    ['wrapped-beside', 'wrapped-in-extensions', 'wrapped-in-signature'],
    ['doubled-id'],
    ['commented-name', 'entities'],
    ['other-audience', 'no-audience'],
    ['other-recipient', 'other-destination'],
    ['other-issuer'],
    ['other-request', 'no-request'],
    ['expired'],
    ['early'],
  ]
  const told = attacks.map((ways) => [...new Set(ways.map((fault) => reasons.get(fault)))])
  // Each way of one attack has the reason of that attack, and no other attack has it; replays have two of their own.
  expect(told.filter((each) => each.length !== 1 || each[0] === undefined)).toEqual([])
  expect(new Set([...told.flat(), 'login_replayed', 'assertion_replayed']).size).toBe(attacks.length + 2)
})

describe('what is refused, with its reason in the log and nobody added', () => {
  test.each(REFUSALS)('an answer that is %s: %s', async (fault, reason) => {
    const before = await listPeople()
    const browser = new ProviderBrowser(testApp)
    const login = { ...ALICE, nameId: `newcomer-${fault}`, attributes: { mail: ['newcomer@corp.example'] } }
    await idp.instruct({ login, fault })
    const { path, isRefused } = await browser.open(startOf())
    expect([isRefused, path]).toEqual([true, `/sign-in?problem=${reason}&target=%2Fmaps%3Fscope%3Dmine`])
    expect(await whoIs(browser)).toBeNull()
    expect(await listPeople()).toEqual(before)
    expect(await lastRefusal()).toMatchObject({ method: 'saml', reason })
  })

  test('an answer that is sent a second time, and one of two that are sent at once', async () => {
    const browser = new ProviderBrowser(testApp)
    const fields = await stopAtForm(browser)
    const cookies = browser.ownCookies
    const [first, second] = await Promise.all([post(fields), post(fields)])
    expect([first.statusCode, second.statusCode]).toEqual([303, 303])
    const finish = () => testApp.request({ url: String(first.headers.location), headers: { cookie: cookies } })
    const pages = (await Promise.all([finish(), finish(), finish()])).map(leadsTo)
    expect(pages.sort()).toEqual([
      '/maps?scope=mine',
      '/sign-in?problem=login_replayed',
      '/sign-in?problem=login_replayed',
    ])
    await post(fields)
    const again = await finish()
    expect([again.statusCode, leadsTo(again)]).toEqual([401, '/sign-in?problem=login_replayed'])
    expect(await lastRefusal()).toMatchObject({ reason: 'login_replayed' })
  })

  test('an answer to another login, posted into this one', async () => {
    const [stolen, browser] = [await stopAtForm(new ProviderBrowser(testApp)), new ProviderBrowser(testApp)]
    const own = await stopAtForm(browser)
    const answer = await post({ ...own, SAMLResponse: stolen.SAMLResponse ?? '' })
    expect((await browser.open(String(answer.headers.location))).path).toContain('problem=wrong_request')
  })

  test('an assertion that was used, in answer to a new request, on another server too', async () => {
    const login = { login: ALICE, assertionId: '_always-the-same' }
    expect(await signIn(login)).toBe('/maps?scope=mine')
    expect(await signIn(login)).toContain('problem=assertion_replayed')
    const { app } = await testApp.buildServer('second')
    await app.ready()
    const other = new ProviderBrowser({ ...testApp, app })
    expect((await other.open(startOf())).path).toContain('problem=assertion_replayed')
  })

  test('an answer in another browser than the login was begun in, and one that nobody asked for', async () => {
    const fields = await stopAtForm(new ProviderBrowser(testApp))
    const finish = String((await post(fields)).headers.location)
    expect((await new ProviderBrowser(testApp).open(finish)).path).toContain('problem=login_elsewhere')
    const { SAMLResponse = '' } = fields
    for (const RelayState of ['', 'https://evil.example/', '//evil.example']) {
      const answer = await post({ SAMLResponse, RelayState })
      expect(answer.headers.location).toMatch(/^\/auth\/saml\/finish\?state=/)
      const page = await testApp.request({ url: String(answer.headers.location) })
      expect([page.statusCode, leadsTo(page)]).toEqual([401, '/sign-in?problem=login_unknown'])
    }
  })

  test.each([
    ['no XML', 'nonsense', 'invalid_answer'],
    ['something else', '<a/>', 'invalid_answer'],
    ['a processing instruction', '<?php echo 1 ?><a/>', 'unsafe_xml'],
  ])('%s', async (_what, text, reason) => {
    const browser = new ProviderBrowser(testApp)
    const fields = await stopAtForm(browser)
    const answer = await post({ ...fields, SAMLResponse: Buffer.from(text).toString('base64') })
    expect((await browser.open(String(answer.headers.location))).path).toContain(`problem=${reason}`)
  })

  test.each([
    ['a NameID that changes', { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }],
    ['an e-mail for a NameID', { nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' }],
    ['an empty NameID', { nameId: '' }],
  ])('somebody who is named by %s', async (_what, names) => {
    expect(await signIn({ login: { ...ALICE, ...names } })).toContain('problem=subject_missing')
  })
})

test('the answer arrives without a session of ours, even where a cookie comes along from a neighbouring host', async () => {
  const cookie = await testApp.signIn('admin')
  const answer = await post({ SAMLResponse: 'x', RelayState: 'y' }, { cookie, 'sec-fetch-site': 'same-site' })
  expect(answer.statusCode).toBe(303)
  expect(answer.headers['set-cookie']).toBeUndefined()
  const large = await post({ SAMLResponse: 'x'.repeat(300_000), RelayState: 'y' })
  expect(large.statusCode).toBeGreaterThanOrEqual(400)
})

test('people may be known by an attribute, and their e-mail be read from one', async () => {
  const reading = { subjectAttribute: 'uid', emailAttribute: 'contact' }
  expect((await change(reading)).json()).toMatchObject({ ...reading, testedAt: null })
  const login = { nameId: 'x', nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient', attributes: {} }
  const attributes = { uid: ['bob'], contact: ['bob@corp.example'], mail: ['other@corp.example'], givenName: ['Bob'] }
  const browser = new ProviderBrowser(testApp)
  expect(await signIn({ login: { ...login, attributes } }, browser)).toBe('/maps?scope=mine')
  expect(await whoIs(browser)).toMatchObject({ email: 'bob@corp.example', name: 'Bob' })
  const identities = await testApp.store.selectFrom('external_identities').select(['issuer', 'subject']).execute()
  expect(identities).toContainEqual({ issuer: idp.entityId, subject: 'uid=bob' })
  for (const uid of [[], ['bob', 'alice']]) {
    expect(await signIn({ login: { ...login, attributes: { ...attributes, uid } } })).toContain('subject_missing')
  }
  expect((await change({ subjectAttribute: null, emailAttribute: null })).statusCode).toBe(200)
})

test('groups follow the attribute that the provider names: those it lists, none when it is empty, as before without it', async () => {
  expect((await change({ groupsClaim: 'memberOf' })).json()).toMatchObject({ groupsClaim: 'memberOf' })
  const names = async (values: readonly string[] | null) => {
    const attributes = { ...ALICE.attributes, ...(values !== null && { memberOf: values }) }
    expect(await signIn({ login: { ...ALICE, attributes } })).toBe('/maps?scope=mine')
    const rows = await testApp.store
      .selectFrom('group_members')
      .innerJoin('groups', 'groups.id', 'group_members.group_id')
      .select('groups.name')
      .orderBy('groups.name')
      .execute()
    return rows.map((row) => row.name)
  }
  expect(await names(['Sales', 'Maps'])).toEqual(['Maps', 'Sales'])
  expect(await names(null)).toEqual(['Maps', 'Sales'])
  expect(await names(['Maps'])).toEqual(['Maps'])
  expect(await names([])).toEqual([])
  expect((await change({ groupsClaim: null })).statusCode).toBe(200)
})

describe('setting one up', () => {
  test('works from metadata, its address, and by hand, to the same settings', async () => {
    const ways = [
      { name: 'Pasted', metadata: idp.metadata },
      {
        name: 'By hand',
        issuer: idp.entityId,
        signInUrl: new URL('/sign-in', idp.entityId).href,
        certificates: [idp.certificate],
      },
    ]
    if (provider.kind !== 'saml') throw new Error('The provider is of another kind.')
    const { issuer, signInUrl, certificates } = provider
    for (const way of ways) {
      const created = (await save(way)).json()
      expect(created).toMatchObject({ issuer, signInUrl, certificates, testedAt: null })
      const answer = await testApp.request({
        method: 'DELETE',
        url: `/workspace-api/identity-providers/${created.id}`,
        as: 'admin',
      })
      expect(answer.statusCode).toBe(204)
    }
    expect(certificates[0]).toMatchObject({ fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/) })
  })

  const WEAK = 'MIIBszCCARwCCQ'
  test.each([
    [{}, /^Give one of these/],
    [{ metadata: '<a/>', metadataUrl: 'https://a.example' }, /^Give one of these/],
    [{ issuer: 'https://a.example' }, /^Give one of these/],
    [{ metadata: 'nonsense' }, /not the XML of SAML metadata/],
    [{ metadata: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>' }, /not the XML of SAML metadata/],
    [{ issuer: 'a', signInUrl: 'http://a.example/', certificates: [WEAK] }, /must be reached by https/],
    [{ issuer: 'a', signInUrl: 'https://a.example/', certificates: [WEAK] }, /certificate could not be read/],
    [{ metadataUrl: 'http://a.example/metadata' }, /must be reached by https/],
    [{ metadataUrl: 'https://10.0.0.1/metadata' }, /inside the server’s own network/],
    [{ metadataUrl: 'https://[::1]/metadata' }, /inside the server’s own network/],
    [{ metadataUrl: 'https://[::ffff:169.254.169.254]/latest' }, /inside the server’s own network/],
    [{ metadataUrl: 'https://localhost/metadata' }, /inside the server’s own network/],
    [{ metadataUrl: 'file:///etc/passwd' }, /^Enter an address/],
  ])('refuses %j', async (body, sentence) => {
    const refused = await save({ name: 'Refused', ...body })
    expect(refused.statusCode).toBe(400)
    expect(refused.json().error).toMatch(sentence)
  })

  test('follows a redirect to where it may go, and takes nothing that is no document', async () => {
    const origin = new URL(idp.metadataUrl).origin
    const moved = await save({ name: 'Moved', metadataUrl: `${origin}/moved` })
    expect(moved.statusCode, moved.body).toBe(201)
    const absent = await save({ name: 'Absent', metadataUrl: `${origin}/absent` })
    expect(absent.json().error).toMatch(/answered \d+ instead of a document/)
    const signed = idp.metadata.replace('<IDPSSODescriptor', '<IDPSSODescriptor WantAuthnRequestsSigned="true" x="')
    expect((await save({ name: 'Signed', metadata: signed })).statusCode).toBe(400)
  })

  test('is for admins, and refuses what belongs to the other protocol', async () => {
    const body = { kind: 'saml', name: 'By an editor', domains: ['corp.example'], metadata: idp.metadata }
    const url = '/workspace-api/identity-providers'
    expect((await testApp.request({ method: 'POST', url, as: 'editor', payload: body })).statusCode).toBe(403)
    const foreign = await change({ clientSecret: 'a secret' })
    expect(foreign.json().error).toBe('This provider speaks SAML, which has no "clientSecret".')
  })

  test('gives our own metadata to hand on', async () => {
    const list: IdentityProviderList = (
      await testApp.request({ url: '/workspace-api/identity-providers', as: 'admin' })
    ).json()
    const { pathname } = new URL(list.saml.metadataUri)
    const metadata = await testApp.request({ url: pathname })
    expect(metadata.headers['content-type']).toMatch(/^application\/samlmetadata\+xml/)
    expect(metadata.body).toContain(`entityID="${list.saml.entityId}"`)
    expect(metadata.body).toContain(`Location="${CONSUMER}"`)
    expect(metadata.body).toContain('WantAssertionsSigned="true"')
  })
})

describe('a test login', () => {
  /** Begins one as an admin, and goes through the provider. */
  async function tryOut(instruction: SamlProviderInstruction): Promise<string> {
    await idp.instruct(instruction)
    const cookie = await testApp.signIn('admin')
    const answer = await testApp.request({
      method: 'POST',
      url: `/workspace-api/identity-providers/${provider.id}/test`,
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    })
    const browser = new ProviderBrowser(testApp)
    browser.keepOwn([cookie, ...[answer.headers['set-cookie'] ?? []].flat()])
    return (await browser.open(answer.json().url)).path
  }

  test('must succeed with the present settings before single sign-on can be enforced', async () => {
    const { store, users } = testApp
    const password = 'correct horse battery'
    await store
      .updateTable('users')
      .set({ password_hash: await hashPassword(password) })
      .execute()
    await testApp.giveSecondFactor('admin')
    const enforce = (enforced = true) =>
      testApp.request({
        method: 'PUT',
        url: '/workspace-api/sso-enforcement',
        as: 'admin',
        payload: { enforced, guestsExempt: true, breakGlassUserId: users.admin.id },
      })
    const before = await listPeople()
    expect((await enforce()).statusCode).toBe(409)
    expect(await tryOut({ login: ALICE, fault: 'sha1' })).toBe('/settings/single-sign-on?problem=weak_signature')
    expect((await enforce()).statusCode).toBe(409)
    expect(await tryOut({ login: { ...ALICE, nameId: 'nobody' } })).toBe('/settings/single-sign-on?tested=true')
    expect(await listPeople()).toEqual(before)
    expect((await enforce()).statusCode).toBe(200)
    const payload = { email: users.editor.email, password }
    const refused = await testApp.request({ method: 'POST', url: '/auth/sign-in', payload })
    expect(refused.statusCode).toBe(403)
    expect((await change({ subjectAttribute: 'uid' })).statusCode).toBe(409)
    expect((await enforce(false)).statusCode).toBe(200)
  })
})

test('signing out ends our session, and leads to no provider', async () => {
  const browser = new ProviderBrowser(testApp)
  expect(await signIn({ login: ALICE }, browser)).toBe('/maps?scope=mine')
  const headers = { cookie: browser.ownCookies, 'sec-fetch-site': 'same-origin' }
  expect((await testApp.request({ method: 'POST', url: '/auth/sign-out', headers })).statusCode).toBe(204)
  expect(await whoIs(browser)).toBeNull()
})

test('logins and assertions are swept once they mean nothing any more', async () => {
  const { sweep } = await testApp.buildServer('sweeper')
  const count = async () =>
    (await testApp.store.selectFrom('used_assertions').select('assertion_hash').execute()).length
  expect(await count()).toBeGreaterThan(0)
  testApp.clock.advance(48 * 60 * 60_000)
  await sweep()
  expect(await count()).toBe(0)
  expect(await testApp.store.selectFrom('pending_logins').select('state_hash').execute()).toEqual([])
})
