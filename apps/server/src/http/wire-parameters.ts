import { AppError, Filters, QueryParameters } from '@graticule/contract'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/**
 * The parameters of a request of the real clients, which send the same names in the query string and in a JSON body:
 * as text in the first, natively or as JSON text in the second. What is not known is ignored.
 */
export class WireParameters {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(query: unknown, body?: unknown) {
    if (body !== undefined && body !== null && !isRecord(body)) {
      throw new AppError('invalid_request', 'The request body must be a JSON object of parameters.')
    }
    this.#values = { ...(isRecord(query) ? query : {}), ...(isRecord(body) ? body : {}) }
  }

  /** The text of a parameter; numbers and booleans are spelled out. Absent, empty and `undefined` are all absent. */
  text(name: string): string | undefined {
    const value = this.#present(name)
    if (value === undefined) return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw new AppError('invalid_request', `The parameter "${name}" must be text.`)
  }

  requiredText(name: string, meaning: string): string {
    const value = this.text(name)
    if (value === undefined) throw new AppError('invalid_request', `The parameter "${name}" is missing: ${meaning}.`)
    return value
  }

  number(name: string): number | undefined {
    const value = this.#present(name)
    if (value === undefined) return undefined
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
    throw new AppError('invalid_request', `The parameter "${name}" must be a number.`)
  }

  boolean(name: string): boolean {
    const value = this.#present(name)
    return value === true || value === 'true' || value === '1' || value === 1
  }

  /** A comma-separated list, or an array of texts. */
  list(name: string): string[] | undefined {
    const value = this.#present(name)
    if (value === undefined) return undefined
    const items = Array.isArray(value) ? value : String(value).split(',')
    if (!items.every((item) => typeof item === 'string')) {
      throw new AppError('invalid_request', `The parameter "${name}" must be a list of names.`)
    }
    const names = items.map((item) => item.trim()).filter((item) => item !== '')
    return names.length > 0 ? names : undefined
  }

  /** A JSON value that must match the schema; `describe` begins the sentence that says it does not. */
  json<Schema extends TSchema>(name: string, schema: Schema, subject: string): Static<Schema> | undefined {
    const value = this.rawJson(name)
    if (value === undefined) return undefined
    if (Value.Check(schema, value)) return value as Static<Schema>
    throw new AppError('invalid_request', `${subject} ${firstMistake(schema, value)}`)
  }

  /** A JSON value of any shape, given natively or as text. */
  rawJson(name: string): unknown {
    const value = this.#present(name)
    if (typeof value !== 'string') return value
    let parsed: unknown
    try {
      parsed = JSON.parse(value)
    } catch (cause) {
      throw new AppError('invalid_request', `The parameter "${name}" is not valid JSON.`, { cause })
    }
    return parsed === null ? undefined : parsed
  }

  filters(): Filters {
    return this.json('filters', Filters, 'The filters are not valid:') ?? {}
  }

  /** Undefined when there are none, however their absence was spelled. */
  queryParameters(): QueryParameters | undefined {
    const parameters = this.json('queryParameters', QueryParameters, 'The query parameters are not valid:')
    if (parameters === undefined) return undefined
    const count = Array.isArray(parameters) ? parameters.length : Object.keys(parameters).length
    return count > 0 ? parameters : undefined
  }

  #present(name: string): unknown {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
    // Older clients write an absent value as an empty string, or let JavaScript spell it out.
    if (value === null || value === '' || value === 'undefined' || value === 'null') return undefined
    return value
  }
}

/** What the first mistake is, as the end of a sentence: `at "/x/in": must be object.` */
export function firstMistake(schema: TSchema, value: unknown): string {
  const mistakes = Value.Errors(schema, value)
  // The deepest path is the most telling one: a union reports its own failure as well.
  const deepest = [...mistakes].sort((a, b) => depth(b.instancePath) - depth(a.instancePath))[0]
  if (!deepest) return 'they do not have the expected shape.'
  const place = deepest.instancePath === '' ? 'at the top' : `at "${deepest.instancePath}"`
  return `${place}: ${deepest.message}.`
}

function depth(path: string): number {
  return path.split('/').length
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
