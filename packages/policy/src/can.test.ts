import { AppError, PRIVACIES, ROLES } from '@graticule/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS, type Action } from './actions.ts'
import type { Asset, AssetKind } from './assets.ts'
import { authorize, can, READ_ACTION } from './can.ts'
import { explain } from './explain.ts'
import { ASSETS, POLICY_CASES, PRINCIPALS } from './policy-cases.ts'
import type { Principal } from './principal.ts'
import { matches, visibleWhere } from './visible-where.ts'

describe('each case of the policy', () => {
  test.each(POLICY_CASES)('$who, $action, $on: $allowed', ({ who, action, on, allowed }) => {
    const decision = can(PRINCIPALS[who], action, on === undefined ? undefined : ASSETS[on])
    expect(decision.allowed).toBe(allowed)
    expect(decision.reason).toMatch(/^[A-Z].*\.$/)
    expect(decision.rule).not.toBe('')
  })
})

const organizations = fc.constantFrom('ac_one', 'ac_two')
const people = fc.constantFrom('ann', 'bob', 'cid')
const names = fc.constantFrom('first', 'second', 'carto_dw')
const mapIds = fc.constantFrom('m1', 'm2', 'm3')

const principals: fc.Arbitrary<Principal> = fc.oneof(
  fc.record({
    kind: fc.constant('user' as const),
    userId: people,
    organizationId: organizations,
    role: fc.constantFrom(...ROLES),
    sessionId: fc.constant('session'),
  }),
  fc.record({
    kind: fc.constant('token' as const),
    tokenId: fc.constant('token'),
    ownerId: people,
    organizationId: organizations,
    grants: fc.array(fc.record({ connection_name: names, source: fc.constantFrom('*', 'public.cities') })),
    allowedApis: fc.subarray(['maps', 'sql', 'imports', 'lds']),
  }),
  fc.record({ kind: fc.constant('public-map' as const), mapId: mapIds, organizationId: organizations }),
  fc.constant<Principal>({ kind: 'anonymous' }),
)

function assets(kind: AssetKind): fc.Arbitrary<Asset> {
  const owned = { id: mapIds, organizationId: organizations, ownerId: people }
  const privacy = fc.constantFrom(...PRIVACIES)
  switch (kind) {
    case 'map':
      return fc.record({ kind: fc.constant('map' as const), ...owned, privacy })
    case 'connection':
      return fc.record({
        kind: fc.constant('connection' as const),
        ...owned,
        ownerId: fc.option(people),
        privacy,
        names: fc.uniqueArray(names, { minLength: 1 }),
      })
    case 'token':
      return fc.record({ kind: fc.constant('token' as const), ...owned })
  }
}

const KINDS: readonly AssetKind[] = ['map', 'connection', 'token']

describe('a list and a single asset', () => {
  test.each(KINDS)('agree for people on every %s of their organization', (kind) => {
    fc.assert(
      fc.property(principals, assets(kind), (principal, asset) => {
        fc.pre(principal.kind === 'user' && principal.organizationId === asset.organizationId)
        expect(matches(visibleWhere(principal, kind), asset)).toBe(can(principal, READ_ACTION[kind], asset).allowed)
      }),
      { numRuns: 2000 },
    )
  })

  test.each(KINDS)('never disagree the dangerous way: no list shows anyone a %s that they cannot read', (kind) => {
    fc.assert(
      fc.property(principals, assets(kind), (principal, asset) => {
        // A public map's token names its map, whose public state the resolver has already checked.
        fc.pre(principal.kind !== 'public-map' || asset.id !== principal.mapId)
        if (matches(visibleWhere(principal, kind), asset)) {
          expect(can(principal, READ_ACTION[kind], asset).allowed).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

test('nothing is allowed on an asset that one may not know of', () => {
  const actions = Object.keys(ACTIONS) as Action[]
  fc.assert(
    fc.property(principals, fc.constantFrom(...KINDS).chain(assets), fc.nat(), (principal, asset, pick) => {
      const candidates = actions.filter((action) => ACTIONS[action].kind === asset.kind)
      const action = candidates[pick % candidates.length]
      if (action === undefined || !can(principal, action, asset).allowed) return
      expect(can(principal, READ_ACTION[asset.kind], asset).allowed).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('a public asset apart, no principal is allowed anything in another organization', () => {
  const actions = Object.keys(ACTIONS) as Action[]
  fc.assert(
    fc.property(principals, fc.constantFrom(...KINDS).chain(assets), (principal, asset) => {
      fc.pre(principal.kind !== 'anonymous' && principal.organizationId !== asset.organizationId)
      fc.pre(!(asset.kind === 'map' && (asset.privacy === 'public' || principal.kind === 'public-map')))
      for (const action of actions.filter((candidate) => ACTIONS[candidate].kind === asset.kind)) {
        expect(can(principal, action, asset).allowed).toBe(false)
      }
    }),
    { numRuns: 2000 },
  )
})

test('what one may not know of answers 404, what one may only look at 403, and a visitor is asked to sign in', () => {
  const codeOf = (principal: Principal, action: Action, asset?: Asset): string => {
    try {
      authorize(principal, action, asset)
      return 'allowed'
    } catch (error) {
      return error instanceof AppError ? error.code : String(error)
    }
  }
  expect(codeOf(PRINCIPALS.ed, 'map.update', ASSETS['private map of eve'])).toBe('not_found')
  expect(codeOf(PRINCIPALS.ed, 'map.update', ASSETS['shared map of eve'])).toBe('forbidden')
  expect(codeOf(PRINCIPALS.anonymous, 'map.update', ASSETS['public map of eve'])).toBe('unauthenticated')
  expect(codeOf(PRINCIPALS.anonymous, 'map.create')).toBe('unauthenticated')
  expect(codeOf(PRINCIPALS.eve, 'map.update', ASSETS['private map of eve'])).toBe('allowed')
})

test('an action about an asset cannot be decided without one of its kind', () => {
  expect(() => can(PRINCIPALS.eve, 'map.read')).toThrow(TypeError)
  expect(() => can(PRINCIPALS.eve, 'map.read', ASSETS['token of eve'])).toThrow(TypeError)
})

test('an explanation carries the same decision and the facts it rests on', () => {
  const explanation = explain(PRINCIPALS.ed, 'map.update', ASSETS['shared map of eve'])
  expect(explanation).toMatchObject(can(PRINCIPALS.ed, 'map.update', ASSETS['shared map of eve']))
  expect(explanation.reason).toBe('Only the owner can edit this map.')
  expect(explanation.facts).toContainEqual({ label: 'The role reaches', value: 'own' })
  expect(explanation.facts).toContainEqual({ label: 'Owned by the asker', value: 'no' })
})
