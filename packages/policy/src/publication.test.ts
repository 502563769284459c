import { CONNECTION_LOGINS } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import { PERMISSIVE_POLICIES } from './governance-policies.ts'
import { decidePublication, decidePublicConnection, type PublicationFacts, widensExposure } from './publication.ts'

const facts = (changes: Partial<PublicationFacts> = {}): PublicationFacts => ({
  connectionName: 'warehouse',
  credentialPolicy: 'owner',
  logins: ['password'],
  isPublishersOwn: false,
  publishingLoginIds: [],
  wish: undefined,
  before: null,
  ...changes,
})
const login = (loginId: string) => ({ kind: 'login', loginId }) as const
const OWN = { kind: 'own' } as const

describe('what the public reads a connection with', () => {
  test.each([
    ['the stored login, where there is no other', {}, OWN],
    ['the only publishing login, unless told', { publishingLoginIds: ['a'] }, login('a')],
    ['the one that is wished for', { publishingLoginIds: ['a', 'b'], wish: login('b') }, login('b')],
    ['the stored one, where that is wished for', { publishingLoginIds: ['a'], wish: OWN }, OWN],
    ['the one of before, without a wish', { publishingLoginIds: ['a', 'b'], before: login('b') }, login('b')],
    ['the stored one of an own connection', { credentialPolicy: 'viewer', isPublishersOwn: true }, OWN],
  ] as const)('is %s', (_name, changes, publishedAs) => {
    expect(decidePublication(facts(changes))).toEqual({ allowed: true, publishedAs })
  })

  test.each([
    ['choose', { publishingLoginIds: ['a', 'b'] }],
    ['login', { publishingLoginIds: ['a'], wish: login('gone') }],
    ['login', { publishingLoginIds: [], before: login('gone') }],
    ['own-login', { credentialPolicy: 'viewer' }],
    ['own-login', { credentialPolicy: 'viewer', publishingLoginIds: ['a'], wish: OWN }],
  ] as const)('is refused by publication.%s', (rule, changes) => {
    const decision = decidePublication(facts(changes))
    expect(decision).toMatchObject({ allowed: false, rule: `publication.${rule}` })
    expect(decision.allowed ? '' : decision.reason).toMatch(/^.+\.$/)
  })

  test.each(CONNECTION_LOGINS)('is never a login that is one person’s: %s', (kind) => {
    const isPersonal = ['oauth', 'forwarded-token', 'minted-certificate'].includes(kind)
    for (const credentialPolicy of ['owner', 'viewer'] as const) {
      const mine = { credentialPolicy, isPublishersOwn: true, logins: [kind] }
      const own = decidePublication(facts(mine))
      expect(own.allowed).toBe(!isPersonal)
      if (!own.allowed) expect(own.rule).toBe('publication.personal-login')
      expect(decidePublication(facts({ ...mine, publishingLoginIds: ['a'] })).allowed).toBe(true)
    }
  })
})

test('strict refuses connections with viewer credentials and no other, as CARTO refuses none', () => {
  const decide = (allows: boolean, credentialPolicy: 'owner' | 'viewer') =>
    decidePublicConnection(
      { ...PERMISSIVE_POLICIES, 'maps.public-viewer-credentials': allows },
      { connectionName: 'warehouse', credentialPolicy },
    )
  expect([decide(true, 'owner'), decide(true, 'viewer'), decide(false, 'owner')].every(({ allowed }) => allowed)).toBe(
    true,
  )
  expect(decide(false, 'viewer')).toMatchObject({ allowed: false, rule: 'governance.maps.public-viewer-credentials' })
})

test.each([
  // Each row is somebody's to see by their login: the first that needs none is more than before.
  ['viewer', OWN, { publisher: 10, public: 10 }, true],
  ['viewer', login('a'), { publisher: 10, public: 1 }, true],
  ['viewer', login('a'), { publisher: 10, public: 0 }, false],
  ['viewer', login('a'), { publisher: 10, public: null }, true],
  // Elsewhere everybody sees what the stored login does.
  ['owner', OWN, { publisher: 10, public: 10 }, false],
  ['owner', OWN, { publisher: null, public: null }, false],
  ['owner', login('a'), { publisher: 10, public: 10 }, false],
  ['owner', login('a'), { publisher: 10, public: 11 }, true],
  ['owner', login('a'), { publisher: 10, public: null }, true],
  ['owner', login('a'), { publisher: null, public: 1 }, true],
] as const)(
  'a link on a connection of the policy %s, read with %o, that shows %o widens it: %s',
  (policy, as, rows, widens) => {
    expect(widensExposure(policy, as, rows)).toBe(widens)
  },
)
