import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { type DemoFile, readDemoFile } from './demo-file.ts'

const BASE_URL = 'http://localhost:1234'
let testApp: TestApp
const homes: string[] = []

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(async () => {
  await testApp.close()
  for (const home of homes) await rm(home, { recursive: true })
})

/** Starts a server of that name in a fresh home and tells what its demo file says. */
async function prepareOn(serverId: string): Promise<DemoFile> {
  const home = await mkdtemp(join(tmpdir(), 'graticule-demo-'))
  homes.push(home)
  const { demo } = await testApp.buildServer(serverId)
  await demo.prepare(home, BASE_URL)
  const file = await readDemoFile(home)
  if (file === null) throw new Error('There is no demo file.')
  return file
}

async function signIn({ email, password }: { email: string; password: string }): Promise<number> {
  const payload = { email, password }
  return (await testApp.request({ method: 'POST', url: '/auth/sign-in', payload })).statusCode
}

async function useToken(token: string): Promise<number> {
  return (await testApp.request({ method: 'GET', url: '/v3/maps/demo-warehouse/nothing', token })).statusCode
}

test('a second server on a store that has the demo changes no password and revokes no token', async () => {
  const first = await prepareOn('first-server')
  const second = await prepareOn('second-server')
  expect(second.users).toEqual(first.users)
  expect(second.publicMapId).toBe(first.publicMapId)
  for (const user of first.users) expect(await signIn(user), user.role).toBe(200)
  expect(second.apiToken).not.toBe(first.apiToken)
  for (const token of [first.apiToken, second.apiToken]) expect(await useToken(token)).not.toBe(401)

  const again = await prepareOn('second-server')
  expect(again.users).toEqual(first.users)
  const tokens = await testApp.store.selectFrom('tokens').selectAll().orderBy('created_at').orderBy('id').execute()
  const isRevoked = (token: string) => tokens.find((row) => row.token_hash === hashToken(token))?.revoked_at !== null
  expect([first, second, again].map(({ apiToken }) => isRevoked(apiToken))).toEqual([false, true, false])
})

test('everybody in the demo was added with an event', async () => {
  const events = await testApp.store.selectFrom('activity').selectAll().where('type', '=', 'user.created').execute()
  expect(events.map((event) => event.details.role).sort()).toEqual(['admin', 'editor', 'guest', 'superadmin', 'viewer'])
  expect(events.every((event) => event.actor_kind === 'system')).toBe(true)
})

test('a password that somebody has chosen stays, and is not in the file', async () => {
  const viewer = {
    hash: '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  }
  const people = testApp.store.updateTable('users').where('email', '=', 'viewer@demo.example')
  await people.set({ password_hash: viewer.hash }).execute()
  const file = await prepareOn('third-server')
  expect(file.users.map((user) => user.role)).not.toContain('viewer')
  const row = await testApp.store
    .selectFrom('users')
    .select('password_hash')
    .where('email', '=', 'viewer@demo.example')
    .executeTakeFirstOrThrow()
  expect(row.password_hash).toBe(viewer.hash)
})

test('a server starts on a demo whose people were demoted or deleted since, and gives nobody their role back', async () => {
  const [admin, guest] = ['admin@demo.example', 'guest@demo.example']
  const people = testApp.store.updateTable('users')
  await people.set({ role: 'viewer' }).where('email', '=', admin).execute()
  const at = testApp.clock.now()
  await people.set({ disabled_at: at, deleted_at: at }).where('email', '=', guest).execute()
  const file = await prepareOn('fourth-server')
  expect(file.users.find((user) => user.email === admin)?.role).toBe('viewer')
  expect(file.users.find((user) => user.email === guest)?.role).toBe('guest')
  expect(await useToken(file.apiToken)).not.toBe(401)
  const row = testApp.store.selectFrom('users').select('role').where('email', '=', admin)
  expect(await row.execute()).toEqual([{ role: 'viewer' }])
})
