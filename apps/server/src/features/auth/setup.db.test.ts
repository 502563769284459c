import type { SessionInfo } from '@graticule/contract'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ActivityLog } from '../../platform/activity/activity-log.ts'
import { ManualClock } from '../../platform/clock/clock.ts'
import { openDatabase, type Store } from '../../platform/db/database.ts'
import { migrateDatabase } from '../../platform/db/migrate.ts'
import { UserService } from '../users/user-service.ts'
import { UserStore } from '../users/user-store.ts'
import { createFirstPage } from './first-page.ts'
import { SessionService } from './session-service.ts'
import { SessionStore } from './session-store.ts'
import { SetupService } from './setup-service.ts'
import { SignInGate } from './sign-in-gate.ts'
import { SignInService } from './sign-in-service.ts'

const ORIGIN = { userAgent: 'test', ipAddress: '127.0.0.1' }
let server: TestPostgres
let store: Store
let clock: ManualClock
let services: { setup: SetupService; signIns: SignInService; users: UserService }

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await store.destroy()
  await server.stop()
})
beforeEach(async () => {
  await store?.destroy()
  store = openDatabase((await createDatabase(server, { postgis: false })).connectionString)
  await migrateDatabase(store)
  clock = new ManualClock(new Date())
  const activity = new ActivityLog(store, clock, () => undefined)
  const users = new UserService(new UserStore(store), clock)
  const lengths = { sessionIdleMs: 86_400_000, sessionAbsoluteMs: 86_400_000 }
  const sessions = new SessionService(new SessionStore(store), store, activity, clock, lengths, () => undefined)
  const gate = new SignInGate({ users, sessions, clock, listSecondFactors: async () => [] })
  services = {
    setup: new SetupService(store, users, sessions, activity, clock),
    signIns: new SignInService(store, users, sessions, gate, activity, clock, async () => undefined),
    users,
  }
})

function bodyWith(token: string, name = 'Acme') {
  return { token, organizationName: name, name: 'Ann', email: 'ann@example.org', password: 'long enough' }
}

async function createLink(): Promise<string> {
  const token = await services.setup.createLink()
  if (token === null) throw new Error('There is nothing to set up.')
  return token
}

test('the first visitor creates the organization and is its first superadmin, signed in', async () => {
  const token = await createLink()
  expect(await services.setup.isUsable(token)).toBe(true)
  const { person, session } = await services.setup.complete(bodyWith(token), ORIGIN)
  expect(person satisfies { role: SessionInfo['user']['role'] }).toMatchObject({
    role: 'superadmin',
    organizationName: 'Acme',
    isDemo: false,
  })
  expect(session.token).toMatch(/^gts_/)
  const signedIn = await services.signIns.withPassword('ann@example.org', 'long enough', ORIGIN)
  expect(signedIn.person.id).toBe(person.id)
  const events = await store.selectFrom('activity').select('type').orderBy('position').execute()
  expect(events.map((event) => event.type)).toEqual([
    'organization.created',
    'user.created',
    'session.created',
    'session.created',
  ])
})

test('a link works once, and no link is given any more', async () => {
  const token = await createLink()
  await services.setup.complete(bodyWith(token), ORIGIN)
  expect(await services.setup.createLink()).toBeNull()
  expect(await services.setup.isUsable(token)).toBe(false)
  await expect(services.setup.complete(bodyWith(token), ORIGIN)).rejects.toMatchObject({ code: 'invalid_credentials' })
})

test('of two visitors with two links at the same moment one creates the organization', async () => {
  const tokens = [await createLink(), await createLink()]
  const outcomes = await Promise.allSettled(tokens.map((token) => services.setup.complete(bodyWith(token), ORIGIN)))
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await store.selectFrom('organizations').selectAll().execute()).toHaveLength(1)
  expect(await store.selectFrom('users').selectAll().execute()).toHaveLength(1)
})

test('a link is refused after a day, and a made-up one always', async () => {
  const token = await createLink()
  clock.advance(24 * 60 * 60_000 + 1)
  expect(await services.setup.isUsable(token)).toBe(false)
  for (const wrong of [token, 'gtu_made-up']) {
    await expect(services.setup.complete(bodyWith(wrong), ORIGIN)).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  }
  expect(await store.selectFrom('organizations').selectAll().execute()).toEqual([])
})

test('the console shows a set-up page to an empty installation, a sign-in page to a demo, and nothing to others', async () => {
  const empty = await createFirstPage(services, 'http://localhost')
  expect(empty?.purpose).toBe('setup')
  expect(empty?.url).toMatch(/^http:\/\/localhost\/setup\?token=gtu_[\w-]{43}$/)
  const { person } = await services.setup.complete(bodyWith(await createLink()), ORIGIN)
  expect(await createFirstPage(services, 'http://localhost')).toBeNull()

  await store.updateTable('organizations').set({ is_demo: true }).execute()
  await store.updateTable('users').set({ role: 'admin' }).execute()
  const demo = await createFirstPage(services, 'http://localhost')
  expect(demo?.purpose).toBe('sign-in')
  const link = new URL(demo?.url ?? '').searchParams.get('link') ?? ''
  expect((await services.signIns.withLink(link, ORIGIN)).person.id).toBe(person.id)
  await expect(services.signIns.withLink(link, ORIGIN)).rejects.toMatchObject({ code: 'invalid_credentials' })
})
