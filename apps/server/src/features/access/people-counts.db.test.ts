import { emptyMapDocument, type PeopleCounts, ROLES, type Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

const idOf = (role: Role) => testApp.users[role].id
const count = (as: Role, ids: readonly string[], kind = 'map') =>
  testApp.request({ url: `/v3/access/people-counts?${new URLSearchParams({ kind, ids: ids.join(',') })}`, as })

async function send(method: 'POST' | 'PUT', url: string, as: Role, payload: object) {
  const answer = await testApp.request({ method, url, as, payload })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.json()
}

test('the count of each map of a list is how many people can open it, as its sharing says too', async () => {
  const group = (await send('POST', '/workspace-api/groups', 'admin', { name: 'Field' })).id
  const members = [idOf('viewer'), idOf('guest')]
  await send('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: members })
  const wishes = [
    { privacy: 'private' },
    { privacy: 'shared' },
    { privacy: 'shared', userIds: [idOf('guest'), idOf('admin')] },
    { privacy: 'shared', groupIds: [group], userIds: [idOf('viewer')] },
    { privacy: 'shared', sharingScope: 'organization', groupIds: [group] },
    { privacy: 'public' },
  ]
  const ids: string[] = []
  for (const wish of wishes) {
    const { id } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })
    await send('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', wish)
    ids.push(id)
  }
  const { counts } = (await count('editor', ids)).json<PeopleCounts>()
  for (const id of ids) {
    const opened = await Promise.all(
      ROLES.map(async (as) => (await testApp.request({ url: `/workspace-api/maps/${id}`, as })).statusCode),
    )
    expect(counts[id]).toBe(opened.filter((status) => status === 200).length)
    const sharing = await testApp.request({ url: `/workspace-api/maps/${id}/sharing`, as: 'editor' })
    expect(counts[id]).toBe(sharing.json().peopleCount)
  }
  // Two of them the admin may not know of; a superadmin may know of all.
  const [hidden = '', , , grouped = ''] = ids
  expect(Object.keys((await count('admin', ids)).json<PeopleCounts>().counts).sort()).toEqual(
    ids.filter((id) => id !== hidden && id !== grouped).sort(),
  )
  expect((await count('superadmin', [hidden, 'nothing'])).json()).toEqual({ counts: { [hidden]: 2 } })
})

test('nobody who left is counted, and a long list is asked for in parts', async () => {
  const { id } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })
  await send('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'shared', userIds: [idOf('viewer')] })
  const before = (await count('editor', [id])).json<PeopleCounts>().counts[id]
  await testApp.store
    .updateTable('users')
    .set({ disabled_at: testApp.clock.now() })
    .where('id', '=', idOf('viewer'))
    .execute()
  expect((await count('editor', [id])).json<PeopleCounts>().counts[id]).toBe((before ?? 0) - 1)
  expect(
    (
      await count(
        'editor',
        Array.from({ length: 501 }, (_, index) => `m${index}`),
      )
    ).statusCode,
  ).toBe(400)
  expect((await count('editor', ['none'], 'token')).statusCode).toBe(400)
})
