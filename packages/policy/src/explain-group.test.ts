import { ROLES, type Role } from '@graticule/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACTIONS, type Action } from './actions.ts'
import type { Asset, MapAsset } from './assets.ts'
import { NOBODY } from './audience.ts'
import { can } from './can.ts'
import { explainGroup } from './explain-group.ts'
import { PERMISSIVE_POLICIES } from './governance-policies.ts'
import type { UserPrincipal } from './principal.ts'
import { GROUPS, randomWorlds } from './testing/random-organization.ts'

const MAP: MapAsset = {
  kind: 'map',
  id: 'm',
  organizationId: 'here',
  ownerId: 'eve',
  audience: { ...NOBODY, groupIds: ['sales'] },
  isListed: true,
  isLocked: false,
  isCollaborative: false,
  containers: [],
}
const ask = (action: Action, asset: Asset, ...roles: Role[]) =>
  explainGroup('sales', roles, action, asset, PERMISSIVE_POLICIES)

test('what is shared with a group is opened by everybody in it, and ends when it is shared no more', () => {
  expect(ask('map.read', MAP, 'viewer', 'guest', 'editor')).toMatchObject({
    allowed: true,
    rule: 'group.map.read',
    paths: [{ path: 'group', ids: ['sales'] }],
    flips: [{ change: 'group', projectId: null, to: false }],
    roles: [
      { role: 'editor', by: 'group' },
      { role: 'viewer', by: 'group' },
      { role: 'guest', by: 'group' },
    ],
  })
})

test('what not everybody in it can, it does not give, and who cannot is named', () => {
  const help = { ...MAP, isCollaborative: true }
  expect(ask('map.update', help, 'editor')).toMatchObject({
    allowed: true,
    flips: [{ change: 'group' }, { change: 'collaborative' }],
  })
  expect(ask('map.update', help, 'editor', 'viewer')).toMatchObject({
    allowed: false,
    rule: 'role.viewer.map.update.none',
    roles: [
      { role: 'editor', allowed: true, by: 'group' },
      { role: 'viewer', allowed: false, by: null },
    ],
  })
})

test('what is shared otherwise, or theirs by their role, is not by the group', () => {
  const others: MapAsset = { ...MAP, audience: { ...NOBODY, organization: true, public: true, groupIds: ['other'] } }
  expect(ask('map.read', others, 'viewer')).toMatchObject({
    allowed: false,
    flips: [{ change: 'group', projectId: null, to: true }],
  })
  expect(ask('map.read', MAP, 'admin')).toMatchObject({ roles: [{ role: 'admin', allowed: true }] })
  // Admins may all along, whom nothing is given to by a group.
  expect(ask('map.read', others, 'admin').allowed).toBe(false)
})

test('a project that is shared with the group gives what is inside of it', () => {
  const project = { id: 'p', ownerId: 'eve', audience: { ...NOBODY, groupIds: ['sales'] } }
  const inside = { ...MAP, audience: NOBODY, containers: [project] }
  expect(ask('map.read', inside, 'viewer')).toMatchObject({
    allowed: true,
    flips: [{ change: 'group', projectId: 'p', to: false }],
  })
})

test('of a group without members every role is asked about', () => {
  expect(ask('map.read', MAP).roles.map(({ role }) => role)).toEqual([...ROLES])
})

test('whatever a group gives, everybody in it has', () => {
  let given = 0
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const asset of assets) {
        const groups = GROUPS[asset.organizationId as keyof typeof GROUPS]
        const actions = (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].kind === asset.kind)
        for (const groupId of groups) {
          for (const action of actions) {
            const members = people.filter((person) => isPlainMember(person, asset, groupId))
            const roles = members.map(({ role }) => role)
            if (!explainGroup(groupId, roles, action, asset, PERMISSIVE_POLICIES).allowed) continue
            given += members.length
            for (const member of members) expect(can(member, action, asset).allowed).toBe(true)
          }
        }
      }
    }),
    { numRuns: 100 },
  )
  expect(given).toBeGreaterThan(20)
}, 120_000)

function isPlainMember(person: UserPrincipal, asset: Asset, groupId: string): boolean {
  const isHere = person.organizationId === asset.organizationId && person.groupIds.includes(groupId)
  return isHere && person.viewedBy === undefined && person.support === undefined
}
