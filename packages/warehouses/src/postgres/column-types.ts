import type { ColumnDescription, FieldType } from '@graticule/contract'

/** A database names few types, and each tile asks for those of all its columns. */
const BASE_TYPES = new Map<string, string>()
const MAX_BASE_TYPES = 1_000

/** The type's name without modifiers, schema or case: `public.geometry(Point,4326)` is `geometry`. */
export function baseTypeOf(nativeType: string): string {
  const known = BASE_TYPES.get(nativeType)
  if (known !== undefined) return known
  if (BASE_TYPES.size >= MAX_BASE_TYPES) BASE_TYPES.clear()
  const found = readBaseType(nativeType)
  BASE_TYPES.set(nativeType, found)
  return found
}

function readBaseType(nativeType: string): string {
  const plain = nativeType
    .replace(/\([^)]*\)/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  const unqualified = plain.replace(/^(?:"(?:[^"]|"")+"|[^".\s]+)\./, '')
  return unqualified.replace(/^"(.*)"$/, '$1').toLowerCase()
}

const FIELD_TYPES: Readonly<Record<string, FieldType>> = {
  smallint: 'number',
  integer: 'number',
  real: 'number',
  'double precision': 'number',
  numeric: 'number',
  oid: 'number',
  bigint: 'bigint',
  text: 'string',
  'character varying': 'string',
  character: 'string',
  bpchar: 'string',
  '"char"': 'string',
  char: 'string',
  name: 'string',
  citext: 'string',
  uuid: 'string',
  xml: 'string',
  money: 'string',
  bytea: 'string',
  inet: 'string',
  cidr: 'string',
  macaddr: 'string',
  interval: 'string',
  'time without time zone': 'string',
  'time with time zone': 'string',
  boolean: 'boolean',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamp',
  date: 'timestamp',
  json: 'object',
  jsonb: 'object',
  hstore: 'object',
  geometry: 'geometry',
  geography: 'geometry',
}

/** CARTO's name for a PostgreSQL type; `category` is `pg_type.typcategory`, which tells enums and arrays. */
export function fieldTypeOf(nativeType: string, category = ''): FieldType {
  if (category === 'A' || nativeType.endsWith('[]')) return 'variant'
  const known = FIELD_TYPES[baseTypeOf(nativeType)]
  if (known) return known
  if (category === 'E' || category === 'S') return 'string'
  return 'unknown'
}

/** Families of types that SQL treats alike. */
export type TypeFamily =
  | 'integer'
  | 'bigint'
  | 'real'
  | 'double'
  | 'numeric'
  | 'text'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'geometry'
  | 'geography'
  | 'other'

/** Which family a described column belongs to. */
export function familyOf(column: Pick<ColumnDescription, 'nativeType'>): TypeFamily {
  if (column.nativeType.endsWith('[]')) return 'other'
  switch (baseTypeOf(column.nativeType)) {
    case 'smallint':
    case 'integer':
      return 'integer'
    case 'bigint':
    case 'oid':
      return 'bigint'
    case 'real':
      return 'real'
    case 'double precision':
      return 'double'
    case 'numeric':
      return 'numeric'
    case 'text':
    case 'character varying':
      return 'text'
    case 'boolean':
      return 'boolean'
    case 'date':
      return 'date'
    case 'timestamp without time zone':
      return 'timestamp'
    case 'timestamp with time zone':
      return 'timestamptz'
    case 'geometry':
      return 'geometry'
    case 'geography':
      return 'geography'
    default:
      return 'other'
  }
}
