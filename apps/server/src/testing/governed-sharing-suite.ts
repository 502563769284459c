import type {
  GovernancePlan,
  GovernancePolicies,
  GovernanceSettings,
  Role,
  SharingDefaults,
  SharingDetail,
} from '@graticule/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestApp } from './create-test-app.ts'

/** What holds of policies where links and projects share something, on every engine that may keep them. */
export function describeGovernedSharing(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const url = '/workspace-api/organization/governance'
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, as: Role, payload?: object) =>
    testApp.request({ method, url: path, as, ...(payload ? { payload } : {}) })
  const changesOf = async (change: { policies?: Partial<GovernancePolicies>; sharingDefaults?: SharingDefaults }) => {
    const { revision } = (await call('GET', url, 'admin')).json<GovernanceSettings>()
    return { revision, ...change }
  }
  async function set(change: Parameters<typeof changesOf>[0]) {
    const changed = await call('PATCH', url, 'admin', await changesOf(change))
    expect(changed.statusCode, changed.body).toBe(200)
  }
  const ruleOf = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
    `${answer.statusCode} ${answer.json().details?.rule}`
  async function makeMap(as: Role = 'editor'): Promise<string> {
    const made = await call('POST', '/workspace-api/maps', as, { title: 'Rivers' })
    expect(made.statusCode, made.body).toBe(201)
    return made.json().id
  }
  const share = (id: string, payload: object) => call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', payload)

  test('a public link needs a password and keeps it, however it is made, and those without one stay open', async () => {
    const [old, next, third] = [await makeMap(), await makeMap(), await makeMap()]
    const publish = (id: string) => share(id, { privacy: 'public' })
    const setPassword = (id: string, password: string | null) =>
      call('PATCH', `/workspace-api/maps/${id}/sharing-options`, 'editor', { password })
    await publish(old)
    const policies = { 'maps.public-password': true }
    const plan = (await call('POST', `${url}/plan`, 'admin', await changesOf({ policies }))).json<GovernancePlan>()
    expect(plan.changes.map(({ id, sentence, kept }) => [id, sentence, kept])).toEqual([
      ['maps.public-password', 'New public links must have a password.', 1],
    ])
    await set({ policies })
    const rule = '403 governance.maps.public-password'
    const refused = await publish(next)
    expect(ruleOf(refused)).toBe(rule)
    expect(refused.json().error).toBe(
      'A public link must have a password. Set one first. An admin can change it in Settings → Governance.',
    )
    expect((await setPassword(third, 'open sesame')).statusCode).toBe(200)
    const resources = [next, third].map((id) => ({ resourceType: 'map', id }))
    const batch = await call('POST', '/workspace-api/batch/share', 'editor', {
      resources,
      audience: { privacy: 'public' },
    })
    expect(batch.json().results.map(({ success }: { success: boolean }) => success)).toEqual([false, true])
    const choices = async (id: string) =>
      (await call('GET', `/workspace-api/maps/${id}/sharing`, 'editor')).json<SharingDetail>().choices
    expect(await choices(next)).toMatchObject({ public: { allowed: true }, openLink: { allowed: false } })
    // A password may change, and go once the link has gone; then no new link comes.
    expect(ruleOf(await setPassword(third, null))).toBe(rule)
    expect((await setPassword(third, 'another one')).statusCode).toBe(200)
    await share(third, { privacy: 'private' })
    expect((await setPassword(third, null)).statusCode).toBe(200)
    expect(ruleOf(await publish(third))).toBe(rule)
    // What was public without one stays so, until its link has ended with it.
    expect((await testApp.request({ url: `/workspace-api/viewer/maps/${old}` })).statusCode).toBe(200)
    expect((await setPassword(old, null)).statusCode).toBe(200)
    const widened = await share(old, { privacy: 'public', sharingScope: 'organization' })
    expect(widened.statusCode, widened.body).toBe(200)
    const restore = (id: string) =>
      call('POST', `/workspace-api/trash/map/${id}/restore`, 'editor', { sharing: 'as-before' })
    await call('DELETE', `/workspace-api/maps/${old}`, 'editor')
    expect(ruleOf(await restore(old))).toBe(rule)
    await setPassword(next, 'open sesame')
    await publish(next)
    await call('DELETE', `/workspace-api/maps/${next}`, 'editor')
    expect((await restore(next)).statusCode).toBe(204)
  })
}
