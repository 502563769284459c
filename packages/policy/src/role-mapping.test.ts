import type { MappableRole } from '@graticule/contract'
import { expect, test } from 'vitest'
import { type MappedPerson, planMappedRoles, type RoleMapping, roleByGroups } from './role-mapping.ts'
import type { SeatUse } from './seats.ts'

const MAPPING: RoleMapping = {
  roles: new Map<string, MappableRole>([
    ['admins', 'admin'],
    ['makers', 'editor'],
    ['readers', 'viewer'],
    ['partners', 'guest'],
  ]),
  defaultRole: 'viewer',
}
const FREE: SeatUse = { used: 0, limit: null }

function plan(
  people: readonly MappedPerson[],
  adminCount = 9,
  editor: SeatUse = FREE,
  viewer: SeatUse = FREE,
  breakGlassUserId: string | null = null,
) {
  const limits = { adminCount, breakGlassUserId, seats: { editor, viewer } }
  const { changes, refused } = planMappedRoles(people, MAPPING, limits)
  return {
    changes: changes.map(({ id, to }) => `${id} ${to}`),
    refused: refused.map(({ id, rule }) => `${id} ${rule}`),
  }
}

test.each<[string[], MappableRole]>([
  [[], 'viewer'],
  [['unmapped'], 'viewer'],
  [['partners'], 'guest'],
  [['partners', 'readers'], 'viewer'],
  [['readers', 'admins', 'makers'], 'admin'],
  [['partners', 'unmapped', 'makers'], 'editor'],
])('who is in %j becomes %s: the strongest role wins, the default is for nobody’s groups', (groupIds, role) => {
  expect(roleByGroups(MAPPING, groupIds)).toBe(role)
})

test('superadmins keep their role, and who has the right one changes nothing', () => {
  const people = [
    { id: 'sue', role: 'superadmin', groupIds: ['readers'] },
    { id: 'vic', role: 'viewer', groupIds: ['readers'] },
  ] as const
  expect(plan(people)).toEqual({ changes: [], refused: [] })
})

test('the last admin stays one, unless somebody else becomes one at the same moment', () => {
  const ada = { id: 'ada', role: 'admin', groupIds: ['makers'] } as const
  const eve = { id: 'eve', role: 'editor', groupIds: ['admins'] } as const
  expect(plan([ada], 1)).toEqual({ changes: [], refused: ['ada role-mapping.last-admin'] })
  expect(plan([ada], 2)).toEqual({ changes: ['ada editor'], refused: [] })
  expect(plan([ada, eve], 1)).toEqual({ changes: ['eve admin', 'ada editor'], refused: [] })
  const abe = { ...ada, id: 'abe' }
  expect(plan([ada, abe], 2)).toEqual({ changes: ['ada editor'], refused: ['abe role-mapping.last-admin'] })
})

test('who gets in when the identity provider is down stays an admin, however many others there are', () => {
  const people = ['ada', 'abe'].map((id) => ({ id, role: 'admin', groupIds: ['makers'] }) as const)
  expect(plan(people, 9, FREE, FREE, 'ada')).toEqual({
    changes: ['abe editor'],
    refused: ['ada role-mapping.break-glass'],
  })
})

test('nobody gains a seat that there is not, whoever leaves makes room first, and what is lost is lost', () => {
  const gains = { id: 'vic', role: 'viewer', groupIds: ['makers'] } as const
  const loses = { id: 'ed', role: 'editor', groupIds: [] } as const
  const full = { used: 3, limit: 3 }
  expect(plan([gains], 2, full)).toEqual({ changes: [], refused: ['vic seat.editor'] })
  expect(plan([gains, loses], 2, full)).toEqual({ changes: ['ed viewer', 'vic editor'], refused: [] })
  expect(plan([loses], 2, FREE, full)).toEqual({ changes: ['ed viewer'], refused: [] })
  const admin = { id: 'abe', role: 'admin', groupIds: ['partners'] } as const
  expect(plan([gains, admin], 2, full)).toEqual({ changes: ['abe guest', 'vic editor'], refused: [] })
})
