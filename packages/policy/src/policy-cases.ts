import type { Action } from './actions.ts'
import type { ApplicationAsset, Asset, ConnectionAsset, MapAsset, TokenAsset, WorkflowAsset } from './assets.ts'
import { type Audience, NOBODY, WHOLE_ORGANIZATION } from './audience.ts'
import { ANONYMOUS, type Principal } from './principal.ts'

/** One decision that must not change by accident. */
export interface PolicyCase {
  readonly who: keyof typeof PRINCIPALS
  readonly action: Action
  readonly on?: keyof typeof ASSETS
  readonly allowed: boolean
}

const HERE = 'ac_here0000'
const ELSEWHERE = 'ac_elsewher'

/** The cast: one person per role, a second editor, and the other kinds of principals. */
export const PRINCIPALS = {
  sue: { kind: 'user', userId: 'sue', organizationId: HERE, role: 'superadmin', sessionId: 's1', groupIds: [] },
  ada: { kind: 'user', userId: 'ada', organizationId: HERE, role: 'admin', sessionId: 's2', groupIds: [] },
  eve: { kind: 'user', userId: 'eve', organizationId: HERE, role: 'editor', sessionId: 's3', groupIds: [] },
  ed: { kind: 'user', userId: 'ed', organizationId: HERE, role: 'editor', sessionId: 's4', groupIds: ['sales'] },
  vic: { kind: 'user', userId: 'vic', organizationId: HERE, role: 'viewer', sessionId: 's5', groupIds: ['sales'] },
  gus: { kind: 'user', userId: 'gus', organizationId: HERE, role: 'guest', sessionId: 's6', groupIds: ['partners'] },
  stranger: {
    kind: 'user',
    userId: 'xen',
    organizationId: ELSEWHERE,
    role: 'superadmin',
    sessionId: 's7',
    groupIds: ['sales', 'partners'],
  },
  mapsToken: {
    kind: 'token',
    tokenId: 't1',
    ownerId: 'eve',
    organizationId: HERE,
    grants: [{ connection_name: 'warehouse', source: 'public.cities' }],
    allowedApis: ['maps'],
  },
  sqlToken: {
    kind: 'token',
    tokenId: 't2',
    ownerId: 'eve',
    organizationId: HERE,
    grants: [{ connection_name: 'carto_dw', source: '*' }],
    allowedApis: ['sql'],
  },
  foreignToken: {
    kind: 'token',
    tokenId: 't3',
    ownerId: 'xen',
    organizationId: ELSEWHERE,
    grants: [{ connection_name: 'warehouse', source: '*' }],
    allowedApis: ['maps', 'sql'],
  },
  publicMap: { kind: 'public-map', mapId: 'public', organizationId: HERE },
  anonymous: ANONYMOUS,
} as const satisfies Record<string, Principal>

const PUBLIC: Audience = { ...NOBODY, public: true }

const map = (id: string, ownerId: string, audience: Audience, organizationId = HERE): MapAsset => ({
  kind: 'map',
  id,
  organizationId,
  ownerId,
  audience,
  isListed: true,
  isLocked: false,
  isCollaborative: false,
  containers: [],
})

/** The things they ask about. */
export const ASSETS = {
  'private map of eve': map('private', 'eve', NOBODY),
  'shared map of eve': map('shared', 'eve', WHOLE_ORGANIZATION),
  'public map of eve': map('public', 'eve', PUBLIC),
  'public map elsewhere': map('foreign', 'xen', PUBLIC, ELSEWHERE),
  'map of eve for sales': map('sales', 'eve', { ...NOBODY, groupIds: ['sales'] }),
  'map of eve for partners': map('partners', 'eve', { ...NOBODY, groupIds: ['partners'] }),
  'map of eve for gus and ed': map('named', 'eve', { ...NOBODY, userIds: ['gus', 'ed'] }),
  'map of eve by its address alone': { ...map('unlisted', 'eve', WHOLE_ORGANIZATION), isListed: false },
  'public map of eve with a password': { ...map('locked', 'eve', PUBLIC), isLocked: true },
  'map of eve with a password for sales': {
    ...map('locked-sales', 'eve', { ...PUBLIC, groupIds: ['sales'] }),
    isLocked: true,
  },
  'map that eve lets others edit': { ...map('helped', 'eve', WHOLE_ORGANIZATION), isCollaborative: true },
  'private map that eve lets others edit': { ...map('alone', 'eve', NOBODY), isCollaborative: true },
  'private connection of eve': connection('private', 'eve', NOBODY, ['warehouse']),
  'shared connection of eve': connection('shared', 'eve', WHOLE_ORGANIZATION, ['warehouse', 'carto_dw']),
  'demo connection': connection('demo', null, WHOLE_ORGANIZATION, ['demo', 'carto_dw']),
  'connection of eve for sales': connection('sales', 'eve', { ...NOBODY, groupIds: ['sales'] }, ['sales']),
  'connection of eve for gus': connection('gus', 'eve', { ...NOBODY, userIds: ['gus'], groupIds: ['partners'] }, [
    'gus',
  ]),
  'private workflow of eve': workflow(NOBODY),
  'workflow of eve for sales': workflow({ ...NOBODY, groupIds: ['sales'] }),
  'shared workflow of eve': workflow(WHOLE_ORGANIZATION),
  'private application of eve': application(NOBODY),
  'shared application of eve': application({ ...WHOLE_ORGANIZATION, userIds: ['gus'], groupIds: ['partners'] }),
  'token of eve': { kind: 'token', id: 't1', organizationId: HERE, ownerId: 'eve' } satisfies TokenAsset,
} as const satisfies Record<string, Asset>

function connection(id: string, ownerId: string | null, audience: Audience, names: string[]): ConnectionAsset {
  return { kind: 'connection', id, organizationId: HERE, ownerId, audience, names, credentialPolicy: 'owner' }
}

function workflow(audience: Audience): WorkflowAsset {
  return { kind: 'workflow', id: 'workflow', organizationId: HERE, ownerId: 'eve', audience, containers: [] }
}

function application(audience: Audience): ApplicationAsset {
  return { kind: 'application', id: 'application', organizationId: HERE, ownerId: 'eve', audience }
}

const yes = (who: PolicyCase['who'], action: Action, on?: PolicyCase['on']): PolicyCase => ({
  who,
  action,
  on,
  allowed: true,
})
const no = (who: PolicyCase['who'], action: Action, on?: PolicyCase['on']): PolicyCase => ({
  who,
  action,
  on,
  allowed: false,
})

export const POLICY_CASES: readonly PolicyCase[] = [
  // Superadmins open anything, read-only, and may remove it.
  yes('sue', 'map.read', 'private map of eve'),
  yes('sue', 'organization.set-seats'),
  yes('sue', 'asset.manage'),
  no('ada', 'asset.manage'),
  no('eve', 'asset.manage'),
  no('sue', 'map.update', 'private map of eve'),
  yes('sue', 'map.delete', 'private map of eve'),
  no('sue', 'map.share', 'private map of eve'),
  // Admins run the organization but do not read what is private.
  no('ada', 'map.read', 'private map of eve'),
  yes('ada', 'map.read', 'shared map of eve'),
  no('ada', 'map.delete', 'shared map of eve'),
  yes('ada', 'activity.read'),
  yes('ada', 'user.list'),
  yes('ada', 'user.inspect'),
  yes('ada', 'user.invite'),
  yes('ada', 'user.make-password-link'),
  yes('ada', 'outbox.read'),
  yes('ada', 'organization.inspect'),
  yes('ada', 'organization.update'),
  yes('ada', 'domain.manage'),
  no('ada', 'organization.set-seats'),
  yes('sue', 'organization.delete'),
  yes('ada', 'organization.delete'),
  yes('ada', 'organization.suspend'),
  yes('ada', 'user.change-role'),
  yes('ada', 'user.delete'),
  yes('ada', 'identity-provider.manage'),
  yes('ada', 'role-mapping.manage'),
  yes('ada', 'settings.manage'),
  yes('ada', 'scim.manage'),
  yes('sue', 'identity-provider.manage'),
  yes('sue', 'role-mapping.manage'),
  yes('sue', 'settings.manage'),
  yes('sue', 'scim.manage'),
  yes('sue', 'user.change-role'),
  yes('sue', 'user.delete'),
  // Everybody may bring a login of their own, guests to what maps show them.
  yes('sue', 'credential.manage'),
  yes('ada', 'credential.manage'),
  yes('eve', 'credential.manage'),
  yes('vic', 'credential.manage'),
  yes('gus', 'credential.manage'),
  // Editors own what they make.
  yes('eve', 'map.create'),
  yes('eve', 'map.read', 'private map of eve'),
  yes('eve', 'map.update', 'private map of eve'),
  yes('eve', 'map.delete', 'private map of eve'),
  yes('eve', 'map.share', 'private map of eve'),
  yes('eve', 'connection.create'),
  yes('eve', 'token.create'),
  yes('eve', 'token.read', 'token of eve'),
  no('eve', 'activity.read'),
  no('eve', 'identity-provider.manage'),
  no('eve', 'role-mapping.manage'),
  no('eve', 'settings.manage'),
  no('eve', 'scim.manage'),
  // They share with people, and so know who is there, but do not look after them.
  yes('eve', 'user.list'),
  no('eve', 'user.inspect'),
  no('eve', 'user.invite'),
  no('eve', 'user.make-password-link'),
  no('eve', 'outbox.read'),
  no('eve', 'organization.inspect'),
  no('eve', 'organization.delete'),
  no('eve', 'organization.suspend'),
  no('eve', 'user.change-role'),
  no('eve', 'user.delete'),
  no('ed', 'map.read', 'private map of eve'),
  yes('ed', 'map.read', 'shared map of eve'),
  yes('ed', 'map.duplicate', 'shared map of eve'),
  no('ed', 'map.update', 'shared map of eve'),
  no('ed', 'map.share', 'shared map of eve'),
  no('ed', 'connection.use', 'private connection of eve'),
  yes('ed', 'connection.use', 'shared connection of eve'),
  yes('ed', 'sql.run', 'shared connection of eve'),
  no('ed', 'connection.update', 'shared connection of eve'),
  no('ed', 'token.read', 'token of eve'),
  no('ada', 'token.delete', 'token of eve'),
  // The embedded warehouse belongs to nobody: everybody uses it and nobody edits it.
  yes('eve', 'data.browse', 'demo connection'),
  no('eve', 'connection.update', 'demo connection'),
  no('sue', 'connection.delete', 'demo connection'),
  // Viewers look at what is shared with them, and run no SQL of their own.
  no('vic', 'map.create'),
  yes('vic', 'map.read', 'shared map of eve'),
  no('vic', 'map.read', 'private map of eve'),
  no('vic', 'map.duplicate', 'shared map of eve'),
  yes('vic', 'tile.read', 'shared connection of eve'),
  yes('vic', 'widget.read', 'shared connection of eve'),
  no('vic', 'tile.read', 'private connection of eve'),
  no('vic', 'data.browse', 'shared connection of eve'),
  no('vic', 'sql.run', 'shared connection of eve'),
  no('vic', 'connection.create'),
  no('vic', 'token.create'),
  no('vic', 'user.list'),
  no('vic', 'user.change-role'),
  no('vic', 'user.delete'),
  no('vic', 'activity.read'),
  no('vic', 'identity-provider.manage'),
  no('vic', 'role-mapping.manage'),
  no('vic', 'settings.manage'),
  no('vic', 'scim.manage'),
  // What is shared with the organization does not reach guests.
  no('gus', 'map.read', 'shared map of eve'),
  yes('gus', 'map.read', 'public map of eve'),
  no('gus', 'connection.use', 'shared connection of eve'),
  no('gus', 'user.list'),
  // What is shared with groups and by name reaches exactly those, guests too when it is a map.
  yes('ed', 'map.read', 'map of eve for sales'),
  yes('vic', 'map.read', 'map of eve for sales'),
  yes('eve', 'map.read', 'map of eve for sales'),
  no('ada', 'map.read', 'map of eve for sales'),
  yes('sue', 'map.read', 'map of eve for sales'),
  no('gus', 'map.read', 'map of eve for sales'),
  yes('gus', 'map.read', 'map of eve for partners'),
  no('ed', 'map.read', 'map of eve for partners'),
  yes('gus', 'map.read', 'map of eve for gus and ed'),
  yes('ed', 'map.read', 'map of eve for gus and ed'),
  yes('ed', 'map.duplicate', 'map of eve for gus and ed'),
  no('ed', 'map.share', 'map of eve for gus and ed'),
  no('gus', 'map.duplicate', 'map of eve for gus and ed'),
  no('vic', 'map.read', 'map of eve for gus and ed'),
  no('stranger', 'map.read', 'map of eve for sales'),
  yes('ed', 'sql.run', 'connection of eve for sales'),
  yes('vic', 'connection.use', 'connection of eve for sales'),
  no('vic', 'sql.run', 'connection of eve for sales'),
  no('ada', 'connection.use', 'connection of eve for sales'),
  no('sue', 'connection.use', 'connection of eve for sales'),
  no('gus', 'connection.use', 'connection of eve for gus'),
  no('gus', 'tile.read', 'connection of eve for gus'),
  // Groups are seen by those who share with them and managed by admins.
  yes('ada', 'group.manage'),
  yes('sue', 'group.manage'),
  yes('eve', 'group.list'),
  no('eve', 'group.manage'),
  no('vic', 'group.list'),
  no('gus', 'group.list'),
  no('sqlToken', 'group.list'),
  no('gus', 'identity-provider.manage'),
  no('gus', 'role-mapping.manage'),
  no('gus', 'settings.manage'),
  no('gus', 'scim.manage'),
  // Workflows are shared as maps are, but no guest is ever among their readers.
  yes('eve', 'workflow.create'),
  no('vic', 'workflow.create'),
  no('gus', 'workflow.create'),
  yes('sue', 'workflow.read', 'private workflow of eve'),
  no('sue', 'workflow.update', 'private workflow of eve'),
  no('sue', 'workflow.share', 'private workflow of eve'),
  yes('sue', 'workflow.delete', 'private workflow of eve'),
  no('ada', 'workflow.read', 'private workflow of eve'),
  yes('eve', 'workflow.share', 'private workflow of eve'),
  yes('vic', 'workflow.read', 'workflow of eve for sales'),
  no('ada', 'workflow.read', 'workflow of eve for sales'),
  yes('ed', 'workflow.read', 'shared workflow of eve'),
  no('ed', 'workflow.update', 'shared workflow of eve'),
  no('gus', 'workflow.read', 'shared workflow of eve'),
  // Admins manage the whole gallery; a viewer opens what is shared, a guest nothing even when named.
  yes('eve', 'application.create'),
  no('vic', 'application.create'),
  yes('ada', 'application.read', 'private application of eve'),
  yes('ada', 'application.update', 'private application of eve'),
  yes('ada', 'application.share', 'private application of eve'),
  yes('sue', 'application.delete', 'private application of eve'),
  no('ed', 'application.read', 'private application of eve'),
  yes('ed', 'application.read', 'shared application of eve'),
  no('ed', 'application.update', 'shared application of eve'),
  yes('vic', 'application.read', 'shared application of eve'),
  no('vic', 'application.delete', 'shared application of eve'),
  no('gus', 'application.read', 'shared application of eve'),
  no('stranger', 'application.read', 'shared application of eve'),
  no('sqlToken', 'workflow.read', 'shared workflow of eve'),
  no('anonymous', 'application.read', 'shared application of eve'),
  // Another organization is another world, except for what is public.
  no('stranger', 'map.read', 'shared map of eve'),
  yes('stranger', 'map.read', 'public map of eve'),
  no('stranger', 'map.delete', 'public map of eve'),
  no('stranger', 'connection.use', 'demo connection'),
  no('stranger', 'token.read', 'token of eve'),
  // Tokens reach their grants through their APIs, and nothing of the workspace.
  yes('mapsToken', 'tile.read', 'shared connection of eve'),
  yes('mapsToken', 'widget.read', 'private connection of eve'),
  no('mapsToken', 'sql.run', 'shared connection of eve'),
  no('mapsToken', 'tile.read', 'demo connection'),
  yes('sqlToken', 'sql.run', 'demo connection'),
  yes('sqlToken', 'widget.read', 'demo connection'),
  no('sqlToken', 'tile.read', 'demo connection'),
  no('sqlToken', 'data.browse', 'demo connection'),
  no('sqlToken', 'map.read', 'shared map of eve'),
  no('sqlToken', 'token.create'),
  no('sqlToken', 'user.list'),
  no('sqlToken', 'user.delete'),
  no('sqlToken', 'identity-provider.manage'),
  no('sqlToken', 'role-mapping.manage'),
  no('sqlToken', 'settings.manage'),
  no('sqlToken', 'scim.manage'),
  no('foreignToken', 'tile.read', 'shared connection of eve'),
  // The token of a public map reaches that map and the connections of its organization.
  yes('publicMap', 'map.read', 'public map of eve'),
  no('publicMap', 'map.read', 'shared map of eve'),
  yes('publicMap', 'tile.read', 'private connection of eve'),
  no('publicMap', 'sql.run', 'private connection of eve'),
  no('publicMap', 'map.update', 'public map of eve'),
  // A map by its address alone opens for whoever it is shared with.
  yes('ed', 'map.read', 'map of eve by its address alone'),
  yes('vic', 'map.read', 'map of eve by its address alone'),
  no('gus', 'map.read', 'map of eve by its address alone'),
  // A password stands before the public link and no other way.
  no('anonymous', 'map.read', 'public map of eve with a password'),
  no('ed', 'map.read', 'public map of eve with a password'),
  no('stranger', 'map.read', 'public map of eve with a password'),
  yes('eve', 'map.read', 'public map of eve with a password'),
  yes('sue', 'map.read', 'public map of eve with a password'),
  yes('vic', 'map.read', 'map of eve with a password for sales'),
  no('ada', 'map.read', 'map of eve with a password for sales'),
  // Helping is editing and publishing, for those whose role makes maps and who may open it.
  yes('eve', 'map.publish-updates', 'private map of eve'),
  yes('ed', 'map.update', 'map that eve lets others edit'),
  yes('ada', 'map.publish-updates', 'map that eve lets others edit'),
  yes('sue', 'map.update', 'map that eve lets others edit'),
  no('ed', 'map.publish-updates', 'shared map of eve'),
  no('ed', 'map.delete', 'map that eve lets others edit'),
  no('ed', 'map.share', 'map that eve lets others edit'),
  no('vic', 'map.update', 'map that eve lets others edit'),
  no('stranger', 'map.update', 'map that eve lets others edit'),
  no('publicMap', 'map.publish-updates', 'public map of eve'),
  no('mapsToken', 'map.publish-updates', 'map that eve lets others edit'),
  // A superadmin's oversight is no sharing.
  no('sue', 'map.update', 'private map that eve lets others edit'),
  no('ed', 'map.update', 'private map that eve lets others edit'),
  // Visitors see public maps.
  yes('anonymous', 'map.read', 'public map of eve'),
  yes('anonymous', 'map.read', 'public map elsewhere'),
  no('anonymous', 'map.read', 'shared map of eve'),
  no('anonymous', 'tile.read', 'demo connection'),
  no('anonymous', 'map.create'),
]
