import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from './testing/create-test-app.ts'
import { runCli } from './testing/run-cli.ts'

let testApp: TestApp
beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

const grant = (email: string) => runCli(['superadmin', 'grant', email], { DATABASE_URL: testApp.storeUrl })
const readEvents = () =>
  testApp.store
    .selectFrom('activity')
    .select(['actor_kind', 'asset_id', 'details'])
    .where('type', '=', 'user.role-changed')
    .execute()

test('beside a running server on DATABASE_URL a person becomes a superadmin, once, with an event', async () => {
  const granted = await grant('ADMIN@example.org')
  expect(granted).toMatchObject({ code: 0, complained: '' })
  expect(granted.printed).toBe('admin@example.org is now a superadmin of "Test Organization".\n')
  const again = await grant('admin@example.org')
  expect(again).toMatchObject({ code: 0, printed: expect.stringContaining('already') })
  const details = { email: 'admin@example.org', from: 'admin', to: 'superadmin' }
  expect(await readEvents()).toEqual([{ actor_kind: 'system', asset_id: testApp.users.admin.id, details }])
  testApp.clock.advance(2_000)
  const session = await testApp.request({ url: '/auth/session', as: 'admin' })
  expect(session.json().user.role).toBe('superadmin')
})

test('an e-mail that nobody has, or that several organizations know, is told in a sentence and changes nothing', async () => {
  const before = await readEvents()
  const unknown = await grant('nobody@example.org')
  expect(unknown).toEqual({
    code: 1,
    printed: '',
    complained: 'Nobody with the e-mail nobody@example.org is here; nothing was changed.\n',
  })
  const created_at = testApp.clock.now()
  await testApp.store
    .insertInto('organizations')
    .values({ id: 'ac_elsewher', name: 'Elsewhere', is_demo: false, created_at })
    .execute()
  await testApp.store
    .insertInto('users')
    .values({
      id: 'namesake',
      organization_id: 'ac_elsewher',
      email: 'viewer@example.org',
      name: 'A namesake',
      role: 'viewer',
      created_at,
    })
    .execute()
  const twice = await grant('viewer@example.org')
  expect(twice).toMatchObject({ code: 1, complained: expect.stringContaining('several organizations') })
  expect(await readEvents()).toEqual(before)
})

test('a store that is not there is told in a sentence, not in a stack', async () => {
  const environment = { DATABASE_URL: 'postgresql://me@127.0.0.1:1/none' }
  const refused = await runCli(['superadmin', 'grant', 'admin@example.org'], environment)
  expect(refused).toMatchObject({ code: 1, printed: '' })
  expect(refused.complained).toBe(
    'The metadata store cannot be reached right now. Nothing was changed; try again in a moment.\n',
  )
})
