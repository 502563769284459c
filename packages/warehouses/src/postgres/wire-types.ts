import type { WireType } from './cell-values.ts'
import type { SendStatement } from './wire-query.ts'

// The numbers of built-in types never change; others are asked for when they first come by.
const BUILT_IN: readonly (readonly [number, string, string])[] = [
  [16, 'boolean', 'B'],
  [17, 'bytea', 'U'],
  [18, '"char"', 'Z'],
  [19, 'name', 'S'],
  [20, 'bigint', 'N'],
  [21, 'smallint', 'N'],
  [23, 'integer', 'N'],
  [25, 'text', 'S'],
  [26, 'oid', 'N'],
  [114, 'json', 'U'],
  [700, 'real', 'N'],
  [701, 'double precision', 'N'],
  [705, 'text', 'S'],
  [1042, 'character', 'S'],
  [1043, 'character varying', 'S'],
  [1082, 'date', 'D'],
  [1114, 'timestamp without time zone', 'D'],
  [1184, 'timestamp with time zone', 'D'],
  [1700, 'numeric', 'N'],
  [2950, 'uuid', 'U'],
  [3802, 'jsonb', 'U'],
]

// A domain is shown as what it is made of; geometry loses the schema that PostGIS may live in.
const LOOK_UP = `SELECT t.oid, format_type(base.oid, NULL), base.typcategory, element.oid,
  CASE WHEN element.oid IS NOT NULL THEN format_type(element.oid, NULL) END, element.typcategory, element.typdelim
FROM pg_type t
JOIN pg_type base ON base.oid = CASE WHEN t.typbasetype = 0 THEN t.oid ELSE t.typbasetype END
LEFT JOIN pg_type element ON element.oid = base.typelem AND base.typcategory = 'A'
WHERE t.oid = ANY($1::oid[])`

const UNKNOWN: WireType = { name: 'unknown', category: 'X' }

/** The types that this database's results may hold. */
export class WireTypes {
  readonly #known = new Map<number, WireType>(BUILT_IN.map(([number, name, category]) => [number, { name, category }]))

  /** The types of those numbers; asks the database for the ones that were not seen before. */
  async resolve(send: SendStatement, numbers: readonly number[]): Promise<readonly WireType[]> {
    const missing = [...new Set(numbers)].filter((number) => !this.#known.has(number))
    if (missing.length > 0) {
      const { rows } = await send(LOOK_UP, [missing])
      for (const row of rows) this.#known.set(Number(row[0]), readType(row))
    }
    return numbers.map((number) => this.#known.get(number) ?? UNKNOWN)
  }
}

function readType([, name, category, element, elementName, elementCategory, delimiter]: readonly (
  | string
  | null
)[]): WireType {
  const type = { name: unqualified(name), category: category ?? '' }
  if (element === null || element === undefined) return type
  return {
    ...type,
    element: { name: unqualified(elementName), category: elementCategory ?? '' },
    delimiter: delimiter ?? ',',
  }
}

function unqualified(name: string | null | undefined): string {
  return (name ?? '').replace(/^(?:"(?:[^"]|"")+"|[^".\s]+)\.(?=(geometry|geography|citext|hstore)(\[\])?$)/, '')
}
