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
  tokens: { label: 'API tokens', actions: actionsOf('token.'), token: null, publicMap: false, ...APPS },
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
    label: 'People, groups and settings of the organization',
    actions: actionsOf(
      'user.',
      'group.',
      'organization.',
      'settings.',
      'governance.',
      'outbox.',
      'usage.',
      'domain.',
      'identity-provider.',
      'role-mapping.',
      'scim.',
      'support-access.',
      'asset.',
      'access.',
    ).filter((action) => action !== 'user.view-as'),
    token: null,
    publicMap: false,
    ...APPS,
  },
  // What an application could make itself stay with, or become somebody else by.
  account: {
    label: 'One’s own logins, looking as others, OAuth clients and who may act as oneself',
    actions: ['user.view-as', ...actionsOf('credential.', 'oauth-client.', 'app-access.')],
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
