import { AppError } from '@graticule/contract'

/**
 * Splits `table`, `schema.table` or `database.schema.table` into its names. A part in double quotes may hold dots and
 * doubled quotes; other parts are taken exactly as written, without folding to lower case.
 * Throws `invalid_request` for anything else.
 */
export function splitQualifiedName(name: string): readonly string[] {
  const part = /\s*(?:"((?:[^"]|"")+)"|([^".\s][^".]*?))\s*(\.|$)/y
  const parts: string[] = []
  let position = 0
  for (;;) {
    part.lastIndex = position
    const found = part.exec(name)
    if (!found) throw invalidName(name)
    const [, quoted, plain, separator] = found
    parts.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    position = part.lastIndex
    if (separator === '') break
  }
  if (parts.length > 3 || parts.some((text) => text.includes('\0'))) throw invalidName(name)
  return parts
}

/** The inverse of `splitQualifiedName`: quotes the parts that need it. */
export function joinQualifiedName(...parts: readonly string[]): string {
  return parts.map((text) => (/^[^".\s]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`)).join('.')
}

function invalidName(name: string): AppError {
  const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name
  return new AppError(
    'invalid_request',
    `"${shown}" is not the name of a table; write schema.table, with double quotes around a part that holds a dot.`,
  )
}
