import type { ActivityDataJob } from '@graticule/contract'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { addUsage } from '../usage/usage-store.ts'

let testApp: TestApp
let startDate: string
let endDate: string
const url = '/activity-data-jobs'
const DAY_MS = 86_400_000

beforeAll(async () => {
  testApp = await createTestApp()
  startDate = testApp.clock.now().toISOString().slice(0, 10)
  endDate = new Date(testApp.clock.now().getTime() + DAY_MS).toISOString().slice(0, 10)
  testApp.activity.enqueue({
    organizationId: testApp.organizationId,
    actor: { kind: 'user', id: testApp.users.editor.id },
    type: 'map.created',
    details: { title: 'Harbours' },
  })
  await testApp.activity.flush()
  await addUsage(testApp.store, [
    {
      organizationId: testApp.organizationId,
      day: endDate,
      userId: 'public',
      method: 'maps.tile',
      client: 'deck-gl-carto',
      mapId: 'm1',
      weight: 0.1,
      requests: 20,
    },
  ])
  // Of today nothing can be exported, because it is not over.
  testApp.clock.advance(2 * DAY_MS)
})
afterAll(() => testApp.close())

const make = async (more: object = {}) => {
  const payload = { startDate, endDate, categories: ['activity', 'apiUsage', 'userList', 'groupList'], ...more }
  const answer = await testApp.request({ method: 'POST', url, as: 'admin', payload })
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json<ActivityDataJob>()
}
const fetchFile = (job: ActivityDataJob, category: string) => {
  const result = job.results.find((candidate) => candidate.category === category)
  return testApp.request({ url: (result?.url ?? '').replace(/^https?:\/\/[^/]+/, '') })
}

test('a job has a file for each category, which its address alone opens, in the columns of CARTO', async () => {
  const job = await make()
  expect(job).toMatchObject({ status: 'success', format: 'csv', startDate, endDate })
  const usage = await fetchFile(job, 'apiUsage')
  expect(usage.body.split('\r\n')).toEqual([
    'ts,user_id,metric,amount,quota_usage_weight,map_id,workflow_id',
    `${endDate}T00:00:00.000Z,public,maps.tile/deck-gl-carto,20,0.1,m1,`,
    '',
  ])
  const activity = (await fetchFile(job, 'activity')).body
  expect(activity.split('\r\n')[0]).toBe('type,ts,data')
  expect(activity).toContain('MapCreated')
  expect(activity).toContain('Harbours')
  const users = (await fetchFile(job, 'userList')).body
  expect(users).toContain(testApp.users.guest.email)
  expect((await fetchFile(job, 'groupList')).body).toBe('group_id,group_alias\r\n')
  const again = await testApp.request({ url: `${url}/${job.jobId}`, as: 'superadmin' })
  expect(again.json()).toEqual(job)
})

test('Parquet holds the same rows', async () => {
  const job = await make({ format: 'parquet' })
  const readRows = async (category: string) => {
    const { rawPayload } = await fetchFile(job, category)
    return parquetReadObjects({ file: new Uint8Array(rawPayload).buffer })
  }
  expect(await readRows('apiUsage')).toMatchObject([
    { ts: new Date(`${endDate}T00:00:00Z`), user_id: 'public', amount: 20n, quota_usage_weight: 0.1, map_id: 'm1' },
  ])
  expect(await readRows('userList')).toHaveLength(5)
  expect(await readRows('groupList')).toEqual([])
  expect((await readRows('activity')).map(({ type }) => type)).toContain('MapCreated')
})

test.each([
  ['2020-01-01', '2020-01-02', /when the organization was created/],
  ['2026-02-30', '2026-03-01', /days of the calendar/],
  ['2026-03-02', '2026-03-01', /must not be after/],
  ['2026-01-01', '2026-03-01', /less than 60 days/],
])('a job from %s to %s is refused', async (from, to, sentence) => {
  const payload = { startDate: from, endDate: to, categories: ['activity'] }
  const answer = await testApp.request({ method: 'POST', url, as: 'admin', payload })
  expect(answer.statusCode).toBe(400)
  expect(answer.json().error).toMatch(sentence)
})

test('a job ends with the latest day that is over', async () => {
  const today = testApp.clock.now().toISOString().slice(0, 10)
  const payload = { startDate, endDate: today, categories: ['activity'] }
  const answer = await testApp.request({ method: 'POST', url, as: 'admin', payload })
  expect(answer.json()).toMatchObject({ status: 400, error: expect.stringMatching(/latest day/) })
})

test('jobs are for admins, and another token or category opens nothing', async () => {
  const payload = { startDate, endDate, categories: ['activity'] }
  for (const as of ['editor', 'viewer', 'guest'] as const) {
    expect((await testApp.request({ method: 'POST', url, as, payload })).statusCode).toBe(403)
  }
  const job = await make({ categories: ['groupList'] })
  const path = `${url}/${job.jobId}/files`
  expect((await testApp.request({ url: `${path}/groupList?token=none` })).statusCode).toBe(404)
  const token = new URL(job.results[0]?.url ?? '').searchParams.get('token')
  expect(token?.length).toBeGreaterThan(40)
  expect((await testApp.request({ url: `${path}/userList?token=${token}` })).statusCode).toBe(404)
  expect((await testApp.request({ url: `${path}/groupList?token=${token}` })).statusCode).toBe(200)
})

test('addresses end when the job is cancelled, when an hour is over, and with the right of whoever made it', async () => {
  const cancelled = await make()
  const answer = await testApp.request({ method: 'DELETE', url: `${url}/${cancelled.jobId}/cancel`, as: 'superadmin' })
  expect(answer.json()).toMatchObject({ status: 'cancelled', results: [] })
  expect((await fetchFile(cancelled, 'activity')).statusCode).toBe(404)

  const demoted = await make()
  const role = (to: 'admin' | 'editor') =>
    testApp.store.updateTable('users').set({ role: to }).where('id', '=', testApp.users.admin.id).execute()
  await role('editor')
  expect((await fetchFile(demoted, 'activity')).statusCode).toBe(404)
  await role('admin')
  expect((await fetchFile(demoted, 'activity')).statusCode).toBe(200)

  const expired = await make()
  testApp.clock.advance(61 * 60_000)
  expect((await fetchFile(expired, 'activity')).statusCode).toBe(404)
  const late = await testApp.request({ url: `${url}/${expired.jobId}`, as: 'superadmin' })
  expect(late.json()).toMatchObject({ status: 'expired', results: [] })
})

test('files are for the networks that people may come from', async () => {
  const job = await make({ categories: ['groupList'] })
  const allow = async (ranges: readonly string[] | null) => {
    const { revision } = (await testApp.request({ url: '/workspace-api/organization/governance', as: 'admin' })).json()
    const payload = { revision, policies: { 'people.addresses': ranges } }
    const answer = await testApp.request({
      method: 'PATCH',
      url: '/workspace-api/organization/governance',
      as: 'admin',
      payload,
    })
    expect(answer.statusCode, answer.body).toBe(200)
  }
  await allow(['127.0.0.1'])
  expect((await fetchFile(job, 'groupList')).statusCode).toBe(200)
  const path = (job.results[0]?.url ?? '').replace(/^https?:\/\/[^/]+/, '')
  const elsewhere = await testApp.request({ url: path, remoteAddress: '203.0.113.7' })
  expect(elsewhere.statusCode).toBe(404)
  await allow(null)
  expect((await testApp.request({ url: path, remoteAddress: '203.0.113.7' })).statusCode).toBe(200)
})

test('the log says who exported what, and that a file was taken', async () => {
  const job = await make({ categories: ['groupList'] })
  await fetchFile(job, 'groupList')
  const events = await testApp.store
    .selectFrom('activity')
    .selectAll()
    .where('type', 'in', ['activity.exported', 'activity.file-taken'])
    .orderBy('position')
    .execute()
  expect(events.slice(-2)).toMatchObject([
    {
      actor_id: testApp.users.admin.id,
      details: { job: job.jobId, categories: ['groupList'], from: startDate, to: endDate, format: 'csv' },
    },
    { actor_kind: 'anonymous', details: { job: job.jobId, category: 'groupList' } },
  ])
})
