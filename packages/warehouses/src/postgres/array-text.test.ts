import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseArrayText } from './array-text.ts'

/** An array as PostgreSQL prints it. */
function arrayText(values: readonly (string | null)[]): string {
  const print = (value: string | null): string => {
    if (value === null) return 'NULL'
    if (/^[^{},"\\\s]+$/.test(value) && value.toUpperCase() !== 'NULL') return value
    return `"${value.replace(/["\\]/g, '\\$&')}"`
  }
  return `{${values.map(print).join(',')}}`
}

test('any texts come back as they were', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', ' ', 'a', 'é', '\n', 'N') }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('NULL', 'null', ''),
  )
  fc.assert(
    fc.property(fc.array(fc.option(text), { maxLength: 12 }), (values) => {
      expect(parseArrayText(arrayText(values), values.length)).toEqual(values)
    }),
  )
})

test('a text that is no flat array is refused', () => {
  for (const text of ['', 'a', '{"a"b}', '{"a\\"}']) expect(() => parseArrayText(text, 1)).toThrow()
})
