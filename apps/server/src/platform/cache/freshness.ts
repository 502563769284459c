/** How old an answer may be, in seconds, when the request does not say. */
export const DEFAULT_FRESHNESS_SECONDS = 300

/** The longest that a request may ask an answer to be kept and served, in seconds: one day. */
export const MAX_FRESHNESS_SECONDS = 86_400

/**
 * The longest that an answer is kept, in seconds, where the warehouse decides for each person what they see: a right that
 * is taken away there is told to nobody here.
 */
export const BRIEF_SECONDS = 5

/** Which cached answers will do for one request. */
export interface Freshness {
  /** Older answers, in seconds, do not count. Zero asks the warehouse in any case. */
  readonly maxAgeSeconds: number
  /** Answers from before this moment (milliseconds since the epoch) do not count. */
  readonly notBefore: number
  /** True when the answer may be kept nowhere at all, neither here nor by whoever gets it. */
  readonly isUnkept?: boolean
  /** True when an answer is kept for `BRIEF_SECONDS` at most, whoever asks. */
  readonly isBrief?: boolean
}

/** Of a connection whose answers are kept nowhere. */
export const UNKEPT: Freshness = { maxAgeSeconds: 0, notBefore: 0, isUnkept: true }

/** Reads `Cache-Control` of a request: `no-cache`, `no-store` and `max-age=<seconds>` count, the rest is ignored. */
export function readFreshness(cacheControl: string | undefined, notBefore = 0): Freshness {
  if (cacheControl === undefined) return { maxAgeSeconds: DEFAULT_FRESHNESS_SECONDS, notBefore }
  let maxAgeSeconds = DEFAULT_FRESHNESS_SECONDS
  for (const directive of cacheControl.toLowerCase().split(',')) {
    const [name, value] = directive.trim().split('=', 2)
    if (name === 'no-cache' || name === 'no-store') return { maxAgeSeconds: 0, notBefore }
    if (name === 'max-age' && value !== undefined && /^\d{1,9}$/.test(value)) {
      maxAgeSeconds = Math.min(Number(value), MAX_FRESHNESS_SECONDS)
    }
  }
  return { maxAgeSeconds, notBefore }
}

/** What the request asks for, within what is kept where the warehouse decides for each person. */
export function briefly(asked: Freshness): Freshness {
  return { ...asked, maxAgeSeconds: Math.min(asked.maxAgeSeconds, BRIEF_SECONDS), isBrief: true }
}

/** How old an answer that is made for such a request may become where it is kept, in milliseconds. */
export function keepMsOf({ isBrief, maxAgeSeconds }: Freshness): number {
  return 1_000 * (isBrief ? BRIEF_SECONDS : Math.max(maxAgeSeconds, DEFAULT_FRESHNESS_SECONDS))
}

/** True when an answer made at `createdAt` may be served at `now` (both milliseconds since the epoch). */
export function isFresh(createdAt: number, freshness: Freshness, now: number): boolean {
  return createdAt >= freshness.notBefore && now - createdAt < freshness.maxAgeSeconds * 1000
}

/**
 * The moment to write into the `cache` parameter of emitted URLs: answers from before it are not served under them.
 * By default it is rounded down to the freshness window, so that opening a map again finds the browser's own copies.
 */
export function cacheMoment(freshness: Freshness, now: number): number {
  if (freshness.maxAgeSeconds === 0) return now
  const windowMs = freshness.maxAgeSeconds * 1000
  return Math.floor(now / windowMs) * windowMs
}
