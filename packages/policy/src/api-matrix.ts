import { ACTIONS, type Action } from './actions.ts'
import type { AppUse } from './principal.ts'

/**
 * A part of the API, and what each kind of credential that is no person may do with it. A person has what their role has,
 * and so has an application that acts as them, in the parts that are open to it.
 */
export interface ApiArea {
  readonly label: string
  /** The actions that it consists of. */
  readonly actions: readonly Action[]
  /** The allowed APIs of a token of which any one opens it; null when no token does. */
  readonly token: readonly string[] | null
  /** Whether the token inside of a public map's document opens it, for that map. */
  readonly publicMap: boolean
  /** Whether an application opens it that somebody let act as them (SPA). */
  readonly spa: boolean
  /** Whether an application opens it that acts as its owner (M2M). */
  readonly machine: boolean
}

/** For applications that act as somebody. */
const APPS = { spa: true, machine: true }
const NO_APPS = { spa: false, machine: false }

const MAKE_TOKENS: ReadonlySet<Action> = new Set<Action>(['token.create', 'token.update'])

/** Kinds of credential × parts of the API: read by `can()`, by the page for developers and by the tests. */
export const API_MATRIX = {
  maps: { label: 'Maps: layers and tiles', actions: ['tile.read'], token: ['maps'], publicMap: true, ...APPS },
  widgets: {
    label: 'Widgets and statistics',
    actions: ['widget.read'],
    token: ['maps', 'sql'],
    publicMap: true,
    ...APPS,
  },
  sql: { label: 'SQL: queries and jobs', actions: ['sql.run'], token: ['sql'], publicMap: false, ...APPS },
  'connection-names': {
    label: 'Which connections there are for it',
    actions: ['connection.use'],
    token: ['maps', 'sql'],
    publicMap: true,
    ...APPS,
  },
  'map-documents': {
    label: 'The document of a public map',
    actions: ['map.read'],
    token: null,
    publicMap: true,
    ...APPS,
  },
  tokens: {
    label: 'API tokens: which there are',
    actions: actionsOf('token.').filter((action) => !MAKE_TOKENS.has(action)),
    token: null,
    publicMap: false,
    ...APPS,
  },
  // They outlast the session in which a page was let in, and the consent.
  'new-tokens': {
    label: 'API tokens: new ones, and what they open',
    actions: [...MAKE_TOKENS],
    token: null,
    publicMap: false,
    spa: false,
    machine: true,
  },
  'named-sources': {
    label: 'Named sources: what stands behind them',
    actions: actionsOf('named-source.'),
    token: null,
    publicMap: false,
    ...APPS,
  },
  resources: {
    label: 'Maps, connections, workflows, projects and applications',
    actions: [
      ...actionsOf('map.', 'connection.', 'workflow.', 'project.', 'application.', 'data.').filter(
        (action) => action !== 'map.read' && action !== 'connection.use',
      ),
    ],
    token: null,
    publicMap: false,
    ...APPS,
  },
  organization: {
    label: 'People, groups, settings and usage of the organization: what there is',
    actions: [
      'user.list',
      'user.inspect',
      'group.list',
      'organization.inspect',
      'governance.read',
      'access.report',
      ...actionsOf('usage.').filter((action) => action !== 'usage.limit'),
    ],
    token: null,
    publicMap: false,
    ...APPS,
  },
  // A page that an admin lets in must not open the organization to others.
  administration: {
    label: 'People, groups, settings and quotas of the organization: changing them',
    actions: [
      'user.invite',
      'user.change-role',
      'user.delete',
      'group.manage',
      'governance.manage',
      'settings.manage',
      'usage.limit',
      'asset.manage',
      'organization.update',
      'organization.set-seats',
      'organization.suspend',
      'organization.delete',
    ],
    token: null,
    publicMap: false,
    spa: false,
    machine: true,
  },
  // What an application could make itself stay with, or become somebody else by.
  account: {
    label: 'How people sign in, looking as others, support access, OAuth clients and who may act as oneself',
    actions: [
      'user.view-as',
      'user.reset-second-factor',
      'user.make-password-link',
      'outbox.read',
      ...actionsOf('credential.', 'oauth-client.', 'app-access.'),
      ...actionsOf('domain.', 'identity-provider.', 'role-mapping.', 'scim.', 'support-access.'),
    ],
    token: null,
    publicMap: false,
    ...NO_APPS,
  },
  activity: { label: 'Activity', actions: actionsOf('activity.'), token: null, publicMap: false, ...APPS },
} as const satisfies Record<string, ApiArea>

export type ApiAreaId = keyof typeof API_MATRIX

const AREAS: readonly ApiArea[] = Object.values(API_MATRIX)
const AREA_OF = new Map(AREAS.flatMap((area) => area.actions.map((action) => [action, area] as const)))

/** The allowed APIs of which any one lets a token do this; null when no token can. */
export function tokenApisFor(action: Action): readonly string[] | null {
  return AREA_OF.get(action)?.token ?? null
}

/** Whether the token of a public map can do this at all. */
export function isForPublicMaps(action: Action): boolean {
  return AREA_OF.get(action)?.publicMap ?? false
}

/** Whether an application of this kind can do this, where whoever it acts as may. */
export function isForApps(action: Action, kind: AppUse['kind']): boolean {
  return AREA_OF.get(action)?.[kind] ?? false
}

function actionsOf(...prefixes: readonly string[]): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => prefixes.some((prefix) => action.startsWith(prefix)))
}
