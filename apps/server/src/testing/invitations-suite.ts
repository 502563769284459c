import type { Invitation, InvitationList, InvitationSent, InviteResult, OutboxAnswer, Role } from '@graticule/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestApp } from './create-test-app.ts'

const DAY_MS = 86_400_000
const PASSWORD = 'correct horse battery'

/** What holds of invitations on every engine that may keep them. */
export function describeInvitations(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const post = (url: string, as?: Role, payload: object = {}) => testApp.request({ method: 'POST', url, as, payload })
  const inviteAll = (emails: readonly string[], role: Role, as: Role = 'admin') =>
    post('/workspace-api/invitations', as, { emails, role })
  const list = async (query = '') =>
    (await testApp.request({ url: `/workspace-api/invitations?${query}`, as: 'admin' })).json<InvitationList>()
  const accept = (token: string, name = 'Nina') =>
    post('/auth/invitation', undefined, { token, name, password: PASSWORD })
  const read = (token: string) => post('/auth/invitation/read', undefined, { token })
  const tokenOf = (link: string | undefined) => new URL(link ?? '').hash.slice(1)

  async function invite(email: string, role: Role = 'viewer'): Promise<{ invitation: Invitation; token: string }> {
    const answer = await inviteAll([email], role)
    expect(answer.statusCode, answer.body).toBe(200)
    const [result] = answer.json<{ results: InviteResult[] }>().results
    if (result?.outcome !== 'invited') throw new Error(answer.body)
    return { invitation: result.invitation, token: tokenOf(result.link) }
  }

  const countPeople = async (email: string) =>
    (await testApp.store.selectFrom('users').select('id').where('email', '=', email).execute()).length

  test('several addresses are invited at once, and each that cannot be is told why', async () => {
    await invite('known@example.org')
    const answer = await inviteAll(
      [
        'nina@example.org',
        ' bob@example.org ',
        'NINA@example.org',
        'Editor@Example.org',
        'known@example.org',
        'nobody',
      ],
      'editor',
    )
    const { results } = answer.json<{ results: InviteResult[] }>()
    expect(results.map((result) => [result.email, result.outcome === 'refused' ? result.reason : result.link])).toEqual(
      [
        ['nina@example.org', expect.stringMatching(/^http:\/\/localhost\/invitation#gti_[\w-]{43}$/)],
        ['bob@example.org', expect.stringMatching(/^http:\/\/localhost\/invitation#gti_[\w-]{43}$/)],
        ['NINA@example.org', 'This address stands in the list twice.'],
        ['Editor@Example.org', 'Somebody with this e-mail is already in the organization.'],
        ['known@example.org', 'This address has been invited already; resend that invitation, or withdraw it first.'],
        ['nobody', 'This is not an e-mail address; it looks like name@example.org.'],
      ],
    )
    const { invitations, total } = await list()
    expect(total).toBe(3)
    expect(invitations.find(({ email }) => email === 'bob@example.org')).toMatchObject({
      role: 'editor',
      state: 'pending',
      invitedBy: { email: 'admin@example.org' },
      expiresAt: new Date(testApp.clock.now().getTime() + 7 * DAY_MS).toISOString(),
    })
    expect(await list('pageSize=2&page=2')).toMatchObject({ total: 3, invitations: [{}] })
  })

  test('whoever was deleted can be invited anew, and is not called somebody who is here without it', async () => {
    const { email, id } = testApp.users.guest
    const url = `/workspace-api/users/${id}`
    const deleted = await testApp.request({ method: 'DELETE', url, as: 'admin', payload: {} })
    expect(deleted.statusCode, deleted.body).toBe(204)
    await invite(email, 'editor')
    expect((await list()).invitations).toMatchObject([{ email, passedBy: null }])
  })

  test('whoever holds the link sees who invites them to what, joins with name and password, and is signed in', async () => {
    const { token } = await invite('nina@example.org', 'editor')
    expect((await read(token)).json()).toMatchObject({
      email: 'nina@example.org',
      role: 'editor',
      organizationName: 'Test Organization',
      inviterName: 'The admin',
    })
    const joined = await accept(token, ' Nina Berg ')
    expect(joined.statusCode, joined.body).toBe(200)
    expect(joined.json().user).toMatchObject({ name: 'Nina Berg', email: 'nina@example.org', role: 'editor' })
    const cookie = String(joined.headers['set-cookie']).split(';', 1)[0] ?? ''
    expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
    const again = await post('/auth/sign-in', undefined, { email: 'nina@example.org', password: PASSWORD })
    expect(again.statusCode).toBe(200)
    expect((await list()).invitations[0]?.state).toBe('accepted')
    const events = await testApp.store.selectFrom('activity').select(['type', 'actor_id']).orderBy('position').execute()
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['invitation.created', 'invitation.accepted', 'user.created', 'session.created']),
    )
  })

  test('the link is nowhere in the store and in no list, and works once', async () => {
    const { token, invitation } = await invite('nina@example.org')
    const rows = await testApp.store.selectFrom('invitations').selectAll().execute()
    const events = await testApp.store.selectFrom('activity').selectAll().execute()
    expect(JSON.stringify([rows, events, await list()])).not.toContain(token)
    expect((await accept(token)).statusCode).toBe(200)
    for (const refused of [await accept(token, 'Another'), await read(token)]) {
      expect(refused.statusCode).toBe(401)
      expect(refused.json().error).toBe('This invitation has been accepted already; sign in instead.')
    }
    expect((await post(`/workspace-api/invitations/${invitation.id}/resend`, 'admin')).statusCode).toBe(409)
    const withdrawn = await testApp.request({
      method: 'DELETE',
      url: `/workspace-api/invitations/${invitation.id}`,
      as: 'admin',
    })
    expect(withdrawn.json().error).toBe('nina@example.org has accepted this invitation already.')
  })

  test('an invitation ends after seven days, and one that is sent again has a new link while the old one is dead', async () => {
    const { token, invitation } = await invite('nina@example.org')
    testApp.clock.advance(4 * DAY_MS)
    // A session that is not used for a week would end too.
    expect(await list('state=pending')).toMatchObject({ total: 1 })
    testApp.clock.advance(3 * DAY_MS)
    expect((await accept(token)).json().error).toBe(
      'This invitation has expired; ask whoever invited you to send it again.',
    )
    expect(await list('state=expired')).toMatchObject({ total: 1 })
    expect(await list('state=pending')).toMatchObject({ total: 0 })
    const resent = await post(`/workspace-api/invitations/${invitation.id}/resend`, 'superadmin')
    expect(resent.statusCode, resent.body).toBe(200)
    expect(resent.json<InvitationSent>().invitation).toMatchObject({
      state: 'pending',
      createdAt: invitation.createdAt,
    })
    expect((await accept(token)).json().error).toMatch(/^This invitation link is not valid/)
    expect((await accept(tokenOf(resent.json<InvitationSent>().link))).statusCode).toBe(200)
  })

  test('a withdrawn invitation admits nobody, and its address can be invited anew', async () => {
    const { token, invitation } = await invite('nina@example.org')
    const url = `/workspace-api/invitations/${invitation.id}`
    expect((await testApp.request({ method: 'DELETE', url, as: 'admin' })).statusCode).toBe(204)
    expect((await accept(token)).json().error).toBe('This invitation was withdrawn; ask whoever invited you.')
    expect((await testApp.request({ method: 'DELETE', url, as: 'admin' })).statusCode).toBe(409)
    await invite('nina@example.org')
    expect(await list('state=withdrawn')).toMatchObject({ total: 1 })
  })

  test('editors, viewers and guests invite nobody and see no invitations, and an admin invites no superadmin', async () => {
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect((await inviteAll(['nina@example.org'], 'guest', as)).statusCode).toBe(403)
      expect((await testApp.request({ url: '/workspace-api/invitations', as })).statusCode).toBe(403)
    }
    const refused = await inviteAll(['nina@example.org'], 'superadmin')
    expect(refused.statusCode).toBe(403)
    expect(refused.json().error).toBe('Only a superadmin invites a superadmin.')
    const sent = await inviteAll(['nina@example.org'], 'superadmin', 'superadmin')
    const [result] = sent.json<{ results: InviteResult[] }>().results
    if (result?.outcome !== 'invited') throw new Error(sent.body)
    // Resending is inviting.
    expect((await post(`/workspace-api/invitations/${result.invitation.id}/resend`, 'admin')).statusCode).toBe(403)
  })

  test('an invitation takes no seat before it is accepted, and a refusal for want of one leaves it as it was', async () => {
    const seats = (editor: number | null) =>
      testApp.request({
        method: 'PATCH',
        url: '/workspace-api/organization',
        as: 'superadmin',
        payload: { seats: { editor } },
      })
    await seats(3)
    const { token } = await invite('nina@example.org', 'editor')
    const refused = await accept(token)
    expect(refused.statusCode).toBe(409)
    expect(refused.json().error).toMatch(/^All seats for editors are taken \(3 of 3\);/)
    expect(await countPeople('nina@example.org')).toBe(0)
    await seats(4)
    expect((await accept(token)).statusCode).toBe(200)
  })

  test('a link that is used several times at once makes one person', async () => {
    const { token } = await invite('nina@example.org')
    const answers = await Promise.all(Array.from({ length: 4 }, (_, index) => accept(token, `Nina ${index}`)))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 401, 401, 401])
    expect(await countPeople('nina@example.org')).toBe(1)
  })

  test('of two who are invited and come at once, one gets the last seat', async () => {
    const first = await invite('nina@example.org', 'viewer')
    const second = await invite('bob@example.org', 'guest')
    await testApp.store.updateTable('organizations').set({ viewer_seats: 3 }).execute()
    const answers = await Promise.all([accept(first.token), accept(second.token)])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409])
  })

  test('an address that two admins invite at once is invited once', async () => {
    const answers = await Promise.all([
      inviteAll(['nina@example.org'], 'viewer', 'admin'),
      inviteAll(['Nina@example.org'], 'editor', 'superadmin'),
    ])
    const outcomes = answers.map((answer) => answer.json<{ results: InviteResult[] }>().results[0]?.outcome)
    expect(outcomes.sort()).toEqual(['invited', 'refused'])
    expect((await list()).total).toBe(1)
  })

  test('without a mail server admins read the mails, but none that lets in a superadmin', async () => {
    const { token } = await invite('nina@example.org')
    await inviteAll(['sue@example.org'], 'superadmin', 'superadmin')
    const outbox = async (as: Role) =>
      (await testApp.request({ url: '/workspace-api/outbox', as })).json<OutboxAnswer>()
    const seen = await outbox('admin')
    expect(seen).toMatchObject({
      isUsed: true,
      mails: [{ to: 'nina@example.org', subject: 'The admin invites you to Test Organization on Graticule' }],
    })
    expect(seen.mails[0]?.text).toContain(`http://localhost/invitation#${token}`)
    expect((await outbox('superadmin')).mails.map(({ to }) => to)).toEqual(['sue@example.org', 'nina@example.org'])
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect((await testApp.request({ url: '/workspace-api/outbox', as })).statusCode).toBe(403)
    }
  })

  test('a link is nobody’s to guess, and an invitation is of its organization alone', async () => {
    expect((await accept('gti_made-up')).statusCode).toBe(401)
    for (const url of ['/workspace-api/invitations/unknown/resend', '/workspace-api/invitations/unknown']) {
      const method = url.endsWith('resend') ? 'POST' : 'DELETE'
      expect((await testApp.request({ method, url, as: 'superadmin' })).statusCode).toBe(404)
    }
    const { invitation } = await invite('nina@example.org')
    const created_at = testApp.clock.now()
    await testApp.store
      .insertInto('organizations')
      .values({ id: 'ac_elsewher', name: 'Elsewhere', is_demo: false, created_at })
      .execute()
    await testApp.store.updateTable('invitations').set({ organization_id: 'ac_elsewher' }).execute()
    expect((await post(`/workspace-api/invitations/${invitation.id}/resend`, 'superadmin')).statusCode).toBe(404)
    expect((await list()).total).toBe(0)
  })
}
