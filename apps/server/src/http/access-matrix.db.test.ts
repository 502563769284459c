import type { AccessExplanation } from '@graticule/contract'
import { ACTIONS, type Action, ASSET_KINDS, explain, SHAREABLE_KINDS } from '@graticule/policy'
import fc from 'fast-check'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createId } from '../platform/db/ids.ts'
import {
  ASKERS,
  type Asker,
  type Expectation,
  KIND_OF_SUBJECT,
  type Outcome,
  PERSON_ASKERS,
  type Relation,
  type Target,
} from '../testing/access-matrix/matrix.ts'
import { createMatrixWorld, type MatrixWorld } from '../testing/access-matrix/matrix-world.ts'
import { ROUTES } from '../testing/access-matrix/routes.ts'
import { createTestApp, type TestApp } from '../testing/create-test-app.ts'
import { describeBadRefusal } from '../testing/watch-refusals.ts'
import { ROUTES_WITHOUT_ACTION } from './routes-without-action.ts'

interface Cell {
  readonly row: string
  readonly method: string
  readonly path: string
  readonly expectation: Expectation
  readonly relation: Relation | 'any'
  readonly asker: Asker
  readonly outcome: Outcome
}

const NOTHING: Target = { id: 'none', parameters: {}, asset: null }

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

const CELLS = Object.entries(ROUTES).flatMap(([row, expectation]) => {
  const [method = '', path = ''] = (row.split(' · ')[0] ?? '').split(' ')
  return Object.entries(expectation.lines).flatMap(([relation, line]) =>
    ASKERS.map((asker): Cell => {
      const outcome = line[asker]
      return { row, method, path, expectation, relation: relation as Cell['relation'], asker, outcome }
    }),
  )
})

/** Whether a row's requests change what they are about, so that every one needs its own. */
const isChanging = ({ method }: Cell) => method !== 'GET'

test('every route of the server has its row, and every row is a route', () => {
  const rows = new Set(Object.keys(ROUTES).map((row) => row.split(' · ')[0]))
  // HEAD is answered by what answers GET. Files of the API viewer belong to the package that brings it.
  const routes = testApp.app.declaredRoutes
    .filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/docs/'))
    .map(({ method, url }) => `${method} ${url}`)
  expect([...rows].sort()).toEqual([...new Set(routes)].sort())
})

test('the routes that need no action are those with a reason, and no reason stands there for another', () => {
  const without = testApp.app.declaredRoutes
    .filter(({ method, access }) => method !== 'HEAD' && (access === 'session' || access === 'principal'))
    .filter(({ action, decides }) => action === null && decides === undefined)
    .map(({ method, url }) => `${method} ${url}`)
  expect(without.sort()).toEqual(Object.keys(ROUTES_WITHOUT_ACTION).sort())
})

test('every kind of asset has its lines, and no cell is left out', () => {
  expect([...new Set(Object.values(KIND_OF_SUBJECT))].sort()).toEqual(Object.keys(ASSET_KINDS).sort())
  expect(CELLS.length).toBeGreaterThan(2_000)
})

describe.each(Object.keys(ROUTES))('%s', (row) => {
  test('answers everybody as the table says, and is explained so', async () => {
    const cells = CELLS.filter((cell) => cell.row === row)
    const complaints = await Promise.all(cells.map(complainAbout))
    expect(complaints.flat()).toEqual([])
  })
})

test('500 random triples of person, token or visitor, action and asset are explained as the server answers', async () => {
  const people = [...PERSON_ASKERS.map(world.idOf), world.colleagueId]
  const audiences = fc.record({
    organization: fc.boolean(),
    public: fc.boolean(),
    groupIds: fc.subarray([...world.groupIds]),
    userIds: fc.subarray(people),
  })
  const askers = fc.oneof(
    fc.record({ asker: fc.constantFrom<Asker>(...PERSON_ASKERS), probe: fc.constantFrom(...listProbes()) }),
    fc.record({
      asker: fc.constantFrom<Asker>('token', 'anonymous'),
      probe: fc.constantFrom(...listProbesOfPrograms()),
    }),
  )
  const triples = fc.record({
    who: askers,
    relation: fc.constantFrom<Relation>('named', 'private', 'shared'),
    ownerId: fc.constantFrom(...people),
    audience: audiences,
  })
  const answers = { allowed: 0, refused: 0 }
  const programs = { allowed: 0, refused: 0 }
  for (const chunk of chunksOf(fc.sample(triples, { numRuns: 500, seed: 21 }), 10)) {
    await Promise.all(
      chunk.map(async ({ who: { asker, probe }, relation, ownerId, audience }) => {
        const kind = ACTIONS[probe.action].kind
        const reachable = kind === 'map' ? audience : { ...audience, public: false }
        const target = await targetOf()
        function targetOf(): Promise<Target> | Target {
          // Who reads data reads a real warehouse, which a token has a grant on or not.
          if (probe.cell.expectation.subject === 'source') return world.target('source', relation, asker, false)
          if (kind === null || kind === 'token' || kind === 'named-source' || kind === 'oauth-client') return NOTHING
          return world.addAsset(kind, ownerId, reachable)
        }
        const isAllowed = await explainTo(asker, probe.action, target)
        const cell: Cell = { ...probe.cell, asker, outcome: 'ok' }
        const answer = await send(cell, target)
        const what = `${asker} ${probe.action} ${JSON.stringify({ relation, ownerId, reachable })}: ${answer.body.slice(0, 200)}`
        expect(isAsExpected(cell, answer, target), what).toBe(isAllowed)
        const isPerson = asker !== 'token' && asker !== 'anonymous'
        if (!isAllowed) expect(isPerson ? [403, 404] : [401, 403, 404], what).toContain(answer.statusCode)
        ;(isPerson ? answers : programs)[isAllowed ? 'allowed' : 'refused'] += 1
      }),
    )
  }
  expect(Math.min(answers.allowed, answers.refused)).toBeGreaterThan(50)
  expect(Math.min(programs.allowed, programs.refused)).toBeGreaterThan(20)
}, 60_000)

/** Sources as grants write them, and tables as requests do: bare, qualified, quoted, of another database, the server's own. */
const GRANTED = [
  'demo.stores',
  '"demo"."stores"',
  'stores',
  'demo.*',
  '"demo" . *',
  'public.*',
  'public.spatial_ref_sys',
  'spatial_ref_sys',
  'pg_catalog.*',
  'pg_catalog.pg_class',
  'DATABASE.demo.stores',
  'DATABASE.demo.*',
  'SELECT * FROM demo.stores',
  '*',
] as const
const TABLES = [
  'demo.stores',
  '"demo"."stores"',
  ' demo . stores',
  'Demo.Stores',
  'stores',
  '"stores"',
  'demo.roads',
  'demo.nowhere',
  'spatial_ref_sys',
  'public.spatial_ref_sys',
  'pg_class',
  'pg_catalog.pg_class',
  'DATABASE.demo.stores',
  'elsewhere.demo.stores',
] as const

test('tokens × tables in all spellings are explained as the server answers, or it is said that the warehouse decides', async () => {
  const [{ current }] = (await world.warehouse.query('SELECT current_database() AS current')) as [{ current: string }]
  const name = (text: string) => text.replace('DATABASE', current)
  const rules = new Map<string, Set<number>>()
  for (const searchPath of ['public', 'demo, public']) {
    // Holds for sessions that are opened from now on, as those of a new connection.
    await world.warehouse.query(`ALTER DATABASE "${current}" SET search_path = ${searchPath}`)
    const payload = { name: createId().toLowerCase(), providerId: 'postgres', config: world.warehouse.config }
    const created = await testApp.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
    expect(created.statusCode, created.body).toBe(201)
    const connection = { id: created.json<{ id: string }>().id, name: payload.name }
    const pairs = GRANTED.flatMap((grant) => TABLES.map((table) => ({ grant, table })))
    const tokens = new Map<string, { readonly id: string; readonly token: string }>()
    for (const grant of GRANTED) {
      const payload = {
        name: grant,
        grants: [{ connection_name: connection.name, source: name(grant) }],
        allowed_apis: ['maps', 'sql'],
      }
      const made = await testApp.request({ method: 'POST', url: '/v3/tokens', as: 'editor', payload })
      expect(made.statusCode, made.body).toBe(201)
      tokens.set(grant, made.json())
    }
    for (const chunk of chunksOf(pairs, 10)) {
      await Promise.all(
        chunk.map(async ({ grant, table }) => {
          const { id = '', token = '' } = tokens.get(grant) ?? {}
          const source = name(table)
          const params = JSON.stringify({ column: '*', operation: 'count' })
          const query = new URLSearchParams({ type: 'table', source, params })
          const answer = await testApp.request({ url: `/v3/sql/${connection.name}/model/formula?${query}`, token })
          const asked = new URLSearchParams({
            subject: `token:${id}`,
            action: 'widget.read',
            asset: `connection:${connection.id}`,
            source,
          })
          const explanation = await testApp.request({ url: `/v3/access/explain?${asked}`, as: 'editor' })
          expect(explanation.statusCode, explanation.body).toBe(200)
          const { allowed, bounds, rule } = explanation.json<AccessExplanation>()
          const what = `${grant} × ${table} on ${searchPath}: ${rule}, ${answer.body.slice(0, 200)}`
          const isRefused = answer.statusCode === 403
          if (!allowed) expect(isRefused, what).toBe(true)
          if (rule === 'source.granted') expect(isRefused, what).toBe(false)
          expect(
            bounds.some(({ policy }) => policy === 'source.checked'),
            what,
          ).toBe(rule === 'source.checked')
          rules.set(rule, (rules.get(rule) ?? new Set()).add(answer.statusCode))
        }),
      )
    }
  }
  // Where it is said that the warehouse decides, it does decide so and so.
  expect([...(rules.get('source.checked') ?? [])].sort()).toEqual([200, 403])
  expect([...(rules.get('source.grant') ?? [])]).toEqual([403])
}, 120_000)

/** For each action that a person can be seen to take over HTTP a route that takes it and no other. */
function listProbes(): { readonly action: Action; readonly cell: Cell }[] {
  return (Object.keys(ACTIONS) as Action[]).flatMap((action) => {
    const cell = CELLS.find((candidate) => {
      const { asks, lists, subject } = candidate.expectation
      const isSharable = subject === null || SHAREABLE_KINDS.some((kind) => kind === subject)
      return (
        isSharable &&
        !lists &&
        (asks === undefined || asks.length === 1) &&
        (asks ?? declaredActions(candidate))[0] === action
      )
    })
    return cell === undefined ? [] : [{ action, cell }]
  })
}

/** For each action that a token or a visitor can be seen to take, a route that takes it and is not for people alone. */
function listProbesOfPrograms(): { readonly action: Action; readonly cell: Cell }[] {
  return (Object.keys(ACTIONS) as Action[]).flatMap((action) => {
    const { kind } = ACTIONS[action]
    const cell = CELLS.find((candidate) => {
      const { lists, subject } = candidate.expectation
      const [declared] = declaredActions(candidate)
      const isRandom = subject === 'source' || subject === kind
      return isRandom && !lists && declaredAccess(candidate) !== 'session' && declared === action
    })
    return cell === undefined ? [] : [{ action, cell }]
  })
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** What is wrong with a cell, in words. */
async function complainAbout(cell: Cell): Promise<string[]> {
  const { expectation, relation, asker, outcome } = cell
  const target =
    expectation.subject === null || relation === 'any'
      ? NOTHING
      : await world.target(expectation.subject, relation, asker, isChanging(cell))
  const answer = await send(cell, target)
  const found: string[] = []
  const name = `${asker} × ${relation}`
  if (!isAsExpected(cell, answer, target)) {
    found.push(`${name}: ${outcome} expected, got ${answer.statusCode} ${answer.body.slice(0, 200)}`)
  }
  if (answer.statusCode === 403 && typeof answer.json().decisionId !== 'string') {
    found.push(`${name}: refused without a decision`)
  }
  const complaint = describeBadRefusal(answer)
  if (complaint !== null) found.push(`${name}: ${complaint}`)
  const isAllowed = await isExplainedAsAllowed(cell)
  if (isAllowed !== null && isAllowed !== (outcome === 'ok')) {
    found.push(`${name}: ${outcome} expected, but explained as ${isAllowed ? 'allowed' : 'denied'}`)
  }
  return found
}

async function send({ expectation, method, path, asker }: Cell, target: Target): Promise<LightMyRequestResponse> {
  const { body, endsSession, headers, path: fixed = {}, query } = expectation
  const parameters = { ...fixed, ...target.parameters }
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

function isAsExpected({ expectation, outcome }: Cell, answer: LightMyRequestResponse, target: Target): boolean {
  const { lists, status: wanted } = expectation
  const status = answer.statusCode
  if (lists && (outcome === 'ok' || outcome === 404)) {
    return status === 200 && answer.body.includes(target.id) === (outcome === 'ok')
  }
  if (outcome !== 'ok') return status === outcome
  return wanted === undefined ? status >= 200 && status < 300 : status === wanted
}

const explained = new Map<string, Promise<boolean>>()

/** What an explanation says about a cell; null where no action decides. */
async function isExplainedAsAllowed(cell: Cell): Promise<boolean | null> {
  const { expectation, asker, relation } = cell
  const { subject } = expectation
  const declared = declaredActions(cell)
  // Free reading is what people need besides; of a token the grants say it.
  const asks = asker === 'token' ? declared : (expectation.asks ?? declared)
  // What a map lends is decided source by source; an explanation is about the whole connection.
  if (asks.length === 0 || relation === 'drawn') return null
  // By its grants a token reads the document of a map where programs do, and not the page of the workspace.
  const isPage = cell.path.startsWith('/workspace-api/')
  if (asker === 'token' && subject === 'map' && relation === 'named' && isPage) return null
  // Such routes are for people, whatever a token or a visitor may do besides.
  if (declaredAccess(cell) === 'session' && (asker === 'token' || asker === 'anonymous')) return null
  // Not the one that the request was about: that may be gone by now.
  const target = subject === null || relation === 'any' ? NOTHING : await world.target(subject, relation, asker, false)
  // The action is the admins' in their own organization; that this is another's, no action tells.
  if (target.asset === null && relation === 'abroad') return null
  const answers = await Promise.all(
    asks.map((action) => {
      const kind = ACTIONS[action].kind
      const key = `${asker} ${action} ${kind === null ? '' : relation}`
      const known = explained.get(key) ?? explainTo(asker, action, target)
      explained.set(key, known)
      return known
    }),
  )
  return answers.every(Boolean)
}

/** The explanation over HTTP, for whoever asks and whatever it is about; of another organization's nothing is told. */
async function explainTo(asker: Asker, action: Action, target: Target): Promise<boolean> {
  const kind = ACTIONS[action].kind
  const asset = kind === null ? undefined : (target.asset ?? undefined)
  const isHere = asset === undefined || asset.organizationId === testApp.organizationId
  if (!isHere) return explain(world.principalOf(asker), action, asset).allowed
  const query = new URLSearchParams({ subject: subjectOf(asker), action })
  if (asset !== undefined) query.set('asset', `${asset.kind}:${asset.id}`)
  const answer = await testApp.request({ url: `/v3/access/explain?${query}`, as: 'admin' })
  expect(answer.statusCode, answer.body).toBe(200)
  const { allowed, paths, rules } = answer.json<AccessExplanation>()
  expect(rules[0]?.effect === 'grant', answer.body).toBe(allowed)
  // What is allowed names the way that leads there, and nothing else does.
  const hasWays = asker !== 'token' && asker !== 'anonymous' && asset !== undefined
  if (hasWays) expect(paths.length > 0, answer.body).toBe(allowed)
  return allowed
}

/** Whoever asks, as explanations name them. */
function subjectOf(asker: Asker): string {
  const principal = world.principalOf(asker)
  if (principal.kind === 'token') return `token:${principal.tokenId}`
  return principal.kind === 'user' ? principal.userId : 'anonymous'
}

function declaredRoute({ method, path }: Cell) {
  return testApp.app.declaredRoutes.find((route) => route.method === method && route.url === path)
}

const declaredAccess = (cell: Cell) => declaredRoute(cell)?.access

function declaredActions(cell: Cell): readonly Action[] {
  const action = declaredRoute(cell)?.action ?? null
  if (action === null) return []
  const { subject } = cell.expectation
  const kind = ACTIONS[action].kind
  const isAnswerable = kind === null || (subject !== null && KIND_OF_SUBJECT[subject] === kind)
  return isAnswerable ? [action] : []
}
