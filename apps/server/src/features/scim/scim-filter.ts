import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { type Filter, parse } from 'scim2-parse-filter'
import { ScimError } from './scim-error.ts'

/** An attribute that can be filtered by: where its value is, and of which type it is. */
export interface FilterAttribute {
  readonly column: RawBuilder<unknown>
  /** `exact` is text in which the case of letters counts. */
  readonly type: 'text' | 'exact' | 'boolean' | 'date'
}

/** The attributes of a resource by their names in lower case. */
export type FilterAttributes = Readonly<Record<string, FilterAttribute>>

const MAX_LENGTH = 2000
const CORE_SCHEMA = /^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/i

/** Reads a filter (RFC 7644, section 3.4.2.2). Throws `invalidFilter`. */
export function parseScimFilter(text: string): Filter {
  // Control characters have no place in a filter, and line ends in an open quotation cost the parser exponential time.
  if (text.length > MAX_LENGTH || /\p{Cc}/u.test(text))
    throw refuse('The filter is too long, or holds control characters.')
  if ((text.match(/[([]/g)?.length ?? 0) > 50) throw refuse('The filter is nested too deeply.')
  try {
    return parse(text)
  } catch {
    throw refuse('The filter is not understood; it looks like: userName eq "ann@example.org".')
  }
}

/** The filter as a condition of SQL, with its values bound. Throws `invalidFilter` for an attribute that is not held. */
export function compileScimFilter(filter: Filter, attributes: FilterAttributes, prefix = ''): Expression<SqlBool> {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const parts = filter.filters.map((part) => sql`(${compileScimFilter(part, attributes, prefix)})`)
      return sql<SqlBool>`(${sql.join(parts, filter.op === 'and' ? sql` AND ` : sql` OR `)})`
    }
    case 'not':
      return sql<SqlBool>`NOT coalesce(${compileScimFilter(filter.filter, attributes, prefix)}, false)`
    case '[]':
      return compileScimFilter(filter.valFilter, attributes, `${prefix}${filter.attrPath}.`)
    case 'pr':
      return sql<SqlBool>`${find(attributes, prefix + filter.attrPath).column} IS NOT NULL`
    default:
      return compare(find(attributes, prefix + filter.attrPath), filter.op, filter.compValue)
  }
}

function find(attributes: FilterAttributes, path: string): FilterAttribute {
  const name = path.replace(CORE_SCHEMA, '').toLowerCase()
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (attribute === undefined) throw refuse(`Filtering by ${path.slice(0, 100)} is not supported.`)
  return attribute
}

const ORDERS = { gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` } as const

function compare(
  { column, type }: FilterAttribute,
  op: 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'lt' | 'ge' | 'le',
  value: unknown,
): Expression<SqlBool> {
  if (value === null) {
    if (op === 'eq') return sql<SqlBool>`${column} IS NULL`
    if (op === 'ne') return sql<SqlBool>`${column} IS NOT NULL`
  }
  if (type === 'boolean') {
    // Entra sends the words in quotation marks.
    const wanted = typeof value === 'string' ? value.toLowerCase() === 'true' : value === true
    if (op === 'eq') return sql<SqlBool>`${column} = ${wanted}`
    if (op === 'ne') return sql<SqlBool>`${column} <> ${wanted}`
    throw refuse('A truth value is compared with eq or ne.')
  }
  if (typeof value !== 'string') throw refuse('The value of this attribute is a text in quotation marks.')
  if (type === 'date') {
    const at = new Date(value)
    if (Number.isNaN(at.getTime())) throw refuse('The value is not a time, such as "2026-01-31T12:00:00Z".')
    if (op === 'eq') return sql<SqlBool>`${column} = ${at}`
    if (op === 'ne') return sql<SqlBool>`${column} <> ${at}`
    if (op in ORDERS) return sql<SqlBool>`${column} ${ORDERS[op as keyof typeof ORDERS]} ${at}`
    throw refuse('Times are compared with eq, ne, gt, ge, lt or le.')
  }
  const [left, right] =
    type === 'exact' ? [column, sql`${value}`] : [sql`lower(${column})`, sql`${value.toLowerCase()}`]
  switch (op) {
    case 'eq':
      return sql<SqlBool>`${left} = ${right}`
    case 'ne':
      return sql<SqlBool>`${left} IS DISTINCT FROM ${right}`
    case 'co':
      return sql<SqlBool>`strpos(${left}, ${right}) > 0`
    case 'sw':
      return sql<SqlBool>`starts_with(${left}, ${right})`
    case 'ew':
      return sql<SqlBool>`right(${left}, length(${right})) = ${right}`
    default:
      return sql<SqlBool>`${left} ${ORDERS[op]} ${right}`
  }
}

function refuse(detail: string): ScimError {
  return new ScimError(400, detail, 'invalidFilter')
}
