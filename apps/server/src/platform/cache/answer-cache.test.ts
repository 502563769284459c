import { describe } from 'vitest'
import { MemoryAnswerCache } from './answer-cache.ts'
import { describeAnswerCache, SUITE_MAX_BYTES } from './answer-cache-suite.ts'

describe('the cache of one process', () => {
  const cache = new MemoryAnswerCache(SUITE_MAX_BYTES)
  describeAnswerCache(
    () => ({ writer: cache, reader: cache }),
    async () => undefined,
  )
})
