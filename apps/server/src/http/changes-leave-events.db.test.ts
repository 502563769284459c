import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../features/auth/password-hash.ts'
import type { Mail, Mailer } from '../platform/mail/mailer.ts'
import { CHANGES, type ChangeWorld, PASSWORD } from '../testing/access-matrix/changes.ts'
import { type Asker, type Expectation, PERSON_ASKERS, type Relation } from '../testing/access-matrix/matrix.ts'
import { createMatrixWorld, type MatrixWorld } from '../testing/access-matrix/matrix-world.ts'
import { ROUTES } from '../testing/access-matrix/routes.ts'
import { PROVED_WITH_OTHERS, ROUTES_WITHOUT_EVENT } from '../testing/access-matrix/routes-without-event.ts'
import { createTestApp, type TestApp } from '../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../testing/create-test-warehouse.ts'

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url))
/** What tells of the way of a request, or of what it read, and of no change. */
const BESIDE_THE_POINT = ['access.denied', 'data.read', 'outbound.allowed', 'outbound.refused', 'warehouse.statement']

let testApp: TestApp
let world: MatrixWorld
let warehouse: TestWarehouse
let on: ChangeWorld

beforeAll(async () => {
  const mails: Mail[] = []
  const mailer: Mailer = { hasServer: true, deliver: async (mail) => mails.push(mail) > 0, close: () => undefined }
  const records = new Map<string, string[]>()
  testApp = await createTestApp(
    undefined,
    () => mailer,
    async (name) => records.get(name) ?? [],
  )
  world = await createMatrixWorld(testApp)
  warehouse = await createTestWarehouse(testApp, { name: 'second' })
  await testApp.store
    .updateTable('users')
    .set({ password_hash: await hashPassword(PASSWORD) })
    .execute()
  on = {
    testApp,
    world,
    mails,
    config: warehouse.config,
    showRecord: (name, value) => void records.set(name, [value]),
    kept: new Map(),
  }
}, 60_000)
afterAll(async () => {
  await warehouse.close()
  await world.close()
  await testApp.close()
})

/** Of the matrix: who may, and a thing on which they may. */
interface Cell {
  readonly expectation: Expectation
  readonly relation: Relation | 'any'
  readonly asker: Asker
}

/** The first cell of the matrix that lets somebody do with the route what it is for. */
function findCell(route: string): Cell | undefined {
  const askers: readonly Asker[] = ['editor', 'admin', 'superadmin', ...PERSON_ASKERS]
  for (const [row, expectation] of Object.entries(ROUTES)) {
    if (row.split(' · ')[0] !== route || expectation.status !== undefined) continue
    for (const [relation, line] of Object.entries(expectation.lines)) {
      const asker = askers.find((candidate) => line[candidate] === 'ok')
      if (asker !== undefined) return { expectation, relation: relation as Relation | 'any', asker }
    }
  }
  return undefined
}

/** The request of a cell of the access matrix. */
async function sendCell(route: string, { expectation, relation, asker }: Cell): Promise<LightMyRequestResponse> {
  const [method = '', path = ''] = route.split(' ')
  const { body, endsSession, headers, path: fixed = {}, query, subject } = expectation
  const target =
    subject === null || relation === 'any'
      ? { id: 'none', parameters: {}, asset: null }
      : await world.target(subject, relation, asker, true)
  const parameters: Readonly<Record<string, string>> = { ...fixed, ...target.parameters }
  const url = path.replaceAll(/:(\w+)|\*/g, (whole, name: string | undefined) =>
    name === undefined ? (parameters[whole] ?? '') : encodeURIComponent(parameters[name] ?? target.id),
  )
  const askerId = asker === 'token' || asker === 'anonymous' ? 'none' : world.idOf(asker)
  const search = typeof query === 'function' ? query(target, askerId) : query
  return testApp.app.inject({
    method: method as NonNullable<InjectOptions['method']>,
    url: search === undefined ? url : `${url}?${search}`,
    headers: { host: 'localhost', ...(await world.headersOf(asker, endsSession)), ...headers },
    ...(body === undefined ? {} : { payload: typeof body === 'function' ? body(target, askerId) : body }),
  })
}

const CHANGING = [...new Set(Object.keys(ROUTES).map((row) => row.split(' · ')[0] ?? ''))].filter(
  (route) => !route.startsWith('GET '),
)
const EVENTFUL = CHANGING.filter((route) => !(route in ROUTES_WITHOUT_EVENT || route in PROVED_WITH_OTHERS))
/** Those of `CHANGES` as they stand there, after all that the matrix makes change something already. */
const IN_ORDER = [...EVENTFUL.filter((route) => !(route in CHANGES)), ...Object.keys(CHANGES)]

/** The types of the events of a request, without what is beside the point. */
async function eventsOf(answer: LightMyRequestResponse): Promise<string[]> {
  await testApp.activity.flush()
  const rows = await testApp.store
    .selectFrom('activity')
    .select('type')
    .where('request_id', '=', String(answer.headers['x-request-id']))
    .where('type', 'not in', BESIDE_THE_POINT)
    .orderBy('seq')
    .execute()
  return rows.map(({ type }) => type)
}

test('every route that is no GET is asked to change something, or stands with its reason in one list', () => {
  const lists = [CHANGES, ROUTES_WITHOUT_EVENT, PROVED_WITH_OTHERS].map((list) => Object.keys(list))
  const named = lists.flat()
  expect(named.filter((route) => !CHANGING.includes(route))).toEqual([])
  expect(named.filter((route, index) => named.indexOf(route) !== index)).toEqual([])
  expect(EVENTFUL.length).toBeGreaterThan(120)
})

test('what takes another server is proved where there is one', () => {
  const gone = Object.values(PROVED_WITH_OTHERS).filter(
    ({ file, test: name }) => !readFileSync(join(REPOSITORY, file), 'utf8').includes(`test('${name}'`),
  )
  expect(gone).toEqual([])
})

describe('a change leaves an event with its request id', () => {
  test.each(IN_ORDER)('%s', async (route) => {
    const change = CHANGES[route]
    const cell = findCell(route)
    if (change === undefined && cell === undefined) throw new Error('Nobody is seen to do this; write down how.')
    const answer = await (change === undefined ? sendCell(route, cell as Cell) : change(on))
    expect(answer.statusCode, answer.body).toBeLessThan(300)
    // Some begin after the answer, such as a mail whose sending must not tell whether there is such a person.
    await expect.poll(() => eventsOf(answer), { timeout: 1_500 }).not.toEqual([])
  })
})
