import type { Dialect } from './dialect.ts'
import type { OriginSpan, Statement } from './statement.ts'

/** A value to bind. The same object in two places is one placeholder. */
export class BoundValue {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

class Identifier {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** A stretch of the SQL that a person wrote, and where it began in their text. */
export class OriginText {
  readonly text: string
  readonly from: number
  readonly whole: string

  constructor(text: string, from: number, whole: string) {
    this.text = text
    this.from = from
    this.whole = whole
  }
}

type Part = string | BoundValue | Identifier | OriginText

/** An immutable piece of SQL: text, identifiers that a dialect has yet to quote, and values that it has yet to number. */
export class Sql {
  readonly parts: readonly Part[]

  constructor(parts: readonly Part[]) {
    this.parts = parts
  }
}

/**
 * Builds SQL. An interpolated `Sql` is inserted; anything else becomes a bound value, never text.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const parts: Part[] = []
  strings.forEach((text, index) => {
    if (text !== '') parts.push(text)
    if (index < values.length) parts.push(...partsOf(values[index]))
  })
  return new Sql(parts)
}

function partsOf(value: unknown): readonly Part[] {
  if (value instanceof Sql) return value.parts
  return [value instanceof BoundValue ? value : new BoundValue(value)]
}

/** A name, or a dotted path of names, quoted by the dialect when printed. */
export function identifier(...path: readonly string[]): Sql {
  return join(
    path.map((name) => new Sql([new Identifier(name)])),
    '.',
  )
}

/** Text that is SQL already: our own, or a person's after it was checked. Never a value. */
export function raw(text: string): Sql {
  return new Sql(text === '' ? [] : [text])
}

/** The fragments in a row with the separator, trusted text, between them. */
export function join(fragments: readonly Sql[], separator = ', '): Sql {
  const parts: Part[] = []
  fragments.forEach((fragment, index) => {
    if (index > 0) parts.push(separator)
    parts.push(...fragment.parts)
  })
  return new Sql(parts)
}

/** Conditions that must all hold; none is TRUE. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`TRUE` : sql`(${join(conditions, ' AND ')})`
}

/** Conditions of which one must hold; none is FALSE. */
export function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`FALSE` : sql`(${join(conditions, ' OR ')})`
}

/** Prints a fragment as the dialect spells it: identifiers quoted, values numbered in order of first appearance. */
export function print(fragment: Sql, dialect: Pick<Dialect, 'quoteIdentifier' | 'placeholder'>): Statement {
  let text = ''
  const values: unknown[] = []
  const positions = new Map<BoundValue, number>()
  const spans: OriginSpan[] = []
  let whole: string | undefined
  for (const part of fragment.parts) {
    if (typeof part === 'string') {
      text += part
    } else if (part instanceof Identifier) {
      text += dialect.quoteIdentifier(part.name)
    } else if (part instanceof OriginText) {
      spans.push({ at: text.length, length: part.text.length, from: part.from })
      whole = part.whole
      text += part.text
    } else {
      let position = positions.get(part)
      if (position === undefined) {
        position = values.push(part.value)
        positions.set(part, position)
      }
      text += dialect.placeholder(position)
    }
  }
  return whole === undefined ? { text, values } : { text, values, origin: { text: whole, spans } }
}
