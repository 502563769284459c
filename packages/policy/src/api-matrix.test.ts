import { expect, test } from 'vitest'
import { ACTIONS, type Action } from './actions.ts'
import { API_MATRIX, type ApiArea, isForPublicMaps, tokenApisFor } from './api-matrix.ts'
import type { ConnectionAsset } from './assets.ts'
import { NOBODY } from './audience.ts'
import { can } from './can.ts'
import type { PublicMapPrincipal, TokenPrincipal } from './principal.ts'

const AREAS: readonly (readonly [string, ApiArea])[] = Object.entries(API_MATRIX)
const actions = Object.keys(ACTIONS) as Action[]
const connection: ConnectionAsset = {
  kind: 'connection',
  id: 'c',
  organizationId: 'o',
  ownerId: 'u',
  audience: NOBODY,
  credentialPolicy: 'owner',
  names: ['warehouse'],
}
const holder = (...allowedApis: string[]): TokenPrincipal => ({
  kind: 'token',
  tokenId: 't',
  ownerId: 'u',
  organizationId: 'o',
  grants: [{ connection_name: 'warehouse', source: '*' }],
  allowedApis,
})
const visitor: PublicMapPrincipal = { kind: 'public-map', mapId: 'm', organizationId: 'o' }

test('every action stands in exactly one part of the API', () => {
  const listed = AREAS.flatMap(([, area]) => area.actions)
  expect(new Set(listed).size).toBe(listed.length)
  expect(new Set(listed)).toEqual(new Set(actions))
})

test.each(AREAS)('%s: tokens are let in by their allowed APIs, and by nothing else', (_id, area) => {
  for (const action of area.actions) {
    const asset = ACTIONS[action].kind === 'connection' ? connection : undefined
    if (ACTIONS[action].kind !== null && asset === undefined) continue
    for (const api of ['maps', 'sql', 'imports', 'lds']) {
      expect(can(holder(api), action, asset).allowed, `${action} by ${api}`).toBe(area.token?.includes(api) ?? false)
    }
    if (asset) expect(can(visitor, action, asset).allowed, `${action} by a public map`).toBe(area.publicMap)
  }
})

test('what tokens and public maps reach of all there is', () => {
  const reached = (isReached: (action: Action) => boolean) => actions.filter(isReached).sort()
  expect(reached((action) => tokenApisFor(action) !== null)).toEqual([
    'connection.use',
    'sql.run',
    'tile.read',
    'widget.read',
  ])
  expect(reached(isForPublicMaps)).toEqual(['connection.use', 'map.read', 'tile.read', 'widget.read'])
})

const admin = { kind: 'user', userId: 'u', organizationId: 'o', role: 'admin', sessionId: 's', groupIds: [] } as const
const CLOSED_TO_ALL = [
  'app-access.manage',
  'credential.manage',
  'domain.manage',
  'identity-provider.manage',
  'oauth-client.create',
  'outbox.read',
  'role-mapping.manage',
  'scim.manage',
  'support-access.manage',
  'user.make-password-link',
  'user.reset-second-factor',
  'user.view-as',
]
const CLOSED_TO_PAGES = [
  'governance.manage',
  'group.manage',
  'organization.delete',
  'organization.suspend',
  'organization.update',
  'settings.manage',
  'token.create',
  'usage.limit',
  'user.change-role',
  'user.delete',
  'user.invite',
]

test.each([
  ['machine', CLOSED_TO_ALL],
  ['spa', [...CLOSED_TO_ALL, ...CLOSED_TO_PAGES].sort()],
] as const)('%s: all an admin may, but how people sign in and what outlasts it', (kind, closed) => {
  const app = { ...admin, app: { clientId: 'c', kind } }
  const lost = actions.filter(
    (action) => ACTIONS[action].kind === null && can(admin, action).allowed && !can(app, action).allowed,
  )
  expect(lost.sort()).toEqual(closed)
  for (const action of lost) expect(can(app, action).rule).toBe(`app.${action}`)
  const client = { kind: 'oauth-client', id: 'x', organizationId: 'o', ownerId: 'u' } as const
  expect(can(app, 'oauth-client.read', client).rule).toBe('app.oauth-client.read')
})
