import type { SettingsText, UsageReport } from '@graticule/contract'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { addUsage, type CountedRequests, readUsedLimits } from '../features/usage/usage-store.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of usage, quota and limits on every engine that may keep them. */
export function describeUsage(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let today: string
  const limitsUrl = '/workspace-api/organization/usage-limits'

  beforeAll(async () => {
    testApp = await createApp()
    today = testApp.clock.now().toISOString().slice(0, 10)
  })
  afterAll(() => testApp.close())
  beforeEach(async () => {
    for (const table of ['usage_requests', 'usage_days', 'usage_settings', 'usage_limits', 'usage_notices'] as const) {
      await testApp.store.deleteFrom(table).execute()
    }
  })

  const used = (userId: string, requests: number, more: Partial<CountedRequests> = {}): CountedRequests => ({
    organizationId: testApp.organizationId,
    day: today,
    userId,
    method: 'maps.tile',
    client: 'deck-gl-carto',
    mapId: '',
    weight: 0.1,
    requests,
    ...more,
  })
  const read = async (query = '', as: 'admin' | 'editor' = 'admin') => {
    const answer = await testApp.request({ url: `/v3/usage${query}`, as })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<UsageReport>()
  }
  const put = (limits: readonly object[], more: object = {}) =>
    testApp.request({
      method: 'PUT',
      url: limitsUrl,
      as: 'admin',
      payload: { revision: 0, yearlyUnits: null, resetsOn: '12-31', limits, ...more },
    })
  const eventsOf = (type: string) =>
    testApp.store.selectFrom('activity').selectAll().where('type', '=', type).orderBy('position').execute()

  test('two servers that write at once add up, and a day in which nothing was kept is none', async () => {
    const { editor, viewer } = testApp.users
    const batch = [used(editor.id, 3), used(viewer.id, 5), used(editor.id, 1, { method: 'sql.query', weight: 10 })]
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => addUsage(testApp.store, index % 2 === 0 ? batch : [...batch].reverse())),
    )
    // Of an organization that is gone meanwhile nothing is kept.
    await addUsage(testApp.store, [used(editor.id, 7, { organizationId: 'gone' })])
    const { rows, year } = await read('?by=person')
    expect(rows).toEqual([
      { key: editor.id, name: 'The editor', requests: 80, units: 206 },
      { key: viewer.id, name: 'The viewer', requests: 100, units: 10 },
    ])
    expect(year.used).toBe(216)
    expect((await read('?by=day')).rows).toEqual([{ key: today, name: null, requests: 180, units: 216 }])
    expect((await read('?by=metric')).rows.map(({ key }) => key)).toEqual([
      'sql.query/deck-gl-carto',
      'maps.tile/deck-gl-carto',
    ])
  })

  test('a weight that changes leaves what was counted before as it was', async () => {
    const { editor } = testApp.users
    await addUsage(testApp.store, [used(editor.id, 10)])
    await addUsage(testApp.store, [used(editor.id, 10, { weight: 1 })])
    expect((await read()).year.used).toBe(11)
  })

  test('a member sees their own, and no quota of others', async () => {
    const { editor, viewer } = testApp.users
    await addUsage(testApp.store, [used(editor.id, 10), used(viewer.id, 1_000)])
    await put([{ kind: 'user', id: viewer.id, units: 5_000 }], { yearlyUnits: 70 })
    const mine = await read('/mine?by=person', 'editor')
    expect(mine).toMatchObject({ rows: [{ key: editor.id, units: 1 }], year: { used: 1, quota: null }, limits: [] })
    const file = await testApp.request({ url: '/v3/usage/mine/csv', as: 'editor' })
    expect(file.body.split('\r\n')).toEqual([
      'ts,user_id,metric,amount,quota_usage_weight,units,map_id',
      `${today},${editor.id},maps.tile/deck-gl-carto,10,0.1,1,`,
      '',
    ])
    expect((await testApp.request({ url: '/v3/usage', as: 'editor' })).statusCode).toBe(403)
    expect((await testApp.request({ url: '/v3/usage/mine', as: 'guest' })).statusCode).toBe(403)
  })

  test('days are days of the calendar, in order', async () => {
    for (const query of ['from=2026-02-30', 'from=2026-13-01', 'from=2026-05-02&to=2026-05-01']) {
      for (const path of ['', '/csv']) {
        const answer = await testApp.request({ url: `/v3/usage${path}?${query}`, as: 'admin' })
        expect(answer.statusCode, query).toBe(400)
      }
    }
  })

  test('limits are for people and groups of the organization, one for each, and two changes at once are one', async () => {
    const { editor } = testApp.users
    for (const limits of [
      [{ kind: 'user', id: 'nobody', units: 1 }],
      [{ kind: 'group', id: editor.id, units: 1 }],
      [
        { kind: 'user', id: editor.id, units: 1 },
        { kind: 'user', id: editor.id, units: 2 },
      ],
    ]) {
      const answer = await put(limits)
      expect([answer.statusCode, answer.json().details]).toEqual([422, { rule: 'usage.subject' }])
    }
    const before = (await eventsOf('usage.limits-updated')).length
    const answers = await Promise.all([1, 2, 3].map((units) => put([{ kind: 'user', id: editor.id, units }])))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409])
    expect(await eventsOf('usage.limits-updated')).toHaveLength(before + 1)
  })

  test('a group’s limit is what its members use together, and ends for whoever leaves', async () => {
    const { editor, viewer } = testApp.users
    const group = (
      await testApp.request({
        method: 'POST',
        url: '/workspace-api/groups',
        as: 'admin',
        payload: { name: 'Analysts' },
      })
    ).json<{ id: string }>()
    const members = `/workspace-api/groups/${group.id}/members`
    await testApp.request({
      method: 'POST',
      url: members,
      as: 'admin',
      payload: { userIds: [editor.id, viewer.id] },
    })
    await addUsage(testApp.store, [used(editor.id, 400), used(viewer.id, 700)])
    await put([{ kind: 'group', id: group.id, units: 100 }])
    expect((await read()).limits).toMatchObject([{ kind: 'group', name: 'Analysts', units: 100, used: 110 }])
    expect((await read('?by=group')).rows).toMatchObject([{ name: 'Analysts', requests: 1_100, units: 110 }])
    await testApp.request({ method: 'DELETE', url: `${members}/${viewer.id}`, as: 'admin' })
    expect((await readUsedLimits(testApp.store, testApp.organizationId, today))[0]).toMatchObject({
      used: 40,
      userIds: [editor.id],
    })
  })

  test('the quota year ends on the day that is said', async () => {
    await addUsage(testApp.store, [
      used('public', 100, { day: '2020-06-30' }),
      used('public', 10, { day: '2020-07-01' }),
    ])
    expect((await read('?from=2020-01-01&by=day')).rows.map(({ key }) => key)).toEqual(['2020-06-30', '2020-07-01'])
    await put([], { resetsOn: today.slice(5) === '02-29' ? '02-28' : today.slice(5) })
    const { year } = await read()
    expect(year.end <= `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`).toBe(true)
    expect(year.used).toBe(0)
  })

  test('is a section of the settings as code, by e-mail and name', async () => {
    const url = '/workspace-api/settings'
    const { editor } = testApp.users
    const { document, revisions } = (await testApp.request({ url, as: 'admin' })).json<SettingsText>()
    expect(document.usage).toEqual({ yearlyUnits: null, resetsOn: '12-31', people: [], groups: [] })
    const usage = { yearlyUnits: 9_000, resetsOn: '03-31', people: [{ person: editor.email, units: 50 }], groups: [] }
    const text = JSON.stringify({ version: 1, usage })
    const plan = await testApp.request({ method: 'POST', url: `${url}/plan`, as: 'admin', payload: { text } })
    expect(plan.json()).toMatchObject({ problems: [], effects: [{ section: 'usage' }, { kind: 'loss' }] })
    const payload = { text, base: { usage: revisions.usage } }
    const applied = await testApp.request({ method: 'POST', url: `${url}/apply`, as: 'admin', payload })
    expect(applied.statusCode, applied.body).toBe(200)
    expect((await testApp.request({ url, as: 'admin' })).json<SettingsText>().document.usage).toEqual(usage)
    const unknown = JSON.stringify({
      version: 1,
      usage: { ...usage, people: [{ person: 'no@example.org', units: 1 }] },
    })
    const refused = await testApp.request({
      method: 'POST',
      url: `${url}/plan`,
      as: 'admin',
      payload: { text: unknown },
    })
    expect(refused.json().problems).toHaveLength(1)
  })

  test('the limit of somebody who is deleted goes with them', async () => {
    const { guest } = testApp.users
    await put([{ kind: 'user', id: guest.id, units: 5 }])
    const gone = await testApp.request({ method: 'DELETE', url: `/workspace-api/users/${guest.id}`, as: 'admin' })
    expect(gone.statusCode, gone.body).toBeLessThan(300)
    await vi.waitFor(async () =>
      expect(await testApp.store.selectFrom('usage_limits').select('subject_id').execute()).toEqual([]),
    )
  })
}
