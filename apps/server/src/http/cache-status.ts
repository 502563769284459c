import type { ObtainedAnswer } from '../platform/cache/cached-answers.ts'

/** Of an answer that no cache of ours has a part in. */
export const CACHE_BYPASSED: Readonly<Record<string, string>> = { 'cache-status': 'graticule; fwd=bypass' }

/**
 * What an answer says of the cache (RFC 9211): whether it was kept or the warehouse was asked, how old it is, and a
 * fingerprint of the key that it is kept under. Two people with logins of their own never see the same fingerprint.
 */
export function cacheHeaders({ answer, isHit }: ObtainedAnswer, now: Date, isUnkept = false): Record<string, string> {
  if (isUnkept) return { ...CACHE_BYPASSED }
  const ageSeconds = Math.max(0, Math.floor((now.getTime() - answer.createdAt) / 1000))
  const way = isHit ? 'hit' : 'fwd=miss; stored'
  return { 'cache-status': `graticule; ${way}; key="${answer.fingerprint}"`, age: String(ageSeconds) }
}
