import { AppError } from '@graticule/contract'
import { type Token, tokenize } from './tokenizer.ts'

// A sub-select would read tables that the source does not name, so an expression may not hold one.
const FORBIDDEN_WORDS = new Set(['select', 'table', 'values', 'with', 'union', 'intersect', 'except', 'into'])

// Functions that run SQL given as text, or that touch files, sessions, other servers or the catalogue.
const FORBIDDEN_FUNCTION =
  /^(pg_|lo_|dblink|query_to_|table_to_|schema_to_|database_to_|cursor_to_|crosstab|connectby|normal_rand|xpath_table|ts_stat$|ts_rewrite$|set_config$|current_setting$|nextval$|setval$|currval$|lastval$|txid_|find_srid$|populate_geometry_columns|addgeometrycolumn|dropgeometry|updategeometrysrid|st_estimatedextent|st_findextent|postgis_|_postgis_|binary_upgrade|inet_|current_query$)/

/** Where an expression will stand: a single value, or a list of values with aliases. */
export type ExpressionPlace = 'value' | 'list'

/**
 * Checks SQL that an editor wrote as part of a statement (`operationExp`, `aggregationExp`) so that it cannot leave its
 * place: no separators, comments, parameters, open quotes, unbalanced brackets, sub-selects or functions that run SQL.
 * Returns it trimmed; throws `invalid_query`.
 */
export function checkExpression(text: string, place: ExpressionPlace): string {
  const trimmed = text.trim()
  if (trimmed === '') throw refuse('The expression is empty.')
  const tokens = tokenize(trimmed)
  checkBalance(tokens, 'The expression')
  let depth = 0
  tokens.forEach((token, index) => {
    const word = token.kind === 'word' ? token.text.toLowerCase() : undefined
    if (token.kind === 'comment') throw refuse('An expression may not hold a comment.')
    if (token.kind === 'positional' || token.kind === 'named' || token.kind === 'template') {
      throw refuse(`An expression may not hold a parameter such as ${token.text}.`)
    }
    if (token.text === ';') throw refuse('An expression may not hold a semicolon.')
    if (token.text === '(' || token.text === '[') depth++
    if (token.text === ')' || token.text === ']') depth--
    if (token.text === ',' && depth === 0 && place === 'value') throw refuse('Write one expression, without commas.')
    if (word !== undefined && (FORBIDDEN_WORDS.has(word) || (word === 'from' && depth === 0))) {
      throw refuse(`An expression may not hold ${word.toUpperCase()}; it reads the rows of its own source only.`)
    }
    checkFunction(token, tokens.slice(index + 1))
  })
  return trimmed
}

/** Throws `invalid_query` unless brackets pair up and every quote and comment ends. */
export function checkBalance(tokens: readonly Token[], subject: string): void {
  const open: string[] = []
  for (const token of tokens) {
    if (!token.isTerminated) {
      const kind = token.kind === 'comment' ? 'comment' : 'quote'
      throw refuse(`${subject} has a ${kind} that does not end.`)
    }
    if (token.kind !== 'punctuation') continue
    if (token.text === '(') open.push(')')
    else if (token.text === '[') open.push(']')
    else if ((token.text === ')' || token.text === ']') && open.pop() !== token.text) {
      throw refuse(`${subject} has a closing ${token.text} without its opening bracket.`)
    }
  }
  if (open.length > 0) throw refuse(`${subject} has an opening bracket without its closing ${open.at(-1)}.`)
}

function checkFunction(token: Token, rest: readonly Token[]): void {
  if (token.kind !== 'word' && token.kind !== 'quoted-identifier') return
  const next = rest.find((candidate) => candidate.kind !== 'space')
  if (next?.text !== '(') return
  const name = token.kind === 'word' ? token.text.toLowerCase() : token.text.slice(1, -1)
  if (FORBIDDEN_FUNCTION.test(name)) throw refuse(`The function ${name} may not be used in an expression.`)
}

function refuse(sentence: string): AppError {
  return new AppError('invalid_query', sentence)
}
