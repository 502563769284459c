import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify'

/** One line per finished request, with the path but never the query, which may hold SQL or a token. */
export class RequestLog extends LogController {
  readonly #lines: FastifyBaseLogger

  constructor(logger: FastifyBaseLogger) {
    super({ requestIdLogLabel: 'requestId' })
    // A line of four harmless fields has nothing to black out, and looking for it costs more than writing it.
    this.#lines = logger.child({}, { redact: [] })
  }

  override incomingRequest(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const line = {
      requestId: request.id,
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 100) / 100,
    }
    if (error) reply.log.warn({ ...line, err: error }, 'request broke off')
    else this.#lines.info(line, 'request')
  }
}

function pathOf(url: string): string {
  const queryStart = url.indexOf('?')
  // The path of a token's own address is an opaque id, but a statistics path can hold a whole statement.
  return (queryStart === -1 ? url : url.slice(0, queryStart)).slice(0, 200)
}
