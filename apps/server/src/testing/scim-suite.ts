import { type InvitationList, type RolePlan, SCIM_REFUSAL_SCHEMA, type ScimSettings } from '@graticule/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** What holds of SCIM on every engine that may keep people and groups. */
export function describeScim(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let token: string

  beforeAll(async () => {
    testApp = await createApp()
    const made = await manage('POST', '/scim/tokens', {})
    expect(made.statusCode, made.body).toBe(201)
    token = made.json().token
  })
  afterAll(() => testApp.close())

  type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

  function manage(method: Method, path: string, payload?: object, as: 'admin' | 'editor' = 'admin') {
    return testApp.request({ method, url: `/workspace-api${path}`, as, ...(payload && { payload }) })
  }

  function scim(method: Method, path: string, body?: object, headers: Record<string, string> = {}) {
    return testApp.request({
      method,
      url: `/scim/v2${path}`,
      token,
      headers: { ...(body && { 'content-type': 'application/scim+json' }), ...headers },
      ...(body && { payload: JSON.stringify(body) }),
    })
  }

  const patch = (path: string, ...operations: object[]) =>
    scim('PATCH', path, { schemas: [PATCH], Operations: operations })

  async function addUser(name: string, changes: object = {}): Promise<string> {
    const userName = `${name}@corp.example`
    const created = await scim('POST', '/Users', { schemas: [USER], userName, externalId: `x-${name}`, ...changes })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  async function addGroup(displayName: string, members: readonly string[] = []): Promise<string> {
    const created = await scim('POST', '/Groups', { displayName, members: members.map((value) => ({ value })) })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  const rowOf = (id: string) => testApp.store.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
  const membersOf = async (id: string): Promise<string[]> =>
    (await scim('GET', `/Groups/${id}`)).json().members.map(({ value }: { value: string }) => value)
  const eventsOf = async (type: string) =>
    (await testApp.store.selectFrom('activity').selectAll().where('type', '=', type).orderBy('position').execute()).map(
      ({ asset_id, details }) => ({ asset_id, details }),
    )

  /** A cookie of somebody who has no password. */
  async function signIn(userId: string): Promise<string> {
    const cookie = await testApp.signIn('viewer')
    await testApp.store
      .updateTable('sessions')
      .set({ user_id: userId })
      .where('id', '=', (select) =>
        select
          .selectFrom('sessions')
          .select('id')
          .where('user_id', '=', testApp.users.viewer.id)
          .orderBy('created_at', 'desc')
          .limit(1),
      )
      .execute()
    return cookie
  }

  const roleIn = async (cookie: string, app = testApp.app) => {
    const answer = await app.inject({ url: '/auth/session', headers: { host: 'localhost', cookie } })
    return answer.statusCode === 200 ? answer.json().user?.role : null
  }

  describe('whom somebody had invited', () => {
    const invite = async (name: string, role: string) => {
      const payload = { emails: [`${name}@corp.example`], role }
      const url = '/workspace-api/invitations'
      const answer = await testApp.request({ method: 'POST', url, as: 'superadmin', payload })
      expect(answer.json().results).toMatchObject([{ outcome: 'invited' }])
    }
    const isAccepted = async (name: string) => {
      const { accepted_at } = await testApp.store
        .selectFrom('invitations')
        .select('accepted_at')
        .where('email', '=', `${name}@corp.example`)
        .executeTakeFirstOrThrow()
      return accepted_at !== null
    }

    test('takes the invitation once an admin states that the directory’s e-mails are verified, and not before', async () => {
      expect((await manage('GET', '/scim')).json()).toMatchObject({ emailsVerified: false })
      for (const name of ['told', 'stated', 'seatless']) await invite(name, 'editor')
      await invite('highest', 'superadmin')
      expect(await rowOf(await addUser('told'))).toMatchObject({ role: 'viewer' })
      expect(await isAccepted('told')).toBe(false)
      // Whoever invites sees that its person is here without it, and that nobody is to be waited for.
      const { invitations } = (await manage('GET', '/invitations')).json<InvitationList>()
      const passedBy = new Map(invitations.map((each) => [each.email, each.passedBy]))
      expect(passedBy.get('told@corp.example')).toEqual({ role: 'viewer', since: testApp.clock.now().toISOString() })
      expect(passedBy.get('stated@corp.example')).toBeNull()

      const stated = await manage('PUT', '/scim', { providerId: null, emailsVerified: true })
      expect(stated.json()).toMatchObject({ emailsVerified: true })
      const id = await addUser('stated')
      expect(await rowOf(id)).toMatchObject({ role: 'editor' })
      expect(await isAccepted('stated')).toBe(true)
      expect((await eventsOf('invitation.accepted')).at(-1)).toMatchObject({
        details: { email: 'stated@corp.example', role: 'editor', method: 'scim' },
      })
      // Superadmins alone make superadmins, and this is an admin's word.
      expect(await rowOf(await addUser('highest'))).toMatchObject({ role: 'viewer' })
      expect(await isAccepted('highest')).toBe(false)

      // Without a seat for the role that was promised nobody is added, and the invitation waits.
      await testApp.store.updateTable('organizations').set({ editor_seats: 1 }).execute()
      const refused = await scim('POST', '/Users', { schemas: [USER], userName: 'seatless@corp.example' })
      expect(refused.json()).toMatchObject({ status: '409' })
      expect(await isAccepted('seatless')).toBe(false)
      await testApp.store.updateTable('organizations').set({ editor_seats: null }).execute()
      expect(await rowOf(await addUser('seatless'))).toMatchObject({ role: 'editor' })

      // What is not said again stays as it was, until it is taken back.
      expect((await manage('PUT', '/scim', { providerId: null })).json()).toMatchObject({ emailsVerified: true })
      const withdrawn = await manage('PUT', '/scim', { providerId: null, emailsVerified: false })
      expect(withdrawn.json()).toMatchObject({ emailsVerified: false })
      expect((await eventsOf('scim.updated')).map(({ details }) => details)).toEqual([
        { provider: null, emailsVerified: true },
        { provider: null },
        { provider: null, emailsVerified: false },
      ])
    })
  })

  describe('who may call it', () => {
    test('a token that was made for it and no other, until it is replaced or revoked; it is kept as a hash', async () => {
      const url = '/scim/v2/Users'
      const tries = [
        {},
        { as: 'superadmin' as const },
        { token: 'gsc_wrong' },
        { token: await testApp.createToken([]) },
      ]
      for (const who of tries) {
        const refused = await testApp.request({ url, ...who })
        expect(refused.statusCode).toBe(401)
        expect(refused.headers['content-type']).toBe('application/scim+json; charset=utf-8')
        expect(refused.headers['www-authenticate']).toBe('Bearer realm="SCIM"')
        expect(refused.json()).toEqual({
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: '401',
          detail: 'Send a token that an admin made in Settings → SCIM.',
        })
      }
      // It opens nothing else.
      expect((await testApp.request({ url: '/v3/connections', token })).statusCode).toBe(401)
      expect((await manage('POST', '/scim/tokens', {}, 'editor')).statusCode).toBe(403)

      const [first] = (await manage('GET', '/scim')).json<ScimSettings>().tokens
      expect(first).toMatchObject({ prefix: token.slice(0, 10), createdBy: 'The admin' })
      const stored = await testApp.store.selectFrom('scim_tokens').selectAll().execute()
      expect(JSON.stringify(stored)).not.toContain(token)
      const replaced = await manage('POST', '/scim/tokens', { replacedId: first?.id })
      expect((await scim('GET', '/Users')).statusCode).toBe(401)
      token = replaced.json().token
      expect((await scim('GET', '/Users')).statusCode).toBe(200)
      const second = (await manage('POST', '/scim/tokens', {})).json()
      expect((await manage('DELETE', `/scim/tokens/${second.id}`)).statusCode).toBe(204)
      expect((await manage('DELETE', `/scim/tokens/${second.id}`)).statusCode).toBe(404)
      expect((await testApp.request({ url, token: second.token })).statusCode).toBe(401)
    })

    test('what the service can do is told in documents of the standard', async () => {
      const config = (await scim('GET', '/ServiceProviderConfig')).json()
      expect(config).toMatchObject({ patch: { supported: true }, filter: { supported: true, maxResults: 200 } })
      const types = (await scim('GET', '/ResourceTypes')).json()
      expect(types.Resources.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['/Users', '/Groups'])
      expect((await scim('GET', '/ResourceTypes/User')).json().schema).toBe(USER)
      const { Resources } = (await scim('GET', '/Schemas')).json()
      expect(Resources.map(({ id }: { id: string }) => id)).toContain(ENTERPRISE)
      expect((await scim('GET', `/Schemas/${USER}`)).json().name).toBe('User')
      expect((await scim('GET', '/Schemas/nothing')).statusCode).toBe(404)
    })
  })

  test('Entra: looks, adds, changes, disables with words for truth values, and deletes', async () => {
    const filter = encodeURIComponent('userName eq "ENTRA@corp.example"')
    const empty = await scim('GET', `/Users?filter=${filter}`)
    expect(empty.headers['content-type']).toBe('application/scim+json; charset=utf-8')
    expect(empty.json()).toMatchObject({ totalResults: 0, Resources: [] })
    const created = await scim('POST', '/Users', {
      schemas: [USER, ENTERPRISE],
      externalId: '58342554-38d6-4ec8-948c-50044d0a33fd',
      userName: 'entra@corp.example',
      active: true,
      displayName: 'Lea Entra',
      emails: [{ primary: true, type: 'work', value: 'lea@corp.example' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'Lea Entra', familyName: 'Entra', givenName: 'Lea' },
      [ENTERPRISE]: { department: 'Maps' },
      password: 'a secret that nobody here may keep',
    })
    const { id } = created.json()
    expect(created.statusCode).toBe(201)
    expect(created.headers.location).toBe(`http://localhost/scim/v2/Users/${id}`)
    expect(created.headers.etag).toBe('W/"1"')
    expect(created.body).not.toContain('secret')
    expect(created.json()).toMatchObject({ id, active: true, [ENTERPRISE]: { department: 'Maps' }, groups: [] })
    expect(await rowOf(id)).toMatchObject({
      email: 'lea@corp.example',
      name: 'Lea Entra',
      role: 'viewer',
      password_hash: null,
    })
    const kept = await testApp.store.selectFrom('scim_users').selectAll().where('user_id', '=', id).execute()
    expect(JSON.stringify(kept)).not.toContain('secret')
    expect((await scim('GET', `/Users?filter=${filter}`)).json()).toMatchObject({
      totalResults: 1,
      Resources: [{ id }],
    })
    const again = await scim('POST', '/Users', { schemas: [USER], userName: 'Entra@corp.example' })
    // The error of the standard, and our rule beside it.
    expect(again.json()).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error', SCIM_REFUSAL_SCHEMA],
      status: '409',
      scimType: 'uniqueness',
      detail: 'The directory has somebody with this userName or externalId already.',
      [SCIM_REFUSAL_SCHEMA]: { rule: 'scim.user-taken' },
    })

    const changed = await patch(
      `/Users/${id}`,
      { op: 'Replace', path: 'displayName', value: 'Lea Neu' },
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'lea.neu@corp.example' },
      { op: 'Replace', path: `${ENTERPRISE}:department`, value: 'Field' },
      { op: 'Add', path: 'name.familyName', value: 'Neu' },
      { op: 'Remove', path: 'name.givenName' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '1' },
    )
    expect(changed.statusCode, changed.body).toBe(200)
    expect(changed.json()).toMatchObject({
      displayName: 'Lea Neu',
      name: { familyName: 'Neu' },
      [ENTERPRISE]: { department: 'Field' },
      phoneNumbers: [{ type: 'mobile', value: '1' }],
      meta: { version: 'W/"2"' },
    })
    expect(await rowOf(id)).toMatchObject({ email: 'lea.neu@corp.example', name: 'Lea Neu' })

    const listed = await manage('GET', '/users?search=lea.neu')
    expect(listed.json().people).toMatchObject([{ id, managedBy: 'SCIM' }])
    const cookie = await signIn(id)
    const elsewhere = await testApp.buildServer('a server that nobody tells')
    expect(await roleIn(cookie)).toBe('viewer')
    expect(await roleIn(cookie, elsewhere.app)).toBe('viewer')
    expect((await patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })).json().active).toBe(false)
    expect(await roleIn(cookie)).toBeNull()
    // The other server remembers for a second, by a clock that stands still here.
    testApp.clock.advance(1_001)
    expect(await roleIn(cookie, elsewhere.app)).toBeNull()
    expect((await patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'True' })).json().active).toBe(true)
    // The old session stays ended, on both.
    testApp.clock.advance(1_001)
    expect(await roleIn(cookie)).toBeNull()
    expect(await roleIn(cookie, elsewhere.app)).toBeNull()
    expect((await scim('DELETE', `/Users/${id}`)).statusCode).toBe(204)
    expect((await scim('GET', `/Users/${id}`)).json()).toMatchObject({ status: '404' })
    expect((await scim('DELETE', `/Users/${id}`)).statusCode).toBe(404)
    expect((await scim('POST', '/Users', { schemas: [USER], userName: 'lea.neu@corp.example' })).statusCode).toBe(201)
  })

  test('Okta: adds, replaces as a whole, deactivates without a path, and keeps groups by members alone', async () => {
    const id = await addUser('okta', { name: { givenName: 'Ola', familyName: 'Okta' }, emails: [], active: true })
    expect(await rowOf(id)).toMatchObject({ name: 'Ola Okta', email: 'okta@corp.example' })
    const put = await scim('PUT', `/Users/${id}`, {
      schemas: [USER],
      id,
      userName: 'okta@corp.example',
      externalId: 'x-okta',
      name: { givenName: 'Ola', familyName: 'Neu' },
      active: true,
      groups: [{ value: 'not ours to set' }],
    })
    expect(put.json()).toMatchObject({ name: { familyName: 'Neu' }, groups: [] })
    expect(await rowOf(id)).toMatchObject({ name: 'Ola Neu' })

    const group = await addGroup('Okta people')
    const replaced = await patch(`/Groups/${group}`, { op: 'replace', value: { id: group, displayName: 'Okta folk' } })
    expect(replaced.json()).toMatchObject({ displayName: 'Okta folk', members: [] })
    await patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id, display: 'Ola' }] })
    expect(await membersOf(group)).toEqual([id])
    expect((await scim('GET', `/Users/${id}`)).json().groups).toMatchObject([{ value: group, display: 'Okta folk' }])
    const renamed = await scim('PUT', `/Groups/${group}`, { schemas: [], displayName: 'Okta crowd' })
    expect(renamed.json()).toMatchObject({ displayName: 'Okta crowd', members: [{ value: id }] })
    await patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${id}"]` })
    expect(await membersOf(group)).toEqual([])
    const off = await patch(`/Users/${id}`, { op: 'replace', value: { active: false } })
    expect(off.json().active).toBe(false)
    expect((await scim('DELETE', `/Groups/${group}`)).statusCode).toBe(204)
    expect((await scim('GET', `/Groups/${group}`)).statusCode).toBe(404)
  })

  test('Entra’s ways to change members all work: listed with nulls, in two operations, all at once', async () => {
    const [ann, bob] = [await addUser('ann'), await addUser('bob')]
    const group = await addGroup('Entra people', [ann])
    const path = `/Groups/${group}`
    await patch(path, {
      op: 'Add',
      path: 'members',
      value: [
        { $ref: null, value: bob },
        { $ref: null, value: ann },
      ],
    })
    expect((await membersOf(group)).sort()).toEqual([ann, bob].sort())
    await patch(path, { op: 'Remove', path: 'members', value: [{ $ref: null, value: ann }] })
    expect(await membersOf(group)).toEqual([bob])
    await patch(path, { op: 'Replace', path: 'members', value: [{ value: ann }] })
    expect(await membersOf(group)).toEqual([ann])
    await patch(path, { op: 'Remove', path: 'members' })
    expect(await membersOf(group)).toEqual([])
    const without = await scim('GET', `${path}?excludedAttributes=members`)
    expect(Object.keys(without.json())).not.toContain('members')
    const unknown = await patch(path, { op: 'Add', path: 'members', value: [{ value: testApp.users.editor.id }] })
    expect(unknown.json()).toMatchObject({ status: '400', scimType: 'invalidValue' })
    const nested = await patch(path, { op: 'Add', path: 'members', value: [{ value: group, type: 'Group' }] })
    expect(nested.json().detail).toBe('Groups within groups are not supported.')
  })

  test('filters, pages and selected attributes', async () => {
    for (const name of ['p1', 'p2', 'p3']) {
      testApp.clock.advance(1)
      await addUser(name, { displayName: `Page ${name}`, title: 'Paged' })
    }
    const find = async (filter: string, more = '') => {
      const answer = await scim('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`)
      expect(answer.statusCode, answer.body).toBe(200)
      return answer.json()
    }
    const namesOf = async (filter: string) =>
      (await find(filter)).Resources.map(({ displayName }: { displayName: string }) => displayName)
    expect(await namesOf('displayName sw "page" and not (userName eq "p2@corp.example")')).toEqual([
      'Page p1',
      'Page p3',
    ])
    expect(await namesOf('externalId eq "x-p1" or emails[value eq "p3@corp.example"]')).toEqual(['Page p1', 'Page p3'])
    expect(await namesOf('externalId eq "X-P1"')).toEqual([])
    expect(await namesOf(`${USER}:userName ew "P2@CORP.example" and active eq "True"`)).toEqual(['Page p2'])
    expect(await namesOf('displayName co "100%"')).toEqual([])
    expect(await namesOf('displayName sw "Page" and meta.lastModified gt "2100-01-01T00:00:00Z"')).toEqual([])
    expect(await namesOf('externalId pr and displayName eq "Page p1"')).toEqual(['Page p1'])
    const page = await find('displayName sw "Page"', '&startIndex=2&count=1&attributes=userName')
    expect(page).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 })
    expect(Object.keys(page.Resources[0]).sort()).toEqual(['id', 'meta', 'schemas', 'userName'])
    expect(await find('displayName sw "Page"', '&count=0')).toMatchObject({ totalResults: 3, Resources: [] })
    expect((await scim('GET', '/Users?startIndex=-3&count=abc')).json().startIndex).toBe(1)
    const wrong = ['userName eq', 'title eq "Paged"', 'userName eq 7', 'active gt true', '(', '"\n\n\n\n']
    for (const filter of [...wrong, `userName eq "${'x'.repeat(3000)}"`, '__proto__ eq "x"']) {
      const refused = await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)
      expect(refused.json(), filter).toMatchObject({ status: '400', scimType: 'invalidFilter' })
    }
  })

  test('a version that is no longer there is refused, one that is known is not sent again', async () => {
    const id = await addUser('tag')
    const operation = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'title', value: 'T' }] }
    const first = await scim('PATCH', `/Users/${id}`, operation, { 'if-match': 'W/"1"' })
    expect(first.headers.etag).toBe('W/"2"')
    expect((await scim('PATCH', `/Users/${id}`, operation, { 'if-match': 'W/"1"' })).json().status).toBe('412')
    expect((await scim('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"2"' })).statusCode).toBe(304)
    expect((await scim('DELETE', `/Users/${id}`, undefined, { 'if-match': 'W/"9"' })).statusCode).toBe(412)
  })

  test('what is not understood is refused in words, kept for the admins, and poisons nothing', async () => {
    const id = await addUser('bad')
    const refused = async (answer: Promise<Awaited<ReturnType<typeof scim>>>, scimType: string | undefined) => {
      const { statusCode, headers, body } = await answer
      expect(statusCode, body).toBe(400)
      expect(headers['content-type']).toBe('application/scim+json; charset=utf-8')
      expect(JSON.parse(body).scimType, body).toBe(scimType)
    }
    await refused(scim('POST', '/Users', { schemas: [USER] }), 'invalidValue')
    await refused(scim('POST', '/Users', { userName: 'no address' }), 'invalidValue')
    await refused(scim('POST', '/Users', { userName: 'a@b.c', active: 'maybe' }), 'invalidValue')
    await refused(scim('POST', '/Groups', { displayName: ' ' }), 'invalidValue')
    await refused(patch(`/Users/${id}`), 'invalidSyntax')
    await refused(
      scim('PATCH', `/Users/${id}`, { Operations: [{ op: 'add', path: 'title', value: 'x' }] }),
      'invalidSyntax',
    )
    await refused(patch(`/Users/${id}`, { op: 'move', path: 'title' }), 'invalidSyntax')
    await refused(patch(`/Users/${id}`, { op: 'remove' }), 'noTarget')
    await refused(patch(`/Users/${id}`, { op: 'add', path: 'emails[', value: 'x' }), 'invalidPath')
    await refused(patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: null }), 'invalidValue')
    await refused(patch(`/Users/${id}`, { op: 'add', path: '__proto__.polluted', value: 'x' }), 'invalidPath')
    await patch(`/Users/${id}`, { op: 'add', path: 'constructor.prototype', value: 'x' })
    await patch(`/Users/${id}`, { op: 'add', path: 'name.constructor', value: { prototype: { polluted: true } } })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    const broken = await testApp.request({
      method: 'POST',
      url: '/scim/v2/Users',
      token,
      headers: { 'content-type': 'application/scim+json' },
      payload: '{"userName":',
    })
    expect(broken.json()).toMatchObject({ status: '400', scimType: 'invalidSyntax' })
    await testApp.activity.flush()
    const { refusals, counts, lastSyncAt, baseUrl } = (await manage('GET', '/scim')).json<ScimSettings>()
    expect(refusals[0]).toMatchObject({ request: 'POST /scim/v2/Users', status: 400 })
    expect(refusals).toHaveLength(10)
    expect(counts.active).toBeGreaterThan(3)
    expect(lastSyncAt).not.toBeNull()
    expect(baseUrl).toBe('http://localhost/scim/v2')
  })

  test('somebody who did not come from the directory is neither seen nor taken over by their e-mail', async () => {
    const { email, id } = testApp.users.editor
    const taken = await scim('POST', '/Users', { userName: email })
    expect(taken.json()).toMatchObject({
      status: '409',
      scimType: 'uniqueness',
      [SCIM_REFUSAL_SCHEMA]: { rule: 'user.email-taken' },
    })
    expect((await scim('GET', `/Users/${id}`)).statusCode).toBe(404)
    expect((await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })).statusCode).toBe(404)
    expect((await scim('DELETE', `/Users/${id}`)).statusCode).toBe(404)
    const other = await addUser('other')
    const moved = await patch(`/Users/${other}`, { op: 'replace', path: 'userName', value: email })
    expect(moved.json()).toMatchObject({ status: '409' })
    const byHand = await manage('POST', '/groups', { name: 'Board' })
    const group = await addGroup('Board', [other])
    expect(
      (await testApp.store.selectFrom('groups').select(['name', 'source']).where('id', '=', group).execute())[0],
    ).toEqual({ name: 'Board (SCIM)', source: 'scim' })
    expect((await scim('DELETE', `/Groups/${byHand.json().id}`)).statusCode).toBe(404)
    for (const answer of [
      await manage('PATCH', `/groups/${group}`, { name: 'Mine' }),
      await manage('DELETE', `/groups/${group}?unshare=true`),
      await manage('DELETE', `/groups/${group}/members/${other}`),
    ]) {
      expect(answer.json()).toMatchObject({ status: 409, details: { rule: 'group.source' } })
    }
  })

  describe('with roles that follow groups', () => {
    let admins: string
    let sales: string
    let ada: string
    let eve: string

    beforeAll(async () => {
      ada = await addUser('ada')
      eve = await addUser('eve')
      admins = await addGroup('Directory admins', [ada])
      sales = await addGroup('Sales', [eve])
      const body = {
        enabled: true,
        defaultRole: 'viewer',
        custodianId: testApp.users.superadmin.id,
        roles: [
          { groupId: admins, role: 'admin' },
          { groupId: sales, role: 'editor' },
        ],
      }
      const plan = (await manage('POST', '/role-mapping/plan', body)).json<RolePlan>()
      const saved = await manage('PUT', '/role-mapping', { ...body, planVersion: plan.version })
      expect(saved.statusCode, saved.body).toBe(200)
    })

    test('AC-03: a PATCH takes somebody out of a group, and their live session loses at once what came with it', async () => {
      const cookie = await signIn(eve)
      const elsewhere = await testApp.buildServer('another server')
      const ask = (method: 'GET' | 'POST', url: string, app = testApp.app) =>
        app.inject({
          method,
          url,
          headers: { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin' },
          ...(method === 'POST' && { payload: { title: 'Of Eve' } }),
        })
      expect(await roleIn(cookie)).toBe('editor')
      expect(await roleIn(cookie, elsewhere.app)).toBe('editor')
      const own = (await ask('POST', '/workspace-api/maps')).json().id
      const shared = await testApp.request({
        method: 'POST',
        url: '/workspace-api/maps',
        as: 'editor',
        payload: { title: 'M' },
      })
      const mapUrl = `/workspace-api/maps/${shared.json().id}`
      const sharing = { privacy: 'shared', groupIds: [sales] }
      await testApp.request({ method: 'PUT', url: `${mapUrl}/sharing`, as: 'editor', payload: sharing })
      expect((await ask('GET', mapUrl)).statusCode).toBe(200)
      expect((await ask('GET', mapUrl, elsewhere.app)).statusCode).toBe(200)

      const removed = await patch(`/Groups/${sales}`, { op: 'Remove', path: 'members', value: [{ value: eve }] })
      expect(removed.statusCode, removed.body).toBe(200)
      expect(await membersOf(sales)).toEqual([])
      expect(await roleIn(cookie)).toBe('viewer')
      expect((await ask('GET', mapUrl)).statusCode).toBe(404)
      expect((await ask('POST', '/workspace-api/maps')).statusCode).toBe(403)
      // The other server remembers for a second, by a clock that stands still here.
      testApp.clock.advance(1_001)
      expect(await roleIn(cookie, elsewhere.app)).toBe('viewer')
      expect((await ask('GET', mapUrl, elsewhere.app)).statusCode).toBe(404)
      const row = await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', own).executeTakeFirst()
      expect(row?.owner_id).toBe(testApp.users.superadmin.id)
      await patch(`/Users/${eve}`, { op: 'replace', path: 'active', value: false })
      testApp.clock.advance(1_001)
      expect(await roleIn(cookie, elsewhere.app)).toBeNull()
      await patch(`/Users/${eve}`, { op: 'replace', path: 'active', value: true })
    })

    test('who gets in when the identity provider is down stays an admin, whatever the directory says', async () => {
      const { store, organizationId, clock } = testApp
      const enforcement = { organization_id: organizationId, break_glass_user_id: ada, enforced_at: clock.now() }
      await store
        .insertInto('sso_enforcements')
        .values({ ...enforcement, guests_exempt: false })
        .execute()
      const tries = [
        () => patch(`/Groups/${admins}`, { op: 'remove', path: `members[value eq "${ada}"]` }),
        () => patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: false }),
        () => scim('DELETE', `/Users/${ada}`),
      ]
      for (const attempt of tries) {
        expect((await attempt()).json()).toMatchObject({
          status: '409',
          detail: expect.stringContaining('provider is down'),
        })
      }
      expect(await rowOf(ada)).toMatchObject({ role: 'admin', disabled_at: null })
      await store.deleteFrom('sso_enforcements').where('organization_id', '=', organizationId).execute()
    })

    test('AC-04: the last admin is not lost by membership, deactivation, deletion or the end of the group', async () => {
      const others = [testApp.users.admin.id, testApp.users.superadmin.id]
      const setDisabled = (at: Date | null) =>
        testApp.store.updateTable('users').set({ disabled_at: at }).where('id', 'in', others).execute()
      await setDisabled(testApp.clock.now())
      const tries = [
        () => patch(`/Groups/${admins}`, { op: 'remove', path: `members[value eq "${ada}"]` }),
        () => scim('PUT', `/Groups/${admins}`, { displayName: 'Directory admins', members: [] }),
        () => patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: false }),
        () => scim('DELETE', `/Users/${ada}`),
        () => scim('DELETE', `/Groups/${admins}`),
      ]
      for (const attempt of tries) expect((await attempt()).json()).toMatchObject({ status: '409' })
      expect(await membersOf(admins)).toEqual([ada])
      expect(await rowOf(ada)).toMatchObject({ role: 'admin', disabled_at: null })
      const second = await addUser('second')
      await patch(`/Groups/${admins}`, { op: 'add', path: 'members', value: [{ value: second }] })
      // Each of the two is removed by a request of its own, at the same moment.
      const answers = await Promise.all(
        [ada, second].map((id) => patch(`/Groups/${admins}`, { op: 'remove', path: `members[value eq "${id}"]` })),
      )
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
      const ends = await Promise.all([ada, second].map((id) => scim('DELETE', `/Users/${id}`)))
      expect(ends.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409])
      await setDisabled(null)
    })

    test('who is deleted leaves what they own to the custodian, also when they were kept out before', async () => {
      const id = await addUser('leaver')
      await patch(`/Groups/${sales}`, { op: 'add', path: 'members', value: [{ value: id }] })
      const cookie = await signIn(id)
      const made = await testApp.app.inject({
        method: 'POST',
        url: '/workspace-api/maps',
        headers: { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin' },
        payload: { title: 'Left' },
      })
      const map = made.json().id
      const ownerOf = async () =>
        (await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', map).executeTakeFirst())?.owner_id
      await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
      expect(await ownerOf()).toBe(id)
      expect((await scim('DELETE', `/Users/${id}`)).statusCode).toBe(204)
      expect(await ownerOf()).toBe(testApp.users.superadmin.id)
      expect((await eventsOf('user.deleted')).at(-1)).toMatchObject({
        asset_id: id,
        details: { cause: 'scim', maps: 1, receiver: testApp.users.superadmin.email },
      })
    })

    test('the same person and the same group added twice at the same moment are there once', async () => {
      const twice = await Promise.all([1, 2].map(() => scim('POST', '/Users', { userName: 'twin@corp.example' })))
      expect(twice.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409])
      const groups = await Promise.all([1, 2].map(() => scim('POST', '/Groups', { displayName: 'Twins' })))
      expect(groups.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409])
      const people = [await addUser(`t${createId()}`), await addUser(`t${createId()}`), await addUser(`t${createId()}`)]
      const group = groups.find(({ statusCode }) => statusCode === 201)?.json().id
      const joins = await Promise.all(
        people.map((value) => patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value }] })),
      )
      expect(joins.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
      expect((await membersOf(group)).sort()).toEqual(people.sort())
    })
  })
}
