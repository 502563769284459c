import { describe, expect, it } from 'vitest'
import { ManualClock } from '../clock/clock.ts'
import { createAnswer, MemoryAnswerCache } from './answer-cache.ts'
import { CachedAnswers } from './cached-answers.ts'
import { cacheMoment, readFreshness } from './freshness.ts'

function createAnswers() {
  const clock = new ManualClock(new Date('2026-01-01T00:00:00Z'))
  const answers = new CachedAnswers(new MemoryAnswerCache(1_000_000), clock)
  let asked = 0
  const ask = async (cacheControl?: string, notBefore = 0) => {
    const freshness = readFreshness(cacheControl, notBefore)
    const { isHit } = await answers.obtain('key', 'connection', freshness, async () => {
      asked += 1
      return { body: Buffer.from(`answer ${asked}`) }
    })
    return isHit
  }
  return { answers, clock, ask }
}

describe('cached answers', () => {
  it('are served for five minutes unless the request says otherwise', async () => {
    const { ask, clock } = createAnswers()
    expect(await ask()).toBe(false)
    clock.advance(299_000)
    expect(await ask()).toBe(true)
    clock.advance(1_000)
    expect(await ask()).toBe(false)
  })

  it('are as fresh as the request asks: no-cache never, max-age at most that old', async () => {
    const { ask, clock } = createAnswers()
    await ask()
    expect(await ask('no-cache')).toBe(false)
    clock.advance(20_000)
    expect(await ask('max-age=10')).toBe(false)
    clock.advance(3_600_000)
    expect(await ask('max-age=7200')).toBe(true)
  })

  it('from before the moment that an address was made for do not count', async () => {
    const { ask, clock } = createAnswers()
    await ask()
    clock.advance(1_000)
    expect(await ask(undefined, clock.now().getTime())).toBe(false)
    expect(await ask(undefined, clock.now().getTime())).toBe(true)
  })

  it('are gone when their connection changes', async () => {
    const { answers, ask } = createAnswers()
    await ask()
    answers.forgetConnection('another connection')
    expect(await ask()).toBe(true)
    answers.forgetConnection('connection')
    expect(await ask()).toBe(false)
  })

  it('are not kept when making them failed', async () => {
    const { answers, ask } = createAnswers()
    const failing = answers.obtain('key', 'connection', readFreshness(undefined), async () => {
      throw new Error('broken')
    })
    await expect(failing).rejects.toThrow('broken')
    expect(await ask()).toBe(false)
  })

  it('give addresses that stay the same within a window, and a new one at once for no-cache', () => {
    const now = Date.parse('2026-01-01T00:07:30Z')
    expect(cacheMoment(readFreshness(undefined), now)).toBe(Date.parse('2026-01-01T00:05:00Z'))
    expect(cacheMoment(readFreshness(undefined), now + 60_000)).toBe(Date.parse('2026-01-01T00:05:00Z'))
    expect(cacheMoment(readFreshness('no-cache'), now)).toBe(now)
  })
})

describe('the memory cache', () => {
  it('never holds more bytes than it may', () => {
    const cache = new MemoryAnswerCache(100_000)
    for (let index = 0; index < 100; index++) {
      cache.set(`key ${index}`, 'connection', createAnswer('key', new Uint8Array(5_000), 0), 60_000)
      expect(cache.sizeBytes).toBeLessThanOrEqual(100_000)
    }
    expect(cache.recall('key 0')).toBeUndefined()
    expect(cache.recall('key 99')).toBeDefined()
  })

  it('does not let one huge answer push everything else out', () => {
    const cache = new MemoryAnswerCache(100_000)
    cache.set('small', 'connection', createAnswer('key', new Uint8Array(1_000), 0), 60_000)
    cache.set('huge', 'connection', createAnswer('key', new Uint8Array(90_000), 0), 60_000)
    expect(cache.recall('huge')).toBeUndefined()
    expect(cache.recall('small')).toBeDefined()
  })

  it('keeps only the bytes of a view, not the buffer behind it', () => {
    const large = new Uint8Array(1_000_000)
    const answer = createAnswer('key', large.subarray(10, 30), 0)
    expect(answer.body.byteLength).toBe(20)
    expect(answer.body.buffer.byteLength).toBeLessThan(1_000_000)
  })
})
