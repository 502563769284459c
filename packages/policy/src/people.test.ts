import { ROLES, type Role } from '@graticule/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decideDeletion,
  decideInvitation,
  decidePasswordLink,
  decideRoleChange,
  type PersonFacts,
  type RoleChange,
} from './people.ts'
import { RECEIVER_CASES, TRANSITION_CASES } from './people-cases.ts'
import { PRINCIPALS } from './policy-cases.ts'
import type { UserPrincipal } from './principal.ts'
import { ADMIN_ROLES, OWNING_ROLES, ROLE_TRANSITIONS } from './role-transitions.ts'

const HERE = 'ac_here0000'

type Facts = Omit<RoleChange, 'to'>

function principalOf(role: Role, userId = 'asker'): UserPrincipal {
  return { kind: 'user', userId, organizationId: HERE, role, sessionId: 'session', groupIds: [] }
}

function personOf(role: Role, changes: Partial<PersonFacts> = {}): PersonFacts {
  return { id: 'person', organizationId: HERE, role, isActive: true, ...changes }
}

const FREE_SEATS = { editor: { used: 1, limit: null }, viewer: { used: 1, limit: null } } as const

function factsOf(role: Role, changes: Partial<Facts> = {}): Facts {
  return {
    person: personOf(role),
    receiver: personOf('editor', { id: 'receiver' }),
    ownsAssets: true,
    otherAdminCount: 1,
    seats: FREE_SEATS,
    ...changes,
  }
}

describe('each change of role', () => {
  test.each(TRANSITION_CASES)('by $by, from $from to $to: $rule', ({ by, from, to, rule }) => {
    const decision = decideRoleChange(principalOf(by), { ...factsOf(from), to })
    expect(decision).toMatchObject({ rule, allowed: rule === 'role-change.direct' })
    expect(decision.reason).toMatch(/^[A-Z].*\.$/)
  })

  test('is among the cases, from every role to every other', () => {
    for (const by of ADMIN_ROLES) {
      const pairs = TRANSITION_CASES.filter((item) => item.by === by).map(({ from, to }) => `${from} ${to}`)
      expect(new Set(pairs).size).toBe(ROLES.length * (ROLES.length - 1))
    }
  })

  test('needs a receiver exactly where the right to own is lost', () => {
    for (const from of ROLES) {
      for (const to of ROLES) {
        const { step, needsReceiver } = ROLE_TRANSITIONS[from][to]
        const losesOwning = OWNING_ROLES.includes(from) && !OWNING_ROLES.includes(to)
        expect(needsReceiver, `${from} to ${to}`).toBe(step === 'direct' && losesOwning)
      }
    }
  })

  test('names the role that comes first when it takes two steps', () => {
    const decision = decideRoleChange(principalOf('admin'), { ...factsOf('admin'), to: 'viewer' })
    expect(decision.reason).toBe('An admin becomes a viewer by way of editor; make them an editor first.')
  })
})

describe.each(RECEIVER_CASES)('the receiver $receiver of somebody with assets ($ownsAssets)', (item) => {
  const { receiver: named } = item
  const receiver = named === null || named === 'unknown' ? named : personOf('editor', { id: 'receiver', ...named })
  const facts = factsOf('editor', { receiver, ownsAssets: item.ownsAssets })
  const expected = (kind: string) =>
    item.refusedBy === null ? { allowed: true } : { allowed: false, rule: `${kind}.${item.refusedBy}` }

  test.each(['viewer', 'guest'] as const)('is judged when the editor becomes a %s', (to) => {
    expect(decideRoleChange(principalOf('admin'), { ...facts, to })).toMatchObject(expected('role-change'))
  })

  test('is judged when the editor is deleted', () => {
    expect(decideDeletion(principalOf('admin'), facts)).toMatchObject(expected('deletion'))
  })

  test('does not matter when the editor becomes an admin', () => {
    expect(decideRoleChange(principalOf('admin'), { ...facts, to: 'admin' }).allowed).toBe(true)
  })
})

describe('nobody', () => {
  test('changes their own role or deletes themselves, whatever their role', () => {
    for (const role of ADMIN_ROLES) {
      const principal = principalOf(role, 'person')
      for (const to of ROLES) {
        expect(decideRoleChange(principal, { ...factsOf(role), to }).rule).toBe('role-change.self')
      }
      expect(decideDeletion(principal, factsOf(role)).rule).toBe('deletion.self')
    }
  })

  test('below admin, no token and no visitor changes a role or deletes anybody', () => {
    const others = [principalOf('editor'), principalOf('viewer'), principalOf('guest')]
    for (const principal of [...others, PRINCIPALS.sqlToken, PRINCIPALS.publicMap, PRINCIPALS.anonymous]) {
      expect(decideRoleChange(principal, { ...factsOf('viewer'), to: 'editor' }).allowed).toBe(false)
      expect(decideDeletion(principal, factsOf('viewer')).allowed).toBe(false)
    }
  })

  test('of one organization decides about people of another', () => {
    const facts = factsOf('viewer', { person: personOf('viewer', { organizationId: 'ac_elsewher' }) })
    expect(decideRoleChange(principalOf('superadmin'), { ...facts, to: 'editor' }).rule).toBe('organization')
    expect(decideDeletion(principalOf('superadmin'), facts).rule).toBe('organization')
  })

  test('but a superadmin deletes a superadmin', () => {
    expect(decideDeletion(principalOf('admin'), factsOf('superadmin')).rule).toBe('deletion.superadmin')
    expect(decideDeletion(principalOf('superadmin'), factsOf('superadmin')).allowed).toBe(true)
  })

  test('takes away the last admin', () => {
    const facts = factsOf('admin', { otherAdminCount: 0 })
    expect(decideRoleChange(principalOf('admin'), { ...facts, to: 'editor' }).rule).toBe('role-change.last-admin')
    expect(decideDeletion(principalOf('admin'), facts).rule).toBe('deletion.last-admin')
  })
})

describe('an invitation', () => {
  test('may have any role when a superadmin sends it, and any but superadmin when an admin does', () => {
    const invitable = (by: Role) => ROLES.filter((role) => decideInvitation(principalOf(by), role).allowed)
    expect(invitable('superadmin')).toEqual(ROLES)
    expect(invitable('admin')).toEqual(['admin', 'editor', 'viewer', 'guest'])
    expect([invitable('editor'), invitable('viewer'), invitable('guest')]).toEqual([[], [], []])
  })

  test('is sent by no token and no visitor', () => {
    for (const principal of [PRINCIPALS.sqlToken, PRINCIPALS.publicMap, PRINCIPALS.anonymous]) {
      expect(decideInvitation(principal, 'guest').allowed).toBe(false)
    }
  })
})

test('a link to a new password is for others, of superadmins only by superadmins, and never across organizations', () => {
  const decide = (by: Role, person: PersonFacts, id = 'asker') => decidePasswordLink(principalOf(by, id), person)
  expect(ROLES.filter((role) => decide('superadmin', personOf(role)).allowed)).toEqual(ROLES)
  expect(ROLES.filter((role) => decide('admin', personOf(role)).allowed)).toEqual([
    'admin',
    'editor',
    'viewer',
    'guest',
  ])
  for (const by of ['editor', 'viewer', 'guest'] as const) expect(decide(by, personOf('guest')).allowed).toBe(false)
  expect(decide('admin', personOf('admin'), 'person').rule).toBe('password-link.self')
  expect(decide('superadmin', personOf('viewer', { organizationId: 'ac_elsewher' })).rule).toBe('organization')
  expect(decidePasswordLink(PRINCIPALS.sqlToken, personOf('viewer')).allowed).toBe(false)
})

const steps = fc.record({
  asker: fc.nat(5),
  /** What the asker's role was believed to be, which may be out of date. */
  believedRole: fc.constantFrom(...ROLES),
  person: fc.nat(5),
  to: fc.option(fc.constantFrom(...ROLES)),
  receiver: fc.option(fc.nat(5)),
})

test('whatever is asked in whatever order, even in a role that the asker no longer has, some admin is left', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...ROLES), { minLength: 6, maxLength: 6 }),
      fc.array(steps, { maxLength: 60 }),
      (roles, asked) => {
        let people = roles.map((role, index) => personOf(role, { id: `p${index}` }))
        const isAdmin = (person: PersonFacts) => person.isActive && ADMIN_ROLES.includes(person.role)
        fc.pre(people.some(isAdmin))
        for (const step of asked) {
          const person = people[step.person]
          if (person?.isActive !== true) continue
          const facts: Facts = {
            person,
            receiver: step.receiver === null ? null : (people[step.receiver] ?? null),
            ownsAssets: true,
            otherAdminCount: people.filter((other) => other !== person && isAdmin(other)).length,
            seats: FREE_SEATS,
          }
          const principal = principalOf(step.believedRole, `p${step.asker}`)
          const { to } = step
          const decision =
            to === null ? decideDeletion(principal, facts) : decideRoleChange(principal, { ...facts, to })
          if (!decision.allowed) continue
          const changed = to === null ? { ...person, isActive: false } : { ...person, role: to }
          people = people.map((other) => (other === person ? changed : other))
          expect(people.some(isAdmin)).toBe(true)
        }
      },
    ),
    { numRuns: 2000 },
  )
})
