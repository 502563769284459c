import type {
  NetworkSettings,
  NetworkTrial,
  OrganizationPlan,
  Role,
  SettingsPlan,
  SettingsText,
} from '@graticule/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeSettingsText } from '../features/settings/document-text.ts'
import { toJson } from '../platform/db/database.ts'
import { insertConnectionRow } from './connection-rows.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of the list of allowed hosts on every engine that may keep it. */
export function describeNetwork(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp.close())
  beforeEach(async () => {
    testApp.clock.advance(120_000)
    await testApp.store.deleteFrom('network_policies').execute()
  })

  const url = '/workspace-api/organization/network'
  const read = async () => (await testApp.request({ url, as: 'admin' })).json<NetworkSettings>()
  const put = (allowedHosts: readonly string[] | null, revision: number, as: Role = 'admin') =>
    testApp.request({ method: 'PUT', url, as, payload: { revision, allowedHosts } })
  const tryHost = async (host: string, port = 5432, purpose = 'warehouse') => {
    const answer = await testApp.request({
      method: 'POST',
      url: `${url}/try`,
      as: 'admin',
      payload: { host, port, purpose },
    })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<NetworkTrial>()
  }
  const eventsOf = (type: string) =>
    testApp.store.selectFrom('activity').selectAll().where('type', '=', type).orderBy('seq').execute()

  test('without a list everything is open that the operator leaves open', async () => {
    expect(await read()).toMatchObject({
      revision: 0,
      allowedHosts: null,
      ceiling: { outboundHosts: null, isPrivateOpen: true, isLoopbackOpen: false },
      egress: [],
    })
    expect(await tryHost('10.1.2.3')).toMatchObject({ allowed: true })
    expect(await tryHost('10.1.2.3', 443, 'identity-provider')).toMatchObject({ rule: 'outbound.private' })
    expect(await tryHost('127.0.0.1')).toMatchObject({ allowed: true })
    expect(await tryHost('127.0.0.9')).toMatchObject({ allowed: false, rule: 'outbound.loopback' })
    expect(await tryHost('2130706433')).toMatchObject({ allowed: false, rule: 'outbound.host' })
    expect(await tryHost('10.1.2.3', 0)).toMatchObject({ allowed: false, rule: 'outbound.port' })
    expect(await tryHost('no-such-host.invalid')).toMatchObject({ allowed: false, rule: 'outbound.unknown-name' })
  })

  test('a list is kept in one spelling, with an event of what changed', async () => {
    const answer = await put([' DB.Example.ORG ', 'db.example.org', '10.20.0.0/16'], 0)
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json()).toMatchObject({ revision: 1, allowedHosts: ['db.example.org', '10.20.0.0/16'] })
    expect(await tryHost('10.20.1.1')).toMatchObject({ allowed: true })
    expect(await tryHost('10.21.1.1')).toMatchObject({ allowed: false, rule: 'outbound.allow-list' })
    expect(await eventsOf('network.updated')).toMatchObject([
      {
        actor_id: testApp.users.admin.id,
        details: { allowedHosts: { from: null, to: ['db.example.org', '10.20.0.0/16'] } },
      },
    ])
    // The same again is no change.
    expect((await put(['db.example.org', '10.20.0.0/16'], 1)).json()).toMatchObject({ revision: 1 })
    expect(await eventsOf('network.updated')).toHaveLength(1)
  })

  test('a connection that was stored without a host leads nowhere, and keeps nobody from the list', async () => {
    const id = await insertConnectionRow(testApp, 'without-host')
    await testApp.store
      .updateTable('connections')
      .set({ config: toJson({}) })
      .where('id', '=', id)
      .execute()
    const answer = await testApp.request({ url, as: 'admin' })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json<NetworkSettings>().egress).toEqual([])
    const payload = { allowedHosts: ['db.example.org'] }
    const plan = await testApp.request({ method: 'POST', url: `${url}/plan`, as: 'admin', payload })
    expect(plan.statusCode, plan.body).toBe(200)
    await testApp.store.deleteFrom('connections').where('id', '=', id).execute()
  })

  test('one of two changes at once is told to look again', async () => {
    const answers = await Promise.all([put(['a.example.org'], 0), put(['b.example.org'], 0), put(['c.example.org'], 0)])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409])
    expect((await read()).revision).toBe(1)
  })

  test.each([
    ['*.org', /too wide/],
    ['https://db.example.org', /is no network/],
    ['0x7f.1', /another spelling of the address 127\.0\.0\.1/],
    ['127.0.0.0/8', /only its operator can open/],
    ['169.254.169.254', /only its operator can open/],
    ['[::1]:5432', /only its operator can open/],
  ])('%s is refused in one sentence, and nothing is lost', async (line, sentence) => {
    const refused = await put(['db.example.org', line], 0)
    expect([refused.statusCode, refused.json().details]).toEqual([422, { rule: 'network.hosts' }])
    expect(refused.json().error).toMatch(sentence)
    expect(await read()).toMatchObject({ revision: 0, allowedHosts: null })
  })

  test('what the operator opened may be listed', async () => {
    expect((await put(['127.0.0.1'], 0)).statusCode).toBe(200)
  })

  test('is for admins', async () => {
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect((await put(null, 0, as)).statusCode).toBe(403)
      expect((await testApp.request({ url, as })).statusCode).toBe(403)
    }
  })

  test('is a section of the settings as code, whose plan names what would stop', async () => {
    const { store, organizationId, users } = testApp
    const row = {
      id: 'c1',
      organization_id: organizationId,
      name: 'sales',
      provider_id: 'postgres',
      owner_id: users.editor.id,
    }
    const config = JSON.stringify({ host: 'sales.example.org', port: 6432, database: 'd', user: 'u' })
    const times = { created_at: new Date(), updated_at: new Date() }
    const rest = { embedded: false, config, secrets: null, credential_version: 1, aliases: '[]' }
    const connection = { ...row, ...times, ...rest }
    await store.insertInto('connections').values(connection).execute()
    const text = (allowedHosts: string[] | null) => writeSettingsText({ version: 1, network: { allowedHosts } })
    const send = (path: string, payload: object) =>
      testApp.request({ method: 'POST', url: `/workspace-api/settings${path}`, as: 'admin', payload })
    const planned = (await send('/plan', { text: text(['db.example.org']) })).json<SettingsPlan>()
    expect(planned.problems).toEqual([])
    expect(planned.effects).toMatchObject([
      { kind: 'change', sentence: 'The server reaches the listed hosts alone (1).' },
      { kind: 'loss', name: 'sales', sentence: expect.stringContaining('sales.example.org') },
    ])
    // The page shows the same before it saves, and saves just what was shown.
    const preview = async (allowedHosts: string[] | null) =>
      (
        await testApp.request({ method: 'POST', url: `${url}/plan`, as: 'admin', payload: { allowedHosts } })
      ).json<OrganizationPlan>()
    const shown = await preview(['db.example.org'])
    expect(shown.effects).toEqual(planned.effects)
    expect(await preview(null)).toMatchObject({ effects: [], problems: [] })
    expect((await preview(['*.org'])).problems).toHaveLength(1)
    await store
      .insertInto('connections')
      .values({ ...connection, id: 'c2', name: 'stock' })
      .execute()
    const save = (planVersion: string) =>
      testApp.request({
        method: 'PUT',
        url,
        as: 'admin',
        payload: { revision: 0, allowedHosts: ['db.example.org'], planVersion },
      })
    const refused = await save(shown.version)
    expect([refused.statusCode, refused.json().details]).toEqual([409, { rule: 'network.plan' }])
    expect((await save((await preview(['db.example.org'])).version)).statusCode).toBe(200)
    expect((await preview(null)).effects).toMatchObject([
      { kind: 'change', name: null },
      { kind: 'gain', name: 'sales' },
      { kind: 'gain', name: 'stock' },
    ])
    await store.deleteFrom('connections').where('id', '=', 'c2').execute()
    expect((await put(null, 1)).statusCode).toBe(200)
    expect((await send('/plan', { text: text(['*.org']) })).json<SettingsPlan>().problems).toHaveLength(1)
    const { revisions } = (await testApp.request({ url: '/workspace-api/settings', as: 'admin' })).json<SettingsText>()
    const applied = await send('/apply', { text: text(['DB.example.org', '*.example.org:6432']), base: revisions })
    expect(applied.statusCode, applied.body).toBe(200)
    const settings = await read()
    expect(settings.allowedHosts).toEqual(['db.example.org', '*.example.org:6432'])
    expect(settings.egress).toMatchObject([
      { host: 'sales.example.org', port: 6432, purpose: 'warehouse', usedBy: ['sales'] },
    ])
    // Written again as it was read, it changes nothing.
    const again = await send('/plan', { text: text(['db.EXAMPLE.org', '*.example.org:6432']) })
    expect(again.json<SettingsPlan>().differences).toEqual([])
    await store.deleteFrom('connections').where('id', '=', 'c1').execute()
  })
}
