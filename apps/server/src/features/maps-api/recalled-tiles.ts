import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { readSessionCookie } from '../../http/authentication.ts'
import { CROSS_ORIGIN_HEADERS } from '../../http/cross-origin.ts'
import { identifyRequest } from '../../http/request-identity.ts'
import { requestLine } from '../../http/request-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Telemetry } from '../../platform/telemetry/telemetry.ts'
import type { PrincipalResolver } from '../auth/principal-resolver.ts'
import type { UsageLimits } from '../usage/usage-limits.ts'
import type { UsageMeter } from '../usage/usage-meter.ts'
import { asMapId } from './map-source-service.ts'
import { noteTileAnswer, readTileFreshness, type TileAddressNotes, tileReply } from './tile-reply.ts'
import type { TileService } from './tile-service.ts'

/** A tile's address as we write it; what is spelled otherwise takes the way of every other request. */
const ADDRESS = /^\/v3\/maps\/([\w.-]+)\/tiles\/([\w-]+)\/(\d{1,2})\/(\d{1,10})\/(\d{1,10})(?:\?([^#%+]*))?$/
/** As telemetry names the route. */
const ROUTE = '/v3/maps/:connection/tiles/:handle/:z/:x/:y'

export interface RecalledTilesOptions {
  readonly resolver: PrincipalResolver
  readonly tiles: TileService
  readonly usageMeter: UsageMeter
  readonly usageLimits: UsageLimits
  readonly telemetry: Telemetry
  readonly clock: Clock
  /** For the one line of each request. */
  readonly lines: FastifyBaseLogger
  /** What every answer of the server carries. */
  readonly answerHeaders: Readonly<Record<string, string>>
}

/**
 * Answers tiles that are in memory before the framework is woken, whose hooks and look-ups cost as much as finding and
 * sending them. Only for a principal who is remembered and a right that was checked a moment ago; whatever else there
 * is to a request is left to its route, which answers with the same headers and bytes.
 */
export class RecalledTiles {
  readonly #options: RecalledTilesOptions
  /** Names and values in turns, as they are written. */
  readonly #headers: readonly string[]
  #isStopped = false

  constructor(options: RecalledTilesOptions) {
    this.#options = options
    this.#headers = Object.entries({ ...options.answerHeaders, ...CROSS_ORIGIN_HEADERS }).flat()
  }

  /** From now on every request takes the ordinary way, which knows how to end kept connections. */
  stop(): void {
    this.#isStopped = true
  }

  /** True when the request is answered; false when nothing has happened to it. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' || this.#isStopped) return false
    const address = ADDRESS.exec(request.url ?? '')
    if (address === null) return false
    const [, connection = '', handle = '', z, x, y, query = ''] = address
    const notes = readNotes(query)
    if (notes === null) return false
    const { resolver, tiles, telemetry, clock, usageLimits, usageMeter } = this.#options
    const { headers, socket } = request
    const bearer = resolver.readBearer(headers.authorization)
    const cookie = bearer === null ? readSessionCookie(headers.cookie) : null
    // Who may come from some addresses only takes the way of every other request, which knows of proxies.
    const resolution = resolver.recall(bearer, cookie, headers.origin ?? headers.referer ?? null, socket, null)
    if (resolution === undefined) return false
    const { principal } = resolution
    if (principal.kind === 'anonymous' || !usageLimits.recallOpen(principal)) return false
    const startedAt = performance.now()
    const tile = { z: Number(z), x: Number(x), y: Number(y) }
    const asked = readTileFreshness(headers['cache-control'], notes)
    const recalled = tiles.recall(principal, connection, handle, tile, asked, notes.mapId)
    if (recalled === undefined) return false
    const { answer, freshness, isPersonal } = recalled
    const id = identifyRequest(request)
    const hit = { answer, isHit: true }
    const reply = tileReply(hit, freshness, headers['if-none-match'], clock.now(), isPersonal)
    noteTileAnswer(telemetry, answer, true)
    if (reply.status < 300) usageMeter.count(principal, 'maps.tile', notes.client, notes.mapId)
    response.once('close', () => {
      const durationMs = performance.now() - startedAt
      telemetry.noteRequest('GET', ROUTE, reply.status, durationMs)
      const line = requestLine(id, 'GET', request.url ?? '', reply.status, durationMs)
      if (response.writableFinished) this.#options.lines.info(line, 'request')
      else this.#options.lines.warn(line, 'request broke off')
    })
    const written = ['x-request-id', id, ...this.#headers]
    for (const name in reply.headers) written.push(name, reply.headers[name] as string)
    if (reply.body !== undefined) written.push('content-length', String(reply.body.byteLength))
    response.writeHead(reply.status, written)
    response.end(reply.body)
    return true
  }
}

/** The notes that matter here; null for a query that gives one twice, which its route refuses. */
function readNotes(
  query: string,
): (TileAddressNotes & { readonly mapId: string | undefined; readonly client: string | undefined }) | null {
  let cache: string | undefined
  let maxAge: string | undefined
  let tag: string | undefined
  let map: string | undefined
  let client: string | undefined
  for (const pair of query.split('&')) {
    if (pair.startsWith('cache=')) {
      if (cache !== undefined) return null
      cache = pair.slice(6)
    } else if (pair.startsWith('maxAge=')) {
      if (maxAge !== undefined) return null
      maxAge = pair.slice(7)
    } else if (pair.startsWith('tag-mapId=')) tag ??= pair.slice(10)
    else if (pair.startsWith('map=')) map ??= pair.slice(4)
    else if (pair.startsWith('client=')) client ??= pair.slice(7)
  }
  return { cache, maxAge, mapId: asMapId(tag ?? map), client }
}
