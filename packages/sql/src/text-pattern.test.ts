import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldAccents, textPattern } from './text-pattern.ts'

test('the pattern finds what a comparison without accents finds', () => {
  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      'á',
      'A',
      'ã',
      'e\u0301',
      'é',
      'ñ',
      '.',
      '*',
      '[',
      ']',
      '-',
      '^',
      '\\',
      ' ',
      'ö',
      'ο',
      'ό',
    ),
  })
  fc.assert(
    fc.property(text, text, fc.boolean(), (value, wanted, caseSensitive) => {
      const { expression, isCaseSensitive } = textPattern(wanted, { caseSensitive })
      const fold = (part: string): string => (caseSensitive ? foldAccents(part) : foldAccents(part).toLowerCase())
      const found = new RegExp(expression, isCaseSensitive ? '' : 'i').test(value)
      // A mark that stands alone belongs to the letter before it, which the comparison has already dropped.
      if (!/^[\u0300-\u036f]/.test(wanted)) expect(found).toBe(fold(value).includes(fold(wanted)))
    }),
  )
})

test('anchors and kept accents', () => {
  expect(textPattern('é', { mustStart: true, mustEnd: true, keepSpecialCharacters: true })).toEqual({
    expression: '^é$',
    isCaseSensitive: false,
  })
})

test('word boundaries of regular expressions are translated, brackets are left alone', () => {
  expect(textPattern('\\bone\\b[\\b]\\\\b', { useRegExp: true }).expression).toBe('\\yone\\y[\\b]\\\\b')
})
