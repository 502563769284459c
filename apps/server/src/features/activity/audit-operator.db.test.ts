import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { runCli } from '../../testing/run-cli.ts'

let testApp: TestApp
let home: string

beforeAll(async () => {
  testApp = await createTestApp()
  home = await mkdtemp(join(tmpdir(), 'graticule-audit-'))
})
afterAll(async () => {
  await testApp.close()
  await rm(home, { recursive: true, force: true })
})

const run = (...words: string[]) =>
  runCli(words, { DATABASE_URL: testApp.storeUrl, GRATICULE_HOME: home, GRATICULE_SECRET_KEY: 'ab'.repeat(32) })

test('the operator verifies the log, and is told where it was cut off even when its checkpoint went along', async () => {
  const { organizationId } = testApp
  testApp.activity.enqueue({ organizationId, actor: { kind: 'system', id: null }, type: 'test.recorded' })
  await testApp.activity.flush()
  expect(await run('audit', 'checkpoint')).toMatchObject({ code: 0, printed: 'Signed a checkpoint of 1 chain.\n' })
  const whole = await run('audit', 'verify', '--organization', 'Test Organization')
  expect(whole).toMatchObject({ code: 0, complained: '' })
  expect(whole.printed).toMatch(/^The log of "Test Organization" is whole: \d+ events, 1 checkpoints\.$/m)
  expect(await readFile(join(home, 'activity-checkpoints.jsonl'), 'utf8')).toContain(testApp.organizationId)

  // A database administrator, whom no trigger stops.
  await sql`ALTER TABLE activity_events DISABLE TRIGGER USER; ALTER TABLE activity_checkpoints DISABLE TRIGGER USER;
    DELETE FROM activity_checkpoints; DELETE FROM activity_events WHERE organization_id IS NOT NULL;
    ALTER TABLE activity_events ENABLE TRIGGER USER; ALTER TABLE activity_checkpoints ENABLE TRIGGER USER`.execute(
    testApp.store,
  )
  const cut = await run('audit', 'verify')
  expect(cut).toMatchObject({ code: 1, printed: '' })
  expect(cut.complained).toMatch(/"Test Organization" is not whole\. The chain has no events, but the checkpoint of/)
  expect(await run('audit', 'verify', '--organization', 'Nowhere')).toMatchObject({
    code: 1,
    complained: 'There is no organization "Nowhere"; nothing was verified.\n',
  })
})

test('a person who was deleted is exported and erased, and the log is still whole', async () => {
  const { email, id } = testApp.users.guest
  const cookie = await testApp.signIn('guest')
  await testApp.request({ url: '/auth/session', headers: { cookie } })
  expect(await run('person', 'erase', email)).toMatchObject({
    code: 1,
    complained: expect.stringContaining('delete the person'),
  })
  const deleted = await testApp.request({
    method: 'DELETE',
    url: `/workspace-api/users/${id}?receiverId=${testApp.users.editor.id}`,
    as: 'superadmin',
  })
  expect(deleted.statusCode, deleted.body).toBeLessThan(300)
  const exported = JSON.parse((await run('person', 'export', email.toUpperCase())).printed)
  expect(exported.people).toMatchObject([{ id, email }])
  expect(exported.events.map((event: { type: string }) => event.type)).toContain('user.deleted')
  expect(await run('person', 'erase', email)).toMatchObject({ code: 0, complained: '' })
  const dump = await sql<{ text: string }>`
    SELECT (SELECT string_agg(to_jsonb(activity)::text, '') FROM activity)
      || (SELECT string_agg(to_jsonb(users)::text, '') FROM users)
      || coalesce((SELECT string_agg(to_jsonb(sessions)::text, '') FROM sessions WHERE user_id = ${id}), '') AS text
  `.execute(testApp.store)
  expect(dump.rows[0]?.text).toContain(id)
  expect(dump.rows[0]?.text).not.toContain(email)
  expect(await run('person', 'export', email)).toMatchObject({
    code: 1,
    complained: `Nothing is kept of ${email}; nothing was changed.\n`,
  })
})
