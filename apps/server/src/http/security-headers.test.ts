import { expect, test } from 'vitest'
import { answerHeaders } from './security-headers.ts'

test('no answer is guessed at, framed, or taken for a page, and over https browsers stay there', () => {
  const plain = {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-resource-policy': 'cross-origin',
    'origin-agent-cluster': '?1',
    'x-dns-prefetch-control': 'off',
    'x-permitted-cross-domain-policies': 'none',
  }
  expect(answerHeaders({ isHttps: false })).toEqual(plain)
  expect(answerHeaders({ isHttps: true })).toEqual({ ...plain, 'strict-transport-security': 'max-age=31536000' })
})
