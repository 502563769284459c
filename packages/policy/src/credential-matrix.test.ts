import {
  CONNECTION_LOGINS,
  type ConnectionLogin,
  CREDENTIAL_POLICIES,
  type CredentialPolicy,
} from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import { type Audience, NOBODY } from './audience.ts'
import {
  CREDENTIAL_MATRIX,
  decideCredentialPolicy,
  modesOf,
  SHARING_MODES,
  type SharingMode,
} from './credential-matrix.ts'

const AUDIENCES: Readonly<Record<SharingMode, Audience>> = {
  private: NOBODY,
  organization: { ...NOBODY, organization: true },
  group: { ...NOBODY, groupIds: ['sales'] },
  user: { ...NOBODY, userIds: ['vic'] },
}

/** What is forbidden, written down once more and otherwise than the table has it; all the rest is allowed. */
const FORBIDDEN = [
  'credential.embedded.viewer.private',
  'credential.embedded.viewer.organization',
  'credential.embedded.viewer.group',
  'credential.embedded.viewer.user',
  'credential.oauth.owner.organization',
  'credential.oauth.owner.group',
  'credential.oauth.owner.user',
  'credential.forwarded-token.owner.organization',
  'credential.forwarded-token.owner.group',
  'credential.forwarded-token.owner.user',
  'credential.minted-certificate.owner.organization',
  'credential.minted-certificate.owner.group',
  'credential.minted-certificate.owner.user',
]

const CELLS = CONNECTION_LOGINS.flatMap((login) =>
  CREDENTIAL_POLICIES.flatMap((policy) => SHARING_MODES.map((mode) => [login, policy, mode] as const)),
)
const nameOf = (login: ConnectionLogin, policy: CredentialPolicy, mode: SharingMode) =>
  `credential.${login}.${policy}.${mode}`

describe('the table of logins, credential policies and sharing', () => {
  test('AC-15: forbids these cells and no other', () => {
    expect(CELLS).toHaveLength(7 * 2 * 4)
    expect(Object.keys(CREDENTIAL_MATRIX).toSorted()).toEqual([...CONNECTION_LOGINS].toSorted())
    const forbidden = CELLS.filter(([login, policy, mode]) => CREDENTIAL_MATRIX[login][policy][mode] !== 'yes')
    expect(forbidden.map((cell) => nameOf(...cell)).toSorted()).toEqual(FORBIDDEN.toSorted())
  })

  test.each(CELLS)('AC-15: %s, %s, %s is decided as the table says, by its name', (login, policy, mode) => {
    const decision = decideCredentialPolicy([login], policy, AUDIENCES[mode])
    const name = nameOf(login, policy, mode)
    const isForbidden = FORBIDDEN.includes(name)
    expect(decision).toMatchObject({ allowed: !isForbidden, rule: isForbidden ? name : `credential.${policy}` })
    if (isForbidden) expect(decision.reason).toMatch(/^This connection signs in with .+\.$/)
  })
})

test('whoever is named beside others counts as well, and the first mode that is refused names the rule', () => {
  const audience = { ...AUDIENCES.group, userIds: ['vic'] }
  expect(modesOf(audience)).toEqual(['group', 'user'])
  expect(modesOf(NOBODY)).toEqual(['private'])
  expect(decideCredentialPolicy(['oauth'], 'owner', audience).rule).toBe('credential.oauth.owner.group')
})

test('one login that cannot serve others is enough to forbid it, whatever it signs in with besides', () => {
  for (const logins of [['password', 'oauth'] as const, ['oauth', 'password'] as const]) {
    expect(decideCredentialPolicy(logins, 'owner', AUDIENCES.user).rule).toBe('credential.oauth.owner.user')
    expect(decideCredentialPolicy(logins, 'viewer', AUDIENCES.user).allowed).toBe(true)
  }
})
