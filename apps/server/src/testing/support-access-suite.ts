import {
  type ActivityEvent,
  emptyMapDocument,
  type InvitationList,
  type MapSummary,
  type PersonList,
  type Role,
  type SessionInfo,
  type SharingDetail,
  type SupportGrant,
  type SupportGrantList,
  type SupportLink,
} from '@graticule/contract'
import { sql } from 'kysely'
import { TOTP } from 'otpauth'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UserStore } from '../features/users/user-store.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'
import {
  askForSupport,
  cookieIn,
  enableSupport,
  enterBySupportLink,
  openSupportLink,
  SUPPORT_EMAIL,
  type SupportGuest,
  sendAs,
} from './support-guest.ts'

const DAY_MS = 24 * 60 * 60_000

/** What holds of support access on every engine that may keep it. */
export function describeSupportAccess(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const list = async (as: Role = 'admin') =>
    (await testApp.request({ url: '/workspace-api/support-access', as })).json<SupportGrantList>().grants
  const people = async (query = '') =>
    (await testApp.request({ url: `/workspace-api/users?${query}`, as: 'admin' })).json<PersonList>().people
  const revoke = (as: Role, { id }: SupportGrant, receiverId: string) =>
    testApp.request({ method: 'POST', url: `/workspace-api/support-access/${id}/revoke`, as, payload: { receiverId } })
  const eventsOf = (type: string) =>
    testApp.store.selectFrom('activity').selectAll().where('type', '=', type).orderBy('position').execute()
  const ownerOf = async (mapId: string) =>
    (await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', mapId).executeTakeFirstOrThrow())
      .owner_id

  async function enter(as: Role = 'admin', changes = {}): Promise<{ guest: SupportGuest; grant: SupportGrant }> {
    const { grant, links } = await enableSupport(testApp, as, changes)
    return { grant, guest: await enterBySupportLink(testApp, links[0]?.link ?? '') }
  }

  async function makeMap(guest: SupportGuest, title: string): Promise<string> {
    const payload = { document: emptyMapDocument(title) }
    const made = await guest.request({ method: 'POST', url: '/workspace-api/maps', payload })
    expect(made.statusCode, made.body).toBe(201)
    return made.json().id
  }

  /** One more admin, who was there before everybody else. */
  async function addOldestAdmin(): Promise<string> {
    const id = createId()
    const createdAt = new Date(testApp.clock.now().getTime() - 365 * DAY_MS)
    await testApp.store
      .insertInto('users')
      .values({
        id,
        organization_id: testApp.organizationId,
        email: 'olga@example.org',
        name: 'Olga',
        role: 'admin',
        created_at: createdAt,
      })
      .execute()
    return id
  }

  test('AC-24: support access for a day lets in before, and afterwards its person is gone and their maps are the enabler’s', async () => {
    await addOldestAdmin()
    const { guest } = await enter()
    const map = await makeMap(guest, 'Made by support')
    testApp.clock.advance(DAY_MS - 60_000)
    expect((await guest.request({ url: '/auth/session' })).json<SessionInfo>()).toMatchObject({
      user: { email: SUPPORT_EMAIL, role: 'admin' },
      support: { endsAt: new Date(testApp.clock.now().getTime() + 60_000).toISOString() },
    })
    testApp.clock.advance(60_000)
    // At once, before anybody has tidied up.
    const over = await guest.request({ url: '/auth/session' })
    expect([over.statusCode, over.json().code]).toEqual([401, 'session_expired'])
    expect(await ownerOf(map)).not.toBe(idOf('admin'))

    await (await testApp.buildServer('sweeping-server')).sweep()
    expect(await ownerOf(map)).toBe(idOf('admin'))
    expect((await people()).map(({ email }) => email)).not.toContain(SUPPORT_EMAIL)
    const sessions = await testApp.store
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['revoked_at', 'deleted_at', 'disabled_at'])
      .where('users.email', '=', SUPPORT_EMAIL)
      .execute()
    expect(sessions).toHaveLength(1)
    expect(Object.values(sessions[0] ?? {})).not.toContain(null)
    expect(await list()).toMatchObject([
      { state: 'expired', endedBy: null, receiver: { id: idOf('admin') }, people: [{ email: SUPPORT_EMAIL }] },
    ])
    const transfers = await eventsOf('map.transferred')
    expect(transfers).toMatchObject([{ asset_id: map, actor_kind: 'system', details: { to: 'admin@example.org' } }])
  })

  test('AC-24: whom support invites owns nothing, and who has not come when it ends does not come any more', async () => {
    const { guest, grant } = await enter()
    const payloadOf = (role: Role, email: string) => ({ emails: [email], role })
    const invite = (role: Role, email: string) =>
      guest.request({ method: 'POST', url: '/workspace-api/invitations', payload: payloadOf(role, email) })
    for (const role of ['editor', 'admin', 'superadmin'] as const) {
      const refused = await invite(role, 'me@vendor.example')
      expect([refused.statusCode, refused.json().details.rule], role).toEqual([
        403,
        role === 'superadmin' ? 'invitation.superadmin' : 'invitation.support',
      ])
    }
    // An admin's invitation of an editor cannot be resent, whose new link support would see.
    const payload = payloadOf('editor', 'edda@example.org')
    const byAdmin = await testApp.request({ method: 'POST', url: '/workspace-api/invitations', as: 'admin', payload })
    const { id } = byAdmin.json().results[0].invitation
    const resent = await guest.request({ method: 'POST', url: `/workspace-api/invitations/${id}/resend` })
    expect(resent.statusCode, resent.body).toBe(403)

    const links: string[] = []
    for (const email of ['early@example.org', 'late@example.org']) {
      const [{ invitation, link }] = (await invite('viewer', email)).json().results
      expect(invitation.expiresAt).toBe(grant.expiresAt)
      links.push(link.split('#')[1])
    }
    const accept = (token: string | undefined) => {
      const accepting = { token, name: 'Somebody', password: 'a long enough password' }
      return testApp.request({ method: 'POST', url: '/auth/invitation', payload: accepting })
    }
    const accepted = await accept(links[0])
    expect(accepted.statusCode, accepted.body).toBeLessThan(300)
    testApp.clock.advance(DAY_MS)
    expect((await accept(links[1])).statusCode).toBeGreaterThanOrEqual(400)
    await (await testApp.buildServer('sweeping-server')).sweep()
    const left = (await testApp.request({ url: '/workspace-api/invitations', as: 'admin' })).json<InvitationList>()
    const stateOf = (email: string) => left.invitations.find((invitation) => invitation.email === email)?.state
    expect(['early@example.org', 'late@example.org', 'edda@example.org'].map(stateOf)).toEqual([
      'accepted',
      'withdrawn',
      'pending',
    ])
    expect(await eventsOf('invitation.withdrawn')).toMatchObject([
      { details: { email: 'late@example.org', cause: 'support-access' } },
    ])
    const early = (await people('search=early%40example.org'))[0]
    expect(early?.role).toBe('viewer')
  })

  test('AC-24: when the enabler was deleted or may own nothing any more, the oldest admin gets what support owned', async () => {
    const oldest = await addOldestAdmin()
    const { guest } = await enter()
    const map = await makeMap(guest, 'Made by support')
    const url = `/workspace-api/users/${idOf('admin')}?receiverId=${idOf('superadmin')}`
    expect((await testApp.request({ method: 'DELETE', url, as: 'superadmin' })).statusCode).toBe(204)
    expect((await guest.request({ url: '/auth/session' })).statusCode).toBe(200)
    testApp.clock.advance(DAY_MS)
    const server = await testApp.buildServer('sweeping-server')
    await server.sweep()
    expect(await ownerOf(map)).toBe(oldest)

    const setRole = (role: Role) =>
      testApp.store.updateTable('users').set({ role }).where('id', '=', idOf('editor')).execute()
    await setRole('admin')
    const { guest: second } = await enter('editor')
    const later = await makeMap(second, 'Made by support again')
    await setRole('viewer')
    testApp.clock.advance(DAY_MS)
    await server.sweep()
    expect(await ownerOf(later)).toBe(oldest)
  })

  test('AC-24: it cannot extend or end itself, change roles, delete people, read the log or outbox, or make tokens', async () => {
    const { guest, grant } = await enter()
    const editor = `/workspace-api/users/${idOf('editor')}`
    const refused = await Promise.all([
      guest.request({ url: '/workspace-api/support-access' }),
      guest.request({ method: 'POST', url: '/workspace-api/support-access', payload: { ...ENABLE, days: 180 } }),
      guest.request({ method: 'POST', url: `/workspace-api/support-access/${grant.id}/revoke`, payload: RECEIVER }),
      guest.request({ method: 'PATCH', url: editor, payload: { role: 'admin' } }),
      guest.request({ method: 'DELETE', url: `${editor}?receiverId=${idOf('admin')}` }),
      guest.request({ url: '/v3/activity' }),
      guest.request({ url: '/workspace-api/outbox' }),
      guest.request({ method: 'POST', url: '/workspace-api/domains', payload: { domain: 'vendor.example' } }),
      guest.request({ method: 'POST', url: '/v3/tokens', payload: TOKEN }),
      guest.request({
        method: 'POST',
        url: '/workspace-api/invitations',
        payload: { emails: ['a@b.c'], role: 'admin' },
      }),
    ])
    expect(refused.map(({ statusCode }) => statusCode)).toEqual(refused.map(() => 403))
    expect(refused[3]?.json()).toMatchObject({
      error: 'Support access cannot change the roles of people; ask an admin of the organization to do it.',
      details: { rule: 'support.user.change-role' },
    })
    const map = await makeMap(guest, 'Private')
    const url = `/workspace-api/maps/${map}/privacy`
    const published = await guest.request({ method: 'POST', url, payload: { privacy: 'public' } })
    expect(published.json()).toMatchObject({ status: 403, details: { rule: 'support.map.publish' } })
    const sharing = (await guest.request({ url: `/workspace-api/maps/${map}/sharing` })).json<SharingDetail>()
    expect(sharing.choices.public).toEqual({ allowed: false, reason: published.json().error })
    expect(sharing.choices.organization.allowed).toBe(true)
    expect(await list()).toMatchObject([{ expiresAt: grant.expiresAt, state: 'active' }])
  })

  test('its person comes by a link that works once, has no session before a second factor, and proves it the next time', async () => {
    // An identity provider of the organization does not know people from outside.
    await testApp.store
      .insertInto('sso_enforcements')
      .values({
        organization_id: testApp.organizationId,
        guests_exempt: false,
        break_glass_user_id: idOf('admin'),
        enforced_at: testApp.clock.now(),
      })
      .execute()
    const { grant, links } = await enableSupport(testApp, 'superadmin', { role: 'viewer', days: 30 })
    const [{ email, link = '' } = { email: '' }] = links
    expect([email, link]).toEqual([SUPPORT_EMAIL, expect.stringMatching(/^http:\/\/localhost\/support#gtl_/)])
    const { answer, cookie } = await openSupportLink(testApp, link)
    expect(answer.json()).toMatchObject({ secondStep: 'enrol', email: SUPPORT_EMAIL })
    expect(cookieIn(answer, 'graticule_session')).toBe('')
    expect((await sendAs(testApp, cookie, { url: '/auth/session' })).statusCode).toBe(401)
    expect((await openSupportLink(testApp, link)).answer.statusCode).toBe(401)

    const [person] = grant.people
    const renew = () =>
      testApp.request({
        method: 'POST',
        url: `/workspace-api/support-access/${grant.id}/people/${person?.id}/link`,
        as: 'admin',
      })
    const second = (await renew()).json<SupportLink>().link ?? ''
    const third = (await renew()).json<SupportLink>().link ?? ''
    expect((await openSupportLink(testApp, second)).answer.statusCode).toBe(401)
    const { secret } = await enterBySupportLink(testApp, third)
    testApp.clock.advance(60_000)
    const again = await openSupportLink(testApp, (await renew()).json<SupportLink>().link ?? '')
    expect(again.answer.json()).toMatchObject({ secondStep: 'prove' })
    const code = new TOTP({ secret }).generate({ timestamp: testApp.clock.now().getTime() })
    const payload = { proof: { kind: 'totp', code } }
    const proved = await sendAs(testApp, again.cookie, { method: 'POST', url: '/auth/second-step', payload })
    expect(proved.statusCode, proved.body).toBe(200)
    const guest = cookieIn(proved, 'graticule_session')
    // Read-only: the scope that was chosen. The factor must stay, and there is no password.
    const post = (url: string, body: object) => sendAs(testApp, guest, { method: 'POST', url, payload: body })
    expect((await post('/workspace-api/maps', { document: emptyMapDocument('No') })).statusCode).toBe(403)
    testApp.clock.advance(60_000)
    const fresh = new TOTP({ secret }).generate({ timestamp: testApp.clock.now().getTime() })
    const removed = await post('/auth/totp/remove', { proof: { kind: 'totp', code: fresh } })
    expect(removed.json()).toMatchObject({ status: 409, details: { rule: 'factor-removal.required' } })
    await post('/auth/password/link', { email: SUPPORT_EMAIL })
    const makeLink = { method: 'POST', url: `/workspace-api/users/${person?.id}/password-link`, as: 'admin' } as const
    expect((await testApp.request(makeLink)).json().details.rule).toBe('password-link.support')
    const links2 = await testApp.store.selectFrom('sign_in_links').select('purpose').execute()
    expect(links2.map(({ purpose }) => purpose)).not.toContain('password')

    testApp.clock.advance(DAY_MS + 1)
    const last = (await renew()).json<SupportLink>().link ?? ''
    testApp.clock.advance(DAY_MS + 1)
    expect((await openSupportLink(testApp, last)).answer.statusCode).toBe(401)
  })

  test('what they do is logged as theirs with the grant, and they count nowhere among the organization’s own', async () => {
    await testApp.store.updateTable('organizations').set({ editor_seats: 3 }).execute()
    const { guest, grant } = await enter()
    const map = await makeMap(guest, 'Made by support')
    const log = await testApp.request({ url: '/v3/activity?type=map', as: 'admin' })
    const [event] = log.json<{ events: ActivityEvent[] }>().events
    expect(event).toMatchObject({ assetId: map, actor: { email: SUPPORT_EMAIL }, supportGrantId: grant.id })
    expect((await eventsOf('session.created')).map((row) => row.support_grant_id)).toEqual([grant.id])
    expect((await eventsOf('support-access.enabled')).map((row) => row.support_grant_id)).toEqual([null])

    const settings = (await testApp.request({ url: '/workspace-api/organization', as: 'admin' })).json()
    expect(settings.seats.editor).toEqual({ used: 3, limit: 3 })
    expect((await people(`search=${SUPPORT_EMAIL}`)).map(({ isSupport }) => isSupport)).toEqual([true])
    const shared = await testApp.request({ url: `/workspace-api/maps/${map}/sharing`, as: 'superadmin' })
    expect(shared.json<SharingDetail>().people).toContainEqual(
      expect.objectContaining({ email: SUPPORT_EMAIL, isSupport: true, paths: ['owner'] }),
    )
    expect((await people('mayOwn=true')).map(({ email }) => email)).not.toContain(SUPPORT_EMAIL)
    // Neither an admin whom the organization could be left to, nor a receiver.
    const store = new UserStore(testApp.store)
    expect((await store.readHeadcount(testApp.organizationId)).admins).toBe(2)
    const locked = await testApp.store
      .transaction()
      .execute((transaction) => store.lockPeople(transaction, testApp.organizationId, [idOf('editor')]))
    expect(locked.filter(({ isAdmin }) => isAdmin).map(({ id }) => id)).not.toContain(grant.people[0]?.id)
    const url = `/workspace-api/users/${idOf('editor')}?receiverId=${grant.people[0]?.id}`
    const given = await testApp.request({ method: 'DELETE', url, as: 'admin' })
    expect(given.json().details.rule).toBe('deletion.receiver.support')
    const taken = await askForSupport(testApp, 'admin', { emails: ['editor@example.org'] })
    expect(taken.statusCode).toBe(409)
  })

  test('an early end asks for somebody who can receive, takes effect at once and stays on record', async () => {
    const { guest, grant } = await enter()
    const map = await makeMap(guest, 'Made by support')
    const payload = { name: 'A project of support' }
    expect((await guest.request({ method: 'POST', url: '/v3/projects', payload })).statusCode).toBe(201)
    expect((await list())[0]?.people.map(({ ownedCount }) => ownedCount)).toEqual([2])
    expect((await revoke('admin', grant, undefined as unknown as string)).statusCode).toBe(400)
    expect((await revoke('admin', grant, 'nobody')).statusCode).toBe(404)
    expect((await revoke('admin', grant, idOf('viewer'))).json().details.rule).toBe('transfer.role')
    expect((await revoke('admin', grant, grant.people[0]?.id ?? '')).json().details.rule).toBe('transfer.support')
    expect((await guest.request({ url: '/auth/session' })).statusCode).toBe(200)

    expect((await revoke('superadmin', grant, idOf('editor'))).statusCode).toBe(204)
    expect((await guest.request({ url: '/auth/session' })).statusCode).toBe(401)
    expect(await ownerOf(map)).toBe(idOf('editor'))
    const projects = await testApp.store.selectFrom('projects').select('owner_id').execute()
    expect(projects).toEqual([{ owner_id: idOf('editor') }])
    expect((await revoke('superadmin', grant, idOf('editor'))).statusCode).toBe(409)
    // A longer one is another grant, also for the same person.
    const next = await enableSupport(testApp, 'admin', { days: 180 })
    expect((await askForSupport(testApp, 'admin')).statusCode).toBe(409)
    expect(await list()).toMatchObject([
      { id: next.grant.id, state: 'active', endedAt: null, people: [{ email: SUPPORT_EMAIL, ownedCount: 0 }] },
      { id: grant.id, state: 'revoked', endedBy: { id: idOf('superadmin') }, receiver: { id: idOf('editor') } },
    ])
    const mapsOfEditor = await testApp.request({ url: '/workspace-api/maps', as: 'editor' })
    expect(mapsOfEditor.json<{ maps: MapSummary[] }>().maps.map(({ id }) => id)).toEqual([map])
  })

  test('an overdue grant stands in nobody’s way, and two servers that sweep at once end it once', async () => {
    const { guest } = await enter()
    await makeMap(guest, 'Made by support')
    testApp.clock.advance(DAY_MS)
    const servers = [await testApp.buildServer('one-server'), await testApp.buildServer('another-server')]
    await Promise.all(servers.map((server) => server.sweep()))
    expect(await eventsOf('support-access.expired')).toHaveLength(1)
    expect(await eventsOf('user.deleted')).toHaveLength(1)
    await enableSupport(testApp, 'admin')
    testApp.clock.advance(DAY_MS)
    await enableSupport(testApp, 'admin')
    expect((await list()).map(({ state }) => state)).toEqual(['active', 'expired', 'expired'])
  })

  test('what cannot be enabled is refused, and grants of another organization are not there', async () => {
    const refusals = [
      { consent: false },
      { days: 2 },
      { role: 'superadmin' },
      { reason: '  ' },
      { emails: [] },
      { emails: ['sid'] },
      { emails: ['sid@vendor.example', 'SID@vendor.example'] },
    ]
    for (const changes of refusals) {
      expect((await askForSupport(testApp, 'admin', changes as never)).statusCode, JSON.stringify(changes)).toBe(400)
    }
    expect((await askForSupport(testApp, 'editor')).statusCode).toBe(403)
    const { grant } = await enableSupport(testApp, 'admin')
    await testApp.store
      .insertInto('organizations')
      .values({ id: 'ac_abroad', name: 'Abroad', is_demo: false, created_at: testApp.clock.now() })
      .execute()
    await sql`UPDATE support_grants SET organization_id = 'ac_abroad'`.execute(testApp.store)
    expect(await list()).toEqual([])
    expect((await revoke('admin', grant, idOf('admin'))).statusCode).toBe(404)
    const url = `/workspace-api/support-access/${grant.id}/people/${grant.people[0]?.id}/link`
    expect((await testApp.request({ method: 'POST', url, as: 'admin' })).statusCode).toBe(404)
  })

  test('admins are told when it begins and when it ends', async () => {
    const { grant } = await enableSupport(testApp, 'admin')
    await revoke('admin', grant, idOf('admin'))
    const { mails } = (await testApp.request({ url: '/workspace-api/outbox', as: 'superadmin' })).json()
    const subjects = mails.map((mail: { to: string; subject: string }) => `${mail.to}: ${mail.subject}`).reverse()
    expect(subjects).toEqual([
      `${SUPPORT_EMAIL}: Support access to Test Organization on Graticule`,
      'superadmin@example.org: Support access to Test Organization is enabled',
      'superadmin@example.org: Support access to Test Organization has ended',
    ])
  })
}

const ENABLE = { days: 1, role: 'admin', reason: 'More', emails: ['more@vendor.example'], consent: true }
const RECEIVER = { receiverId: 'none' }
const TOKEN = { name: 'mine', grants: [{ connection_name: 'c', source: '*' }], allowed_apis: ['sql'] }
