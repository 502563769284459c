import { type IncomingMessage, type RequestOptions, request as requestPlainly } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { Readable } from 'node:stream'
import { AppError } from '@graticule/contract'
import { lookUpPinned, type OutboundDoor } from './outbound.ts'

/** What is asked for besides the address, as `fetch` takes it. */
export interface OutboundRequest {
  readonly method?: string | undefined
  readonly headers?: HeadersInit | undefined
  readonly body?: BodyInit | Uint8Array | null | undefined
  readonly signal?: AbortSignal | null | undefined
}

/**
 * As `fetch`, through the policy: the socket goes to the address that was decided about and to no other. A redirect is
 * answered and not followed, so that where it leads is decided about in turn.
 */
export async function outboundFetch(
  address: string | URL,
  init: OutboundRequest,
  door: OutboundDoor,
): Promise<Response> {
  const url = new URL(address)
  const answer = await openOutbound(url, init, door).catch((error: unknown) => {
    throw error instanceof AppError || init.signal?.aborted ? error : new TypeError('fetch failed', { cause: error })
  })
  const status = answer.statusCode ?? 500
  const hasBody = ![101, 204, 205, 304].includes(status)
  if (!hasBody) answer.resume()
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const body = hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null
  return new Response(body, { status, headers })
}

/** Sends the request; its answer has only begun. */
export async function openOutbound(url: URL, init: OutboundRequest, door: OutboundDoor): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:'
  const addresses = await door.admit(url.hostname, portOf(url))
  const { body = null, method = 'GET', signal } = init
  const headers = new Headers(init.headers)
  // Reads any kind of body, and knows which type goes with it.
  const sent = body === null ? null : new Response(body as BodyInit)
  const bytes = sent && Buffer.from(await sent.arrayBuffer())
  const type = sent?.headers.get('content-type')
  if (type && !headers.has('content-type')) headers.set('content-type', type)
  if (bytes !== null) headers.set('content-length', String(bytes.length))
  const options: RequestOptions = {
    method,
    headers: Object.fromEntries(headers),
    // Of its own, as a kept socket would be used without being decided about.
    agent: false,
    lookup: lookUpPinned(addresses),
    ...(signal && { signal }),
  }
  return new Promise((resolve, reject) => {
    const request = (isSecure ? requestSecurely : requestPlainly)(url, options, resolve)
    request.on('error', reject)
    request.end(bytes ?? undefined)
  })
}

/** The port that an http or https address means. */
export function portOf(url: URL): number {
  // Port 0 is written out, and refused like any other that is none.
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}
