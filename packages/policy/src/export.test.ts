import { MAKERS, ROLES, type Role } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import { decideExport, exportersOf } from './export.ts'
import { PERMISSIVE_POLICIES } from './governance-policies.ts'
import type { Principal, TokenPrincipal, UserPrincipal } from './principal.ts'

const person = (role: Role): UserPrincipal => ({
  ...{ kind: 'user', userId: role, organizationId: 'ac_one', role, sessionId: 's', groupIds: [] },
})
const token: TokenPrincipal = {
  ...{ kind: 'token', tokenId: 't', ownerId: 'admin', organizationId: 'ac_one', grants: [], allowedApis: ['sql'] },
}
const ASKERS: readonly Principal[] = [...ROLES.map(person), token]
const isAdmin = (asker: Principal) => asker.kind === 'user' && ['admin', 'superadmin'].includes(asker.role)

describe('what leaves a connection as a file', () => {
  test('is left to whoever may run SQL unless its owner says otherwise, and to nobody where each reads what is theirs', () => {
    expect(exportersOf({ credentialPolicy: 'owner', exports: null })).toBe('editors')
    expect(exportersOf({ credentialPolicy: 'viewer', exports: null })).toBe('nobody')
    for (const exports of MAKERS) {
      expect(exportersOf({ credentialPolicy: 'owner', exports })).toBe(exports)
      expect(exportersOf({ credentialPolicy: 'viewer', exports })).toBe(exports)
    }
  })

  test.each(MAKERS)('is decided by the connection and the organization, of which both must allow it: %s', (exports) => {
    for (const policy of MAKERS) {
      for (const asker of ASKERS) {
        const allows = (makers: string) => makers === 'editors' || (makers === 'admins' && isAdmin(asker))
        const policies = { ...PERMISSIVE_POLICIES, 'exports.files': policy }
        const decision = decideExport(policies, asker, { name: 'warehouse', credentialPolicy: 'owner', exports })
        expect(decision.allowed).toBe(allows(exports) && allows(policy))
        if (decision.allowed) continue
        expect(decision.rule).toBe(allows(policy) ? 'export.connection' : 'governance.exports.files')
        expect(decision.reason).toMatch(/^.+\.$/)
      }
    }
  })
})
