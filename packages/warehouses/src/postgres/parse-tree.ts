/** What an analysed statement refers to, by the numbers of the server's catalogue. */
export interface TreeReferences {
  readonly relations: readonly number[]
  readonly functions: readonly number[]
  readonly operators: readonly number[]
  /** Whether any part of it does more than read: writes, locks rows, or is no query at all. */
  readonly doesMore: boolean
  /** Whether a value names something of the catalogue, as `'orders'::regclass` does. */
  readonly namesCatalog: boolean
}

const FUNCTION_KEYS = new Set([':funcid', ':opfuncid', ':aggfnoid', ':winfnoid', ':hashfuncid', ':negfuncid'])
const OPERATOR_KEYS = new Set([':opno', ':sortop', ':eqop'])
const TYPE_KEYS = new Set([
  ':consttype',
  ':paramtype',
  ':resulttype',
  ':funcresulttype',
  ':opresulttype',
  ':coercion_type',
  ':vartype',
  ':aggtype',
  ':wintype',
  ':array_typeid',
  ':element_typeid',
])

/** regproc, regprocedure, regoper, regoperator, regclass, regtype, regrole, regnamespace, regcollation, and their arrays. */
const CATALOG_TYPES = new Set([
  24, 2202, 2203, 2204, 2205, 2206, 4096, 4089, 4191, 1008, 2207, 2208, 2209, 2210, 2211, 4097, 4090, 4192,
])

/**
 * Reads the tree that PostgreSQL prints of a statement which it has analysed and neither rewritten nor planned: tables
 * and views under the numbers that names were resolved to, every function and operator with its number. Text of the
 * statement cannot pass for a part of the tree, because the server escapes white space in it; numbers that are read where
 * none is meant only make the answer stricter.
 */
export function readParseTree(tree: string): TreeReferences {
  const words = tree.split(/\s+/)
  const relations = new Set<number>()
  const functions = new Set<number>()
  const operators = new Set<number>()
  let doesMore = false
  let namesCatalog = false
  for (const [index, key] of words.entries()) {
    if (!key.startsWith(':')) continue
    const value = words[index + 1] ?? ''
    const number = Number.parseInt(value, 10)
    if (key === ':commandType') doesMore ||= number !== 1
    else if (key === ':utilityStmt' || key === ':rowMarks') doesMore ||= !value.startsWith('<>')
    else if (key === ':opnos') for (const each of readList(words, index + 1)) operators.add(each)
    else if (!(number > 0)) continue
    else if (key === ':relid') relations.add(number)
    else if (FUNCTION_KEYS.has(key)) functions.add(number)
    else if (OPERATOR_KEYS.has(key)) operators.add(number)
    else if (TYPE_KEYS.has(key)) namesCatalog ||= CATALOG_TYPES.has(number)
  }
  return { relations: [...relations], functions: [...functions], operators: [...operators], doesMore, namesCatalog }
}

/**
 * Whether a tree is of a command such as PREPARE itself, which carries no query of its own. The number of its kind is
 * 5 up to PostgreSQL 14 and 6 since, where 5 is MERGE.
 */
export function isCommandTree(tree: string): boolean {
  return /^\s*\{QUERY\s+:commandType\s+[567]\s[^{(]*?:utilityStmt\s+(?!<>)\S/.test(tree)
}

/** A list of numbers, as in `:opnos (o 96 97)`. */
function readList(words: readonly string[], start: number): number[] {
  const numbers: number[] = []
  for (let at = start + 1; at < words.length; at++) {
    const number = Number.parseInt(words[at] ?? '', 10)
    if (!(number > 0)) break
    numbers.push(number)
    if (words[at]?.includes(')')) break
  }
  return numbers
}
