import { expect, test } from 'vitest'
import { parseSignInSearch } from './sign-in-search.ts'

test('the target must be a path of this app', () => {
  expect(parseSignInSearch({ target: '/maps?scope=mine' }).target).toBe('/maps?scope=mine')
  for (const target of ['https://evil.example', '//evil.example', '/\\evil.example', 'maps', 7, '/sign-in']) {
    expect(parseSignInSearch({ target }).target).toBeUndefined()
  }
})

test('a problem must be one that has a sentence', () => {
  expect(parseSignInSearch({ problem: 'email_taken' }).problem).toBe('email_taken')
  for (const problem of ['Call this number', 'toString', 7, undefined]) {
    expect(parseSignInSearch({ problem }).problem).toBeUndefined()
  }
})

test('a link token that looks like a number stays text', () => {
  expect(parseSignInSearch({ link: 12345 }).link).toBe('12345')
  expect(parseSignInSearch({ link: '' }).link).toBeUndefined()
})
