import { type GovernanceDocument, type GovernancePolicies, ROLES, type Role } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import type { Action } from './actions.ts'
import { ACTIONS, ROLE_TABLE } from './actions.ts'
import { type Audience, NOBODY, WHOLE_ORGANIZATION } from './audience.ts'
import { can, type Decision } from './can.ts'
import { explain, lift } from './explain.ts'
import {
  canUnder,
  decideNewAudience,
  decidePlacement,
  decideProvider,
  decideSignIn,
  decideTokenTerms,
  listAudienceChoices,
  type PlacementFacts,
  type TokenTerms,
  warnOfConnections,
} from './governance.ts'
import { SHARING_CASES } from './governance-cases.ts'
import { planGovernance } from './governance-plan.ts'
import { fillPolicies, GOVERNANCE_POLICIES, GOVERNANCE_POLICY_IDS, PERMISSIVE_POLICIES } from './governance-policies.ts'
import type { TokenPrincipal, UserPrincipal } from './principal.ts'
import { findDefault, NO_SHARING_DEFAULTS } from './sharing-defaults.ts'

const person = (role: Role, userId: string = role, groupIds: string[] = ['own']): UserPrincipal => ({
  kind: 'user',
  userId,
  organizationId: 'ac_one',
  role,
  sessionId: 's',
  groupIds,
})
const token: TokenPrincipal = {
  kind: 'token',
  tokenId: 't',
  ownerId: 'admin',
  organizationId: 'ac_one',
  grants: [],
  allowedApis: ['sql'],
}
const ruleOf = ({ allowed, rule }: Decision) => (allowed ? null : rule)

describe('each case of sharing under a policy', () => {
  test.each(SHARING_CASES)('$role, $kind, $policies, $locked: $refusedBy', (each) => {
    const { kind, before, publicMaps = 0, hasPassword = false, hasViewerLogins = false, locked, refusedBy } = each
    const chosen = locked ? { [kind]: { audience: locked, groupIds: [], locked: true } } : {}
    const ownersDefault = findDefault({ organization: chosen, groups: {} }, kind, [], new Set())
    const lendsItsLogin = kind === 'connection' && !hasViewerLogins
    const more = { lendsItsLogin, publicMapCount: publicMaps, hasPassword }
    const facts = { kind, before, ownersDefault, groupIds: ['own'], ...more }
    const decision = decideNewAudience(fillPolicies(each.policies), person(each.role), facts, each.after)
    expect(ruleOf(decision)).toBe(refusedBy)
    const where = refusedBy?.endsWith('limit') ? 'Quotas' : 'Governance'
    const end = refusedBy === null ? '.' : `an admin can change it in Settings → ${where}.`
    expect(decision.reason.endsWith(end), decision.reason).toBe(true)
  })
})

test('a dialog greys out exactly what would be refused, in the same words', () => {
  for (const each of SHARING_CASES) {
    const { policies, role, kind, before, publicMaps = 0, hasPassword = false, hasViewerLogins = false } = each
    const ownersDefault = findDefault(NO_SHARING_DEFAULTS, kind, [], new Set())
    const lendsItsLogin = kind === 'connection' && !hasViewerLogins
    const more = { lendsItsLogin, publicMapCount: publicMaps, hasPassword }
    const facts = { kind, before, ownersDefault, groupIds: ['own'], ...more }
    const filled = fillPolicies(policies)
    const choices = listAudienceChoices(filled, person(role), facts)
    const decide = (after: typeof before) => decideNewAudience(filled, person(role), facts, after)
    expect(choices.private).toEqual(decide(NOBODY))
    expect(choices.organization).toEqual(decide(WHOLE_ORGANIZATION))
    // The password that may be missing is asked for by the dialog itself.
    const published = { ...before, public: true }
    const decision = decide(published)
    if (decision.rule === 'governance.maps.public-password' && !decision.allowed) {
      expect([choices.public.allowed, choices.openLink]).toEqual([true, decision])
    } else {
      expect(choices.public).toEqual(decision)
    }
    const withVic = { ...before, public: false, userIds: [...before.userIds, 'somebody new'] }
    expect(choices.specific).toEqual(decide(withVic))
    const withOther = { ...before, public: false, groupIds: [...before.groupIds, 'a third group'] }
    expect(choices.otherGroups).toEqual(decide(withOther))
  }
})

test('folders add to what is inside of them nothing beyond a locked default, and to editors no group of others', () => {
  const folder = (audience: Audience, ownerId = 'editor') => ({ id: 'folder', ownerId, audience })
  const toGroup = (id: string): Audience => ({ ...NOBODY, groupIds: [id] })
  const place = (
    to: ReturnType<typeof folder>[],
    facts: Partial<PlacementFacts> = {},
    [policies, role]: [Partial<GovernancePolicies>, Role] = [{}, 'editor'],
  ) =>
    ruleOf(
      decidePlacement(fillPolicies(policies), person(role), {
        kind: 'map',
        ownerId: 'editor',
        audience: NOBODY,
        from: [],
        to,
        ownersDefault: { audience: NOBODY, locked: false, setBy: null },
        groupIds: ['own'],
        ...facts,
      }),
    )
  const locked = (audience: Audience) => ({ ownersDefault: { audience, locked: true, setBy: null } })
  const rule = 'governance.sharing.map.locked'
  expect(place([folder(WHOLE_ORGANIZATION)])).toBeNull()
  expect(place([folder(NOBODY)], locked(NOBODY))).toBeNull()
  expect(place([], locked(NOBODY))).toBeNull()
  expect(place([folder(WHOLE_ORGANIZATION)], locked(NOBODY))).toBe(rule)
  // Its owner opens what is in a folder, and so does whoever a folder further out is shared with.
  expect(place([folder(NOBODY, 'admin')], locked(NOBODY))).toBe(rule)
  expect(place([folder(NOBODY), folder(toGroup('own'))], locked(NOBODY))).toBe(rule)
  expect(place([folder(NOBODY, 'admin')], locked(WHOLE_ORGANIZATION))).toBeNull()
  expect(place([folder(WHOLE_ORGANIZATION, 'admin')], locked(WHOLE_ORGANIZATION))).toBeNull()
  // There could be guests in a group.
  expect(place([folder(toGroup('own'))], locked(WHOLE_ORGANIZATION))).toBe(rule)
  expect(place([folder(toGroup('own'))], locked(toGroup('own')))).toBeNull()
  // What it had already it keeps.
  expect(place([folder(toGroup('own'))], { ...locked(NOBODY), from: [folder(toGroup('own'))] })).toBeNull()
  expect(place([folder(toGroup('own'))], { ...locked(NOBODY), audience: toGroup('own') })).toBeNull()

  const ownGroups: Partial<GovernancePolicies> = { 'sharing.own-groups': true }
  expect(place([folder(toGroup('own'))], {}, [ownGroups, 'editor'])).toBeNull()
  expect(place([folder(toGroup('other'))], {}, [ownGroups, 'editor'])).toBe('governance.sharing.own-groups')
  expect(place([folder(toGroup('other'))], {}, [ownGroups, 'admin'])).toBeNull()
  expect(place([folder(toGroup('other'))], { from: [folder(toGroup('other'))] }, [ownGroups, 'editor'])).toBeNull()
})

test('a provider and a way to sign in are each left to everybody, to admins or to nobody', () => {
  const postgres = { id: 'postgres', label: 'PostgreSQL' }
  const password = { id: 'password', label: 'a password' }
  const provider = (policies: Partial<GovernancePolicies>, role: Role) =>
    ruleOf(decideProvider(fillPolicies(policies), person(role), postgres))
  const signIn = (policies: Partial<GovernancePolicies>, role: Role) =>
    ruleOf(decideSignIn(fillPolicies(policies), person(role), [password]))
  expect(provider({}, 'editor')).toBeNull()
  expect(provider({ 'connections.providers': { other: 'nobody' } }, 'editor')).toBeNull()
  expect(provider({ 'connections.providers': { postgres: 'admins' } }, 'editor')).toBe(
    'governance.connections.providers',
  )
  expect(provider({ 'connections.providers': { postgres: 'admins' } }, 'admin')).toBeNull()
  expect(provider({ 'connections.providers': { postgres: 'nobody' } }, 'admin')).toBe(
    'governance.connections.providers',
  )
  expect(provider({ 'connections.create': 'admins' }, 'editor')).toBe('governance.connections.create')
  expect(signIn({ 'connections.sign-in': { password: 'admins' } }, 'editor')).toBe('governance.connections.sign-in')
  expect(signIn({ 'connections.sign-in': { password: 'admins', certificate: 'nobody' } }, 'admin')).toBeNull()
  // What every object has is no provider of ours.
  expect(decideProvider(PERMISSIVE_POLICIES, person('editor'), { id: 'constructor', label: 'X' }).allowed).toBe(true)
})

test('the terms of tokens: how long, from where, and whether for everything', () => {
  const now = new Date('2026-11-30T12:00:00Z')
  const in30Days = new Date('2026-12-30T12:00:00Z')
  const terms: TokenTerms = { grants: [{ connection_name: 'dw', source: 'a.b' }], referers: [], expiresAt: null }
  const everything = { ...terms, grants: [...terms.grants, { connection_name: 'dw', source: '*' }] }
  const decide = (policies: Partial<GovernancePolicies>, before: TokenTerms | null, after: TokenTerms, role: Role) =>
    ruleOf(decideTokenTerms(fillPolicies(policies), person(role), before, after, now))
  expect(decide({ 'tokens.lifetime': 30 }, null, terms, 'admin')).toBe('governance.tokens.lifetime')
  expect(decide({ 'tokens.lifetime': 29 }, null, { ...terms, expiresAt: in30Days }, 'editor')).toBe(
    'governance.tokens.lifetime',
  )
  expect(decide({ 'tokens.lifetime': 30 }, null, { ...terms, expiresAt: in30Days }, 'editor')).toBeNull()
  expect(decide({ 'tokens.lifetime': 1 }, terms, terms, 'editor')).toBeNull()
  expect(decide({ 'tokens.referers': true }, null, terms, 'editor')).toBe('governance.tokens.referers')
  expect(decide({ 'tokens.referers': true }, terms, terms, 'editor')).toBeNull()
  const bound = { ...terms, referers: ['https://example.org'] }
  expect(decide({ 'tokens.referers': true }, bound, terms, 'editor')).toBe('governance.tokens.referers')
  expect(decide({ 'tokens.everything': 'admins' }, null, everything, 'editor')).toBe('governance.tokens.everything')
  expect(decide({ 'tokens.everything': 'admins' }, null, everything, 'admin')).toBeNull()
  expect(decide({ 'tokens.everything': 'nobody' }, terms, everything, 'admin')).toBe('governance.tokens.everything')
  expect(decide({ 'tokens.everything': 'nobody' }, everything, everything, 'editor')).toBeNull()
})

test('a policy takes abilities away and gives none, and what explains it is the policy itself', () => {
  const forbidding: GovernancePolicies = {
    ...PERMISSIVE_POLICIES,
    'connections.create': 'admins',
    'applications.register': 'nobody',
  }
  for (const action of Object.keys(ACTIONS) as Action[]) {
    if (ACTIONS[action].kind !== null) continue
    for (const role of ROLES) {
      const under = canUnder(forbidding, person(role), action)
      expect(canUnder(PERMISSIVE_POLICIES, person(role), action)).toEqual(can(person(role), action))
      expect(under.allowed && !can(person(role), action).allowed).toBe(false)
      const explained = explain(person(role), action, undefined, forbidding)
      expect({ allowed: explained.allowed, rule: explained.rule, reason: explained.reason }).toEqual(under)
      for (const flip of explained.flips) {
        const turned =
          flip.change === 'policy'
            ? canUnder(lift(forbidding, flip.policy), person(role), action)
            : flip.change === 'role'
              ? canUnder(forbidding, person(flip.to), action)
              : under
        expect(turned.allowed).toBe(!under.allowed)
      }
    }
  }
  expect(explain(person('editor'), 'connection.create', undefined, forbidding)).toMatchObject({
    allowed: false,
    rule: 'governance.connections.create',
    flips: [
      { change: 'role', to: 'superadmin' },
      { change: 'role', to: 'admin' },
      { change: 'policy', policy: 'connections.create' },
    ],
  })
  expect(canUnder(forbidding, token, 'connection.create').allowed).toBe(false)
})

test('each policy forbids something only to those whose role could do it, and says so in words', () => {
  for (const id of GOVERNANCE_POLICY_IDS) {
    const { ability, effect, isWhole, restricts, title, value } = GOVERNANCE_POLICIES[id]
    expect(title).not.toMatch(/\.$/)
    expect(effect).toMatch(/^[A-Z].*\.$/)
    expect(ability).toMatch(/^[a-z]/)
    for (const action of restricts) expect(ROLE_TABLE[action].editor).not.toBe('none')
    if (isWhole) expect(value).toBe('makers')
  }
})

test('the default of a locked organization goes before those of groups, and the first group by name before others', () => {
  const groups = [
    { id: 'z', name: 'Alpha' },
    { id: 'a', name: 'Beta' },
  ]
  const open = { audience: 'organization', groupIds: [], locked: false } as const
  const toBeta = { audience: 'groups', groupIds: ['a', 'gone'], locked: true } as const
  const alone = { audience: 'private', groupIds: [], locked: false } as const
  const existing = new Set(['z', 'a'])
  const find = (organization: object, ofGroups: object) =>
    findDefault({ organization, groups: ofGroups } as never, 'map', groups, existing)
  expect(find({}, {})).toEqual({ audience: NOBODY, locked: false, setBy: null })
  expect(find({ map: open }, {})).toMatchObject({ audience: WHOLE_ORGANIZATION, setBy: { kind: 'organization' } })
  expect(find({ map: open }, { a: { map: toBeta } })).toEqual({
    audience: { ...NOBODY, groupIds: ['a'] },
    locked: true,
    setBy: { kind: 'group', name: 'Beta' },
  })
  expect(find({ map: open }, { a: { map: toBeta }, z: { map: alone } })).toMatchObject({
    audience: NOBODY,
    setBy: { kind: 'group', name: 'Alpha' },
  })
  expect(find({ map: open }, { a: { map: toBeta }, z: { connection: alone } }).setBy).toEqual({
    kind: 'group',
    name: 'Beta',
  })
  expect(find({ map: { ...open, locked: true } }, { z: { map: alone } })).toMatchObject({
    audience: WHOLE_ORGANIZATION,
    locked: true,
  })
  expect(find({ map: open }, { constructor: { map: toBeta } }).setBy).toEqual({ kind: 'organization' })
})

test('a plan names who can do less and who more, change by change', () => {
  const people = ROLES.map((role) => person(role))
  const before: GovernanceDocument = {
    policies: fillPolicies({ 'connections.create': 'nobody', 'tokens.lifetime': 30 }),
    sharingDefaults: NO_SHARING_DEFAULTS,
  }
  const after: GovernanceDocument = {
    policies: fillPolicies({
      'connections.create': 'admins',
      'connections.providers': { postgres: 'admins' },
      'sharing.own-groups': true,
      'embeds.origins': ['https://example.org'],
    }),
    sharingDefaults: { organization: { map: { audience: 'organization', groupIds: [], locked: true } }, groups: {} },
  }
  const names = { groups: [], providers: { postgres: 'PostgreSQL' }, signIns: {} }
  expect(planGovernance(before, before, people, names)).toEqual([])
  const changes = planGovernance(before, after, people, names)
  expect(changes.map(({ id, losers, gainers }) => [id, losers, gainers])).toEqual([
    ['connections.create', [], ['superadmin', 'admin']],
    ['connections.providers.postgres', ['editor'], []],
    ['embeds.origins', [], []],
    ['sharing.own-groups', ['editor'], []],
    ['tokens.lifetime', [], ['superadmin', 'admin', 'editor']],
    ['sharing-defaults.map', ['superadmin', 'admin', 'editor'], []],
  ])
  expect(changes.map(({ sentence }) => sentence)).toEqual([
    'Only admins can make connections.',
    'Only admins can make connections to PostgreSQL.',
    'Only these sites embed public maps: https://example.org.',
    'Editors share only with groups that they belong to.',
    'Tokens may last for ever.',
    'New maps are shared with the whole organization, which their owners cannot change.',
  ])
  const back = planGovernance(after, before, people, names)
  expect(back.map(({ losers, gainers }) => [gainers, losers])).toEqual(
    changes.map(({ losers, gainers }) => [losers, gainers]),
  )
})

test('more connections than the organization means to have are told of, before and after, and decided by nothing', () => {
  const policies = fillPolicies({ 'connections.soft-limit': 2 })
  expect(warnOfConnections(policies, 2)).toBeNull()
  expect(warnOfConnections(policies, 1, 1)).toBeNull()
  expect(warnOfConnections(policies, 2, 1)).toBe(
    'With this one there are 3 connections, and the organization means to have 2 at most; remove those that nobody needs.',
  )
  expect(warnOfConnections(policies, 3)).toContain('There are 3 connections')
  expect(warnOfConnections(fillPolicies({ 'connections.soft-limit': 0 }), 1)).toContain('There is 1 connection,')
  expect(warnOfConnections(PERMISSIVE_POLICIES, 10_000)).toBeNull()
})
