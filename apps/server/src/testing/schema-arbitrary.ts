import fc from 'fast-check'

/** A JSON Schema as far as our own contract uses the language. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema | readonly JsonSchema[]
  readonly prefixItems?: readonly JsonSchema[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
}

/** Texts that have broken servers before, and names that mean something here. */
const TELLING_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'undefined',
  '*',
  'warehouse',
  'demo.stores',
  'demo.nowhere',
  'geom',
  'SELECT * FROM demo.stores',
  'SELECT 1; DROP TABLE demo.notes',
  'it\'s "quoted" \\ and `ticked`',
  '{"a":',
  '[]',
  '{}',
  '\u0000',
  '../../etc/passwd',
  '%00',
  '\u{1F5FA}\u200b',
  'x'.repeat(5_000),
]

/** Values that the schema admits, and now and then one that it does not. */
export function arbitraryFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 8, arbitrary: validFor(schema) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
}

function validFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(arbitraryFor))
  if (schema.allOf !== undefined) {
    return fc
      .tuple(...schema.allOf.map(validFor))
      .map((parts) => Object.assign({}, ...parts.filter((part) => typeof part === 'object')))
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'string':
      return stringFor(schema)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: schema.maximum ?? 1_000_000 })
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return arrayFor(schema)
    case 'object':
      return objectFor(schema)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function stringFor(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const { minLength = 0, maxLength = 40 } = schema
  if (schema.pattern !== undefined) {
    return fc.stringMatching(new RegExp(schema.pattern), { size: '-1' }).map((text) => text.slice(0, maxLength))
  }
  return fc.oneof(
    fc.constantFrom(...TELLING_TEXTS),
    fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)), unit: 'binary' }),
  )
}

function arrayFor(schema: JsonSchema): fc.Arbitrary<unknown[]> {
  const tuple = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : undefined)
  if (tuple !== undefined) return fc.tuple(...tuple.map(arbitraryFor))
  const items = schema.items as JsonSchema | undefined
  const minLength = schema.minItems ?? 0
  const maxLength = Math.max(minLength, Math.min(schema.maxItems ?? 3, minLength + 3))
  return fc.array(items === undefined ? fc.jsonValue() : arbitraryFor(items), { minLength, maxLength })
}

function objectFor(schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(schema.properties ?? {})
  const model = Object.fromEntries(properties.map(([name, property]) => [name, arbitraryFor(property)]))
  const known = fc.record(model, { requiredKeys: (schema.required ?? []).filter((name) => name in model) })
  const rest =
    typeof schema.additionalProperties === 'object'
      ? schema.additionalProperties
      : Object.values(schema.patternProperties ?? {})[0]
  if (rest === undefined) return known
  const keys = fc.oneof(fc.constantFrom('geom', 'kind', 'revenue', 'id'), fc.string({ maxLength: 10 }))
  return fc
    .tuple(fc.dictionary(keys, arbitraryFor(rest), { maxKeys: 3 }), known)
    .map(([extra, named]) => ({ ...extra, ...named }))
}
