import { type AccessExplanation, emptyMapDocument, type Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

let testApp: TestApp
let map: string
let group: string

beforeAll(async () => {
  testApp = await createTestApp()
  const send = async (method: 'POST' | 'PUT', url: string, as: Role, payload: object) => {
    const answer = await testApp.request({ method, url, as, payload })
    expect(answer.statusCode, answer.body).toBeLessThan(300)
    return answer.json()
  }
  map = (await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })).id
  group = (await send('POST', '/workspace-api/groups', 'admin', { name: 'Sales' })).id
  await send('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: [testApp.users.viewer.id] })
  await send('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', { privacy: 'shared', groupIds: [group] })
})
afterAll(() => testApp.close())

const ask = (as: Role, subject: string, action: string, asset?: string) => {
  const query = new URLSearchParams({ subject, action, ...(asset === undefined ? {} : { asset }) })
  return testApp.request({ url: `/v3/access/explain?${query}`, as })
}

test('an owner learns by which way somebody has access, and the one change that would end it', async () => {
  const answer = await ask('editor', testApp.users.viewer.id, 'map.read', `map:${map}`)
  expect(answer.statusCode, answer.body).toBe(200)
  expect(answer.json<AccessExplanation>()).toMatchObject({
    subject: { name: 'The viewer' },
    allowed: true,
    rule: 'role.viewer.map.read.visible',
    paths: [{ path: 'group', groups: [{ id: group, name: 'Sales' }] }],
    flips: [{ change: 'membership', sentence: 'If they left the group "Sales".' }],
  })
})

test('what is explained is what happens, for everybody', async () => {
  for (const role of ['superadmin', 'admin', 'editor', 'viewer', 'guest'] as const) {
    const { id } = testApp.users[role]
    const { allowed } = (await ask('admin', id, 'map.read', `map:${map}`)).json<AccessExplanation>()
    const opened = await testApp.request({ url: `/workspace-api/maps/${map}`, as: role })
    expect(opened.statusCode, role).toBe(allowed ? 200 : 404)
    const mayMake = (await ask('admin', id, 'group.manage')).json<AccessExplanation>().allowed
    const made = await testApp.request({ url: `/workspace-api/groups/${group}`, as: role })
    expect(made.statusCode, role).toBe(mayMake ? 200 : 403)
  }
})

test('others ask about themselves alone, and not about what they may not know of', async () => {
  const { viewer, editor, guest } = testApp.users
  expect((await ask('viewer', viewer.id, 'map.update', `map:${map}`)).json()).toMatchObject({ allowed: false })
  expect((await ask('viewer', editor.id, 'map.read', `map:${map}`)).json().details.rule).toBe('explain.others')
  expect((await ask('guest', guest.id, 'map.read', `map:${map}`)).statusCode).toBe(404)
  expect((await ask('guest', guest.id, 'map.read', 'map:nothing')).json().error).toBe(
    (await ask('guest', guest.id, 'map.read', `map:${map}`)).json().error,
  )
  expect((await ask('admin', 'nobody', 'map.read', `map:${map}`)).statusCode).toBe(404)
  expect((await ask('admin', editor.id, 'map.read')).statusCode).toBe(400)
  expect((await ask('admin', editor.id, 'map.fold')).statusCode).toBe(400)
})
