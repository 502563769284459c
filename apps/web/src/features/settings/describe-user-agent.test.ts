import { expect, test } from 'vitest'
import { describeUserAgent } from './describe-user-agent.ts'

test('browsers that claim to be others are told apart', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  expect(describeUserAgent(chrome)).toBe('Chrome on Windows')
  expect(describeUserAgent(`${chrome} Edg/140.0.0.0`)).toBe('Edge on Windows')
  expect(
    describeUserAgent(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1',
    ),
  ).toBe('Safari on iOS')
})

test('an unknown program is shown by its own words, and none at all is said plainly', () => {
  expect(describeUserAgent('my-script 1.0')).toBe('my-script 1.0')
  expect(describeUserAgent('')).toBe('Unknown program')
})
