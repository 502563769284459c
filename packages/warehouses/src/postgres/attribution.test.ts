import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attributionComment } from './attribution.ts'

test('nothing to tell is no comment', () => {
  expect(attributionComment(undefined)).toBe('')
  expect(attributionComment({})).toBe('')
})

test('whatever the values, there is one comment and it ends where it should', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'binary' }), { minKeys: 1 }), (pairs) => {
      const comment = attributionComment(pairs)
      expect(comment.startsWith('/* graticule ')).toBe(true)
      expect(comment.indexOf('*/')).toBe(comment.length - 3)
      expect(comment.indexOf('/*', 1)).toBe(-1)
      expect(comment).toMatch(/^[\x20-\x7e]+$/)
    }),
  )
})
