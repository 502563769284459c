import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type AnswerCache, createAnswer } from './answer-cache.ts'

/** One cache as two see it: who keeps an answer, and who looks for it, who may be another server. */
export interface CacheUnderTest {
  readonly writer: AnswerCache
  readonly reader: AnswerCache
}

const MINUTE_MS = 60_000
const NOW = Date.now()

/** What every cache of answers does. `settle` waits until what was written or forgotten can be seen. */
export function describeAnswerCache(open: () => CacheUnderTest, settle: () => Promise<void>): void {
  let count = 0
  const freshKey = () => `key ${++count}`

  it('gives back exactly what was kept: bytes, tag, fingerprint and whether features were left out', async () => {
    const { reader, writer } = open()
    for (const body of [Buffer.from([0, 255, 1]), Buffer.alloc(0), Buffer.alloc(100_000, 7)]) {
      for (const hasDroppedFeatures of [false, true]) {
        const key = freshKey()
        const answer = createAnswer(key, body, NOW, hasDroppedFeatures)
        writer.set(key, 'connection', answer, MINUTE_MS)
        await settle()
        const { createdAt, ...found } = (await reader.find(key, 'connection')) ?? {}
        const { createdAt: _, ...kept } = answer
        expect(found).toEqual(kept)
        expect(Math.abs((createdAt ?? 0) - NOW)).toBeLessThan(5_000)
        expect(reader.recall(key)?.etag).toBe(answer.etag)
      }
    }
  })

  it('knows nothing that nobody kept', async () => {
    const { reader } = open()
    expect(await reader.find(freshKey(), 'connection')).toBeUndefined()
    expect(reader.recall(freshKey())).toBeUndefined()
  })

  it('lets an answer go when its time is over', async () => {
    const { reader, writer } = open()
    const key = freshKey()
    writer.set(key, 'connection', createAnswer(key, Buffer.from('brief'), NOW), 400)
    await settle()
    expect(await reader.find(key, 'connection')).toBeDefined()
    await sleep(600)
    expect(reader.recall(key)).toBeUndefined()
    expect(await reader.find(key, 'connection')).toBeUndefined()
  })

  it('keeps nothing that has no time left', async () => {
    const { reader, writer } = open()
    const key = freshKey()
    writer.set(key, 'connection', createAnswer(key, Buffer.from('late'), NOW), 0)
    await settle()
    expect(await reader.find(key, 'connection')).toBeUndefined()
  })

  it('forgets all of one connection and nothing of another', async () => {
    const { reader, writer } = open()
    const keys = [freshKey(), freshKey(), freshKey()]
    for (const [index, key] of keys.entries()) {
      const connectionId = index === 2 ? 'another' : 'changed'
      writer.set(key, connectionId, createAnswer(key, Buffer.from('answer'), NOW), MINUTE_MS)
    }
    await settle()
    writer.forgetConnection('changed')
    await settle()
    const [first = '', second = '', third = ''] = keys
    expect(await reader.find(first, 'changed')).toBeUndefined()
    expect(await reader.find(second, 'changed')).toBeUndefined()
    expect(await reader.find(third, 'another')).toBeDefined()
  })

  it('holds no more bytes in the process than it may', () => {
    const { writer } = open()
    for (let index = 0; index < 60; index++) {
      const key = freshKey()
      writer.set(key, 'connection', createAnswer(key, new Uint8Array(100_000), NOW), MINUTE_MS)
      expect(writer.sizeBytes).toBeLessThanOrEqual(SUITE_MAX_BYTES)
    }
    expect(writer.sizeBytes).toBeGreaterThan(SUITE_MAX_BYTES / 2)
  })
}

/** What a cache under test may hold in the process. */
export const SUITE_MAX_BYTES = 4_000_000
