/** A name that needs no quotes on the wire. */
const BARE = /^[\p{L}_][\p{L}\p{N}_$-]*$/u

/** `schema.table` as the API takes it: a part with dots, spaces or quotes in it is quoted. */
export function tableNameOf(schema: string, table: string): string {
  return `${quotePart(schema)}.${quotePart(table)}`
}

function quotePart(part: string): string {
  return BARE.test(part) ? part : `"${part.replaceAll('"', '""')}"`
}
