import type { Role } from '@graticule/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countReaders, type Readership } from './count-readers.ts'
import type { UserPrincipal } from './principal.ts'
import { reaches } from './reaches.ts'
import { ORGANIZATIONS, randomWorlds } from './testing/random-organization.ts'

/** Everything that there is to know about the people, as a store would gather it. */
function gather(organizationId: string, everybody: readonly UserPrincipal[]): Readership {
  const people = everybody.filter((person) => person.organizationId === organizationId)
  const headcount = new Map<Role, number>()
  const membersOf = new Map<string, Map<Role, string[]>>()
  for (const { role, groupIds, userId } of people) {
    headcount.set(role, (headcount.get(role) ?? 0) + 1)
    for (const groupId of groupIds) {
      const members = membersOf.get(groupId) ?? new Map<Role, string[]>()
      members.set(role, [...(members.get(role) ?? []), userId])
      membersOf.set(groupId, members)
    }
  }
  return { organizationId, headcount, roleOf: new Map(people.map(({ userId, role }) => [userId, role])), membersOf }
}

test('as many people are counted as have access to the asset one by one', () => {
  const seen = new Set<number>()
  fc.assert(
    fc.property(randomWorlds, ({ people, assets }) => {
      for (const organizationId of ORGANIZATIONS) {
        const readership = gather(organizationId, people)
        for (const asset of assets) {
          if (!('audience' in asset)) continue
          const readers = people.filter(
            (person) =>
              person.organizationId === organizationId &&
              asset.organizationId === organizationId &&
              reaches(person, asset),
          )
          expect(countReaders(asset, readership)).toBe(readers.length)
          seen.add(readers.length)
        }
      }
    }),
    { numRuns: 2_000 },
  )
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4])
})
