import { type IncomingMessage, request as requestPlainly } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { isIP } from 'node:net'
import { InternalAddress, isInternalAddress, lookUpPublic } from './internal-addresses.ts'

/** Why a document was not read; the message is a sentence for whoever entered the address. */
export class DocumentProblem extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'DocumentProblem'
  }
}

export interface ReadDocumentOptions {
  /** Hosts inside our own network that may be asked; of them alone http is taken besides https. */
  readonly internalHosts: readonly string[]
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Reads a text from an address that somebody entered who may not be trusted with our network: nothing internal is
 * asked, not even by way of a public name, and no redirect is followed. Throws `DocumentProblem`.
 */
export async function readDocument(address: string, options: ReadDocumentOptions): Promise<string> {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new DocumentProblem('Enter an address such as https://login.example.org/metadata.')
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isAllowed = options.internalHosts.includes(url.hostname) || options.internalHosts.includes(url.host)
  if (url.protocol === 'http:' && !isAllowed) throw new DocumentProblem('The address must be reached by https.')
  if (!isAllowed && isIP(host) !== 0 && isInternalAddress(host)) throw refuseInternal(url.hostname)
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)])
  const request = url.protocol === 'https:' ? requestSecurely : requestPlainly
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(
        error instanceof DocumentProblem
          ? error
          : error instanceof InternalAddress
            ? refuseInternal(url.hostname)
            : new DocumentProblem(`${url.host} could not be reached within ${options.timeoutMs / 1000} seconds.`),
      )
    request(url, { signal, agent: false, lookup: isAllowed ? undefined : lookUpPublic }, (answer) => {
      readAnswer(answer, url, options.maxBytes).then(resolve, fail)
    })
      .on('error', fail)
      .end()
  })
}

async function readAnswer(answer: IncomingMessage, url: URL, maxBytes: number): Promise<string> {
  if (answer.statusCode !== 200) {
    answer.destroy()
    throw new DocumentProblem(`${url.host} answered ${answer.statusCode} instead of a document.`)
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new DocumentProblem(`What ${url.host} answers is larger than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refuseInternal(host: string): DocumentProblem {
  return new DocumentProblem(
    `${host} is inside the server’s own network. Its operator can list it in INTERNAL_HOSTS; or paste the document instead.`,
  )
}
