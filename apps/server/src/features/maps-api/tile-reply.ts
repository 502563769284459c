import { cacheHeaders } from '../../http/cache-status.ts'
import { PERSONAL_HEADERS } from '../../http/personal-answers.ts'
import type { CachedAnswer } from '../../platform/cache/answer-cache.ts'
import type { ObtainedAnswer } from '../../platform/cache/cached-answers.ts'
import { type Freshness, MAX_FRESHNESS_SECONDS, readFreshness } from '../../platform/cache/freshness.ts'
import type { Telemetry } from '../../platform/telemetry/telemetry.ts'

const MVT = 'application/vnd.mapbox-vector-tile'

/** What a tile's address says of how old its answer may be; both as text, absent when it does not say. */
export interface TileAddressNotes {
  readonly cache: string | undefined
  readonly maxAge: string | undefined
}

/** A tile as it goes over the wire; an empty one and one that the client has already have no body. */
export interface TileReply {
  readonly status: 200 | 204 | 304
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

/** NaN for what is no number, which no tile has. */
export function readCoordinate(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
}

/** What the request's own header asks for, within what the address was made for. */
export function readTileFreshness(cacheControl: string | undefined, address: TileAddressNotes): Freshness {
  const notBefore = address.cache ?? ''
  const moment = /^\d{1,15}$/.test(notBefore) ? Number(notBefore) : 0
  const freshness = readFreshness(cacheControl, moment)
  const maxAge = address.maxAge ?? ''
  if (cacheControl !== undefined || !/^\d{1,9}$/.test(maxAge)) return freshness
  return { maxAgeSeconds: Math.min(Number(maxAge), MAX_FRESHNESS_SECONDS), notBefore: moment }
}

/** The answer to a request for a tile, whichever way it was found. */
export function tileReply(
  obtained: ObtainedAnswer,
  freshness: Freshness,
  ifNoneMatch: string | undefined,
  now: Date,
  isPersonal: boolean,
): TileReply {
  const { answer } = obtained
  // Counted from the question: `age` says how much of it is over.
  const kept = { 'cache-control': freshness.isUnkept ? 'no-store' : `private, max-age=${freshness.maxAgeSeconds}` }
  const headers: Record<string, string> = {
    ...PERSONAL_HEADERS,
    ...(isPersonal ? {} : kept),
    ...cacheHeaders(obtained, now, freshness.isUnkept),
  }
  if (answer.hasDroppedFeatures) headers['features-dropped-from-tile'] = 'true'
  if (answer.body.byteLength === 0) return { status: 204, headers, body: undefined }
  headers['content-type'] = MVT
  // A tag is for whoever kept the bytes.
  if (freshness.isUnkept) return { status: 200, headers, body: answer.body }
  headers.etag = answer.etag
  if (ifNoneMatch?.includes(answer.etag)) {
    delete headers['content-type']
    return { status: 304, headers, body: undefined }
  }
  return { status: 200, headers, body: answer.body }
}

/** Counts a tile that was answered. */
export function noteTileAnswer(telemetry: Telemetry, answer: CachedAnswer, isHit: boolean): void {
  telemetry.noteCacheLookup(isHit ? 'hit' : 'miss')
  telemetry.noteTile(answer.body.byteLength === 0 ? 'empty' : answer.hasDroppedFeatures ? 'dropped' : 'full')
}
