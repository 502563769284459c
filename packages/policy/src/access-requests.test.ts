import { REQUESTABLE_ASSET_KINDS, REQUESTED_ACCESS, ROLES } from '@graticule/contract'
import { expect, test } from 'vitest'
import { decideRequestable } from './access-requests.ts'
import type { UserPrincipal } from './principal.ts'

const personOf = (role: UserPrincipal['role']): UserPrincipal => ({
  kind: 'user',
  userId: 'asker',
  organizationId: 'ac_here0000',
  role,
  sessionId: 'session',
  groupIds: [],
})

test('each role asks for what it could be given, and for nothing else', () => {
  const possible = ROLES.map((role) => [
    role,
    REQUESTABLE_ASSET_KINDS.flatMap((kind) =>
      REQUESTED_ACCESS.filter((wanted) => decideRequestable(personOf(role), kind, wanted).allowed).map(
        (wanted) => `${wanted} ${kind}`,
      ),
    ),
  ])
  const opens = ['open workflow', 'open application', 'open project']
  expect(Object.fromEntries(possible)).toEqual({
    superadmin: ['open map', 'edit map', ...opens],
    admin: ['open map', 'edit map', ...opens],
    editor: ['open map', 'edit map', ...opens],
    viewer: ['open map', ...opens],
    guest: ['open map'],
  })
})
