import { ROLES, type Role } from '@graticule/contract'
import { expect, test } from 'vitest'
import type { UserPrincipal } from './principal.ts'
import { decideFactorRemoval, decideFactorReset } from './second-factors.ts'

const asking = (role: Role): UserPrincipal => ({
  kind: 'user',
  userId: 'asker',
  organizationId: 'ac_1',
  role,
  sessionId: 's',
  groupIds: [],
})
const facts = (role: Role, id = 'person', organizationId = 'ac_1') => ({ id, organizationId, role, isActive: true })

test('the last factor stays where one is required, and with whoever gets in when the provider is down', () => {
  for (const isLast of [false, true]) {
    for (const isRequired of [false, true]) {
      for (const isBreakGlass of [false, true]) {
        const { allowed, rule } = decideFactorRemoval({ isLast, isRequired, isBreakGlass })
        expect(allowed).toBe(!isLast || (!isRequired && !isBreakGlass))
        if (!allowed) expect(rule).toBe(isRequired ? 'factor-removal.required' : 'factor-removal.break-glass')
      }
    }
  }
})

test('admins reset the factors of others, superadmins those of superadmins too, nobody their own', () => {
  for (const role of ROLES) {
    const isAdmin = role === 'admin' || role === 'superadmin'
    for (const of of ROLES) {
      const decision = decideFactorReset(asking(role), { person: facts(of), isBreakGlass: false })
      expect(decision.allowed, `${role} of ${of}`).toBe(isAdmin && (of !== 'superadmin' || role === 'superadmin'))
    }
  }
  const rule = (person: ReturnType<typeof facts>, isBreakGlass = false) =>
    decideFactorReset(asking('admin'), { person, isBreakGlass }).rule
  expect(rule(facts('editor', 'asker'))).toBe('factor-reset.self')
  expect(rule(facts('editor', 'person', 'ac_2'))).toBe('organization')
  expect(rule(facts('admin'), true)).toBe('factor-reset.break-glass')
})
