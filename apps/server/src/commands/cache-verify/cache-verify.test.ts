import { describe, expect, test } from 'vitest'
import type { SeenAnswer } from './asker.ts'
import { judge, type Replay } from './judge.ts'
import { conclude } from './run-cache-verify.ts'
import { readCacheVerify } from './verify-command.ts'

const seen = (digest: string, fingerprint: string | null, changes: Partial<SeenAnswer> = {}): SeenAnswer => ({
  status: 200,
  digest,
  fingerprint,
  isHit: false,
  etag: `"${digest}${fingerprint}"`,
  cacheControl: 'private, no-store',
  ...changes,
})
const replay = (digest: string, fingerprint: string | null, changes: Partial<Replay> = {}): Replay => {
  const direct = seen(digest, fingerprint)
  const usual = [direct, seen(digest, fingerprint, { isHit: fingerprint !== null })]
  return { direct, usual, withForeignTag: direct, directAgain: direct, ...changes }
}

describe('what the answers of two people say', () => {
  test.each([
    ['apart', replay('north', 'a'), replay('south', 'b'), []],
    ['alike', replay('all', 'a'), replay('all', 'a'), []],
    ['not kept', replay('north', null), replay('south', null), []],
    ['shared', replay('north', 'a'), replay('south', 'a'), ['both have one key']],
    [
      'shared',
      replay('north', 'a', { usual: [seen('south', 'a')] }),
      replay('south', 'b'),
      ['one is answered what the other may see'],
    ],
    [
      'shared',
      replay('north', 'a', { withForeignTag: seen('', 'a', { status: 304 }) }),
      replay('south', 'b'),
      ['the tag of one is confirmed to the other'],
    ],
    [
      'shared',
      replay('north', 'a', { usual: [seen('north', 'a', { cacheControl: 'public, max-age=60' })] }),
      replay('south', 'b'),
      ['a proxy in between may keep an answer'],
    ],
    ['unsteady', replay('north', 'a', { directAgain: seen('changed', 'a') }), replay('south', 'a'), []],
    [
      'not answered',
      replay('no', null, { direct: seen('no', null, { status: 403 }) }),
      replay('no', null, { direct: seen('no', null, { status: 403 }) }),
      [],
    ],
  ] as const)('%s', (kind, first, second, problems) => {
    expect(judge([first, second])).toMatchObject({ kind, problems })
  })

  test('prove something only when answers that differ came from the cache', () => {
    const apart = judge([replay('north', 'a'), replay('south', 'b')])
    const alike = judge([replay('all', 'a'), replay('all', 'a')])
    const shared = judge([replay('north', 'a'), replay('south', 'a')])
    expect(conclude([apart, alike])).toMatchObject({ code: 0 })
    expect(conclude([apart, shared])).toMatchObject({ code: 1 })
    expect(conclude([alike])).toMatchObject({ code: 2 })
    expect(conclude([{ ...apart, hits: 0 }])).toMatchObject({ code: 2 })
    expect(conclude([])).toMatchObject({ code: 2 })
  })
})

test('the command names two files, and an address and a number if it likes', () => {
  expect(readCacheVerify(['cache', 'verify', 'a', 'b'])).toEqual({ files: ['a', 'b'], url: null, samples: 20 })
  const full = ['cache', 'verify', 'a', 'b', '--url', 'https://maps.example.org/', '--samples', '5']
  expect(readCacheVerify(full)).toEqual({ files: ['a', 'b'], url: 'https://maps.example.org', samples: 5 })
  for (const words of [['a'], ['a', 'b', 'c'], ['a', 'b', '--samples', '0'], ['a', 'b', '--url', 'ftp://x'], ['--x']]) {
    expect(readCacheVerify(['cache', 'verify', ...words])).toBeNull()
  }
})
