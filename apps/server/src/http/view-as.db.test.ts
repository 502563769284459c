import { type ErrorBody, emptyMapDocument, type Role, type SessionInfo } from '@graticule/contract'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMatrixWorld, type MatrixWorld } from '../testing/access-matrix/matrix-world.ts'
import { createTestApp, type TestApp } from '../testing/create-test-app.ts'

/** What is let in although it is no GET: data that is asked for at length, and what ends the looking. */
const LET_IN = [
  'DELETE /auth/view-as',
  'POST /auth/sign-out',
  'POST /v3/maps/:connection/boundary',
  'POST /v3/maps/:connection/query',
  'POST /v3/maps/:connection/raster',
  'POST /v3/maps/:connection/table',
  'POST /v3/maps/:connection/tilejson/:handle',
  'POST /v3/maps/:connection/tileset',
  'POST /v3/sql/:connection/model/:model',
  'POST /v3/stats/*',
]

/** What is nobody's to look at but the person's, and what a role looks after. */
const CLOSED = [
  '/auth/sessions',
  '/auth/second-factors',
  '/v3/tokens',
  '/v3/tokens/none',
  '/workspace-api/access-requests',
  '/v3/sql/jobs',
  '/v3/sql/none/query?q=SELECT+1',
  '/v3/activity',
  '/workspace-api/outbox',
  '/workspace-api/invitations',
  '/workspace-api/identity-providers',
]

let testApp: TestApp
let world: MatrixWorld

beforeAll(async () => {
  testApp = await createTestApp()
  world = await createMatrixWorld(testApp)
}, 60_000)
afterAll(async () => {
  await world.close()
  await testApp.close()
})

type Method = NonNullable<InjectOptions['method']>

/** The headers of a browser in which one looks as the other. */
async function lookAs(viewer: Role, person: Role): Promise<Record<string, string>> {
  const headers = { host: 'localhost', cookie: await testApp.signIn(viewer), 'sec-fetch-site': 'same-origin' }
  const payload = { userId: testApp.users[person].id }
  const begun = await testApp.app.inject({ method: 'POST', url: '/auth/view-as', headers, payload })
  expect(begun.statusCode, begun.body).toBe(204)
  return headers
}
const send = (headers: Record<string, string>, method: Method, url: string, payload?: object) =>
  testApp.app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
const ruleOf = (answer: LightMyRequestResponse) =>
  (answer.json<ErrorBody>().details as { rule?: string } | undefined)?.rule
const whoIs = async (headers: Record<string, string>) =>
  (await send(headers, 'GET', '/auth/session')).json<SessionInfo>()

test('no route that changes anything lets in who looks as somebody else, whoever they look as', async () => {
  const routes = testApp.app.declaredRoutes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))
  const foreign = [
    'POST /auth/saml/acs',
    'POST /auth/oidc/back-channel-logout',
    // Applications come with a secret or a code of their own; no session counts there.
    'POST /oauth/revoke',
    'POST /oauth/token',
  ]
  for (const [viewer, person] of [
    ['superadmin', 'admin'],
    ['admin', 'editor'],
  ] as const) {
    const headers = await lookAs(viewer, person)
    const letIn: string[] = []
    for (const { method, url } of routes) {
      const name = `${method} ${url}`
      if (LET_IN.slice(0, 2).includes(name)) continue
      const answer = await send(headers, method as Method, url.replaceAll(/:\w+|\*/g, 'none'))
      if (answer.statusCode !== 403 || ruleOf(answer) !== 'view-as') letIn.push(name)
    }
    // A directory comes with its own token, which nobody is by a session; other sites post where nobody is signed in.
    expect(letIn.filter((name) => !name.includes(' /scim/') && !foreign.includes(name)).sort()).toEqual(LET_IN.slice(2))
  }
})

test('what is a secret of the person, or looked after by a role, is closed', async () => {
  for (const [viewer, person] of [
    ['superadmin', 'admin'],
    ['admin', 'viewer'],
  ] as const) {
    const headers = await lookAs(viewer, person)
    for (const url of CLOSED) {
      const answer = await send(headers, 'GET', url)
      expect(ruleOf(answer), `${url}: ${answer.body}`).toBe('view-as')
    }
  }
  const open = testApp.app.declaredRoutes.filter(({ method, viewAs }) => method === 'GET' && viewAs === 'open')
  expect(open.map(({ url }) => url).sort()).toEqual([
    '/auth/session',
    '/v3/access/explain',
    '/v3/access/people-counts',
    '/v3/providers',
    '/workspace-api/customization',
    '/workspace-api/favourites',
    '/workspace-api/recents',
    '/workspace-api/tags',
    '/workspace-api/trash',
  ])
})

test('the workspace is the person’s, and the log names both', async () => {
  // The hundreds of refusals of the tests above are recorded in batches; none may come in between.
  await testApp.activity.flush()
  const created = await testApp.request({
    method: 'POST',
    url: '/workspace-api/maps',
    as: 'editor',
    payload: { document: emptyMapDocument('Plans') },
  })
  const { id } = created.json<{ id: string }>()
  const headers = await lookAs('admin', 'editor')
  expect(await whoIs(headers)).toMatchObject({
    user: { id: testApp.users.editor.id },
    viewedBy: { name: 'The admin', until: expect.any(String) },
  })
  const map = await send(headers, 'GET', `/workspace-api/maps/${id}`)
  expect(map.json()).toMatchObject({
    title: 'Plans',
    permissions: { edit: { allowed: false, reason: expect.stringContaining('as somebody else') } },
  })
  expect((await send(headers, 'DELETE', '/auth/view-as')).statusCode).toBe(204)
  const after = await whoIs(headers)
  expect(after).toMatchObject({ user: { id: testApp.users.admin.id } })
  expect(after.viewedBy).toBeUndefined()
  expect((await send(headers, 'GET', `/workspace-api/maps/${id}`)).statusCode).toBe(404)

  await testApp.activity.flush()
  const log = await testApp.request({ url: '/v3/activity?limit=50', as: 'superadmin' })
  const events = log.json<{ events: { type: string; actor: { id: string }; details: Record<string, unknown> }[] }>()
    .events
  const find = (type: string) => events.find((event) => event.type === type)
  expect(find('view-as.started')?.actor.id).toBe(testApp.users.admin.id)
  expect(find('view-as.ended')?.details).toMatchObject({ reason: 'exit' })
  expect(find('map.inspected')).toMatchObject({
    actor: { id: testApp.users.editor.id },
    details: { viewedBy: testApp.users.admin.id, viewedByName: 'The admin' },
  })
})

test('it ends by itself, with the session, and when the person or the admin is not who they were', async () => {
  const headers = await lookAs('admin', 'viewer')
  testApp.clock.advance(31 * 60_000)
  expect((await whoIs(headers)).user.role).toBe('admin')

  const promoted = await lookAs('admin', 'viewer')
  const setRole = (id: string, role: Role) =>
    testApp.store.updateTable('users').set({ role }).where('id', '=', id).execute()
  await setRole(testApp.users.viewer.id, 'admin')
  testApp.clock.advance(2_000)
  expect((await whoIs(promoted)).user.id).toBe(testApp.users.admin.id)
  await setRole(testApp.users.viewer.id, 'viewer')

  const left = await lookAs('admin', 'viewer')
  expect((await send(left, 'POST', '/auth/sign-out')).statusCode).toBe(204)
  expect((await send(left, 'GET', '/auth/session')).statusCode).toBe(401)

  const sweeper = await testApp.buildServer('sweeper')
  testApp.clock.advance(31 * 60_000)
  await sweeper.sweep()
  expect(await testApp.store.selectFrom('session_views').selectAll().execute()).toEqual([])
  const ended = await testApp.store
    .selectFrom('activity')
    .select('details')
    .where('type', '=', 'view-as.ended')
    .execute()
  expect(ended.filter(({ details }) => details.reason === 'over').length).toBeGreaterThanOrEqual(3)
})

test('nobody looks as somebody of their own role or a stronger one, nor of another organization', async () => {
  const begin = async (as: Role, userId: string) => {
    const answer = await testApp.request({ method: 'POST', url: '/auth/view-as', as, payload: { userId } })
    return [answer.statusCode, ruleOf(answer)]
  }
  const { admin, editor, superadmin } = testApp.users
  expect(await begin('editor', testApp.users.viewer.id)).toEqual([403, 'role.editor.user.view-as.none'])
  expect(await begin('admin', superadmin.id)).toEqual([403, 'view-as.role'])
  expect(await begin('admin', admin.id)).toEqual([403, 'view-as.self'])
  const stranger = await testApp.store
    .selectFrom('users')
    .select('id')
    .where('organization_id', '!=', testApp.organizationId)
    .executeTakeFirstOrThrow()
  expect((await begin('admin', stranger.id))[0]).toBe(404)
  expect((await begin('admin', 'nobody'))[0]).toBe(404)
  const headers = await lookAs('superadmin', 'admin')
  const again = await send(headers, 'POST', '/auth/view-as', { userId: editor.id })
  expect(ruleOf(again)).toBe('view-as')
})
