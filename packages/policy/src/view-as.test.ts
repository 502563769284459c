import { ROLES } from '@graticule/contract'
import { expect, test } from 'vitest'
import { ACTIONS, type Action, VIEW_AS_ACTIONS } from './actions.ts'
import { can } from './can.ts'
import { mayUseCredential } from './credential.ts'
import type { UserPrincipal } from './principal.ts'
import { decideViewAs, decideWhileViewing } from './view-as.ts'

const HERE = 'ac_here'
const person = (role: UserPrincipal['role'], id = 'other') => ({ id, organizationId: HERE, role, isActive: true })
const user = (role: UserPrincipal['role']): UserPrincipal => ({
  kind: 'user',
  userId: 'me',
  organizationId: HERE,
  role,
  sessionId: 's',
  groupIds: [],
})

test('an admin looks only as somebody of a weaker role', () => {
  const mayLookAs = Object.fromEntries(
    ROLES.map((role) => [role, ROLES.filter((theirs) => decideViewAs(user(role), person(theirs)).allowed)]),
  )
  expect(mayLookAs).toEqual({
    superadmin: ['admin', 'editor', 'viewer', 'guest'],
    admin: ['editor', 'viewer', 'guest'],
    editor: [],
    viewer: [],
    guest: [],
  })
})

test('nobody looks as themselves, as somebody who is gone, as a stranger, or through another view', () => {
  const admin = user('admin')
  const ruleOf = (...asked: Parameters<typeof decideViewAs>) => decideViewAs(...asked).rule
  expect(ruleOf(admin, person('editor', 'me'))).toBe('view-as.self')
  expect(ruleOf(admin, { ...person('editor'), isActive: false })).toBe('view-as.inactive')
  expect(ruleOf(admin, { ...person('editor'), organizationId: 'ac_there' })).toBe('organization')
  expect(decideViewAs({ ...admin, viewedBy: { userId: 'sue' } }, person('editor')).allowed).toBe(false)
})

test('whoever is looked as is granted nothing but reading, whatever their role', () => {
  const viewed = { ...user('superadmin'), viewedBy: { userId: 'sue' } }
  const allowed = (Object.keys(ACTIONS) as Action[]).filter(
    (action) => ACTIONS[action].kind === null && can(viewed, action).allowed,
  )
  expect(allowed.sort()).toEqual([...VIEW_AS_ACTIONS].filter((action) => ACTIONS[action].kind === null).sort())
  expect([...VIEW_AS_ACTIONS].filter((action) => /create|update|delete|share|run|manage|change/.test(action))).toEqual(
    [],
  )
})

test('no login that is the person’s alone serves whoever looks as them', () => {
  const viewed = { ...user('editor'), viewedBy: { userId: 'sue' } }
  expect([mayUseCredential(viewed, true), mayUseCredential(viewed, false)]).toEqual([false, true])
  expect(mayUseCredential(user('editor'), true)).toBe(true)
})

test('a request is let in when it reads and its route is known to show no secret', () => {
  const isLetIn = (method: string, action: Action | null, viewAs?: 'open' | 'closed') =>
    decideWhileViewing({ method, action, forVisitors: false, ...(viewAs && { viewAs }) }).allowed
  expect(isLetIn('GET', 'map.read')).toBe(true)
  expect(isLetIn('POST', 'tile.read')).toBe(true)
  expect(isLetIn('POST', 'map.read')).toBe(false)
  expect(isLetIn('GET', 'token.read')).toBe(false)
  expect(isLetIn('GET', 'sql.run')).toBe(false)
  expect(isLetIn('GET', null)).toBe(false)
  expect(isLetIn('GET', null, 'open')).toBe(true)
  expect(isLetIn('GET', 'map.read', 'closed')).toBe(false)
  expect(decideWhileViewing({ method: 'GET', action: null, forVisitors: true }).allowed).toBe(true)
  expect(decideWhileViewing({ method: 'POST', action: null, forVisitors: true }).allowed).toBe(false)
})
