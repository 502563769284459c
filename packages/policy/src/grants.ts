import type { TokenGrant } from '@graticule/contract'
import type { Decision } from './can.ts'
import type { TokenPrincipal } from './principal.ts'

/** A source as a request names it. */
export type GrantedSource =
  | { readonly type: 'table'; readonly name: string }
  | { readonly type: 'query'; readonly sql: string }

/** The grant source that stands for everything a connection can reach, free SQL included. */
export const EVERYTHING = '*'

/** What a statement reads, as its warehouse understands it. */
export interface ReadsOfStatement {
  readonly relations: readonly { readonly schema: string; readonly name: string; readonly isSystem: boolean }[]
  readonly hasUnknown: boolean
  readonly opaqueFunctions: readonly string[]
  readonly isReadOnly: boolean
}

const NOT_GRANTED = 'Forbidden: this source is not among those that you may read.'

/**
 * Whether a token's grants cover a source by what they say: `*`, the table or a wildcard over it, or the exact text of
 * the query. Quoting is ignored in table names as the warehouse would, never in SQL. What a query reads besides is for
 * `decideReads`.
 */
export function sourceGranted(
  grants: readonly TokenGrant[],
  connectionName: string | readonly string[],
  source: GrantedSource,
): boolean {
  return grantsOn(grants, connectionName).some((granted) => {
    if (granted === EVERYTHING) return true
    if (source.type === 'query') return granted.trim() === source.sql.trim()
    const parts = parseTableName(source.name)
    return parts !== null && coversTable(granted, parts)
  })
}

/** The same without wildcards, which may name what the warehouse resolves to something of its own. */
export function sourceSpelledOut(
  grants: readonly TokenGrant[],
  connectionName: string | readonly string[],
  source: GrantedSource,
): boolean {
  return sourceGranted(
    grants.filter((grant) => parseWildcard(grant.source) === null),
    connectionName,
    source,
  )
}

/** Whether any grant on the connection names tables, so that it is worth asking what a statement reads. */
export function grantsTables(grants: readonly TokenGrant[], connectionName: string | readonly string[]): boolean {
  return grantsOn(grants, connectionName).some(
    (granted) => granted !== EVERYTHING && (parseWildcard(granted) !== null || parseTableName(granted) !== null),
  )
}

/**
 * What a token's grants say about a source before its warehouse is asked. `granted`: a grant spells it out · `checked`:
 * grants may cover it, which its warehouse alone can tell, because a wildcard ends before what is the warehouse's own, a
 * name without a schema leads where its search path says, and a query reads what it reads · null: no grant can cover it.
 */
export function decideSourceByGrants(
  grants: readonly TokenGrant[],
  connectionName: string | readonly string[],
  source: GrantedSource,
): 'granted' | 'checked' | null {
  if (sourceSpelledOut(grants, connectionName, source)) return 'granted'
  if (!grantsTables(grants, connectionName)) return null
  const parts = source.type === 'query' ? null : parseTableName(source.name)
  // What is no name to us may be one to the warehouse.
  if (parts === null) return 'checked'
  const [name = '', schema] = parts.toReversed()
  const isPossible = grantsOn(grants, connectionName).some((granted) =>
    schema === undefined ? mayMean(granted, name) : coversTable(granted, [schema, name]),
  )
  return isPossible ? 'checked' : null
}

/** Whether a name without a schema can lead to something that the grant covers. */
function mayMean(granted: string, name: string): boolean {
  const wildcard = parseWildcard(granted)
  if (wildcard !== null) return coversTable(granted, [...wildcard, name])
  return parseTableName(granted)?.at(-1) === name
}

/**
 * Whether the grants cover all that a statement reads. Only tables that are granted count, and functions that see
 * nothing but their arguments; what belongs to the warehouse itself is granted by its full name alone, its catalogue never.
 */
export function decideReads(
  grants: readonly TokenGrant[],
  connectionName: string | readonly string[],
  reads: ReadsOfStatement,
): Decision {
  const granted = grantsOn(grants, connectionName)
  if (granted.includes(EVERYTHING)) {
    return { allowed: true, reason: 'Everything on the connection is granted.', rule: 'grant.everything' }
  }
  const isCovered = reads.relations.every(({ schema, name, isSystem }) => {
    if (isCatalog(schema)) return false
    return granted.some((each) => (!isSystem || parseWildcard(each) === null) && coversTable(each, [schema, name]))
  })
  if (!isCovered || reads.hasUnknown) return { allowed: false, reason: NOT_GRANTED, rule: 'grant.source' }
  if (!reads.isReadOnly) {
    const reason = 'Forbidden: a grant on tables is for reading them; send one SELECT.'
    return { allowed: false, reason, rule: 'grant.read-only' }
  }
  const [opaque] = reads.opaqueFunctions
  if (opaque !== undefined) {
    const reason = `Forbidden: "${opaque}" may read more than the granted tables, so it needs a grant of everything on the connection.`
    return { allowed: false, reason, rule: 'grant.function' }
  }
  return { allowed: true, reason: 'All that it reads is granted.', rule: 'grant.source' }
}

/** Why a grant's source cannot be one; null when it can. */
export function describeGrantMistake(source: string): string | null {
  const text = source.trim()
  if (text === EVERYTHING || !text.includes('*') || /\s/.test(text)) return null
  if (parseWildcard(text) !== null) return null
  return `"${text}" is no source; write a table as schema.table, all tables of a schema as schema.*, or * for everything.`
}

function grantsOn(grants: readonly TokenGrant[], connectionName: string | readonly string[]): string[] {
  const names = typeof connectionName === 'string' ? [connectionName] : connectionName
  return grants.filter((grant) => names.includes(grant.connection_name)).map((grant) => grant.source)
}

function coversTable(granted: string, parts: readonly string[]): boolean {
  const wildcard = parseWildcard(granted)
  const prefix = wildcard ?? parseTableName(granted)
  if (prefix === null || prefix.length + (wildcard ? 1 : 0) !== parts.length) return false
  if (wildcard && isCatalog(prefix.at(-1) ?? '')) return false
  return prefix.every((part, index) => part === parts[index])
}

/** What stands before `.*`; null when the source is no wildcard. */
function parseWildcard(source: string): string[] | null {
  const match = /^(.+)\.\s*\*\s*$/s.exec(source)
  return match?.[1] === undefined ? null : parseTableName(match[1])
}

/** Schemas in which warehouses describe themselves. */
function isCatalog(schema: string): boolean {
  return /^pg_/i.test(schema) || schema.toLowerCase() === 'information_schema'
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
  return grantsOn(grants, connectionName).includes(EVERYTHING)
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
