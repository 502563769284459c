import type {
  OrganizationPlan,
  OrganizationPlanBody,
  OrganizationSettings,
  OrganizationUpdateBody,
  Role,
} from '@graticule/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestApp } from './create-test-app.ts'

/** What holds of an organization's settings and seats on every engine that may keep them. */
export function describeOrganization(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const read = (as: Role) => testApp.request({ url: '/workspace-api/organization', as })
  const update = (as: Role, payload: OrganizationUpdateBody) =>
    testApp.request({ method: 'PATCH', url: '/workspace-api/organization', as, payload })
  const plan = (as: Role, payload: OrganizationPlanBody) =>
    testApp.request({ method: 'POST', url: '/workspace-api/organization/plan', as, payload })
  const planned = async (payload: OrganizationPlanBody) => (await plan('superadmin', payload)).json<OrganizationPlan>()
  const invite = (role: Role, ...emails: string[]) =>
    testApp.request({ method: 'POST', url: '/workspace-api/invitations', as: 'admin', payload: { role, emails } })
  const give = (as: Role, id: string, role: Role) =>
    testApp.request({ method: 'PATCH', url: `/workspace-api/users/${id}`, as, payload: { role } })

  test('admins read the settings and the use of seats, which are unlimited at first; nobody else may', async () => {
    for (const as of ['superadmin', 'admin'] as const) {
      expect((await read(as)).json<OrganizationSettings>()).toEqual({
        id: testApp.organizationId,
        name: 'Test Organization',
        defaultRole: 'viewer',
        secondFactorRequired: false,
        sessionLength: {
          idleMinutes: null,
          absoluteMinutes: null,
          defaults: { idleMinutes: 7 * 24 * 60, absoluteMinutes: 30 * 24 * 60 },
        },
        seats: { editor: { used: 3, limit: null }, viewer: { used: 2, limit: null } },
      })
    }
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect((await read(as)).statusCode).toBe(403)
      expect((await update(as, { name: 'Ours' })).statusCode).toBe(403)
    }
  })

  test('an admin renames the organization and chooses the default role, with one event of what changed', async () => {
    const changed = await update('admin', { name: ' Meridian ', defaultRole: 'editor' })
    expect(changed.json()).toMatchObject({ name: 'Meridian', defaultRole: 'editor' })
    expect((await update('admin', { name: 'Meridian' })).statusCode).toBe(200)
    for (const name of ['', '   ', 'x'.repeat(101)]) expect((await update('admin', { name })).statusCode).toBe(400)
    const events = await testApp.store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'organization.updated')
      .orderBy('seq')
      .execute()
    expect(events.map(({ details }) => details)).toEqual([
      { name: { from: 'Test Organization', to: 'Meridian' }, default_role: { from: 'viewer', to: 'editor' } },
    ])
    const session = await testApp.request({ url: '/auth/session', as: 'viewer' })
    expect(session.json().organization.name).toBe('Meridian')
  })

  test('only a superadmin sets seats, and never fewer than are taken', async () => {
    const refused = await update('admin', { seats: { editor: 10 } })
    expect(refused.statusCode).toBe(403)
    expect(refused.json().error).toBe(
      'Your role (admin) cannot change how many seats there are; an admin can change your role.',
    )
    const tooFew = await update('superadmin', { seats: { editor: 2 } })
    expect(tooFew.statusCode).toBe(409)
    expect(tooFew.json().error).toBe('3 people have a seat for editors, so there cannot be only 2.')
    expect((await update('superadmin', { seats: { editor: 3, viewer: 4 } })).json().seats).toEqual({
      editor: { used: 3, limit: 3 },
      viewer: { used: 2, limit: 4 },
    })
    // A kind that is left out stays as it is.
    expect((await update('superadmin', { seats: { editor: null } })).json().seats).toEqual({
      editor: { used: 3, limit: null },
      viewer: { used: 2, limit: 4 },
    })
  })

  test('a plan of seats names who is invited and finds none any more, or finds one again, and changes nothing', async () => {
    await invite('editor', 'ann@new.example', 'bob@new.example')
    await invite('viewer', 'cy@new.example')
    expect(await planned({ seats: { editor: 5, viewer: 9 } })).toMatchObject({
      effects: [
        { kind: 'change', name: null, sentence: 'There are 5 seats for editors; 3 are taken.' },
        { kind: 'change', name: null, sentence: 'There are 9 seats for viewers; 2 are taken.' },
      ],
      problems: [],
    })
    const full = await planned({ seats: { editor: 3 } })
    expect(full.effects.slice(1)).toEqual(
      ['ann@new.example', 'bob@new.example'].map((name) => ({
        kind: 'loss',
        section: 'seats',
        name,
        sentence: 'Cannot accept their invitation as editor, because no seat is free.',
      })),
    )
    expect((await planned({ seats: { editor: 4 } })).effects[1]).toMatchObject({
      kind: 'loss',
      sentence: 'Is invited as editor; 1 of the 2 who are invited finds a seat.',
    })
    expect((await planned({ seats: { editor: 2 } })).problems).toEqual([
      '3 people have a seat for editors, so there cannot be only 2.',
    ])
    expect((await read('admin')).json().seats.editor.limit).toBeNull()
    await update('superadmin', { seats: { editor: 3 } })
    expect((await planned({ seats: { editor: null } })).effects).toMatchObject([
      { kind: 'change', sentence: 'There may be any number of seats for editors; 3 are taken.' },
      { kind: 'gain', name: 'ann@new.example', sentence: 'Can accept their invitation as editor.' },
      { kind: 'gain', name: 'bob@new.example' },
    ])
    const refused = await plan('admin', { seats: { editor: 9 } })
    expect([refused.statusCode, refused.json().details.rule]).toEqual([403, 'role.admin.organization.set-seats.none'])
  })

  test('a plan names who must set up a second factor and says what else changes; a change of what it says is refused', async () => {
    const body = { secondFactorRequired: true, defaultRole: 'editor', sessionLength: { idleMinutes: 30 } } as const
    expect((await planned({ secondFactorRequired: true })).effects).toMatchObject([
      { kind: 'change', name: null, sentence: 'Passwords alone are not enough any more; nobody has to do anything.' },
    ])
    await testApp.store
      .updateTable('users')
      .set({ password_hash: 'some' })
      .where('role', 'in', ['editor', 'guest'])
      .execute()
    const seen = await planned(body)
    expect(seen.effects.filter(({ kind }) => kind === 'change').map(({ sentence }) => sentence)).toEqual([
      'People who come without an invitation get the role editor.',
      'A session that nobody uses ends after 30 minutes.',
    ])
    const losers = seen.effects.filter(({ kind }) => kind === 'loss')
    expect(losers.map(({ name }) => name)).toEqual(['The editor', 'The guest'])
    expect(new Set(losers.map(({ sentence }) => sentence))).toEqual(
      new Set(['Must set up a second factor before they get in again.']),
    )
    expect((await planned({ sessionLength: { absoluteMinutes: 60 } })).problems).toEqual([
      'A session cannot rest for 10080 minutes when it ends after 60 in any case; shorten the rest or lengthen the whole.',
    ])
    // Somebody else gets there first, and what was looked at is not what would happen.
    await update('admin', { defaultRole: 'editor' })
    const refused = await update('admin', { ...body, planVersion: seen.version })
    expect([refused.statusCode, refused.json().details.rule]).toEqual([409, 'organization.plan'])
    expect((await read('admin')).json().secondFactorRequired).toBe(false)
    const again = await planned(body)
    expect((await update('admin', { ...body, planVersion: again.version })).statusCode).toBe(200)
    expect((await planned(body)).effects).toEqual([])
  })

  test('a promotion or demotion into full seats is refused with the count, and greyed out beforehand', async () => {
    await update('superadmin', { seats: { editor: 3, viewer: 2 } })
    const promoted = await give('admin', idOf('viewer'), 'editor')
    expect(promoted.statusCode).toBe(403)
    expect(promoted.json()).toMatchObject({
      error: 'All seats for editors are taken (3 of 3); a superadmin can add seats, or free one by changing a role.',
      details: { rule: 'seat.editor' },
    })
    const demoted = await give('admin', idOf('editor'), 'viewer')
    expect(demoted.json().details.rule).toBe('seat.viewer')
    const people = (await testApp.request({ url: '/workspace-api/users', as: 'admin' })).json().people
    for (const person of people) {
      const blocked = person.permissions.roles.filter((each: { reason?: string }) =>
        each.reason?.startsWith('All seats'),
      )
      const expected = { editor: ['viewer', 'guest'], viewer: ['editor'], guest: ['editor'] }[person.role as string]
      expect(
        blocked.map((each: { role: Role }) => each.role),
        person.role,
      ).toEqual(expected ?? [])
    }
    // Within one kind of seat nothing is taken or freed.
    expect((await give('admin', idOf('viewer'), 'guest')).statusCode).toBe(200)
    expect((await give('admin', idOf('editor'), 'admin')).statusCode).toBe(200)
  })

  test('a seat that somebody leaves is free at once', async () => {
    await update('superadmin', { seats: { editor: 3, viewer: 2 } })
    const gone = await testApp.request({
      method: 'DELETE',
      url: `/workspace-api/users/${idOf('editor')}?receiverId=${idOf('admin')}`,
      as: 'admin',
    })
    expect(gone.statusCode).toBe(204)
    expect((await give('admin', idOf('viewer'), 'editor')).statusCode).toBe(200)
  })

  test('of two promotions at once into the last seat one is refused', async () => {
    await update('superadmin', { seats: { editor: 4 } })
    const answers = await Promise.all([
      give('admin', idOf('viewer'), 'editor'),
      give('superadmin', idOf('guest'), 'editor'),
    ])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 403])
    expect((await read('admin')).json().seats.editor).toEqual({ used: 4, limit: 4 })
  })

  test('a quota that is lowered while somebody is promoted never lies below its use', async () => {
    const [limited, promoted] = await Promise.all([
      update('superadmin', { seats: { editor: 3 } }),
      give('admin', idOf('viewer'), 'editor'),
    ])
    expect([limited.statusCode, promoted.statusCode]).toSatisfy(
      ([limit, promotion]) => (limit === 200 && promotion === 403) || (limit === 409 && promotion === 200),
    )
  })

  test('an admin shortens sessions, which holds at once, for those under way, and on every server', async () => {
    const minutes = (count: number) => testApp.clock.advance(count * 60_000)
    const other = await testApp.buildServer('second-server')
    const [here, there] = [await testApp.signIn('editor'), await testApp.signIn('viewer')]
    const statusOf = async (cookie: string) =>
      (await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode
    const statusThere = async (cookie: string) =>
      (await other.app.inject({ url: '/auth/session', headers: { host: 'localhost', cookie } })).statusCode
    minutes(2 * 24 * 60)
    expect([await statusOf(here), await statusThere(there)]).toEqual([200, 200])
    const changed = await update('admin', { sessionLength: { idleMinutes: 30, absoluteMinutes: 3 * 24 * 60 } })
    expect(changed.json().sessionLength).toMatchObject({ idleMinutes: 30, absoluteMinutes: 3 * 24 * 60 })
    minutes(29)
    expect([await statusOf(here), await statusThere(there)]).toEqual([200, 200])
    const [summary] = (await testApp.request({ url: '/auth/sessions', headers: { cookie: here } })).json()
    const at = (days: number, extraMinutes = 0) =>
      new Date(new Date(summary.createdAt).getTime() + (days * 24 * 60 + extraMinutes) * 60_000).toISOString()
    expect(summary).toMatchObject({ expiresAt: at(3), idleExpiresAt: at(2, 29 + 30) })
    minutes(31)
    expect([await statusOf(here), await statusThere(there)]).toEqual([401, 401])
    // However busy it is, a session ends on its last day.
    const busy = await testApp.signIn('editor')
    for (let rest = 0; rest < 3 * 24 * 60 - 25; rest += 25) {
      if (rest % 500 === 0) expect(await statusOf(busy)).toBe(200)
      await testApp.store.updateTable('sessions').set({ last_seen_at: testApp.clock.now() }).execute()
      minutes(25)
    }
    expect(await statusOf(busy)).toBe(200)
    minutes(25)
    expect(await statusOf(busy)).toBe(401)
  })

  test('the length of sessions has bounds, and they never rest longer than they last', async () => {
    for (const sessionLength of [{ idleMinutes: 4 }, { idleMinutes: 129_601 }, { absoluteMinutes: 14 }]) {
      expect((await update('admin', { sessionLength })).statusCode).toBe(400)
    }
    const refused = await update('admin', { sessionLength: { absoluteMinutes: 60 } })
    expect([refused.statusCode, refused.json().error]).toEqual([
      409,
      'A session cannot rest for 10080 minutes when it ends after 60 in any case; shorten the rest or lengthen the whole.',
    ])
    expect((await update('admin', { sessionLength: { idleMinutes: 60, absoluteMinutes: 60 } })).statusCode).toBe(200)
    const back = await update('admin', { sessionLength: { idleMinutes: null, absoluteMinutes: null } })
    expect(back.json().sessionLength).toMatchObject({ idleMinutes: null, absoluteMinutes: null })
  })
}
