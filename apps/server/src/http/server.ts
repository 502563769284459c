import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { AppError } from '@graticule/contract'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify'
import type { Telemetry } from '../platform/telemetry/telemetry.ts'
import { carryOrigin } from './carry-origin.ts'
import { allowCrossOrigin, CROSS_ORIGIN_HEADERS } from './cross-origin.ts'
import { answerError, type NoteRefusal } from './errors.ts'
import { guardPersonalAnswers } from './personal-answers.ts'
import { tellRateLimits } from './rate-limit-headers.ts'
import { answerRequestId, collapseSlashes, identifyRequest } from './request-identity.ts'
import { RequestLog } from './request-log.ts'
import { RequestLogger } from './request-logger.ts'
import { requireRouteAccess } from './route-config.ts'
import { ANSWER_HEADERS, secureAnswers } from './security-headers.ts'

/** The server that features register their routes on; schemas in TypeBox give handlers their types. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface ServerOptions {
  readonly logger: FastifyBaseLogger
  readonly trustProxy: boolean | readonly string[]
  readonly isHttps: boolean
  readonly telemetry: Telemetry
  readonly noteRefusal: NoteRefusal
  /** Sees each request first; true when it has answered it. */
  readonly answerEarly: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** Bodies up to this are read at all; statements have a lower limit of their own. */
export const BODY_LIMIT_BYTES = 2 * 1024 * 1024
/** A client may send statements of several kilobytes in a GET before it turns to POST. */
const MAX_HEADER_BYTES = 64 * 1024
/** Longer than load balancers keep a connection open, so that they never send into one that is being closed. */
const KEEP_ALIVE_MS = 72_000

/** A server that knows our manners (errors, ids, headers, checks) and no route yet. */
export function createServer(options: ServerOptions): App {
  const app = fastify({
    loggerInstance: options.logger,
    logController: new RequestLog(options.logger),
    childLoggerFactory: (logger, bindings) => new RequestLogger(logger, bindings),
    genReqId: identifyRequest,
    requestIdHeader: false,
    trustProxy: typeof options.trustProxy === 'boolean' ? options.trustProxy : [...options.trustProxy],
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: (handle) => {
      const server = createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
        if (!options.answerEarly(request, response)) handle(request, response)
      })
      server.keepAliveTimeout = KEEP_ALIVE_MS
      return server
    },
    forceCloseConnections: 'idle',
    rewriteUrl: (request) => collapseSlashes(request.url ?? '/'),
    routerOptions: { maxParamLength: MAX_HEADER_BYTES },
    // An address that no route can be looked up for ends before any hook has run.
    frameworkErrors: (error, request, reply) =>
      answerError(
        error,
        request,
        reply.headers({ ...ANSWER_HEADERS, ...CROSS_ORIGIN_HEADERS, 'x-request-id': request.id }),
        options.noteRefusal,
      ),
    clientErrorHandler: (error, socket) => {
      if (!socket.writable) return
      const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
      const sentence = isTooLarge
        ? 'The address or the headers are too long; send the request as POST instead.'
        : 'This is not an HTTP request that we understand.'
      const status = isTooLarge ? 431 : 400
      const body = JSON.stringify({ error: sentence, code: 'invalid_request', status, requestId: 'none' })
      socket.end(
        `HTTP/1.1 ${status} Bad Request\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      )
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  // The generated serializers drop keys that a schema does not name; documents must survive a round trip whole.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, options.noteRefusal))
  app.setNotFoundHandler((request) => {
    throw new AppError('not_found', `There is nothing at ${request.method} ${request.url.split('?', 1)[0]}.`)
  })
  requireRouteAccess(app)
  carryOrigin(app)
  tellRateLimits(app)
  answerRequestId(app)
  secureAnswers(app, { isHttps: options.isHttps })
  allowCrossOrigin(app)
  guardPersonalAnswers(app)
  measureRequests(app, options.telemetry)
  return app
}

function measureRequests(app: App, telemetry: Telemetry): void {
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern, not the address: the number of time series must stay small.
    const route = request.routeOptions.url ?? 'unknown'
    telemetry.noteRequest(request.method, route, reply.statusCode, reply.elapsedTime)
    done()
  })
}
