import { expect, test } from 'vitest'
import { toOwnPath } from './own-path.ts'

test.each(['/', '/maps', '/maps/abc?tab=style#layer', '/data/a%20b/c', '/signal'])(
  '%s is a path to go on to',
  (path) => {
    expect(toOwnPath(path)).toBe(path)
  },
)

test.each([
  undefined,
  '',
  'maps',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/a\\b',
  '/maps\r\nset-cookie: a=b',
  '/auth/sign-out',
  '/sign-in?target=/',
  `/${'a'.repeat(2000)}`,
])('%j leads home instead', (path) => {
  expect(toOwnPath(path)).toBe('/')
})
