import { hash } from 'node:crypto'

/**
 * What holds values in SQL text: dollar-quoted and quoted strings, numbers; besides them what must be stepped over
 * whole, because it may look like one: quoted names, comments, names and parameters with digits in them.
 */
const TOKENS =
  /(?<kept>"(?:[^"]|"")*"|`[^`]*`|[$:@][\p{L}\d_]+(?!\$)|[\p{L}_][\p{L}\p{N}_]*(?!['\p{L}\p{N}_]))|(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<value>\$(?<tag>[\p{L}_][\p{L}\p{N}_]*)?\$[\s\S]*?(?:\$\k<tag>\$|$)|[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/gu

/** The statement with `?` for each value that is written into it, and without comments, which may hold anything. */
export function withoutLiterals(sql: string): string {
  return sql.replaceAll(TOKENS, (...found) => {
    const groups = found.at(-1) as { readonly kept?: string; readonly comment?: string }
    if (groups.kept !== undefined) return groups.kept
    return groups.comment === undefined ? '?' : ' '
  })
}

/** By which events name the text of a statement. */
export function digestOf(statement: string): string {
  return hash('sha256', statement, 'hex')
}
