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

test('applications open what whoever they act for may, but not their account', () => {
  const editor = {
    kind: 'user',
    userId: 'u',
    organizationId: 'o',
    role: 'admin',
    sessionId: 's',
    groupIds: [],
  } as const
  for (const kind of ['spa', 'machine'] as const) {
    const app = { ...editor, app: { clientId: 'c', kind } }
    for (const action of actions) {
      if (ACTIONS[action].kind !== null) continue
      const isOpen = !(API_MATRIX.account.actions as readonly Action[]).includes(action)
      expect(can(app, action).allowed, `${action} by ${kind}`).toBe(can(editor, action).allowed && isOpen)
    }
    expect(
      can(app, 'oauth-client.read', { kind: 'oauth-client', id: 'x', organizationId: 'o', ownerId: 'u' }).rule,
    ).toBe('app.oauth-client.read')
  }
})
