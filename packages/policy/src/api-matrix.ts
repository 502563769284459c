import { ACTIONS, type Action } from './actions.ts'

/** A part of the API, and what each kind of credential that is no person may do with it. A person has what their role has. */
export interface ApiArea {
  readonly label: string
  /** The actions that it consists of. */
  readonly actions: readonly Action[]
  /** The allowed APIs of a token of which any one opens it; null when no token does. */
  readonly token: readonly string[] | null
  /** Whether the token inside of a public map's document opens it, for that map. */
  readonly publicMap: boolean
}

/** Kinds of credential × parts of the API: read by `can()`, by the page for developers and by the tests. */
export const API_MATRIX = {
  maps: { label: 'Maps: layers and tiles', actions: ['tile.read'], token: ['maps'], publicMap: true },
  widgets: { label: 'Widgets and statistics', actions: ['widget.read'], token: ['maps', 'sql'], publicMap: true },
  sql: { label: 'SQL: queries and jobs', actions: ['sql.run'], token: ['sql'], publicMap: false },
  'connection-names': {
    label: 'Which connections there are for it',
    actions: ['connection.use'],
    token: ['maps', 'sql'],
    publicMap: true,
  },
  'map-documents': { label: 'The document of a public map', actions: ['map.read'], token: null, publicMap: true },
  tokens: { label: 'API tokens', actions: actionsOf('token.'), token: null, publicMap: false },
  'named-sources': {
    label: 'Named sources: what stands behind them',
    actions: actionsOf('named-source.'),
    token: null,
    publicMap: false,
  },
  resources: {
    label: 'Maps, connections, workflows, projects and applications',
    actions: [
      ...actionsOf('map.', 'connection.', 'workflow.', 'project.', 'application.', 'data.', 'credential.').filter(
        (action) => action !== 'map.read' && action !== 'connection.use',
      ),
    ],
    token: null,
    publicMap: false,
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
    ),
    token: null,
    publicMap: false,
  },
  activity: { label: 'Activity', actions: actionsOf('activity.'), token: null, publicMap: false },
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

function actionsOf(...prefixes: readonly string[]): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => prefixes.some((prefix) => action.startsWith(prefix)))
}
