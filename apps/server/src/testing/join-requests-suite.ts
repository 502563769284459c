import type { InvitationSent, JoinRequestList, OutboxAnswer, Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from './create-test-app.ts'

const DAY_MS = 86_400_000

/** What holds of asking to join on every engine that may keep the requests. */
export function describeJoinRequests(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp?.close())

  const send = (method: 'GET' | 'POST' | 'PUT', url: string, as?: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload && { payload }) })
  const ask = (email: string, more: object = {}) =>
    send('POST', '/auth/join-requests', undefined, { email, name: 'Nina', ...more })
  const list = async () => (await send('GET', '/workspace-api/join-requests', 'admin')).json<JoinRequestList>()
  const open = (isOpen: boolean, as: Role = 'admin') =>
    send('PUT', '/workspace-api/join-requests/settings', as, { open: isOpen })
  const accept = (id: string, role: Role = 'viewer', as: Role = 'admin') =>
    send('POST', `/workspace-api/join-requests/${id}/accept`, as, { role })
  const refuse = (id: string) => send('POST', `/workspace-api/join-requests/${id}/refuse`, 'admin')
  const waitingFor = async (email: string) => {
    const found = (await list()).requests.find((request) => request.email === email)
    if (found === undefined) throw new Error(`${email} does not wait.`)
    return found
  }

  test('nobody can ask until an admin lets them, and an organization that there is not looks the same', async () => {
    const offer = async (query = '') => (await send('GET', `/auth/join-requests${query}`)).json()
    expect(await offer()).toEqual({ open: false })
    expect((await ask('early@example.org')).statusCode).toBe(404)
    expect((await open(true, 'editor')).statusCode).toBe(403)
    expect((await open(true)).statusCode).toBe(200)
    expect(await offer()).toEqual({ open: true })
    expect(await offer(`?organizationId=${testApp.organizationId}`)).toEqual({ open: true })
    expect(await offer('?organizationId=ac_nowhere')).toEqual({ open: false })
    expect((await list()).link).toBe(`http://localhost/join?organization=${testApp.organizationId}`)
  })

  test('who asks is told the same whether they are new, known, or have asked before', async () => {
    const answers = [
      await ask(' nina@example.org ', { message: 'I work with Ana.' }),
      await ask('NINA@example.org'),
      await ask(testApp.users.editor.email),
    ]
    expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual(
      Array(3).fill([202, '{"outcome":"waiting"}']),
    )
    expect((await list()).requests).toMatchObject([
      { email: 'nina@example.org', name: 'Nina', message: 'I work with Ana.' },
    ])
    expect((await ask('nobody')).json().error).toBe('This is not an e-mail address; it looks like name@example.org.')
  })

  test('who is accepted gets an invitation with that role, whose link lets them in', async () => {
    const { id } = await waitingFor('nina@example.org')
    const sent = (await accept(id, 'editor')).json<InvitationSent>()
    expect(sent.invitation).toMatchObject({ email: 'nina@example.org', role: 'editor', state: 'pending' })
    expect((await list()).requests).toEqual([])
    const token = new URL(sent.link ?? '').hash.slice(1)
    const joined = await send('POST', '/auth/invitation', undefined, { token, name: 'Nina', password: 'correct horse' })
    expect(joined.json()).toMatchObject({ user: { email: 'nina@example.org', role: 'editor' } })
    expect((await accept(id)).statusCode).toBe(404)
  })

  test('several admins who answer at once make one answer', async () => {
    await ask('race@example.org')
    const { id } = await waitingFor('race@example.org')
    const answers = await Promise.all([accept(id), accept(id), refuse(id), accept(id, 'viewer', 'superadmin')])
    const succeeded = answers.filter(({ statusCode }) => statusCode < 300)
    expect(succeeded).toHaveLength(1)
    for (const { statusCode } of answers) expect([200, 204, 404, 409]).toContain(statusCode)
    const invitations = await testApp.store
      .selectFrom('invitations')
      .select('id')
      .where('email', '=', 'race@example.org')
      .execute()
    expect(invitations).toHaveLength(succeeded[0]?.statusCode === 200 ? 1 : 0)
    expect((await list()).requests).toEqual([])
  })

  test('a role that one may not give leaves the request as it was', async () => {
    await ask('super@example.org')
    const { id } = await waitingFor('super@example.org')
    expect((await accept(id, 'superadmin')).statusCode).toBe(403)
    expect((await waitingFor('super@example.org')).id).toBe(id)
    expect((await accept(id, 'viewer', 'editor')).statusCode).toBe(403)
    expect((await refuse(id)).statusCode).toBe(204)
  })

  test('who was refused is told by mail, and can ask again after thirty days', async () => {
    const outbox = (await send('GET', '/workspace-api/outbox', 'admin')).json<OutboxAnswer>()
    expect(JSON.stringify(outbox)).toContain('Your request to join Test Organization')
    expect((await ask('super@example.org')).statusCode).toBe(202)
    expect((await list()).requests).toEqual([])
    const { sweep } = await testApp.buildServer('sweeper')
    testApp.clock.advance(31 * DAY_MS)
    await sweep()
    expect((await ask('super@example.org')).statusCode).toBe(202)
  })

  test('requests end at the door when an admin closes it, and those who wait stay', async () => {
    const cookie = await testApp.signIn('admin')
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    const url = '/workspace-api/join-requests'
    await testApp.request({ method: 'PUT', url: `${url}/settings`, headers, payload: { open: false } })
    expect((await ask('late@example.org')).statusCode).toBe(404)
    const left = (await testApp.request({ url, headers })).json<JoinRequestList>()
    expect(left).toMatchObject({ open: false, requests: [{ email: 'super@example.org' }] })
  })

  test('one network cannot fill the list', async () => {
    const statuses = []
    for (let count = 0; count < 25; count++) statuses.push((await ask(`many${count}@example.org`)).statusCode)
    expect(statuses.at(-1)).toBe(429)
  })
}
