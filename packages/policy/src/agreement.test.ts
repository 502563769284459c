import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACCESS_PATHS } from './access-paths.ts'
import { ACTIONS, type Action } from './actions.ts'
import { READ_ACTION } from './asset-kinds.ts'
import type { Asset } from './assets.ts'
import { type Audience, type AudienceKind, NOBODY } from './audience.ts'
import { can, needsPassword } from './can.ts'
import { explain, type Flip, listUsedWays } from './explain.ts'
import { isShared, matches } from './predicate.ts'
import type { UserPrincipal } from './principal.ts'
import { randomWorlds } from './testing/random-organization.ts'
import { ownWhere, reachableWhere, reachedByWhere, readsDraft, sharedWithWhere, visibleWhere } from './visible-where.ts'

const actionsOn = (asset: Asset) =>
  (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].kind === asset.kind)

test('lists, decisions and explanations agree for everybody and everything in thousands of organizations', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      expect(people.flatMap((person) => assets.flatMap((asset) => listDisagreements(person, asset)))).toEqual([])
    }),
    { numRuns: 2_000 },
  )
}, 240_000)

/** What the three answers to the same questions disagree about, in words. */
function listDisagreements(person: UserPrincipal, asset: Asset): string[] {
  const isForeign = person.organizationId !== asset.organizationId
  const mayRead = can(person, READ_ACTION[asset.kind], asset).allowed
  const isListed = matches(visibleWhere(person, asset.kind), asset)
  const found: string[] = []
  // A map by its address alone, and to guests a public one, is all that tells the list from the right.
  const isShown =
    asset.kind !== 'map' ||
    ((asset.isListed || asset.ownerId === person.userId) && (person.role !== 'guest' || isSharedByName(person, asset)))
  if (isListed !== (mayRead && !isForeign && isShown)) found.push('what is listed is not what may be read')
  if (asset.kind === 'map' && mayRead && !isForeign) {
    const isUnshared = !isShared(asset)
    // Whoever looks as somebody else sees what they see, and edits nothing.
    const edits = can({ ...person, viewedBy: undefined }, 'map.update', asset).allowed
    if (readsDraft(person, asset) !== (edits || isUnshared)) found.push('the draft is not for those who edit it')
  }
  for (const action of actionsOn(asset)) {
    const decision = can(person, action, asset)
    const { allowed, rule, reason, paths } = explain(person, action, asset)
    if (allowed !== decision.allowed || rule !== decision.rule || reason !== decision.reason) {
      found.push(`${action} is explained otherwise than it is decided`)
    }
    if (paths.length > 0 !== allowed)
      found.push(`${action} is ${allowed} without a way that leads there, or against one`)
    if (allowed && !mayRead) found.push(`${action} is allowed on what may not be known of`)
    if (allowed && isForeign && paths.some(({ path }) => path !== 'public')) found.push(`${action} leads abroad`)
  }
  return found
}

/** Whether the asset, or a project that it is in, is shared with the person or with a group of theirs. */
function isSharedByName({ userId, groupIds }: UserPrincipal, asset: Asset): boolean {
  const audiences = 'containers' in asset ? [asset, ...asset.containers].map(({ audience }) => audience) : []
  return audiences.some(
    (audience) => audience.userIds.includes(userId) || audience.groupIds.some((id) => groupIds.includes(id)),
  )
}

test('a guest is told of no public map, and opens it by its link as everybody does', () => {
  const guest: UserPrincipal = {
    kind: 'user',
    userId: 'gus',
    organizationId: 'here',
    role: 'guest',
    sessionId: 'session',
    groupIds: [],
  }
  const map: Asset = {
    kind: 'map',
    id: 'map',
    organizationId: 'here',
    ownerId: 'eve',
    audience: { ...NOBODY, public: true },
    isListed: true,
    isLocked: false,
    isCollaborative: false,
    containers: [],
  }
  expect(can(guest, 'map.read', map).allowed).toBe(true)
  expect(matches(visibleWhere(guest, 'map'), map)).toBe(false)
  expect(matches(sharedWithWhere(guest, 'map'), map)).toBe(false)
  const named = { ...map, audience: { ...map.audience, userIds: ['gus'] } }
  expect(matches(visibleWhere(guest, 'map'), named)).toBe(true)
  expect(matches(visibleWhere({ ...guest, role: 'viewer' }, 'map'), map)).toBe(true)
})

test('what is shared with somebody is visible to them, by a grant', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const person of people) {
        for (const asset of assets) {
          if (!matches(sharedWithWhere(person, asset.kind), asset)) continue
          expect(can(person, READ_ACTION[asset.kind], asset).allowed).toBe(true)
          const unshared = 'audience' in asset ? privateOf(asset) : asset
          expect(matches(sharedWithWhere(person, asset.kind), unshared)).toBe(false)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('each single change that an explanation names does turn the decision round', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const person of people) {
        for (const asset of assets) {
          for (const action of actionsOn(asset)) {
            const { allowed, flips } = explain(person, action, asset)
            for (const flip of flips) {
              const changed = apply(flip, person, asset)
              expect(can(changed.person, action, changed.asset).allowed).toBe(!allowed)
            }
          }
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('what is found by a way is what that way is named for, and a use is kept under each', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const person of people) {
        for (const asset of assets.filter(({ organizationId }) => organizationId === person.organizationId)) {
          // What is secret of whoever is only looked as is not reached at all.
          if (person.viewedBy !== undefined) continue
          const { paths } = explain(person, READ_ACTION[asset.kind], asset)
          const found = ACCESS_PATHS.filter(
            (path) =>
              matches(reachableWhere(person, asset.kind), asset) &&
              matches(reachedByWhere(person, asset.kind, path), asset),
          )
          expect([...found].sort()).toEqual(paths.map(({ path }) => path).sort())
          const ways = listUsedWays(person, asset).map((way) => way.split(':')[0])
          expect(new Set(ways)).toEqual(new Set(found))
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('what is listed as one’s own is what one owns of what may be read, and one meets its draft', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const person of people) {
        for (const asset of assets) {
          const isOwn = asset.organizationId === person.organizationId && asset.ownerId === person.userId
          // What is read by the role alone, and not by owning it, is still one's own.
          const role = person.role === 'superadmin' ? 'admin' : person.role
          const mayRead = can({ ...person, role }, READ_ACTION[asset.kind], asset).allowed
          const isListed = matches(ownWhere(person, asset.kind), asset)
          expect(isListed).toBe(isOwn && mayRead && person.role !== 'guest')
          if (isListed && asset.kind === 'map' && can(person, 'map.update', asset).allowed) {
            expect(readsDraft(person, asset)).toBe(true)
          }
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('what sharing would give a person is among the changes that are named', () => {
  const vic: UserPrincipal = {
    kind: 'user',
    userId: 'vic',
    organizationId: 'ac_one',
    role: 'viewer',
    sessionId: 's',
    groupIds: [],
  }
  const audience = { organization: false, public: false, groupIds: ['sales'], userIds: [] }
  const owned = { kind: 'map', id: 'm', organizationId: 'ac_one', ownerId: 'eve', containers: [] } as const
  const asset: Asset = { ...owned, audience, isListed: true, isLocked: false, isCollaborative: false }
  expect(explain(vic, 'map.read', asset)).toMatchObject({
    allowed: false,
    paths: [],
    flips: [
      { change: 'role', to: 'superadmin' },
      { change: 'own', to: true },
      { change: 'membership', groupId: 'sales', to: true },
      { change: 'audience', audience: 'organization', to: true },
      { change: 'audience', audience: 'user', to: true },
      { change: 'audience', audience: 'public', to: true },
    ],
  })
  expect(explain({ ...vic, groupIds: ['sales'] }, 'map.read', asset)).toMatchObject({
    allowed: true,
    paths: [{ path: 'group', ids: ['sales'] }],
    flips: [{ change: 'membership', groupId: 'sales', to: false }],
  })
})

test('no list shows a token, a public map or a visitor what they cannot read', () => {
  fc.assert(
    fc.property(randomWorlds, ({ others, assets }) => {
      for (const principal of others) {
        for (const asset of assets) {
          // A public map's token names its map, whose public state the resolver has already checked.
          if (principal.kind === 'public-map' && asset.id === principal.mapId) continue
          if (!matches(visibleWhere(principal, asset.kind), asset)) continue
          expect(can(principal, READ_ACTION[asset.kind], asset).allowed).toBe(true)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('a public map apart, nobody is allowed anything in another organization', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, others, assets }) => {
      for (const principal of [...people, ...others]) {
        for (const asset of assets) {
          if (principal.kind === 'anonymous' || principal.organizationId === asset.organizationId) continue
          if (asset.kind === 'map' && (asset.audience.public || principal.kind === 'public-map')) continue
          for (const action of actionsOn(asset)) expect(can(principal, action, asset).allowed).toBe(false)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('sharing with the organization never reaches a guest, neither itself nor through a project', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const person of people.filter(({ role }) => role === 'guest')) {
        for (const asset of assets) {
          if (asset.kind !== 'map') {
            expect(can(person, READ_ACTION[asset.kind], asset).allowed).toBe(false)
          } else {
            const widen = (audience: Audience): Audience => ({ ...audience, organization: true })
            const containers = asset.containers.map((container) => ({
              ...container,
              audience: widen(container.audience),
            }))
            const widened: Asset = { ...asset, audience: widen(asset.audience), containers }
            expect(can(person, 'map.read', widened).allowed).toBe(can(person, 'map.read', asset).allowed)
          }
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

/** Shared with nobody, neither itself nor through a project. */
function privateOf(asset: Extract<Asset, { audience: object }>): Asset {
  return 'containers' in asset ? { ...asset, audience: NOBODY, containers: [] } : { ...asset, audience: NOBODY }
}

function toggled(list: readonly string[], item: string, to: boolean): string[] {
  return to ? [...list, item] : list.filter((candidate) => candidate !== item)
}

function apply(flip: Flip, person: UserPrincipal, asset: Asset): { person: UserPrincipal; asset: Asset } {
  switch (flip.change) {
    case 'role':
      return { person: { ...person, role: flip.to }, asset }
    case 'own':
      return { person, asset: { ...asset, ownerId: flip.to ? person.userId : 'somebody else' } }
    case 'collaborative':
      if (asset.kind !== 'map') throw new Error('Only maps are edited together.')
      return { person, asset: { ...asset, isCollaborative: flip.to } }
    case 'password':
      if (asset.kind !== 'map') throw new Error('Only maps have a password.')
      return { person, asset: { ...asset, isLocked: flip.to } }
    case 'membership':
      return { person: { ...person, groupIds: toggled(person.groupIds, flip.groupId, flip.to) }, asset }
    case 'project': {
      if (!('containers' in asset)) throw new Error('There is no project to change.')
      const containers = asset.containers.map((container) =>
        container.id === flip.projectId
          ? { ...container, audience: change(container.audience, flip.audience, person, flip.to) }
          : container,
      )
      return { person, asset: { ...asset, containers } }
    }
    case 'policy':
      throw new Error('No policy forbids anything here.')
    case 'group':
    case 'grant':
    case 'api':
      throw new Error('No person has this.')
    case 'audience': {
      if (!('audience' in asset)) throw new Error('There is no audience to change.')
      return { person, asset: { ...asset, audience: change(asset.audience, flip.audience, person, flip.to) } }
    }
  }
}

function change(audience: Audience, kind: AudienceKind, person: UserPrincipal, to: boolean): Audience {
  if (kind === 'user') return { ...audience, userIds: toggled(audience.userIds, person.userId, to) }
  return { ...audience, [kind]: to }
}

test('a password keeps out exactly those whom nothing but the public link lets in', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, others, assets }) => {
      for (const principal of [...people, ...others]) {
        for (const asset of assets) {
          if (asset.kind !== 'map') continue
          const isOpen = can(principal, 'map.read', { ...asset, isLocked: false }).allowed
          const unpublic = { ...asset, audience: { ...asset.audience, public: false } }
          const locked = { ...asset, isLocked: true }
          expect(can(principal, 'map.read', locked).allowed).toBe(can(principal, 'map.read', unpublic).allowed)
          expect(needsPassword(principal, locked)).toBe(isOpen && !can(principal, 'map.read', locked).allowed)
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('whoever edits a map that is not theirs may open it, and deletes, shares and locks nothing', () => {
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const person of people) {
        for (const asset of assets) {
          if (asset.kind !== 'map' || asset.ownerId === person.userId) continue
          if (!can(person, 'map.update', asset).allowed) continue
          expect(asset.isCollaborative && can(person, 'map.read', asset).allowed).toBe(true)
          expect(can(person, 'map.share', asset).allowed).toBe(false)
          expect(can(person, 'map.delete', asset).allowed).toBe(person.role === 'superadmin')
        }
      }
    }),
    { numRuns: 500 },
  )
})
