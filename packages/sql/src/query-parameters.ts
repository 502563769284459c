import { AppError, type QueryParameters } from '@graticule/contract'
import { checkBalance } from './expression.ts'
import { BoundValue, OriginText, Sql } from './fragment.ts'
import { type Token, tokenize } from './tokenizer.ts'

/**
 * Turns SQL that a person wrote into a fragment with its parameters bound: `$1` from an array, `:name` and `{{name}}`
 * from an object. Arrays bind as arrays. Throws `invalid_request` naming the parameter that has no value.
 */
export function bindQuery(text: string, parameters?: QueryParameters): Sql {
  return bindTokens(text, tokenize(text), parameters)
}

/**
 * The same for SQL that will stand inside a larger statement: a closing semicolon and what follows is left out, and
 * more than one statement, unbalanced brackets or open quotes are `invalid_query`.
 */
export function bindEmbeddedQuery(text: string, parameters?: QueryParameters): Sql {
  const tokens = tokenize(text)
  checkBalance(tokens, 'The query')
  const separator = tokens.findIndex((token) => token.text === ';')
  const kept = separator < 0 ? tokens : tokens.slice(0, separator)
  const rest = separator < 0 ? [] : tokens.slice(separator)
  const isSignificant = (token: Token): boolean =>
    token.kind !== 'space' && token.kind !== 'comment' && token.text !== ';'
  if (rest.some(isSignificant)) {
    throw new AppError('invalid_query', 'A source is one SELECT statement; this text holds more than one.')
  }
  if (!kept.some(isSignificant)) throw new AppError('invalid_query', 'The query is empty; write a SELECT statement.')
  return bindTokens(text, kept, parameters)
}

/** For each parameter that the text uses, no value: enough to have a warehouse look at the text without running it. */
export function emptyParametersOf(text: string): QueryParameters {
  const tokens = tokenize(text)
  const positions = tokens.filter(({ kind }) => kind === 'positional').map((token) => Number(token.text.slice(1)))
  if (positions.length > 0) return Array.from({ length: Math.max(...positions) }, () => null)
  const names: Record<string, null> = {}
  let brackets = 0
  for (const token of tokens) {
    if (token.text === '[') brackets++
    if (token.text === ']') brackets--
    const name = parameterName(token, brackets > 0, names)
    if (name !== undefined) names[name] = null
  }
  return names
}

function bindTokens(text: string, tokens: readonly Token[], parameters: QueryParameters | undefined): Sql {
  const bound = new Map<string, BoundValue>()
  const parts: (OriginText | BoundValue)[] = []
  let copied = 0
  let brackets = 0
  for (const token of tokens) {
    if (token.text === '[') brackets++
    if (token.text === ']') brackets--
    const name = parameterName(token, brackets > 0, parameters)
    if (name === undefined) continue
    if (token.start > copied) parts.push(new OriginText(text.slice(copied, token.start), copied, text))
    let value = bound.get(name)
    if (!value) {
      value = new BoundValue(parameterValue(name, token, parameters))
      bound.set(name, value)
    }
    parts.push(value)
    copied = token.end
  }
  const end = tokens.at(-1)?.end ?? 0
  if (end > copied || parts.length === 0) parts.push(new OriginText(text.slice(copied, end), copied, text))
  return new Sql(parts)
}

/** The key of the parameter that the token stands for; undefined when it is ordinary SQL. */
function parameterName(
  token: Token,
  isInBrackets: boolean,
  parameters: QueryParameters | undefined,
): string | undefined {
  if (token.kind === 'positional') return token.text
  if (token.kind === 'template') return token.text.slice(2, -2).trim()
  if (token.kind !== 'named' || parameters === undefined || Array.isArray(parameters)) return undefined
  const name = token.text.slice(1)
  // Inside brackets, `[low:high]` is an array slice unless a parameter of that name was given.
  return isInBrackets && !Object.hasOwn(parameters, name) ? undefined : name
}

function parameterValue(name: string, token: Token, parameters: QueryParameters | undefined): unknown {
  if (token.kind === 'positional') {
    const values = Array.isArray(parameters) ? parameters : []
    const index = Number(name.slice(1)) - 1
    if (index >= 0 && index < values.length) return values[index] ?? null
    throw new AppError(
      'invalid_request',
      `The query uses ${name}, but ${values.length === 0 ? 'no values were' : `only ${values.length} were`} given in queryParameters.`,
    )
  }
  if (parameters !== undefined && !Array.isArray(parameters) && Object.hasOwn(parameters, name)) {
    return parameters[name] ?? null
  }
  throw new AppError(
    'invalid_request',
    `The query uses ${token.text}, but queryParameters has no value named "${name}".`,
  )
}
