import type { TokenSummary } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toJson } from '../../platform/db/database.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { GovernanceRules } from '../governance/governance-rules.ts'
import { TokenService } from './token-service.ts'
import { TokenStore } from './token-store.ts'

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
  const now = testApp.clock.now()
  const common = { organization_id: testApp.organizationId, provider_id: 'postgres', config: toJson({}) }
  await testApp.store
    .insertInto('connections')
    .values(
      [
        { ...common, id: 'c1', name: 'mine', owner_id: testApp.users.editor.id },
        { ...common, id: 'c2', name: 'theirs', owner_id: testApp.users.admin.id },
      ].map((row) => ({
        ...row,
        embedded: false,
        credential_version: 1,
        aliases: toJson([]),
        created_at: now,
        updated_at: now,
      })),
    )
    .execute()
})
afterAll(() => testApp.close())

const BODY = {
  name: 'web site',
  grants: [{ connection_name: 'mine', source: 'public.cities' }],
  allowed_apis: ['maps'],
}

function create(body: object = BODY, as: 'editor' | 'viewer' | 'admin' = 'editor') {
  return testApp.request({ method: 'POST', url: '/v3/tokens', as, payload: body })
}

/** Whether the API takes the token for somebody: a person's route then answers 403 instead of 401. */
async function isAccepted(token: string, headers: Record<string, string> = {}): Promise<boolean> {
  const answer = await testApp.request({ url: '/auth/session', token, headers })
  return answer.statusCode === 403 && answer.json().error !== 'Unauthorized referer'
}

test('a token is shown once, works, and only its hash is stored', async () => {
  const created = await create()
  expect(created.statusCode).toBe(201)
  const { token, ...summary } = created.json<TokenSummary & { token: string }>()
  expect(token).toMatch(/^gtk_[\w-]{43}$/)
  expect(summary).toMatchObject({ ...BODY, prefix: token.slice(0, 10), referers: [], expiration_date: null })
  expect(await isAccepted(token)).toBe(true)
  const list = await testApp.request({ url: '/v3/tokens', as: 'editor' })
  expect(list.json<TokenSummary[]>().map((row) => row.id)).toContain(summary.id)
  expect(list.body).not.toContain(token)
  const rows = await testApp.store.selectFrom('tokens').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(token)
  const events = await testApp.store.selectFrom('activity').selectAll().where('type', '=', 'token.created').execute()
  expect(events).toHaveLength(1)
  expect(JSON.stringify(events)).not.toContain(token)
})

test('a revoked token is refused from the next request on', async () => {
  const { id, token } = (await create()).json()
  expect(await isAccepted(token)).toBe(true)
  expect((await testApp.request({ method: 'DELETE', url: `/v3/tokens/${id}`, as: 'editor' })).statusCode).toBe(204)
  expect(await isAccepted(token)).toBe(false)
  expect((await testApp.request({ url: `/v3/tokens/${id}`, as: 'editor' })).statusCode).toBe(404)
})

test('a token that another process revoked is refused within a second', async () => {
  const { id, token } = (await create()).json()
  expect(await isAccepted(token)).toBe(true)
  await testApp.store.updateTable('tokens').set({ revoked_at: testApp.clock.now() }).where('id', '=', id).execute()
  testApp.clock.advance(1_001)
  expect(await isAccepted(token)).toBe(false)
})

test('a token ends at its expiry to the second, and cannot be made already ended', async () => {
  const expiration_date = new Date(testApp.clock.now().getTime() + 500).toISOString()
  const { token } = (await create({ ...BODY, expiration_date })).json()
  expect(await isAccepted(token)).toBe(true)
  testApp.clock.advance(501)
  expect(await isAccepted(token)).toBe(false)
  expect((await create({ ...BODY, expiration_date })).statusCode).toBe(400)
})

test('a token with referers works from those sites only, whatever path or slash they were given with', async () => {
  const created = await create({ ...BODY, referers: ['https://maps.example/some/page/'] })
  const { token, referers } = created.json()
  expect(referers).toEqual(['https://maps.example'])
  expect(await isAccepted(token, { origin: 'https://maps.example' })).toBe(true)
  expect(await isAccepted(token, { referer: 'https://maps.example/other' })).toBe(true)
  expect(await isAccepted(token, { origin: 'https://evil.example' })).toBe(false)
  expect(await isAccepted(token)).toBe(false)
  const refused = await testApp.request({ url: '/auth/session', token })
  expect(refused.statusCode).toBe(403)
  expect(refused.json().error).toBe('Unauthorized referer')
  expect((await create({ ...BODY, referers: ['not a site'] })).statusCode).toBe(400)
})

test('people make tokens only for connections that they may use', async () => {
  const grants = [{ connection_name: 'theirs', source: '*' }]
  const foreign = await create({ ...BODY, grants })
  expect(foreign.statusCode).toBe(404)
  expect((await create({ ...BODY, grants }, 'admin')).statusCode).toBe(201)
  const missing = await create({ ...BODY, grants: [{ connection_name: 'nowhere', source: '*' }] })
  expect(missing.statusCode).toBe(404)
})

test('viewers make no tokens, and nobody sees or ends another person’s', async () => {
  const refused = await create(BODY, 'viewer')
  expect(refused.statusCode).toBe(403)
  expect(refused.json().error).toBe('Your role (viewer) cannot create API tokens; an admin can change your role.')
  const { id, token } = (await create()).json()
  for (const as of ['superadmin', 'admin', 'viewer'] as const) {
    expect((await testApp.request({ url: `/v3/tokens/${id}`, as })).statusCode).toBe(404)
    expect((await testApp.request({ method: 'DELETE', url: `/v3/tokens/${id}`, as })).statusCode).toBe(404)
    expect((await testApp.request({ url: '/v3/tokens', as })).body).not.toContain(id)
  }
  expect(await isAccepted(token)).toBe(true)
})

test('a changed token keeps what was left out', async () => {
  const { id } = (await create()).json()
  const changed = await testApp.request({
    method: 'PATCH',
    url: `/v3/tokens/${id}`,
    as: 'editor',
    payload: { name: 'renamed', allowed_apis: ['maps', 'sql'] },
  })
  expect(changed.json()).toMatchObject({ name: 'renamed', allowed_apis: ['maps', 'sql'], grants: BODY.grants })
})

test('the times of last use are written together, a little later', async () => {
  const { id } = (await create()).json()
  const tokens = new TokenService({
    tokens: new TokenStore(testApp.store),
    store: testApp.store,
    governance: new GovernanceRules(testApp.store),
    activity: testApp.activity,
    clock: testApp.clock,
    holdRight: async () => undefined,
    requireConnection: async () => undefined,
    listUsable: async () => new Set(),
    onChanged: () => undefined,
  })
  const readLastUse = async () =>
    (await testApp.request({ url: `/v3/tokens/${id}`, as: 'editor' })).json<TokenSummary>().lastUsedAt
  for (let use = 0; use < 100; use++) tokens.noteUse(id)
  expect(await readLastUse()).toBeNull()
  await tokens.flush()
  expect(await readLastUse()).toBe(testApp.clock.now().toISOString())
})
