import { emptyMapDocument, type MapDetail, type Role, SCIM_REFUSAL_SCHEMA } from '@graticule/contract'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashPassword } from '../features/auth/password-hash.ts'
import {
  deleteByOperator,
  describeOrganizations,
  type OperatorOptions,
  restoreByOperator,
  suspendByOperator,
} from '../features/organizations/operator-commands.ts'
import { OrganizationStore } from '../features/organizations/organization-store.ts'
import type { Store } from '../platform/db/database.ts'
import { ROWS_OF_ORGANIZATIONS } from '../platform/db/organization-rows.ts'
import type { TestApp } from './create-test-app.ts'

const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name)
const NAME = 'Test Organization'
const PASSWORD = 'correct horse battery'
const SUSPENDED =
  'This organization is suspended: nobody can enter it until whoever runs this installation restores it.'

/** What holds of suspending, restoring and deleting organizations on every engine that may keep them. */
export function describeOrganizationLife(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let operator: OperatorOptions

  beforeEach(async () => {
    testApp = await createApp()
    const { activity, clock, store } = testApp
    operator = { activity, clock, store, organizations: new OrganizationStore(store) }
  })
  afterEach(() => testApp.close())

  const post = (url: string, as: Role | undefined, payload: object) =>
    testApp.request({ method: 'POST', url, payload, ...(as && { as }) })
  const suspend = (name = NAME, as: Role = 'admin') => post('/workspace-api/organization/suspend', as, { name })
  const remove = (name = NAME, as: Role = 'admin') => post('/workspace-api/organization/delete', as, { name })
  const eventsOf = async (type: string) =>
    testApp.store.selectFrom('activity').selectAll().where('type', '=', type).orderBy('seq').execute()

  /** A public map with its address, and the token in its document. */
  async function publishMap() {
    const made = await post('/workspace-api/maps', 'editor', { document: emptyMapDocument('Open') })
    const { id } = made.json<MapDetail>()
    await post(`/workspace-api/maps/${id}/privacy`, 'editor', { privacy: 'public' })
    const document = await testApp.request({ url: `/v3/maps/public/${id}` })
    return { id, token: String(document.json().token) }
  }

  /** A second organization with somebody who is in the first too, by the same e-mail and password. */
  async function addNeighbour() {
    const created_at = testApp.clock.now()
    await testApp.store
      .insertInto('organizations')
      .values({ id: 'ac_neighbor', name: 'Neighbour', is_demo: false, created_at })
      .execute()
    await testApp.store
      .insertInto('users')
      .values({
        id: 'neighbour',
        organization_id: 'ac_neighbor',
        email: testApp.users.editor.email,
        name: 'Edda',
        role: 'admin',
        password_hash: await hashPassword(PASSWORD),
        created_at,
      })
      .execute()
  }

  test('a suspended organization is shut at once for every way in, with one sentence, until it is restored', async () => {
    const { clock, store, users } = testApp
    const other = await testApp.buildServer('second-server')
    const map = await publishMap()
    const apiToken = await testApp.createToken([{ connection_name: 'none', source: '*' }])
    const scim = (await post('/workspace-api/scim/tokens', 'admin', {})).json().token
    const invited = await post('/workspace-api/invitations', 'admin', { emails: ['new@example.org'], role: 'viewer' })
    const invitation = new URL(invited.json().results[0].link).hash.slice(1)
    const linked = await post(`/workspace-api/users/${users.viewer.id}/password-link`, 'admin', {})
    const passwordLink = new URL(linked.json().link).hash.slice(1)
    await store
      .updateTable('users')
      .set({ password_hash: await hashPassword(PASSWORD) })
      .execute()
    const cookie = await testApp.signIn('viewer')
    const signIn = { email: users.viewer.email, password: PASSWORD }
    const there = async (url: string, headers: Record<string, string>) =>
      other.app.inject({ url, headers: { host: 'localhost', ...headers } })
    const ways = {
      session: () => testApp.request({ url: '/auth/session', headers: { cookie } }),
      'session on another server': () => there('/auth/session', { cookie }),
      'API token': () => testApp.request({ url: '/v3/sql/jobs', token: apiToken }),
      'token of a public map': () => testApp.request({ url: `/v3/maps/public/${map.id}`, token: map.token }),
      'public map': () => testApp.request({ url: `/v3/maps/public/${map.id}` }),
      'public map on its page': () => testApp.request({ url: `/workspace-api/viewer/maps/${map.id}` }),
      password: () => post('/auth/sign-in', undefined, signIn),
      invitation: () => post('/auth/invitation/read', undefined, { token: invitation }),
      SCIM: () => testApp.request({ url: '/scim/v2/Users', headers: { authorization: `Bearer ${scim}` } }),
    }
    for (const [way, go] of Object.entries(ways)) expect((await go()).statusCode, way).toBe(200)

    expect((await suspend()).statusCode).toBe(204)
    // Another server notices within a second.
    clock.advance(1_001)
    for (const [way, go] of Object.entries(ways)) {
      const answer = await go()
      expect([answer.statusCode, answer.json().error ?? answer.json().detail], way).toEqual([403, SUSPENDED])
    }
    expect((await ways.SCIM()).json()[SCIM_REFUSAL_SCHEMA]).toEqual({
      rule: 'organization.suspended',
      decisionId: expect.any(String),
    })
    const reset = await post('/auth/password/reset', undefined, {
      token: passwordLink,
      newPassword: 'another password',
    })
    expect(reset.json().error).toBe(SUSPENDED)
    const join = { token: invitation, name: 'New', password: PASSWORD }
    expect((await post('/auth/invitation', undefined, join)).json().error).toBe(SUSPENDED)
    expect((await testApp.request({ url: '/', headers: { cookie, accept: 'text/html' } })).statusCode).toBe(200)

    expect(await restoreByOperator(operator, testApp.organizationId)).toContain('is restored')
    clock.advance(1_001)
    for (const [way, go] of Object.entries(ways)) expect((await go()).statusCode, way).toBe(200)
    // What was refused did not use the links up.
    const again = { token: passwordLink, newPassword: 'another password' }
    expect((await post('/auth/password/reset', undefined, again)).statusCode).toBe(200)
    expect((await post('/auth/invitation', undefined, join)).statusCode).toBe(200)
    expect(await eventsOf('organization.suspended')).toMatchObject([{ actor_id: users.admin.id }])
    expect(await eventsOf('organization.restored')).toMatchObject([{ actor_kind: 'system' }])
  })

  test('who is in two organizations enters the one that is not suspended', async () => {
    await addNeighbour()
    await testApp.store
      .updateTable('users')
      .set({ password_hash: await hashPassword(PASSWORD) })
      .execute()
    await suspendByOperator(operator, NAME)
    const signedIn = await post('/auth/sign-in', undefined, { email: testApp.users.editor.email, password: PASSWORD })
    expect(signedIn.json()).toMatchObject({ organization: { name: 'Neighbour' } })
  })

  test('who is in several organizations with one password chooses where to enter', async () => {
    await addNeighbour()
    await testApp.store
      .updateTable('users')
      .set({ password_hash: await hashPassword(PASSWORD) })
      .execute()
    const login = { email: testApp.users.editor.email, password: PASSWORD }
    const choice = await post('/auth/sign-in', undefined, login)
    expect([choice.statusCode, choice.headers['set-cookie']]).toEqual([202, undefined])
    expect(choice.json().organizations.toSorted(byName)).toEqual([
      { id: 'ac_neighbor', name: 'Neighbour' },
      { id: testApp.organizationId, name: NAME },
    ])
    for (const { id, name } of choice.json().organizations) {
      const entered = await post('/auth/sign-in', undefined, { ...login, organizationId: id })
      expect(entered.json()).toMatchObject({ user: { email: login.email }, organization: { id, name } })
    }
    const wrong = { ...login, password: 'wrong password' }
    for (const body of [
      wrong,
      { ...wrong, organizationId: 'ac_neighbor' },
      { ...login, organizationId: 'ac_nowhere' },
    ]) {
      expect((await post('/auth/sign-in', undefined, body)).statusCode).toBe(401)
    }
    await testApp.store
      .updateTable('users')
      .set({ password_hash: await hashPassword('another password') })
      .where('id', '=', 'neighbour')
      .execute()
    expect((await post('/auth/sign-in', undefined, login)).json()).toMatchObject({ organization: { name: NAME } })
  })

  test('only an admin ends an organization, and only after typing its name', async () => {
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect([(await suspend(NAME, as)).statusCode, (await remove(NAME, as)).statusCode]).toEqual([403, 403])
    }
    for (const name of ['test organization', 'Test', NAME.toUpperCase()]) {
      const refused = await remove(name)
      expect([refused.statusCode, refused.json().error]).toEqual([
        400,
        'Type the name of the organization to confirm: Test Organization',
      ])
      expect((await suspend(name)).statusCode).toBe(400)
    }
    expect((await testApp.request({ url: '/auth/session', as: 'admin' })).statusCode).toBe(200)
  })

  test('a deleted organization leaves nothing but an event of the installation, and its neighbour untouched', async () => {
    await addNeighbour()
    const map = await publishMap()
    const { organizationId, store, users } = testApp
    await post('/workspace-api/groups', 'admin', { name: 'Sales' })
    await post('/workspace-api/invitations', 'admin', { emails: ['new@example.org'], role: 'viewer' })
    await post('/workspace-api/scim/tokens', 'admin', {})
    await post(`/workspace-api/users/${users.viewer.id}/password-link`, 'admin', {})
    await testApp.giveSecondFactor('editor')
    const cookie = await testApp.signIn('viewer')
    const removed = await remove(` ${NAME} `, 'superadmin')
    expect(removed.statusCode).toBe(204)
    expect(String(removed.headers['set-cookie'])).toContain('graticule_session=;')
    expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(401)
    expect((await testApp.request({ url: `/v3/maps/public/${map.id}` })).statusCode).toBe(404)
    expect(await rowsLeft(store, organizationId)).toEqual([])
    expect(await store.selectFrom('users').select('id').execute()).toEqual([{ id: 'neighbour' }])
    expect(await eventsOf('organization.deleted')).toMatchObject([
      { organization_id: null, actor_id: users.superadmin.id, asset_id: organizationId, details: {} },
    ])
    // What had been queued for it does not stand in the way of what comes after it.
    testApp.activity.enqueue({ organizationId, actor: { kind: 'system', id: null }, type: 'too.late' })
    testApp.activity.enqueue({ organizationId: null, actor: { kind: 'system', id: null }, type: 'after.it' })
    await testApp.activity.flush()
    expect([await eventsOf('too.late'), (await eventsOf('after.it')).length]).toEqual([[], 1])
  })

  test('of two who delete it at once, and one who adds to it meanwhile, none leaves anything behind', async () => {
    const { organizationId, store } = testApp
    // Whoever asks is signed in before the race begins.
    for (const as of ['admin', 'editor', 'superadmin'] as const) await testApp.request({ url: '/auth/session', as })
    const answers = await Promise.all([
      remove(),
      post('/workspace-api/maps', 'editor', { document: emptyMapDocument('Late') }),
      remove(NAME, 'superadmin'),
      post('/workspace-api/groups', 'admin', { name: 'Late' }),
    ])
    expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1)
    for (const { statusCode } of answers) expect(statusCode).toBeLessThan(500)
    expect(await rowsLeft(store, organizationId)).toEqual([])
  })

  test('the operator lists, suspends, restores and deletes organizations by id or name', async () => {
    await addNeighbour()
    const { organizationId } = testApp
    await suspendByOperator(operator, NAME)
    expect(await describeOrganizations(operator)).toBe(
      `ac_neighbor  Neighbour  1 person\n${organizationId}  ${NAME}  5 people  suspended`,
    )
    await expect(suspendByOperator(operator, organizationId)).rejects.toMatchObject({ code: 'conflict' })
    await expect(restoreByOperator(operator, 'Neighbour')).rejects.toThrow('"Neighbour" is not suspended.')
    await expect(restoreByOperator(operator, 'Nowhere')).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteByOperator(operator, organizationId, 'Neighbour')).rejects.toMatchObject({
      code: 'invalid_request',
    })
    await deleteByOperator(operator, organizationId, NAME)
    await testApp.store.updateTable('organizations').set({ name: 'ac_neighbor' }).execute()
    expect(await describeOrganizations(operator)).toBe('ac_neighbor  ac_neighbor  1 person')
  })

  test('every table of the schema says how its rows belong to an organization, and the schema agrees', async () => {
    const { store } = testApp
    const columns = await sql<{ table: string; isOwned: boolean }>`
      SELECT tables.table_name AS "table", bool_or(columns.column_name = 'organization_id') AS "isOwned"
      FROM information_schema.tables JOIN information_schema.columns USING (table_schema, table_name)
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'graticule_migration%' AND table_name <> 'organizations'
      GROUP BY tables.table_name`.execute(store)
    const cascades = await sql<{ table: string; target: string }>`
      SELECT conrelid::regclass::text AS "table", confrelid::regclass::text AS target
      FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c'`.execute(store)
    const lines: Readonly<Record<string, string>> = ROWS_OF_ORGANIZATIONS
    for (const { isOwned, table } of columns.rows) {
      const targets = cascades.rows.filter((row) => row.table === table).map((row) => row.target)
      const follows = targets.some((target) => target !== table && (lines[target] ?? 'nobody') !== 'nobody')
      const owned = lines[table] === 'cascade' && targets.includes('organizations') ? 'cascade' : 'column'
      const expected = isOwned ? owned : follows ? 'follow' : 'nobody'
      expect(lines[table], `the line of ${table} in ROWS_OF_ORGANIZATIONS`).toBe(expected)
    }
    expect(columns.rows.map(({ table }) => table).sort()).toEqual(Object.keys(lines).sort())
  })
}

/** The tables in which an organization still has rows; what follows those cannot stay without them. */
export async function rowsLeft(store: Store, organizationId: string): Promise<string[]> {
  const left: string[] = []
  for (const [table, how] of Object.entries(ROWS_OF_ORGANIZATIONS)) {
    if (how !== 'column' && how !== 'cascade') continue
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::integer AS count FROM ${sql.table(table)} WHERE organization_id = ${organizationId}`.execute(
      store,
    )
    if (rows[0]?.count !== 0) left.push(table)
  }
  return left
}
