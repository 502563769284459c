import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis, type TestRedis } from '@graticule/testkit'
import { createClient, RESP_TYPES } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ManualClock } from '../clock/clock.ts'
import { createAnswer, MemoryAnswerCache } from './answer-cache.ts'
import { describeAnswerCache, SUITE_MAX_BYTES } from './answer-cache-suite.ts'
import { AnswerSeal } from './answer-seal.ts'
import { SharedAnswerCache } from './shared-answer-cache.ts'

const seal = new AnswerSeal(Buffer.from('a key for tests only'))
const MINUTE_MS = 60_000
const opened: SharedAnswerCache[] = []
const lines: string[] = []
let redis: TestRedis

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(async () => {
  for (const cache of opened) await cache.close()
  await redis.stop()
})

function openServer(clock = new ManualClock(new Date())): SharedAnswerCache {
  const logger = {
    info: (...words: unknown[]) => lines.push(String(words.at(-1))),
    warn: (...words: unknown[]) => lines.push(String(words.at(-1))),
  }
  const memory = new MemoryAnswerCache(SUITE_MAX_BYTES)
  const cache = new SharedAnswerCache({ url: redis.url, memory, seal, clock, logger })
  opened.push(cache)
  return cache
}

const connect = () => createClient({ url: redis.url })

async function inRedis<Answer>(work: (client: ReturnType<typeof connect>) => Promise<Answer>): Promise<Answer> {
  const client = connect()
  await client.connect()
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}

/** Keeps an answer until it is in Redis, for which its server must have got there. */
async function share(writer: SharedAnswerCache, key: string, text: string, keepMs = MINUTE_MS): Promise<void> {
  const keep = async () => {
    writer.set(key, 'connection', createAnswer(key, Buffer.from(text), Date.now()), keepMs)
    return inRedis((client) => client.exists(seal.nameOf(key, 'connection')))
  }
  await vi.waitFor(async () => expect(await keep()).toBe(1), { timeout: 15_000, interval: 100 })
}

/** A server that is connected to Redis and holds nothing of what others keep. */
async function openReady(clock?: ManualClock): Promise<SharedAnswerCache> {
  const server = openServer(clock)
  await share(server, `probe ${opened.length}`, 'probe')
  return server
}

describe('the cache that servers share', () => {
  let writer: SharedAnswerCache
  let reader: SharedAnswerCache
  beforeAll(async () => {
    ;[writer, reader] = [await openReady(), await openReady()]
  })
  describeAnswerCache(
    () => ({ writer, reader }),
    () => sleep(100),
  )
})

describe('what lies in Redis', () => {
  it('is readable neither by name nor by value, and goes by itself', async () => {
    await share(openServer(), 'SELECT secret/3/1/2', 'canary-north', 5_000)
    const { names, values, ends } = await inRedis(async (client) => {
      const names = await client.keys('*')
      return {
        names,
        values: await Promise.all(names.map((name) => client.get(name))),
        ends: await Promise.all(names.map((name) => client.pTTL(name))),
      }
    })
    expect(names.length).toBeGreaterThan(0)
    for (const text of [...names, ...values]) expect(text).not.toMatch(/canary|SELECT|connection|3\/1\/2/)
    for (const end of ends) expect(end).toBeGreaterThan(0)
  })

  it('does not open under another name, when it was changed, or for an installation with another key', async () => {
    await share(openServer(), 'of Alice', 'of Alice')
    await share(openServer(), 'of Bob', 'of Bob')
    const [alice, bob] = [seal.nameOf('of Alice', 'connection'), seal.nameOf('of Bob', 'connection')]
    const stranger = new AnswerSeal(Buffer.from('another key'))
    const value = await inRedis((client) =>
      client
        .withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
        .get(alice)
        .then(Buffer.from),
    )
    expect(seal.open(alice, value)?.body.toString()).toBe('of Alice')
    expect(stranger.open(alice, value)).toBeNull()
    expect(stranger.nameOf('of Alice', 'connection')).not.toBe(alice)
    await inRedis((client) => client.copy(alice, bob, { REPLACE: true }))
    expect(await openReady().then((server) => server.find('of Bob', 'connection'))).toBeUndefined()
    await inRedis((client) => client.setRange(alice, 40, 'x'))
    expect(await openReady().then((server) => server.find('of Alice', 'connection'))).toBeUndefined()
  })

  it('is not believed when somebody put its end off', async () => {
    await share(openServer(), 'brief', 'brief', 5_000)
    const name = seal.nameOf('brief', 'connection')
    await inRedis((client) => client.pExpire(name, 3_600_000))
    expect(await openReady().then((server) => server.find('brief', 'connection'))).toBeUndefined()
    await inRedis((client) => client.persist(name))
    expect(await openReady().then((server) => server.find('brief', 'connection'))).toBeUndefined()
  })

  it('has its age from the clock of Redis, so that servers two minutes apart agree', async () => {
    const now = Date.now()
    await share(openServer(new ManualClock(new Date(now))), 'aged', 'aged')
    await sleep(300)
    const ahead = new ManualClock(new Date(now + 120_000))
    const found = await openReady(ahead).then((server) => server.find('aged', 'connection'))
    const ageMs = ahead.now().getTime() - (found?.createdAt ?? 0)
    expect(ageMs).toBeGreaterThanOrEqual(300)
    expect(ageMs).toBeLessThan(10_000)
  })
})

describe('a Redis that fails', () => {
  it('fails nobody while it is gone, says so once, and is used again when it is back', async () => {
    const server = await openReady()
    lines.length = 0
    const { port } = redis
    await redis.stop()
    for (let index = 0; index < 20; index++) {
      const key = `while it is gone ${index}`
      server.set(key, 'connection', createAnswer(key, Buffer.from('answer'), Date.now()), MINUTE_MS)
      expect((await server.find(key, 'connection'))?.body.toString()).toBe('answer')
      expect(await server.find(`unknown ${index}`, 'connection')).toBeUndefined()
    }
    redis = await startRedis(port)
    await share(server, 'back', 'back')
    const own = lines.filter((line) => line.includes('Redis'))
    expect(own.filter((line) => line.includes('does not answer')).length).toBeLessThanOrEqual(opened.length)
    expect(own).toContain('Redis answers again')
  }, 30_000)

  it('that hangs costs a request a moment, and the next ones nothing', async () => {
    const server = await openReady()
    redis.signal('SIGSTOP')
    try {
      const startedAt = performance.now()
      expect(await server.find('hanging', 'connection')).toBeUndefined()
      expect(performance.now() - startedAt).toBeLessThan(2_000)
      const nextAt = performance.now()
      for (let index = 0; index < 10; index++) await server.find(`hanging ${index}`, 'connection')
      expect(performance.now() - nextAt).toBeLessThan(200)
    } finally {
      redis.signal('SIGCONT')
    }
    await share(server, 'after', 'after')
  }, 30_000)

  it('that was never there keeps no server from answering', async () => {
    const memory = new MemoryAnswerCache(SUITE_MAX_BYTES)
    const logger = { info: () => undefined, warn: () => undefined }
    const url = 'redis://127.0.0.1:1'
    const server = new SharedAnswerCache({ url, memory, seal, clock: new ManualClock(new Date()), logger })
    server.set('key', 'connection', createAnswer('key', Buffer.from('answer'), Date.now()), MINUTE_MS)
    expect(await server.find('key', 'connection')).toBeDefined()
    expect(await server.find('other', 'connection')).toBeUndefined()
    await server.close()
  })
})
