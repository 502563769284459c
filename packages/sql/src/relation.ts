import { identifier, type Sql, sql } from './fragment.ts'
import { splitQualifiedName } from './qualified-name.ts'
import { bindEmbeddedQuery } from './query-parameters.ts'
import type { Source } from './requests.ts'

/** What follows FROM: the table, or the person's query in brackets, under the alias `source`. */
export function relationOf(source: Source): Sql {
  if (source.type === 'table') return sql`${identifier(...splitQualifiedName(source.name))} AS source`
  // The line break keeps a trailing line comment from swallowing the bracket.
  return sql`(${bindEmbeddedQuery(source.sql, source.parameters)}\n) AS source`
}

/** A column of the relation. */
export function sourceColumn(name: string): Sql {
  return sql`source.${identifier(name)}`
}
