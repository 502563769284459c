import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IdentityProviderSummary, type Role, SIGN_IN_PROBLEMS } from '@graticule/contract'
import { createAuthority, startDirectory, type TestAuthority, type TestDirectory } from '@graticule/testkit'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../../testing/create-test-app.ts'
import { hashPassword } from '../../password-hash.ts'

const PEOPLE = 'ou=people,dc=example,dc=org'
const GROUPS = 'ou=groups,dc=example,dc=org'
const person = (uid: string, more = '') => `dn: uid=${uid},${PEOPLE}
objectClass: inetOrgPerson
cn: ${uid.toUpperCase()} Smith
sn: Smith
uid: ${uid}
userPassword: secret of ${uid}
${more || `mail: ${uid}@corp.example`}
`
const group = (name: string, ...members: readonly string[]) => `dn: cn=${name},${GROUPS}
objectClass: groupOfNames
cn: ${name}
${members.map((uid) => `member: uid=${uid},${PEOPLE}`).join('\n')}
`
const LDIF = [
  'dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n',
  `dn: ${PEOPLE}\nobjectClass: organizationalUnit\nou: people\n`,
  `dn: ${GROUPS}\nobjectClass: organizationalUnit\nou: groups\n`,
  person('ann'),
  person('bob'),
  person('eve', 'description: she has no mail'),
  person('ida'),
  person('ivo'),
  person('sid'),
  person('weird*name'),
  // Whoever follows it asks a server that is not ours.
  'dn: ou=elsewhere,dc=example,dc=org\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/ou=people,dc=evil,dc=org\n',
  group('maps', 'ann', 'bob'),
  group('admins', 'ann'),
].join('\n')

let folder: string
let authority: TestAuthority
let directory: TestDirectory
let testApp: TestApp

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graticule-ldap-'))
  authority = createAuthority(folder)
  const pair = authority.issue('localhost')
  directory = await startDirectory({ pair, certificateAuthority: authority.certificate, ldif: LDIF })
  testApp = await createTestApp()
})
afterAll(async () => {
  await testApp?.close()
  await directory?.stop()
  await rm(folder, { recursive: true, force: true })
})
// Attempts are counted per window.
beforeEach(() => testApp.clock.advance(16 * 60_000))

const send = (
  method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT',
  path: string,
  payload?: object,
  as: Role = 'admin',
) => testApp.request({ method, url: `/workspace-api/${path}`, as, ...(payload && { payload }) })
const settings = (more: object = {}) => ({
  kind: 'ldap',
  name: `Directory ${Math.random()}`,
  domains: ['corp.example'],
  url: directory.secureUrl,
  security: 'ldaps',
  certificateAuthority: authority.certificate,
  bindDn: directory.adminDn,
  bindPassword: directory.adminPassword,
  baseDn: 'dc=example,dc=org',
  userFilter: '(&(objectClass=inetOrgPerson)(uid={login}))',
  subjectAttribute: 'entryUUID',
  emailAttribute: 'mail',
  nameAttribute: 'cn',
  groupBaseDn: null,
  groupFilter: null,
  groupsClaim: 'memberOf',
  ...more,
})
const create = (more: object = {}) => send('POST', 'identity-providers', settings(more))
const signIn = (id: string, login: string, password = `secret of ${login}`) =>
  testApp.request({ method: 'POST', url: `/auth/ldap/${id}`, payload: { login, password } })

async function provider(more: object = {}): Promise<IdentityProviderSummary> {
  const created = await create(more)
  expect(created.statusCode, created.body).toBe(201)
  return created.json()
}

async function groupsOf(email: string): Promise<string[]> {
  const rows = await testApp.store
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .innerJoin('users', 'users.id', 'group_members.user_id')
    .select('groups.name')
    .where('users.email', '=', email)
    .orderBy('groups.name')
    .execute()
  return rows.map(({ name }) => name)
}

/** The types of the events of a request. */
async function eventsOf(answer: LightMyRequestResponse): Promise<string[]> {
  await testApp.activity.flush()
  const rows = await testApp.store
    .selectFrom('activity')
    .select('type')
    .where('request_id', '=', String(answer.headers['x-request-id']))
    .orderBy('seq')
    .execute()
  return rows.map(({ type }) => type)
}

test('somebody signs in with their name and password of the directory, as themself and in its groups', async () => {
  const { id } = await provider({ name: 'Corp' })
  const methods = await testApp.request({ url: '/auth/sign-in/methods' })
  expect(methods.json().providers).toContainEqual({ id, name: 'Corp', startPath: `/auth/ldap/${id}/start` })
  const start = await testApp.request({ url: `/auth/ldap/${id}/start?target=/maps` })
  expect(start.headers.location).toBe(`/directory-sign-in?provider=${id}&target=%2Fmaps`)
  const unknown = await testApp.request({ url: '/auth/ldap/unknown/start?target=/maps' })
  expect(unknown.headers.location).toBe('/sign-in?problem=provider_unknown&target=%2Fmaps')
  const entered = await signIn(id, 'ann')
  expect(entered.json()).toMatchObject({ user: { email: 'ann@corp.example', name: 'ANN Smith', role: 'viewer' } })
  expect(String(entered.headers['set-cookie'])).toContain('graticule_session=gts_')
  expect(await groupsOf('ann@corp.example')).toEqual(['admins', 'maps'])
  expect(await eventsOf(entered)).toContain('session.created')
  // Known by the entry and not by the name or the e-mail, which change.
  directory.change(`dn: uid=ann,${PEOPLE}\nchangetype: modify\nreplace: mail\nmail: anna@corp.example\n`)
  directory.change(`dn: cn=admins,${GROUPS}\nchangetype: delete\n`)
  expect((await signIn(id, 'ann')).json()).toMatchObject({ user: { email: 'ann@corp.example' } })
  expect(await groupsOf('ann@corp.example')).toEqual(['maps'])
  directory.change(`dn: cn=maps,${GROUPS}\nchangetype: modify\ndelete: member\nmember: uid=ann,${PEOPLE}\n`)
  await signIn(id, 'ann')
  // Others are in groups, so that being in none is told and not kept silent.
  expect(await groupsOf('ann@corp.example')).toEqual([])
})

test('STARTTLS and a search for groups do the same', async () => {
  const { id } = await provider({
    url: directory.url,
    security: 'starttls',
    groupsClaim: null,
    groupBaseDn: GROUPS,
    groupFilter: '(&(objectClass=groupOfNames)(member={dn}))',
    name: 'By search',
  })
  expect((await signIn(id, 'bob')).json()).toMatchObject({ user: { email: 'bob@corp.example' } })
  expect((await groupsOf('bob@corp.example')).map((name) => name.replace(/ .*/, ''))).toEqual(['maps'])
  // However the directory is reached, they are who they were.
  const { id: other } = await provider()
  expect((await signIn(other, 'bob')).json()).toMatchObject({ user: { email: 'bob@corp.example' } })
  const { id: odd } = await provider({ groupsClaim: 'no)(attribute' })
  expect((await signIn(odd, 'bob')).statusCode).toBe(200)
})

test('a wrong name, a wrong password, no password and a filter in the name get the same answer', async () => {
  const { id } = await provider()
  const tries = [
    ['ann', 'wrong'],
    ['nobody', 'wrong'],
    ['ann', ''],
    ['*', 'secret of ann'],
    ['ann)(uid=*', 'secret of ann'],
    ['an*', 'secret of ann'],
    ['ann\0', 'secret of ann'],
    // Nothing behind a referral is looked at.
    ['mallory', 'secret of mallory'],
  ] as const
  for (const [login, password] of tries) {
    const refused = await signIn(id, login, password)
    expect([refused.statusCode, refused.json().error], login).toEqual([401, 'The name or the password is wrong.'])
  }
  expect((await signIn(id, 'weird*name')).statusCode).toBe(200)
  const noMail = await signIn(id, 'eve')
  expect([noMail.statusCode, noMail.json().details]).toEqual([
    403,
    { rule: 'sign-in.email_missing', problem: 'email_missing' },
  ])
})

test('after ten wrong passwords a name is closed to that address for a while', async () => {
  const { id } = await provider()
  for (let count = 0; count < 10; count++) expect((await signIn(id, 'bob', 'wrong')).statusCode).toBe(401)
  expect((await signIn(id, 'bob')).statusCode).toBe(429)
})

test('people of Active Directory are known by their objectGUID, whose bytes are no text', async () => {
  // They differ in bytes alone that no text has, and would be one and the same if they were read as such.
  const guids = { gail: '800102030405060708090a0b0c0d0eff', gus: '810102030405060708090a0b0c0d0eff' }
  for (const [uid, guid] of Object.entries(guids)) {
    const bytes = Buffer.from(guid, 'hex').toString('base64')
    const account = `objectClass: user\nsAMAccountName: corp.${uid}\nobjectGUID:: ${bytes}`
    directory.change(person(uid, `mail: ${uid}@corp.example\n${account}`))
  }
  const { id } = await provider({
    subjectAttribute: 'objectGUID',
    userFilter: '(&(objectClass=user)(sAMAccountName={login}))',
  })
  const enter = async (uid: string) => {
    const entered = await signIn(id, `corp.${uid}`, `secret of ${uid}`)
    expect(entered.statusCode, entered.body).toBe(200)
    return entered.json().user.id as string
  }
  const [gail, gus] = [await enter('gail'), await enter('gus')]
  expect(gail).not.toBe(gus)
  const subjects = await testApp.store
    .selectFrom('external_identities')
    .select(['user_id', 'subject'])
    .where('user_id', 'in', [gail, gus])
    .orderBy('subject')
    .execute()
  expect(subjects).toEqual([
    { user_id: gail, subject: guids.gail },
    { user_id: gus, subject: guids.gus },
  ])
  directory.change(`dn: uid=gail,${PEOPLE}\nchangetype: modify\nreplace: mail\nmail: married@corp.example\n`)
  expect(await enter('gail')).toBe(gail)
})

test('an invitation waits until an admin states that the directory’s e-mails are verified, and then gives its role', async () => {
  const corp = await provider({ name: 'Invited by mail' })
  expect(corp).toMatchObject({ emailsVerified: false })
  for (const [email, role] of [
    ['ida@corp.example', 'editor'],
    ['ivo@corp.example', 'editor'],
    ['sid@corp.example', 'superadmin'],
  ] as const) {
    const invited = await send('POST', 'invitations', { emails: [email], role }, 'superadmin')
    expect(invited.json().results).toMatchObject([{ outcome: 'invited' }])
  }
  const stateOf = async (email: string) =>
    (await send('GET', 'invitations?pageSize=100'))
      .json()
      .invitations.find((invitation: { email: string }) => invitation.email === email)?.state
  expect((await signIn(corp.id, 'ida')).json()).toMatchObject({ user: { role: 'viewer' } })
  expect(await stateOf('ida@corp.example')).toBe('pending')

  const state = (more: object) => send('PATCH', `identity-providers/${corp.id}`, more)
  expect((await state({ emailsVerified: true })).json()).toMatchObject({ emailsVerified: true })
  const ivo = (await signIn(corp.id, 'ivo')).json().user
  expect(ivo).toMatchObject({ role: 'editor' })
  expect(await stateOf('ivo@corp.example')).toBe('accepted')
  // Superadmins alone make superadmins, and this is an admin's word.
  expect((await signIn(corp.id, 'sid')).json()).toMatchObject({ user: { role: 'viewer' } })
  expect(await stateOf('sid@corp.example')).toBe('pending')
  const events = await testApp.store
    .selectFrom('activity')
    .select(['type', 'details'])
    .where('type', 'in', ['identity-provider.updated', 'invitation.accepted'])
    .where((where) => where.or([where('asset_id', '=', corp.id), where('actor_id', '=', ivo.id)]))
    .orderBy('position')
    .execute()
  expect(events).toMatchObject([
    { type: 'identity-provider.updated', details: { emailsVerified: true } },
    { type: 'invitation.accepted', details: { role: 'editor', method: 'ldap', provider: 'Invited by mail' } },
  ])

  // It was stated of this attribute of this directory.
  expect((await state({ name: 'Renamed' })).json()).toMatchObject({ emailsVerified: true })
  expect((await state({ emailAttribute: 'description' })).json()).toMatchObject({ emailsVerified: false })
  await send('DELETE', `identity-providers/${corp.id}`)
})

test('nobody enters a suspended organization by its directory, and is told so in one sentence', async () => {
  const { id } = await provider()
  directory.change(person('sue'))
  const suspend = (at: Date | null) => testApp.store.updateTable('organizations').set({ suspended_at: at }).execute()
  await suspend(testApp.clock.now())
  const refused = await signIn(id, 'sue')
  expect([refused.statusCode, refused.json().error]).toEqual([403, SIGN_IN_PROBLEMS.organization_suspended])
  expect(refused.headers['set-cookie']).toBeUndefined()
  expect(
    await testApp.store.selectFrom('users').select('id').where('email', '=', 'sue@corp.example').execute(),
  ).toEqual([])
  await suspend(null)
  expect((await signIn(id, 'sue')).statusCode).toBe(200)
})

test('somebody who is deleted in the directory comes in no more', async () => {
  const { id } = await provider()
  directory.change(person('gone'))
  expect((await signIn(id, 'gone')).statusCode).toBe(200)
  directory.change(`dn: uid=gone,${PEOPLE}\nchangetype: delete\n`)
  expect((await signIn(id, 'gone')).statusCode).toBe(401)
})

test('a directory is believed only with the certificate of the authority that was entered', async () => {
  const strangers = createAuthority(await mkdtemp(join(folder, 'other-')))
  for (const certificateAuthority of [strangers.certificate, null]) {
    const refused = await create({ certificateAuthority })
    expect([refused.statusCode, refused.json().error]).toEqual([400, expect.stringContaining('is not trusted')])
    const upgraded = await create({ certificateAuthority, url: directory.url, security: 'starttls' })
    expect(upgraded.json().error).toContain('is not trusted')
  }
})

test('what was entered wrongly is said before it is saved', async () => {
  const wrong = [
    [{ bindPassword: 'wrong' }, 'does not let cn=admin,dc=example,dc=org in'],
    [{ baseDn: 'dc=nowhere,dc=org' }, 'does not know dc=nowhere,dc=org'],
    [{ userFilter: '(uid=ann)' }, 'lacks {login}'],
    [{ userFilter: '(uid={login}' }, 'is no LDAP filter'],
    [{ subjectAttribute: 'entryUUID)(x' }, 'is not the name of an attribute'],
    [{ url: directory.url }, 'looks like ldaps://'],
    [{ url: 'ldaps://127.0.0.1:1' }, 'could not be reached'],
    [{ url: 'ldaps://127.0.0.2:636' }, 'inside the server’s own network'],
    [{ url: 'ldap://directory.example.org', security: 'none' }, 'Passwords would cross the network unencrypted'],
  ] as const
  for (const [more, sentence] of wrong) {
    const refused = await create(more)
    expect([refused.statusCode, refused.json().error]).toEqual([400, expect.stringContaining(sentence)])
  }
  // The operator vouches for that host.
  expect((await create({ url: directory.url, security: 'none', certificateAuthority: null })).statusCode).toBe(201)
})

test('the password of the directory’s login is never told, and asked for again where the directory moves', async () => {
  const { id } = await provider({ name: 'Sealed' })
  const row = await testApp.store.selectFrom('identity_providers').selectAll().where('id', '=', id).executeTakeFirst()
  const listed = await send('GET', 'identity-providers')
  expect(listed.json().providers).toContainEqual(expect.objectContaining({ id, bindDn: directory.adminDn }))
  expect(`${listed.body}${JSON.stringify(row)}`).not.toContain(directory.adminPassword)
  const moved = await send('PATCH', `identity-providers/${id}`, { url: directory.url, security: 'starttls' })
  expect(moved.json().error).toBe('Enter the password again when you change how the directory is reached.')
  const foreign = await send('PATCH', `identity-providers/${id}`, { clientId: 'x' })
  expect(foreign.json().error).toBe('This provider speaks LDAP, which has no "clientId".')
  const bindPassword = directory.adminPassword
  const again = await send('PATCH', `identity-providers/${id}`, {
    url: directory.url,
    security: 'starttls',
    bindPassword,
  })
  expect(again.json()).toMatchObject({ security: 'starttls', testedAt: null })
  expect((await signIn(id, 'bob')).statusCode).toBe(200)
})

test('an admin tries the directory, after which it can be enforced, and a password of ours is not enough', async () => {
  const { id } = await provider({ name: 'Enforced' })
  const begun = await send('POST', `identity-providers/${id}/test`)
  expect(begun.json()).toEqual({ url: `/directory-sign-in?provider=${id}&test=true` })
  const tryOut = (login: string, password: string) =>
    send('POST', `identity-providers/${id}/test/directory`, { login, password })
  expect((await tryOut('bob', 'wrong')).statusCode).toBe(401)
  await testApp.giveSecondFactor('admin')
  await testApp.store
    .updateTable('users')
    .set({ password_hash: await hashPassword('correct horse battery') })
    .where('id', 'in', [testApp.users.admin.id, testApp.users.viewer.id])
    .execute()
  const enforcement = { enforced: true, guestsExempt: false, breakGlassUserId: testApp.users.admin.id }
  expect((await send('PUT', 'sso-enforcement', enforcement)).statusCode).toBe(409)
  const tried = await tryOut('bob', 'secret of bob')
  expect(tried.statusCode, tried.body).toBe(204)
  expect(await eventsOf(tried)).toEqual(['identity-provider.tested'])
  const enforced = await send('PUT', 'sso-enforcement', enforcement)
  expect(enforced.statusCode, enforced.body).toBe(200)
  expect((await signIn(id, 'bob')).statusCode).toBe(200)
  const payload = { email: testApp.users.viewer.email, password: 'correct horse battery' }
  expect((await testApp.request({ method: 'POST', url: '/auth/sign-in', payload })).statusCode).toBe(403)
  await send('PUT', 'sso-enforcement', { enforced: false, guestsExempt: false, breakGlassUserId: null })
  expect((await testApp.request({ url: '/auth/ldap/none' })).statusCode).toBe(404)
})
