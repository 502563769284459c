import { CREDENTIAL_POLICIES, ROLES } from '@graticule/contract'
import fc from 'fast-check'
import type { Asset, AssetKind, Container } from '../assets.ts'
import type { Audience } from '../audience.ts'
import type { Principal, UserPrincipal } from '../principal.ts'

/** Two organizations with everything in them that decisions rest on. */
export interface RandomWorld {
  readonly people: readonly UserPrincipal[]
  /** Tokens, public maps and nobody. */
  readonly others: readonly Principal[]
  readonly assets: readonly Asset[]
}

export const ORGANIZATIONS = ['ac_one', 'ac_two'] as const
/** Each is in one organization or the other, from world to world. */
export const PEOPLE = ['ann', 'bob', 'cid', 'dee'] as const
/** The groups of each organization. */
export const GROUPS: Readonly<Record<Organization, readonly string[]>> = {
  ac_one: ['g1', 'g2', 'g3'],
  ac_two: ['h1', 'h2'],
}
const CONNECTION_NAMES = ['first', 'second', 'carto_dw'] as const

/** Every kind of asset; a new one does not type-check before it can be made here. */
const KINDS: Readonly<Record<AssetKind, (id: string, organizationId: Organization) => fc.Arbitrary<Asset>>> = {
  map: (id, organizationId) =>
    fc.record({
      kind: fc.constant('map' as const),
      ...owned(id, organizationId),
      audience: audiences(organizationId),
      isListed: fc.boolean(),
      isLocked: fc.boolean(),
      isCollaborative: fc.boolean(),
      containers: containers(id, organizationId),
    }),
  connection: (id, organizationId) =>
    fc.record({
      kind: fc.constant('connection' as const),
      ...owned(id, organizationId),
      ownerId: fc.option(fc.constantFrom(...PEOPLE)),
      audience: unpublic(organizationId),
      names: fc.uniqueArray(fc.constantFrom(...CONNECTION_NAMES), { minLength: 1 }),
      credentialPolicy: fc.constantFrom(...CREDENTIAL_POLICIES),
    }),
  workflow: (id, organizationId) =>
    fc.record({
      kind: fc.constant('workflow' as const),
      ...owned(id, organizationId),
      audience: unpublic(organizationId),
      containers: containers(id, organizationId),
    }),
  application: (id, organizationId) =>
    fc.record({
      kind: fc.constant('application' as const),
      ...owned(id, organizationId),
      audience: unpublic(organizationId),
    }),
  project: (id, organizationId) =>
    fc.record({
      kind: fc.constant('project' as const),
      ...owned(id, organizationId),
      audience: unpublic(organizationId),
      containers: containers(id, organizationId),
    }),
  token: (id, organizationId) => fc.record({ kind: fc.constant('token' as const), ...owned(id, organizationId) }),
  'oauth-client': (id, organizationId) =>
    fc.record({ kind: fc.constant('oauth-client' as const), ...owned(id, organizationId) }),
  'named-source': (id, organizationId) =>
    fc.record({ kind: fc.constant('named-source' as const), ...owned(id, organizationId) }),
}
export const ALL_KINDS = Object.keys(KINDS) as AssetKind[]

type Organization = (typeof ORGANIZATIONS)[number]

function owned(id: string, organizationId: Organization) {
  return {
    id: fc.constant(id),
    organizationId: fc.constant(organizationId),
    ownerId: fc.constantFrom<string>(...PEOPLE),
  }
}

/** Grants of an asset; a group or person of the other organization is never among those that the product lets in. */
function audiences(organizationId: Organization): fc.Arbitrary<Audience> {
  return fc.record({
    organization: fc.boolean(),
    public: fc.boolean(),
    groupIds: fc.subarray([...GROUPS[organizationId]]),
    userIds: fc.subarray([...PEOPLE]),
  })
}

/** As `audiences`, of a kind that has no public link. */
function unpublic(organizationId: Organization): fc.Arbitrary<Audience> {
  return audiences(organizationId).map((audience) => ({ ...audience, public: false }))
}

/** The folders around something, from the inside out, all of one owner; none for what is at the top. */
function containers(id: string, organizationId: Organization): fc.Arbitrary<Container[]> {
  return fc
    .tuple(fc.constantFrom<string>(...PEOPLE), fc.array(unpublic(organizationId), { maxLength: 3 }))
    .map(([ownerId, shared]) => shared.map((audience, index) => ({ id: `${id}-in-${index}`, ownerId, audience })))
}

const people: fc.Arbitrary<UserPrincipal[]> = fc
  .tuple(
    ...PEOPLE.map((userId) =>
      fc.constantFrom(...ORGANIZATIONS).chain((organizationId) =>
        fc.record({
          kind: fc.constant('user' as const),
          userId: fc.constant(userId),
          organizationId: fc.constant(organizationId),
          role: fc.constantFrom(...ROLES),
          sessionId: fc.constant('session'),
          support: fc.option(fc.constant({ grantId: 'grant', endsAt: new Date(0) }), { nil: undefined, freq: 3 }),
          groupIds: fc.subarray([...GROUPS[organizationId]]),
          isViewed: fc.constantFrom(false, false, false, true),
        }),
      ),
    ),
  )
  .map((made) =>
    made.map(
      ({ isViewed, ...person }): UserPrincipal => (isViewed ? { ...person, viewedBy: { userId: 'adm' } } : person),
    ),
  )

const others: fc.Arbitrary<Principal[]> = fc.tuple(
  fc.record({
    kind: fc.constant('token' as const),
    tokenId: fc.constant('token'),
    ownerId: fc.constantFrom(...PEOPLE),
    organizationId: fc.constantFrom(...ORGANIZATIONS),
    grants: fc.array(
      fc.record({
        connection_name: fc.constantFrom(...CONNECTION_NAMES),
        source: fc.constantFrom('*', 'public.cities'),
      }),
    ),
    allowedApis: fc.subarray(['maps', 'sql', 'imports', 'lds']),
  }),
  fc.record({
    kind: fc.constant('public-map' as const),
    mapId: fc.constantFrom('a0', 'a1', 'a2'),
    organizationId: fc.constantFrom(...ORGANIZATIONS),
  }),
  fc.constant<Principal>({ kind: 'anonymous' }),
)

const assets: fc.Arbitrary<Asset[]> = fc.tuple(
  ...Array.from({ length: 5 }, (_, index) =>
    fc
      .tuple(fc.constantFrom(...ALL_KINDS), fc.constantFrom(...ORGANIZATIONS))
      .chain(([kind, organizationId]) => KINDS[kind](`a${index}`, organizationId)),
  ),
)

/** People of all roles, their groups, and assets of all kinds with their grants. */
export const randomWorlds: fc.Arbitrary<RandomWorld> = fc.record({ people, others, assets })
