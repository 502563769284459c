import { AsyncLocalStorage } from 'node:async_hooks'

/** Where a request came from, as far as events about it tell. */
export interface RequestOrigin {
  readonly ipAddress: string
  readonly userAgent: string | null
  /** The page that it was made from, without its query, which may hold secrets. */
  readonly referer?: string | null
  /** Of the person who is signed in, once that is settled. */
  sessionId: string | null
}

/** A browser's name for itself may be of any length. */
const MAX_USER_AGENT = 300
const MAX_REFERER = 300

const storage = new AsyncLocalStorage<RequestOrigin>()

/** The request on whose behalf the code runs; null for what the server does by itself. */
export function currentOrigin(): RequestOrigin | null {
  return storage.getStore() ?? null
}

/** Runs what belongs to a request, so that the events it records tell where it came from. */
export function runWithOrigin<Result>(origin: RequestOrigin, work: () => Result): Result {
  return storage.run(origin, work)
}

/** A text that came with a request as its user agent, as it is kept. */
export function readUserAgent(header: string | undefined): string | null {
  // U+0000 cannot come in a header; what PostgreSQL does not take besides it does not come either.
  return header === undefined ? null : header.slice(0, MAX_USER_AGENT)
}

/** The page that came with a request as its referer, as it is kept: where it is, and nothing that was asked of it. */
export function readReferer(header: string | undefined): string | null {
  const url = header === undefined ? null : URL.parse(header)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return `${url.origin}${url.pathname}`.slice(0, MAX_REFERER)
}
