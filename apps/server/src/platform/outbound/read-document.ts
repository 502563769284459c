import type { IncomingMessage } from 'node:http'
import { AppError } from '@graticule/contract'
import { type OutboundDoor, OutboundRefusal } from './outbound.ts'
import { openOutbound, portOf } from './outbound-fetch.ts'

/** Why a document was not read; the message is a sentence for whoever entered the address. */
export class DocumentProblem extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'DocumentProblem'
  }
}

export interface ReadDocumentOptions {
  readonly door: OutboundDoor
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const MAX_REDIRECTS = 5

/**
 * Reads a text from an address that somebody entered who may not be trusted with our network. Every redirect is decided
 * about like the address itself, and leads from https to nothing less. Throws `DocumentProblem`.
 */
export async function readDocument(address: string, options: ReadDocumentOptions): Promise<string> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)])
  let url = readAddress(URL.parse(address), options.door)
  for (let redirects = 0; ; redirects += 1) {
    const answer = await open(url, options, signal)
    const next = findRedirect(answer, url)
    if (next === undefined) return readAnswer(answer, url, options)
    answer.destroy()
    if (redirects === MAX_REDIRECTS) throw new DocumentProblem(`${url.host} redirects again and again.`)
    const isLess = url.protocol === 'https:' && next?.protocol === 'http:'
    if (isLess) throw new DocumentProblem(`${url.host} redirects to an address without encryption.`)
    url = readAddress(next, options.door)
  }
}

function readAddress(url: URL | null, door: OutboundDoor): URL {
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new DocumentProblem('Enter an address such as https://login.example.org/metadata.')
  }
  if (url.protocol === 'http:' && !door.isVouchedFor(url.hostname, portOf(url))) {
    throw new DocumentProblem('The address must be reached by https.')
  }
  return url
}

async function open(url: URL, { door, timeoutMs }: ReadDocumentOptions, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    return await openOutbound(url, { signal }, door)
  } catch (error) {
    throw describeFailure(error, url, timeoutMs)
  }
}

/** Where an answer sends us; undefined for one that is the document, null for a place that is no address. */
function findRedirect({ statusCode = 0, headers }: IncomingMessage, url: URL): URL | null | undefined {
  const isRedirect = [301, 302, 303, 307, 308].includes(statusCode)
  return isRedirect && headers.location !== undefined ? URL.parse(headers.location, url.href) : undefined
}

async function readAnswer(
  answer: IncomingMessage,
  url: URL,
  { maxBytes, timeoutMs }: ReadDocumentOptions,
): Promise<string> {
  if (answer.statusCode !== 200) {
    answer.destroy()
    throw new DocumentProblem(`${url.host} answered ${answer.statusCode} instead of a document.`)
  }
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw new DocumentProblem(`What ${url.host} answers is larger than ${maxBytes} bytes.`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw describeFailure(error, url, timeoutMs)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function describeFailure(error: unknown, url: URL, timeoutMs: number): unknown {
  if (error instanceof OutboundRefusal) return new DocumentProblem(error.message)
  if (error instanceof DocumentProblem || error instanceof AppError) return error
  return new DocumentProblem(`${url.host} could not be reached within ${timeoutMs / 1000} seconds.`)
}
