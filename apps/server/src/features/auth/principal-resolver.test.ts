import { expect, test } from 'vitest'
import { ManualClock } from '../../platform/clock/clock.ts'
import { createRandomToken } from '../../platform/secrets/bearer-tokens.ts'
import { PrincipalResolver, type Resolution, type ResolvedToken } from './principal-resolver.ts'

const TOKEN = createRandomToken('gtk_')
const COOKIE = createRandomToken('gts_')
/** The connection that everything comes in on. */
const PEER = {}
const FROM = () => '203.0.113.9'
const RESOLVED: ResolvedToken = {
  principal: { kind: 'token', tokenId: 't', ownerId: 'o', organizationId: 'ac', grants: [], allowedApis: ['maps'] },
  referers: [],
  expiresAt: null,
}

/** A resolver over look-ups that the test answers itself, one by one. */
function createResolver() {
  const clock = new ManualClock(new Date())
  const waiting: ((token: ResolvedToken | null) => void)[] = []
  const counts = { token: 0, session: 0, use: 0 }
  const resolver = new PrincipalResolver(
    {
      findToken: () => {
        counts.token += 1
        return new Promise((resolve) => waiting.push(resolve))
      },
      findSession: async () => {
        counts.session += 1
        return null
      },
      findAppToken: async () => null,
      findPublicMap: async () => null,
      noteTokenUse: () => {
        counts.use += 1
      },
    },
    clock,
  )
  const ask = async (): Promise<Resolution> => resolver.resolve(TOKEN, null, null, PEER, FROM)
  return { resolver, clock, waiting, counts, ask }
}

test('all who ask at the same moment share one look-up, and then none is needed for a second', async () => {
  const { resolver, clock, waiting, counts, ask } = createResolver()
  const answers = Promise.all([ask(), ask(), ask()])
  waiting[0]?.(RESOLVED)
  expect((await answers).map((answer) => answer.principal.kind)).toEqual(['token', 'token', 'token'])
  expect(counts).toMatchObject({ token: 1, use: 3 })
  expect(resolver.resolve(TOKEN, null, null, PEER, FROM)).not.toBeInstanceOf(Promise)
  clock.advance(1_000)
  expect(resolver.resolve(TOKEN, null, null, PEER, FROM)).toBeInstanceOf(Promise)
  expect(counts.token).toBe(2)
})

test('a look-up that began before a revocation is not remembered after it', async () => {
  const { resolver, waiting, counts, ask } = createResolver()
  const before = ask()
  resolver.forget()
  const after = ask()
  waiting[0]?.(RESOLVED)
  await before
  waiting[1]?.(null)
  expect((await after).failure?.code).toBe('unauthenticated')
  expect((await ask()).principal.kind).toBe('anonymous')
  expect(counts.token).toBe(2)
})

test('a look-up that fails is not remembered either', async () => {
  const { resolver } = createResolver()
  let attempts = 0
  const failing = new PrincipalResolver(
    {
      findToken: async () => {
        attempts += 1
        if (attempts === 1) throw new Error('the store is away')
        return RESOLVED
      },
      findSession: async () => null,
      findAppToken: async () => null,
      findPublicMap: async () => null,
      noteTokenUse: () => undefined,
    },
    new ManualClock(new Date()),
  )
  await expect(async () => failing.resolve(TOKEN, null, null, PEER, FROM)).rejects.toThrow('the store is away')
  expect((await failing.resolve(TOKEN, null, null, PEER, FROM)).principal.kind).toBe('token')
  expect(resolver.readBearer('Bearer  x')).toBe('x')
})

test('what cannot be one of our credentials is refused without asking the store', async () => {
  const { resolver, counts } = createResolver()
  for (const wrong of ['BAD', 'gtk_short', COOKIE, `${TOKEN}x`, 'gtk_\u0000']) {
    expect((await resolver.resolve(wrong, null, null, PEER, FROM)).failure?.code).toBe('unauthenticated')
  }
  for (const wrong of ['x', TOKEN, `${COOKIE}x`]) {
    expect((await resolver.resolve(null, wrong, null, PEER, FROM)).failure?.code).toBe('session_expired')
  }
  expect(counts).toMatchObject({ token: 0, session: 0 })
  await resolver.resolve(null, COOKIE, null, PEER, FROM)
  expect(counts.session).toBe(1)
})

test('what comes in on one connection is told apart by its credential alone', async () => {
  const { resolver, waiting, counts, ask } = createResolver()
  const first = ask()
  waiting[0]?.(RESOLVED)
  await first
  const other = createRandomToken('gtk_')
  const second = resolver.resolve(other, null, null, PEER, FROM)
  waiting[1]?.(null)
  expect((await second).failure?.code).toBe('unauthenticated')
  expect((await ask()).principal.kind).toBe('token')
  expect((await resolver.resolve(null, TOKEN, null, PEER, FROM)).failure?.code).toBe('session_expired')
  expect((await ask()).principal.kind).toBe('token')
  expect(counts.token).toBe(2)
})

test.each([
  [undefined, null],
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['Bearer undefined', null],
  ['Bearer null', null],
  ['Bearer', null],
  ['Basic abc', null],
])('of the header %j the token is %j', (header, token) => {
  expect(createResolver().resolver.readBearer(header)).toBe(token)
})
