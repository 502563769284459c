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
import { offerOrganization } from './organization-offer.ts'
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
  expect((await services.setup.read(token)).valid).toBe(true)
  const { person, session } = await services.setup.complete(bodyWith(token), ORIGIN)
  expect(person satisfies { role: SessionInfo['user']['role'] }).toMatchObject({
    role: 'superadmin',
    organizationName: 'Acme',
    isDemo: false,
  })
  expect(session.token).toMatch(/^gts_/)
  const signedIn = await services.signIns.withPassword({ email: 'ann@example.org', password: 'long enough' }, ORIGIN)
  expect(signedIn).toMatchObject({ person: { id: person.id } })
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
  expect((await services.setup.read(token)).valid).toBe(false)
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
  expect((await services.setup.read(token)).valid).toBe(false)
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

test('an offer creates a further organization, once, and only for the e-mail that it names', async () => {
  await services.setup.complete(bodyWith(await createLink()), ORIGIN)
  const offer = { organizationName: 'Meridian', email: 'bob@example.org' }
  const link = await offerOrganization({ store, clock }, offer, 'http://localhost')
  const token = new URL(link).searchParams.get('token') ?? ''
  expect(await services.setup.read(token)).toEqual({ valid: true, ...offer })
  const body = { ...bodyWith(token, 'Meridian Maps'), email: 'mallory@example.org' }
  const outcomes = await Promise.allSettled([
    services.setup.complete(body, ORIGIN),
    services.setup.complete(body, ORIGIN),
  ])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const [bob] = await services.users.listActiveByEmail('bob@example.org')
  expect(bob).toMatchObject({ role: 'superadmin', organizationName: 'Meridian Maps' })
  expect(await services.users.listActiveByEmail('mallory@example.org')).toEqual([])
  expect((await services.setup.read(token)).valid).toBe(false)
})

test('an offer without an e-mail is for whoever holds it, for seven days', async () => {
  await services.setup.complete(bodyWith(await createLink()), ORIGIN)
  const make = async () => {
    const link = await offerOrganization(
      { store, clock },
      { organizationName: 'Open', email: null },
      'http://localhost',
    )
    return new URL(link).searchParams.get('token') ?? ''
  }
  const { person } = await services.setup.complete({ ...bodyWith(await make()), email: ' ann@example.org ' }, ORIGIN)
  expect(person.email).toBe('ann@example.org')
  const late = await make()
  clock.advance(7 * 24 * 60 * 60_000)
  await expect(services.setup.complete(bodyWith(late), ORIGIN)).rejects.toMatchObject({ code: 'invalid_credentials' })
  await services.setup.sweep()
  expect(await store.selectFrom('organization_offers').selectAll().execute()).toEqual([])
})
