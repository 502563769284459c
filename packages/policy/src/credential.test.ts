import { AppError, type CredentialPolicy } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import type { ConnectionAsset } from './assets.ts'
import { WHOLE_ORGANIZATION } from './audience.ts'
import { credentialFor, decideCredential } from './credential.ts'
import { ANONYMOUS, type Principal, type UserPrincipal } from './principal.ts'

const HERE = 'ac_here'

const connection = (credentialPolicy: CredentialPolicy, ownerId: string | null = 'eve'): ConnectionAsset => ({
  kind: 'connection',
  id: 'w',
  organizationId: HERE,
  ownerId,
  audience: WHOLE_ORGANIZATION,
  names: ['warehouse'],
  credentialPolicy,
})

const person = (userId: string, role: UserPrincipal['role']): UserPrincipal => ({
  kind: 'user',
  userId,
  organizationId: HERE,
  role,
  sessionId: 's',
  groupIds: [],
})
const support = { grantId: 'g', endsAt: new Date(0) }
const viewedBy = { userId: 'sue' }

const PRINCIPALS = {
  owner: person('eve', 'editor'),
  editor: person('ed', 'editor'),
  viewer: person('vic', 'viewer'),
  admin: person('ada', 'admin'),
  superadmin: person('sue', 'superadmin'),
  guest: person('gus', 'guest'),
  support: { ...person('sid', 'admin'), support },
  'owner seen by somebody else': { ...person('eve', 'editor'), viewedBy },
  'viewer seen by somebody else': { ...person('vic', 'viewer'), viewedBy },
  'support seen by somebody else': { ...person('sid', 'editor'), support, viewedBy },
  token: {
    kind: 'token',
    tokenId: 't',
    // The owner's own token is nobody's login all the same.
    ownerId: 'eve',
    organizationId: HERE,
    grants: [{ connection_name: 'warehouse', source: '*' }],
    allowedApis: ['maps', 'sql'],
  },
  'public map': { kind: 'public-map', mapId: 'm', organizationId: HERE },
  anonymous: ANONYMOUS,
} as const satisfies Record<string, Principal>
type Who = keyof typeof PRINCIPALS

const OWNERS_LOGIN = { kind: 'owner', connectionId: 'w' }
const loginOf = (userId: string) => ({ kind: 'viewer', connectionId: 'w', userId })

/** Where everybody brings a login: the choice, or the rule that there is none by and the code that it is told with. */
const BROUGHT: Readonly<Record<Who, object | readonly [rule: string, code: string]>> = {
  owner: OWNERS_LOGIN,
  editor: loginOf('ed'),
  viewer: loginOf('vic'),
  admin: loginOf('ada'),
  superadmin: loginOf('sue'),
  guest: loginOf('gus'),
  support: ['credential.viewer.support', 'forbidden'],
  'owner seen by somebody else': ['view-as', 'forbidden'],
  'viewer seen by somebody else': ['view-as', 'forbidden'],
  'support seen by somebody else': ['view-as', 'forbidden'],
  token: ['credential.viewer.token', 'forbidden'],
  'public map': ['credential.viewer.public-map', 'forbidden'],
  anonymous: ['credential.viewer.anonymous', 'unauthenticated'],
}
const EVERYBODY = Object.keys(PRINCIPALS) as Who[]

describe('where everybody is served by the owner’s login', () => {
  test.each(EVERYBODY)('so is: %s', (who) => {
    expect(decideCredential(PRINCIPALS[who], connection('owner'))).toEqual({ allowed: true, choice: OWNERS_LOGIN })
    expect(credentialFor(PRINCIPALS[who], connection('owner'))).toEqual(OWNERS_LOGIN)
  })
})

describe('where everybody brings a login of their own', () => {
  test.each(EVERYBODY)('%s gets their own login or none, never somebody else’s', (who) => {
    const expected = BROUGHT[who]
    const decision = decideCredential(PRINCIPALS[who], connection('viewer'))
    const choose = () => credentialFor(PRINCIPALS[who], connection('viewer'))
    if (!Array.isArray(expected)) {
      expect(decision).toEqual({ allowed: true, choice: expected })
      expect(choose()).toEqual(expected)
      return
    }
    const [rule, code] = expected
    expect(decision).toMatchObject({ allowed: false, rule })
    let refusal: unknown
    try {
      choose()
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(AppError)
    expect(refusal).toMatchObject({ code, message: decision.allowed ? '' : decision.reason })
    if (code === 'forbidden') expect(refusal).toMatchObject({ details: { rule } })
  })

  test('a connection without an owner has nobody whom its own login serves', () => {
    const choices = EVERYBODY.map((who) => decideCredential(PRINCIPALS[who], connection('viewer', null)))
    expect(choices.filter((decision) => decision.allowed && decision.choice.kind === 'owner')).toEqual([])
    expect(decideCredential(PRINCIPALS.owner, connection('viewer', null))).toMatchObject({ choice: loginOf('eve') })
  })
})

describe('a public map that was published with a login', () => {
  const own = { kind: 'own' } as const
  const login = { kind: 'login', loginId: 'l' } as const

  test('is read with that login, whoever the connection serves otherwise', () => {
    for (const policy of ['owner', 'viewer'] as const) {
      const choice = { kind: 'publishing', connectionId: 'w', loginId: 'l' }
      expect(decideCredential(PRINCIPALS['public map'], connection(policy), login)).toEqual({ allowed: true, choice })
      expect(decideCredential(PRINCIPALS['public map'], connection(policy), own)).toEqual({
        allowed: true,
        choice: OWNERS_LOGIN,
      })
    }
  })

  test.each(EVERYBODY.filter((who) => who !== 'public map'))('changes nothing for: %s', (who) => {
    for (const policy of ['owner', 'viewer'] as const) {
      for (const publishedAs of [own, login]) {
        const without = decideCredential(PRINCIPALS[who], connection(policy))
        expect(decideCredential(PRINCIPALS[who], connection(policy), publishedAs)).toEqual(without)
      }
    }
  })
})
