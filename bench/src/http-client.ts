import { Agent, type OutgoingHttpHeaders, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly bytes: number
  readonly headers: NodeJS.Dict<string | string[]>
}

/** A client with as few connections as it needs, kept open, that adds little of its own to what is measured. */
export class HttpClient {
  readonly #agent: Agent

  constructor(maxConnections = 1) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: maxConnections })
  }

  /** Asks and reads the whole answer. */
  get(url: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { agent: this.#agent, headers }, (response) => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes, headers: response.headers }))
        response.on('error', reject)
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
  }

  /** Sends `total` requests to one address, as many at once as there are connections; throws on any other status. */
  async load(url: string, headers: OutgoingHttpHeaders, total: number, expectedStatus = 200): Promise<void> {
    let started = 0
    const worker = async (): Promise<void> => {
      while (started++ < total) {
        const { status } = await this.get(url, headers)
        if (status !== expectedStatus) throw new Error(`${url} answered ${status}`)
      }
    }
    await Promise.all(Array.from({ length: this.#agent.maxSockets }, worker))
  }

  close(): void {
    this.#agent.destroy()
  }
}
