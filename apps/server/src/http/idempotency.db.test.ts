import { randomUUID } from 'node:crypto'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Expectation, Target } from '../testing/access-matrix/matrix.ts'
import { createMatrixWorld, type MatrixWorld } from '../testing/access-matrix/matrix-world.ts'
import { ROUTES } from '../testing/access-matrix/routes.ts'
import { insertConnectionRow } from '../testing/connection-rows.ts'
import { createTestApp, type TestApp } from '../testing/create-test-app.ts'
import { heedsIdempotencyKey } from './idempotency.ts'
import { ROUTES_WITHOUT_IDEMPOTENCY } from './routes-without-idempotency.ts'

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

function createProject(key: string, name: string, as: 'editor' | 'admin' = 'editor') {
  return testApp.request({
    method: 'POST',
    url: '/v3/projects',
    as,
    headers: { 'idempotency-key': key },
    payload: { name },
  })
}

const countProjects = async (name: string) =>
  (await testApp.store.selectFrom('projects').select('id').where('name', '=', name).execute()).length

describe('a POST with an Idempotency-Key', () => {
  test('is carried out once, and answered again as it was', async () => {
    const key = randomUUID()
    const first = await createProject(key, 'once')
    expect(first.statusCode, first.body).toBe(201)
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    const second = await createProject(key, 'once')
    expect(second.statusCode).toBe(201)
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(second.headers['content-type']).toBe(first.headers['content-type'])
    expect(second.body).toBe(first.body)
    expect(await countProjects('once')).toBe(1)
  })

  test('is refused when the key was sent with another request', async () => {
    const key = randomUUID()
    await createProject(key, 'one thing')
    const other = await createProject(key, 'another thing')
    expect(other.statusCode).toBe(422)
    expect(other.json()).toMatchObject({ code: 'rule_violated', details: { rule: 'idempotency.reused' } })
    expect(await countProjects('another thing')).toBe(0)
  })

  test('is carried out once of many at the same moment, on two servers; the others are told to wait, or the same', async () => {
    const { app: second } = await testApp.buildServer('second')
    const key = randomUUID()
    const cookie = await testApp.signIn('editor')
    const send = (app: TestApp['app']) =>
      app.inject({
        method: 'POST',
        url: '/v3/projects',
        headers: { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin', 'idempotency-key': key },
        payload: { name: 'at the same moment' },
      })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => send(index % 2 ? second : testApp.app)))
    const made = answers.filter(({ headers, statusCode }) => statusCode === 201 && !headers['idempotency-replayed'])
    expect(made).toHaveLength(1)
    for (const answer of answers) {
      if (answer.statusCode === 201) {
        expect(answer.body).toBe(made[0]?.body)
        continue
      }
      expect(answer.statusCode).toBe(409)
      expect(answer.json().details.rule).toBe('idempotency.running')
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    expect(await countProjects('at the same moment')).toBe(1)
    expect((await send(second)).headers['idempotency-replayed']).toBe('true')
  })

  test('is everybody’s own: the same key of somebody else is another one', async () => {
    const key = randomUUID()
    const [mine, theirs] = [await createProject(key, 'shared key'), await createProject(key, 'shared key', 'admin')]
    expect(theirs.statusCode).toBe(201)
    expect(theirs.headers['idempotency-replayed']).toBeUndefined()
    expect(theirs.json().id).not.toBe(mine.json().id)
  })

  test('is tried anew after it was refused, because nothing was done', async () => {
    const key = randomUUID()
    const refused = await createProject(key, '')
    expect(refused.statusCode).toBe(400)
    const parent = { method: 'POST', url: '/v3/projects', as: 'editor', headers: { 'idempotency-key': key } } as const
    const missing = await testApp.request({ ...parent, payload: { name: 'child', parentId: 'none' } })
    expect(missing.statusCode).toBeGreaterThanOrEqual(400)
    const again = await createProject(key, 'after all')
    expect(again.statusCode, again.body).toBe(201)
  })

  test('is told that nobody knows, when a server ended in the middle', async () => {
    const key = randomUUID()
    const first = await createProject(key, 'cut off')
    expect(first.statusCode).toBe(201)
    await testApp.store
      .updateTable('idempotent_requests')
      .set({ sealed_answer: null, status: null, created_at: new Date(testApp.clock.now().getTime() - 16 * 60_000) })
      .where('principal_id', '=', `user:${testApp.users.editor.id}`)
      .execute()
    const second = await createProject(key, 'cut off')
    expect(second.statusCode).toBe(409)
    expect(second.json().details.rule).toBe('idempotency.lost')
    expect(await countProjects('cut off')).toBe(1)
  })

  test('may come again as a new one after 24 hours', async () => {
    const key = randomUUID()
    await createProject(key, 'yesterday')
    await testApp.store
      .updateTable('idempotent_requests')
      .set({ created_at: new Date(testApp.clock.now().getTime() - 24 * 60 * 60_000 - 1) })
      .where('principal_id', '=', `user:${testApp.users.editor.id}`)
      .execute()
    const later = await createProject(key, 'tomorrow')
    expect(later.statusCode).toBe(201)
    expect(later.headers['idempotency-replayed']).toBeUndefined()
  })

  test('is refused for a key that is none', async () => {
    for (const key of ['with space', 'x'.repeat(256), 'ünïcode']) {
      expect((await createProject(key, 'no key')).statusCode, key).toBe(400)
    }
    expect(await countProjects('no key')).toBe(0)
  })

  test('keeps a secret that is shown once sealed, and shows it to its owner again', async () => {
    await insertConnectionRow(testApp, 'of the token')
    const key = randomUUID()
    const create = () =>
      testApp.request({
        method: 'POST',
        url: '/v3/tokens',
        as: 'editor',
        headers: { 'idempotency-key': key },
        payload: {
          name: 'sent twice',
          grants: [{ connection_name: 'of the token', source: '*' }],
          allowed_apis: ['sql'],
        },
      })
    const first = await create()
    expect(first.statusCode, first.body).toBe(201)
    const { token } = first.json<{ token: string }>()
    expect(token).toMatch(/^gtk_/)
    expect((await create()).json<{ token: string }>().token).toBe(token)
    const kept = JSON.stringify(await testApp.store.selectFrom('idempotent_requests').selectAll().execute())
    expect(kept).not.toContain(token)
    expect(kept).not.toContain(key)
    const log = JSON.stringify(await testApp.store.selectFrom('activity').selectAll().execute())
    expect(log).not.toContain(key)
  })
})

const heeding = Object.entries(ROUTES).flatMap(([row, expectation]) => {
  const [method = '', path = ''] = (row.split(' · ')[0] ?? '').split(' ')
  return method === 'POST' ? [{ row, path, expectation }] : []
})

test('every route that takes a POST of people or tokens heeds the key, or stands in the list with a reason', () => {
  const routes = testApp.app.declaredRoutes.filter(({ method }) => method === 'POST')
  const deaf = routes
    .filter(({ access }) => access === 'session' || access === 'principal')
    .filter((route) => !heedsIdempotencyKey(route))
  expect(deaf.map(({ url }) => `POST ${url}`).sort()).toEqual(Object.keys(ROUTES_WITHOUT_IDEMPOTENCY).sort())
})

test('whatever succeeds is answered again and done no more, on every route', async () => {
  const complaints: string[] = []
  let replayed = 0
  for (const { expectation, path, row } of heeding) {
    const declared = testApp.app.declaredRoutes.find((route) => route.method === 'POST' && route.url === path)
    if (declared === undefined || !heedsIdempotencyKey(declared)) continue
    const found = await findAllowed(expectation)
    if (found === null) continue
    const key = randomUUID()
    const first = await send(path, expectation, found, key)
    if (first.statusCode >= 300) continue
    const second = await send(path, expectation, found, key)
    replayed += 1
    const isSame = second.statusCode === first.statusCode && second.body === first.body
    if (!isSame || second.headers['idempotency-replayed'] !== 'true') {
      complaints.push(`${row}: ${first.statusCode}, then ${second.statusCode} ${second.body.slice(0, 100)}`)
    }
  }
  expect(complaints).toEqual([])
  expect(replayed).toBeGreaterThan(35)
}, 120_000)

interface Found {
  readonly asker: 'superadmin' | 'editor'
  readonly target: Target
}

/** Somebody who may, and what they may do it to. */
async function findAllowed({ lines, subject }: Expectation): Promise<Found | null> {
  for (const [relation, line] of Object.entries(lines)) {
    for (const asker of ['editor', 'superadmin'] as const) {
      if (line[asker] !== 'ok') continue
      const nothing: Target = { id: 'none', parameters: {}, asset: null }
      if (subject === null || relation === 'any') return { asker, target: nothing }
      return { asker, target: await world.target(subject, relation as never, asker, true) }
    }
  }
  return null
}

async function send(
  path: string,
  { body, endsSession, headers, path: fixed = {}, query }: Expectation,
  { asker, target }: Found,
  key: string,
) {
  const parameters: Readonly<Record<string, string>> = { ...fixed, ...target.parameters }
  const url = path.replaceAll(/:(\w+)|\*/g, (whole, name: string | undefined) =>
    name === undefined ? (parameters[whole] ?? '') : encodeURIComponent(parameters[name] ?? target.id),
  )
  const search = typeof query === 'function' ? query(target, world.idOf(asker)) : query
  return testApp.app.inject({
    method: 'POST' as NonNullable<InjectOptions['method']>,
    url: search === undefined ? url : `${url}?${search}`,
    headers: {
      host: 'localhost',
      ...(await world.headersOf(asker, endsSession)),
      ...headers,
      'idempotency-key': key,
    },
    ...(body === undefined ? {} : { payload: typeof body === 'function' ? body(target, world.idOf(asker)) : body }),
  })
}
