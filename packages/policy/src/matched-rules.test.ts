import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS, type Action } from './actions.ts'
import { READ_ACTION } from './asset-kinds.ts'
import type { Asset, MapAsset } from './assets.ts'
import { NOBODY } from './audience.ts'
import { explain } from './explain.ts'
import { canUnder } from './governance.ts'
import { PERMISSIVE_POLICIES } from './governance-policies.ts'
import { listRules } from './matched-rules.ts'
import { matches } from './predicate.ts'
import type { Principal, UserPrincipal } from './principal.ts'
import { randomWorlds } from './testing/random-organization.ts'
import { reachedByWhere } from './visible-where.ts'

const policies = fc.record({
  makers: fc.constantFrom('editors' as const, 'admins' as const, 'nobody' as const),
})

interface Question {
  readonly action: Action
  readonly asset: Asset | undefined
}

const questionsAbout = (assets: readonly Asset[]): Question[] =>
  (Object.keys(ACTIONS) as Action[]).flatMap((action): Question[] => {
    const { kind } = ACTIONS[action]
    if (kind === null) return [{ action, asset: undefined }]
    return assets.filter((asset) => asset.kind === kind).map((asset) => ({ action, asset }))
  })

test('something is allowed exactly when a rule grants it before which no rule denies it, and the first rule decides', () => {
  fc.assert(
    fc.property(randomWorlds, policies, ({ people, others, assets }, { makers }) => {
      const set = {
        ...PERMISSIVE_POLICIES,
        'connections.create': makers,
        'connections.share': makers,
        'maps.public': makers,
        'applications.create': makers,
      }
      const wrong: unknown[] = []
      for (const principal of [...people, ...others]) {
        for (const { action, asset } of questionsAbout(assets)) {
          const decision = canUnder(set, principal, action, asset)
          const rules = listRules(principal, action, asset, set)
          const firstGrant = rules.findIndex(({ effect }) => effect === 'grant')
          const firstDenial = rules.findIndex(({ effect }) => effect === 'deny')
          const isGranted = firstGrant >= 0 && (firstDenial < 0 || firstGrant < firstDenial)
          const isFirst = rules[0]?.rule === decision.rule && rules[0].reason === decision.reason
          if (isGranted !== decision.allowed || !isFirst) wrong.push({ principal, action, asset, decision, rules })
        }
      }
      expect(wrong).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('each way by which a list finds something is among the rules that grant it, and no other', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const person of people.filter(({ viewedBy }) => viewedBy === undefined)) {
        for (const asset of assets.filter(({ organizationId }) => organizationId === person.organizationId)) {
          const { allowed, rules, paths } = explain(person, READ_ACTION[asset.kind], asset)
          // What is left out of support access is granted by the role, and denied before that.
          if (!allowed) continue
          const granting = rules.filter(({ effect }) => effect === 'grant').map(({ path }) => path)
          expect(new Set(granting)).toEqual(new Set(paths.map(({ path }) => path)))
          for (const path of granting) {
            if (path === null || path === 'public') continue
            expect(matches(reachedByWhere(person, asset.kind, path), asset)).toBe(true)
          }
        }
      }
    }),
    { numRuns: 300 },
  )
})

const ANN: UserPrincipal = {
  kind: 'user',
  userId: 'ann',
  organizationId: 'here',
  role: 'viewer',
  sessionId: 'session',
  groupIds: ['sales', 'north'],
}
const MAP: MapAsset = {
  kind: 'map',
  id: 'map',
  organizationId: 'here',
  ownerId: 'eve',
  audience: NOBODY,
  isListed: true,
  isLocked: false,
  isCollaborative: false,
  containers: [],
}
const listed = (principal: Principal, action: Action, asset?: Asset) =>
  listRules(principal, action, asset, PERMISSIVE_POLICIES).map(({ effect, rule, path, id }) =>
    [effect, rule, path, id].filter((part) => part !== null).join(' '),
  )

describe('the rules that match', () => {
  test('are every way that leads to somebody, each group and each project by itself', () => {
    const shared: MapAsset = {
      ...MAP,
      audience: { organization: true, public: false, groupIds: ['sales', 'south', 'north'], userIds: ['ann'] },
      containers: [
        { id: 'inner', ownerId: 'eve', audience: { ...NOBODY, organization: true } },
        { id: 'outer', ownerId: 'eve', audience: NOBODY },
      ],
    }
    expect(listed(ANN, 'map.read', shared)).toEqual([
      'grant role.viewer.map.read.visible user',
      'grant role.viewer.map.read.visible group sales',
      'grant role.viewer.map.read.visible group north',
      'grant role.viewer.map.read.visible organization',
      'grant role.viewer.map.read.visible project inner',
    ])
  })

  test('begin with what opens a public map, whatever keeps it from somebody otherwise', () => {
    const open = { ...MAP, organizationId: 'elsewhere', audience: { ...NOBODY, public: true } }
    expect(listed(ANN, 'map.read', open)).toEqual(['grant public.map.read public', 'deny organization'])
    expect(listed({ kind: 'anonymous' }, 'map.read', open)).toEqual(['grant public.map.read public'])
  })

  test('hold what keeps an action from somebody before the ways that would lead to them', () => {
    const owned = { ...MAP, ownerId: 'ann' }
    const support = { grantId: 'grant', endsAt: new Date(0) }
    const editor: UserPrincipal = { ...ANN, role: 'editor', support }
    expect(listed(editor, 'map.publish', owned)).toEqual([
      'deny support.map.publish',
      'grant role.editor.map.publish.own owner',
    ])
    expect(listed({ ...ANN, role: 'editor', viewedBy: { userId: 'al' } }, 'map.update', owned)).toEqual([
      'deny view-as',
      'grant role.editor.map.update.collaborative owner',
    ])
    expect(listed(ANN, 'map.update', owned)).toEqual(['deny role.viewer.map.update.none'])
  })

  test('are that there is no way, when nothing else matches', () => {
    expect(listed(ANN, 'map.read', MAP)).toEqual(['deny role.viewer.map.read.visible'])
    expect(listed({ kind: 'anonymous' }, 'map.read', MAP)).toEqual(['deny anonymous'])
  })
})
