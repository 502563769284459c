import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { significantTokens, tokenize } from './tokenizer.ts'

const kinds = (text: string): string[] => significantTokens(text).map(({ kind, text: part }) => `${kind} ${part}`)

describe('tokens', () => {
  test.each([
    ["'it''s' x", ["string 'it''s'", 'word x']],
    ["E'a\\'b' x", ["string E'a\\'b'", 'word x']],
    ["'a\\' x", ["string 'a\\'", 'word x']],
    ['"a""b" x', ['quoted-identifier "a""b"', 'word x']],
    ['$tag$ $1 :a $tag$ x', ['string $tag$ $1 :a $tag$', 'word x']],
    ['$$it is $1$$ $1', ['string $$it is $1$$', 'positional $1']],
    ['a /* b /* c */ :d */ e', ['word a', 'word e']],
    ['a -- :b\nc', ['word a', 'word c']],
    ['a::int :b', ['word a', 'punctuation ::', 'word int', 'named :b']],
    ['a$1 $1', ['word a$1', 'positional $1']],
    ['{{ name }} {a}', ['template {{ name }}', 'punctuation {', 'word a', 'punctuation }']],
    ['f(a := 1)', ['word f', 'punctuation (', 'word a', 'punctuation :', 'punctuation =', 'number 1', 'punctuation )']],
    ['1.5e3+.5', ['number 1.5e3', 'punctuation +', 'number .5']],
    ['größe\u00a0x', ['word größe\u00a0x']],
  ])('of %j', (text, expected) => {
    expect(kinds(text)).toEqual(expected)
  })

  test('a string on the line after an escape string keeps its escapes, as in PostgreSQL', () => {
    expect(kinds("E'a'\n'b\\' c' d")).toEqual(["string E'a'", "string 'b\\' c'", 'word d'])
    expect(kinds("'a'\n'b\\' d")).toEqual(["string 'a'", "string 'b\\'", 'word d'])
  })

  test('what is left open at the end is told', () => {
    for (const text of ["'open", '"open', '/* open', '$a$ open', "E'open\\'"]) {
      expect(tokenize(text).at(-1)?.isTerminated).toBe(false)
    }
  })

  test('joined again, the tokens are the text', () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      '$',
      '$a$',
      'E',
      '\\',
      '/*',
      '*/',
      '--',
      '\n',
      ':',
      '::',
      '{{',
      '}}',
      '1',
      'x',
      ' ',
      'é',
      '(',
      ';',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        expect(
          tokenize(text)
            .map((token) => token.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })
})
