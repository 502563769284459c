import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinQualifiedName, splitQualifiedName } from './qualified-name.ts'

test.each([
  ['cities', ['cities']],
  ['demo.Cities', ['demo', 'Cities']],
  ['a.b.c', ['a', 'b', 'c']],
  ['"a.b"."c""d"', ['a.b', 'c"d']],
  [' demo . "x" ', ['demo', 'x']],
  ['größe.straße', ['größe', 'straße']],
  ["demo.my table's", ['demo', "my table's"]],
])('%j is split into its names', (name, parts) => {
  expect(splitQualifiedName(name)).toEqual(parts)
})

test.each(['', '.', 'a.', '.a', 'a..b', 'a.b.c.d', '"open', 'a"b', '"a"b', '""'])('%j is refused', (name) => {
  expect(() => splitQualifiedName(name)).toThrow(/is not the name of a table/)
})

test('joining and splitting are inverse, whatever the names', () => {
  const part = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
      expect(splitQualifiedName(joinQualifiedName(...parts))).toEqual(parts)
    }),
  )
})
