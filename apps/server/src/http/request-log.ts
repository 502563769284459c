import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify'

/** One line per finished request, with the path but never the query, which may hold SQL or a token. */
export class RequestLog extends LogController {
  readonly #lines: FastifyBaseLogger

  constructor(logger: FastifyBaseLogger) {
    super({ requestIdLogLabel: 'requestId' })
    this.#lines = requestLines(logger)
  }

  override incomingRequest(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const line = requestLine(request.id, request.method, request.url, reply.statusCode, reply.elapsedTime)
    if (error) reply.log.warn({ ...line, err: error }, 'request broke off')
    else this.#lines.info(line, 'request')
  }
}

/** What is written of a request that is over: four harmless fields, and how long it took. */
export function requestLine(requestId: string, method: string, url: string, status: number, durationMs: number) {
  return { requestId, method, path: pathOf(url), status, durationMs: Math.round(durationMs * 100) / 100 }
}

/** Writes such lines: there is nothing in them to black out, and looking for it costs more than writing one. */
export function requestLines(logger: FastifyBaseLogger): FastifyBaseLogger {
  return logger.child({}, { redact: [] })
}

function pathOf(url: string): string {
  const queryStart = url.indexOf('?')
  // The path of a token's own address is an opaque id, but a statistics path can hold a whole statement.
  return (queryStart === -1 ? url : url.slice(0, queryStart)).slice(0, 200)
}
