import {
  emptyMapDocument,
  type PeopleCounts,
  type PeopleWithAccess,
  ROLES,
  type Role,
  type SharingPreview,
} from '@graticule/contract'
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

test('viewers and guests are told the number for what they may open, and no names', async () => {
  const { id: open } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })
  const { id: shared } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })
  await send('PUT', `/workspace-api/maps/${open}/sharing`, 'editor', { privacy: 'shared', userIds: [idOf('guest')] })
  await send('PUT', `/workspace-api/maps/${shared}/sharing`, 'editor', { privacy: 'shared' })
  const counts = async (as: Role) => (await count(as, [open, shared])).json<PeopleCounts>().counts
  const ofAll = await counts('superadmin')
  expect(await counts('guest')).toEqual({ [open]: ofAll[open] })
  expect(await counts('viewer')).toEqual({ [shared]: ofAll[shared] })
  for (const as of ['viewer', 'guest'] as const) {
    for (const path of ['sharing', 'sharing/people']) {
      const id = as === 'guest' ? open : shared
      const answer = await testApp.request({ url: `/workspace-api/maps/${id}/${path}`, as })
      expect([path, answer.statusCode]).toEqual([path, 403])
      expect(answer.body).not.toContain('@')
    }
  }
})

test('those who have access are paged by name, and found by a part of a name or an e-mail', async () => {
  const { id } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })
  await send('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'shared' })
  await testApp.store
    .insertInto('users')
    .values(
      Array.from({ length: 205 }, (_, index) => ({
        id: `crowd-${index}`,
        organization_id: testApp.organizationId,
        email: `crowd${index}@crowd.example`,
        name: `Crowd ${String(index).padStart(3, '0')}`,
        role: 'viewer' as const,
        created_at: testApp.clock.now(),
      })),
    )
    .execute()
  const people = async (query: string) =>
    (
      await testApp.request({ url: `/workspace-api/maps/${id}/sharing/people?${query}`, as: 'editor' })
    ).json<PeopleWithAccess>()
  const all: string[] = []
  for (let page = 1; page <= 3; page++)
    all.push(...(await people(`page=${page}&pageSize=100`)).people.map((one) => one.id))
  const { counts } = (await count('editor', [id])).json<PeopleCounts>()
  expect(new Set(all).size).toBe(counts[id])
  expect((await people('pageSize=1')).total).toBe(counts[id])
  const found = await people('search=CROWD%20204')
  expect(found).toMatchObject({ total: 1, people: [{ id: 'crowd-204', paths: ['organization'] }] })
  expect((await people('search=crowd7%40crowd')).people.map((one) => one.id)).toEqual(['crowd-7'])
  // What takes it away again names everybody who loses it.
  const preview = await testApp.request({
    method: 'POST',
    url: `/workspace-api/maps/${id}/sharing/preview`,
    as: 'editor',
    payload: { privacy: 'private' },
  })
  const { losses, lossCount } = preview.json<SharingPreview>()
  expect(lossCount).toBeGreaterThan(205)
  expect(losses).toHaveLength(lossCount)
  await testApp.store.deleteFrom('users').where('id', 'like', 'crowd-%').execute()
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
