import type { GovernancePolicies, Role, SharingDefault } from '@graticule/contract'
import type { ShareableKind } from './assets.ts'
import { type Audience, NOBODY, WHOLE_ORGANIZATION } from './audience.ts'

/** Somebody who shares something of their own under one policy. */
interface SharingCase {
  readonly policies: Partial<GovernancePolicies>
  readonly role: Role
  readonly kind: ShareableKind
  readonly before: Audience
  readonly after: Audience
  readonly publicMaps?: number
  readonly hasPassword?: boolean
  /** Of a connection: that it uses viewer credentials. */
  readonly hasViewerLogins?: boolean
  /** The organization's default, when it is locked. */
  readonly locked?: SharingDefault['audience']
  /** The rule that refuses; null when it is allowed. */
  readonly refusedBy: string | null
}

const PUBLIC: Audience = { ...NOBODY, public: true }
/** The sharer is in `own` and not in `other`. */
const OWN: Audience = { ...NOBODY, groupIds: ['own'] }
const OTHER: Audience = { ...NOBODY, groupIds: ['other'] }
const NAMED: Audience = { ...NOBODY, userIds: ['vic'] }

const noPublic: Partial<GovernancePolicies> = { 'maps.public': 'nobody' }
const adminsPublic: Partial<GovernancePolicies> = { 'maps.public': 'admins' }
const noShares: Partial<GovernancePolicies> = { 'connections.share': 'nobody' }
const ownGroups: Partial<GovernancePolicies> = { 'sharing.own-groups': true }
const passwords: Partial<GovernancePolicies> = { 'maps.public-password': true }
const ownLogins: Partial<GovernancePolicies> = { 'connections.viewer-credentials': true }
const twoPublic: Partial<GovernancePolicies> = { 'maps.public-limit': 2 }

export const SHARING_CASES: readonly SharingCase[] = [
  // What says nothing forbids nothing.
  map({}, 'editor', NOBODY, PUBLIC, null),
  connection({}, 'editor', NOBODY, OTHER, null),
  // Public maps.
  map(noPublic, 'editor', NOBODY, PUBLIC, 'governance.maps.public'),
  map(noPublic, 'superadmin', NOBODY, PUBLIC, 'governance.maps.public'),
  map(noPublic, 'editor', NOBODY, WHOLE_ORGANIZATION, null),
  map(noPublic, 'editor', PUBLIC, { ...PUBLIC, organization: true }, null),
  map(noPublic, 'editor', PUBLIC, NOBODY, null),
  map(adminsPublic, 'editor', OWN, PUBLIC, 'governance.maps.public'),
  map(adminsPublic, 'admin', OWN, PUBLIC, null),
  // A new link needs a password; one that there is goes on without.
  map(passwords, 'editor', NOBODY, PUBLIC, 'governance.maps.public-password'),
  map(passwords, 'superadmin', OWN, PUBLIC, 'governance.maps.public-password'),
  { ...map(passwords, 'editor', NOBODY, PUBLIC, null), hasPassword: true },
  map(passwords, 'editor', PUBLIC, { ...PUBLIC, organization: true }, null),
  map(passwords, 'editor', NOBODY, WHOLE_ORGANIZATION, null),
  // A limit counts what is public before.
  { ...map(twoPublic, 'editor', NOBODY, PUBLIC, null), publicMaps: 1 },
  { ...map(twoPublic, 'editor', NOBODY, PUBLIC, 'governance.maps.public-limit'), publicMaps: 2 },
  { ...map(twoPublic, 'admin', NOBODY, PUBLIC, 'governance.maps.public-limit'), publicMaps: 7 },
  { ...map(twoPublic, 'editor', PUBLIC, { ...PUBLIC, ...OWN, public: true }, null), publicMaps: 7 },
  // Connections: anybody new is refused, anybody less is not.
  connection(noShares, 'editor', NOBODY, WHOLE_ORGANIZATION, 'governance.connections.share'),
  connection(noShares, 'admin', NOBODY, NAMED, 'governance.connections.share'),
  connection(noShares, 'editor', OWN, { ...OWN, ...NAMED, groupIds: ['own'] }, 'governance.connections.share'),
  connection(noShares, 'editor', OWN, OTHER, 'governance.connections.share'),
  connection(noShares, 'editor', OWN, NOBODY, null),
  connection(noShares, 'editor', { ...OWN, groupIds: ['own', 'other'] }, OTHER, null),
  connection({ 'connections.share': 'admins' }, 'admin', NOBODY, WHOLE_ORGANIZATION, null),
  map(noShares, 'editor', NOBODY, WHOLE_ORGANIZATION, null),
  // What lends its own login goes to nobody new, whoever shares it; what does not is shared as ever.
  connection(ownLogins, 'editor', NOBODY, WHOLE_ORGANIZATION, 'governance.connections.viewer-credentials'),
  connection(ownLogins, 'superadmin', OWN, { ...OWN, userIds: ['vic'] }, 'governance.connections.viewer-credentials'),
  connection(ownLogins, 'editor', WHOLE_ORGANIZATION, OWN, 'governance.connections.viewer-credentials'),
  connection(ownLogins, 'editor', { ...OWN, userIds: ['vic'] }, OWN, null),
  connection(ownLogins, 'editor', WHOLE_ORGANIZATION, NOBODY, null),
  { ...connection(ownLogins, 'editor', NOBODY, WHOLE_ORGANIZATION, null), hasViewerLogins: true },
  {
    ...connection({ ...ownLogins, ...noShares }, 'admin', NOBODY, NAMED, 'governance.connections.share'),
    hasViewerLogins: true,
  },
  map(ownLogins, 'editor', NOBODY, PUBLIC, null),
  // Groups of one's own.
  map(ownGroups, 'editor', NOBODY, OWN, null),
  map(ownGroups, 'editor', NOBODY, OTHER, 'governance.sharing.own-groups'),
  map(ownGroups, 'editor', OTHER, { ...OTHER, groupIds: ['other', 'own'] }, null),
  map(ownGroups, 'admin', NOBODY, OTHER, null),
  connection(ownGroups, 'editor', NOBODY, OTHER, 'governance.sharing.own-groups'),
  // A locked default is all that there is, for whomever; what is otherwise may stay so.
  { ...map({}, 'editor', NOBODY, WHOLE_ORGANIZATION, 'governance.sharing.map.locked'), locked: 'private' },
  { ...map({}, 'admin', NOBODY, NAMED, 'governance.sharing.map.locked'), locked: 'private' },
  { ...map({}, 'editor', WHOLE_ORGANIZATION, WHOLE_ORGANIZATION, null), locked: 'private' },
  { ...map({}, 'editor', WHOLE_ORGANIZATION, NOBODY, null), locked: 'private' },
  { ...map({}, 'editor', WHOLE_ORGANIZATION, NOBODY, 'governance.sharing.map.locked'), locked: 'organization' },
  { ...map({}, 'editor', NOBODY, WHOLE_ORGANIZATION, null), locked: 'organization' },
  { ...map({}, 'editor', NOBODY, PUBLIC, 'governance.sharing.map.locked'), locked: 'organization' },
  // A policy forbids what a default would do.
  {
    ...connection(noShares, 'editor', NOBODY, WHOLE_ORGANIZATION, 'governance.connections.share'),
    locked: 'organization',
  },
]

function map(
  policies: Partial<GovernancePolicies>,
  role: Role,
  before: Audience,
  after: Audience,
  refusedBy: string | null,
): SharingCase {
  return { policies, role, kind: 'map', before, after, refusedBy }
}

function connection(
  policies: Partial<GovernancePolicies>,
  role: Role,
  before: Audience,
  after: Audience,
  refusedBy: string | null,
): SharingCase {
  return { policies, role, kind: 'connection', before, after, refusedBy }
}
