import { ROLES, SUPPORT_ROLES } from '@graticule/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS, type Action } from './actions.ts'
import { ASSET_KINDS, READ_ACTION } from './asset-kinds.ts'
import { can } from './can.ts'
import { decideDeletion, decideInvitation, decidePasswordLink, decideReceiver, decideRoleChange } from './people.ts'
import type { SupportStay, UserPrincipal } from './principal.ts'
import { SUPPORT_TABLE } from './support.ts'
import { ALL_KINDS, randomWorlds } from './testing/random-organization.ts'

const HERE = 'ac_here0000'
const STAY: SupportStay = { grantId: 'grant', endsAt: new Date('2026-12-01T00:00:00Z') }
const EVERYTHING = Object.keys(ACTIONS) as Action[]

function personOf(role: UserPrincipal['role'], support?: SupportStay): UserPrincipal {
  return { kind: 'user', userId: 'asker', organizationId: HERE, role, sessionId: 'session', groupIds: [], support }
}

/** Every action about no asset that admins have, and whether support access as an admin has it too. */
const ADMIN_CASES: readonly (readonly [Action, boolean])[] = [
  ['map.create', true],
  ['connection.create', false],
  ['credential.manage', false],
  ['workflow.create', true],
  ['application.create', true],
  ['token.create', false],
  ['user.list', true],
  ['user.inspect', true],
  ['access.report', false],
  ['user.view-as', false],
  ['user.change-role', false],
  ['user.invite', true],
  ['user.reset-second-factor', false],
  ['user.make-password-link', false],
  ['user.delete', false],
  ['organization.inspect', true],
  ['organization.update', true],
  ['domain.manage', false],
  ['usage.read', true],
  ['usage.limit', false],
  ['outbox.read', false],
  ['group.list', true],
  ['group.manage', false],
  ['activity.read', false],
  ['identity-provider.manage', false],
  ['role-mapping.manage', false],
  ['settings.manage', false],
  ['scim.manage', false],
  ['support-access.manage', false],
]

describe('support access as an admin', () => {
  test.each(ADMIN_CASES)('has %s: %s', (action, allowed) => {
    expect(can(personOf('admin'), action).allowed).toBe(true)
    const decision = can(personOf('admin', STAY), action)
    expect(decision.allowed).toBe(allowed)
    expect(decision.rule).toBe(allowed ? `role.admin.${action}.organization` : `support.${action}`)
  })

  test('opens nothing of its own to everybody, and says who can', () => {
    const facts = { id: 'm', organizationId: HERE, ownerId: 'asker', audience: NOBODY, containers: [] } as const
    const asset = { kind: 'map', ...facts, isListed: true, isLocked: false, isCollaborative: false } as const
    expect(can(personOf('admin', STAY), 'map.share', asset).allowed).toBe(true)
    expect(can(personOf('admin', STAY), 'map.publish', asset)).toEqual({
      allowed: false,
      reason: 'Support access cannot make this map public; ask an admin of the organization to do it.',
      rule: 'support.map.publish',
    })
  })

  test('invites people, but none who may own anything', () => {
    const support = personOf('admin', STAY)
    const invitable = ROLES.filter((role) => decideInvitation(support, role).allowed)
    expect(invitable).toEqual(['viewer', 'guest'])
    expect(decideInvitation(support, 'admin').rule).toBe('invitation.support')
  })
})

const NOBODY = { organization: false, public: false, groupIds: [], userIds: [] }

test('whatever the scope, support access is never more than the role alone, and less by what the table leaves out', () => {
  fc.assert(
    fc.property(randomWorlds, fc.constantFrom(...SUPPORT_ROLES), ({ people, assets }, role) => {
      for (const { support: _, ...person } of people) {
        for (const action of EVERYTHING) {
          const { kind } = ACTIONS[action]
          const about = kind === null ? [undefined] : assets.filter((asset) => asset.kind === kind)
          for (const asset of about) {
            const asRole = can({ ...person, role }, action, asset).allowed
            const asSupport = can({ ...person, role, support: STAY }, action, asset).allowed
            expect(asSupport, action).toBe(asRole && SUPPORT_TABLE[action] === 'as-role')
          }
        }
      }
    }),
    { numRuns: 200 },
  )
})

test('what can be shared is read by support people as by others of their role, so that readers can be counted by role', () => {
  for (const kind of ALL_KINDS.filter((candidate) => ASSET_KINDS[candidate].share !== null)) {
    expect(SUPPORT_TABLE[READ_ACTION[kind]]).toBe('as-role')
  }
})

test('support people keep the scope of their grant, are deleted with it alone, have no password and receive nothing', () => {
  const person = { id: 'them', organizationId: HERE, role: 'editor', isActive: true, isSupport: true } as const
  const receiver = { ...person, id: 'receiver', isSupport: false }
  const facts = { person, receiver, ownsAssets: true, otherAdminCount: 2 }
  const seats = { editor: { used: 1, limit: null }, viewer: { used: 1, limit: null } }
  for (const role of ['superadmin', 'admin'] as const) {
    const admin = personOf(role)
    expect(decideRoleChange(admin, { ...facts, to: 'admin', seats }).rule).toBe('role-change.support')
    expect(decideDeletion(admin, facts).rule).toBe('deletion.support')
    expect(decidePasswordLink(admin, person).rule).toBe('password-link.support')
    const toSupport = { ...facts, person: receiver, receiver: person }
    expect(decideDeletion(admin, toSupport).rule).toBe('deletion.receiver.support')
  }
  expect(decideReceiver(HERE, person).rule).toBe('transfer.support')
})
