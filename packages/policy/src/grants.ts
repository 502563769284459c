import type { TokenGrant } from '@graticule/contract'
import type { TokenPrincipal } from './principal.ts'

/** A source as a request names it. */
export type GrantedSource =
  | { readonly type: 'table'; readonly name: string }
  | { readonly type: 'query'; readonly sql: string }

/** The grant source that stands for everything a connection can reach, free SQL included. */
export const EVERYTHING = '*'

/**
 * Whether a token's grants cover a source: the connection's name (or one of its names) and either `*`, the exact
 * table, or the exact text of the query. Quoting is ignored in table names as the warehouse would, never in SQL.
 */
export function sourceGranted(
  grants: readonly TokenGrant[],
  connectionName: string | readonly string[],
  source: GrantedSource,
): boolean {
  const names = typeof connectionName === 'string' ? [connectionName] : connectionName
  return grants.some((grant) => {
    if (!names.includes(grant.connection_name)) return false
    if (grant.source === EVERYTHING) return true
    if (source.type === 'query') return grant.source.trim() === source.sql.trim()
    const granted = parseTableName(grant.source)
    const asked = parseTableName(source.name)
    if (granted === null || asked === null || granted.length !== asked.length) return false
    return granted.every((part, index) => part === asked[index])
  })
}

/** A source together with the names that its connection answers to. */
export interface NamedSource {
  readonly connectionNames: readonly string[]
  readonly source: GrantedSource
}

/**
 * Whether a token reads the document of a map that is not public: within its organization, for the maps API, when its
 * grants cover every source that the map draws. A map that draws nothing is covered by no grant.
 */
export function tokenReadsMap(
  token: Pick<TokenPrincipal, 'organizationId' | 'allowedApis' | 'grants'>,
  mapOrganizationId: string,
  sources: readonly NamedSource[],
): boolean {
  if (token.organizationId !== mapOrganizationId || !token.allowedApis.includes('maps')) return false
  return (
    sources.length > 0 && sources.every((named) => sourceGranted(token.grants, named.connectionNames, named.source))
  )
}

/** Whether the grants allow SQL that no grant spells out. */
export function grantsFreeSql(grants: readonly TokenGrant[], connectionName: string | readonly string[]): boolean {
  const names = typeof connectionName === 'string' ? [connectionName] : connectionName
  return grants.some((grant) => names.includes(grant.connection_name) && grant.source === EVERYTHING)
}

/**
 * The parts of a dotted table name with quoting undone: `demo."Big Cities"` is `['demo', 'Big Cities']`. Letter case
 * is kept. Null when it is not a table name, so that SQL never equals a name by accident.
 */
export function parseTableName(text: string): string[] | null {
  const parts: string[] = []
  const partPattern = /\s*(?:"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([\p{L}_][\p{L}\p{N}_$-]*))\s*(\.|$)/uy
  let end = 0
  while (end < text.length) {
    partPattern.lastIndex = end
    const match = partPattern.exec(text)
    if (match === null) return null
    const [whole, doubleQuoted, backQuoted, bare, separator] = match
    parts.push(doubleQuoted?.replaceAll('""', '"') ?? backQuoted?.replaceAll('``', '`') ?? bare ?? '')
    end += whole.length
    if (separator === '.' && end === text.length) return null
  }
  return parts.length > 0 ? parts : null
}
