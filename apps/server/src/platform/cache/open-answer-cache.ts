import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock/clock.ts'
import type { Secret } from '../secrets/secret.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { type AnswerCache, MemoryAnswerCache } from './answer-cache.ts'
import { AnswerSeal } from './answer-seal.ts'
import { SharedAnswerCache } from './shared-answer-cache.ts'

export interface OpenAnswerCacheOptions {
  /** Of this process alone; what Redis holds at most is set in Redis. */
  readonly maxBytes: number
  /** Null: every server keeps what it makes. */
  readonly redisUrl: Secret | null
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Pick<FastifyBaseLogger, 'info' | 'warn'>
}

/** Opens the cache of answers: in this process, and in Redis as well where there is one. */
export function openAnswerCache({ maxBytes, redisUrl, secretBox, ...options }: OpenAnswerCacheOptions): AnswerCache {
  const memory = new MemoryAnswerCache(maxBytes)
  if (redisUrl === null) return memory
  const seal = new AnswerSeal(Buffer.from(secretBox.sign('answer-cache', 'shared'), 'base64url'))
  return new SharedAnswerCache({ url: redisUrl.reveal(), memory, seal, ...options })
}
