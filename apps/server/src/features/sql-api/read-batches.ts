import { type Statement, tokenize } from '@graticule/sql'
import type { ResultSet } from '@graticule/warehouses'
import type { GovernedRunOptions, GovernedWarehouse } from '../../platform/warehouses/governed-warehouse.ts'

/** Words that begin a statement whose rows a cursor can hold. */
const READING = new Set(['select', 'with', 'values', 'table'])

/** Words of statements that a cursor cannot hold, wherever they stand. */
const WRITING = new Set(['insert', 'update', 'delete', 'merge', 'into'])

/**
 * The rows of any statement, in batches. A statement that only reads is streamed; one that changes something runs as a
 * whole, because a cursor cannot hold it.
 */
export async function* readBatches(
  warehouse: GovernedWarehouse,
  statement: Statement,
  options: GovernedRunOptions,
): AsyncGenerator<ResultSet, void, undefined> {
  if (canBeStreamed(statement.text)) yield* warehouse.stream(statement, options)
  else yield await warehouse.run(statement, options)
}

/** Whether the statement surely only reads. A name that is spelled like a command makes it count as writing. */
export function canBeStreamed(sql: string): boolean {
  const words = tokenize(sql).flatMap((token) => (token.kind === 'word' ? [token.text.toLowerCase()] : []))
  return READING.has(words[0] ?? '') && !words.some((word) => WRITING.has(word))
}
