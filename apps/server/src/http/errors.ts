import {
  AppError,
  ERROR_STATUS,
  type ErrorBody,
  type ErrorCode,
  isRefusalCode,
  type RefusalCode,
} from '@graticule/contract'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { describeStoreFailure, describeUnstorableText } from '../platform/db/store-errors.ts'
import { describeValidationFailure } from './validation-sentence.ts'

/** Clients compare this text literally, so the readable sentence about a missing column travels as the hint. */
const COLUMN_NOT_FOUND = 'Column not found'

/** Told of every refusal (403, and 429 by a rule); the id under which it can be looked into, if it can. */
export type NoteRefusal = (request: FastifyRequest, error: AppError) => string | undefined

/** Turns whatever was thrown into the one error body, and logs what a person running the server must know, once. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  noteRefusal: NoteRefusal,
): FastifyReply {
  const appError = toAppError(error, request)
  if (appError.status >= 500) {
    // A login that a warehouse refuses was mistyped or has changed there: somebody's to mend, and no defect of the server.
    const level = appError.code === 'warehouse_auth_failed' ? 'warn' : 'error'
    request.log[level]({ err: appError.cause ?? error, code: appError.code }, 'request failed')
  }
  const retryAfterSeconds = appError.details?.retryAfterSeconds
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', String(Math.ceil(retryAfterSeconds)))
  // An error must never stay in a cache that was told how long the good answer lives.
  reply.header('cache-control', 'no-store')
  // Most of 429 is a moment's rush; one by a rule is somebody's decision, as 403 is.
  const isDecided = appError.status === 403 || (appError.status === 429 && appError.details?.rule !== undefined)
  const decisionId = isDecided ? noteRefusal(request, appError) : undefined
  const body = toErrorBody(appError, request.id)
  if (decisionId !== undefined) body.decisionId = decisionId
  return reply.status(appError.status).type('application/json; charset=utf-8').send(body)
}

/** The body of an AppError. */
export function toErrorBody(error: AppError, requestId: string): ErrorBody {
  const body: ErrorBody = { error: error.message, code: error.code, status: error.status, requestId }
  if (error.hint !== undefined) body.hint = error.hint
  if (error.details !== undefined) body.details = error.details
  if (error.code === 'column_not_found') {
    const columnName = error.details?.column_name
    body.error = COLUMN_NOT_FOUND
    if (typeof columnName === 'string') body.column_name = columnName
    if (error.message !== COLUMN_NOT_FOUND && body.hint === undefined) body.hint = error.message
  }
  return body
}

function toAppError(error: unknown, request: FastifyRequest): AppError {
  if (error instanceof AppError) return error
  const storeFailure = describeStoreFailure(error) ?? describeUnstorableText(error)
  if (storeFailure !== null) return storeFailure
  if (isFastifyError(error)) {
    if (error.validation !== undefined) {
      const { sentence, details } = describeValidationFailure(error.validation, error.validationContext)
      return new AppError('invalid_request', sentence, { details, cause: error })
    }
    const known = describeFrameworkError(error)
    if (known !== null) return known
  }
  if (request.raw.destroyed && error instanceof Error && error.name === 'AbortError') {
    return new AppError('client_closed_request', 'The client went away before the answer was ready.', { cause: error })
  }
  return new AppError('internal', 'Something went wrong on our side; the request id names this failure in the log.', {
    cause: error,
  })
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('statusCode' in error || 'validation' in error)
}

const FRAMEWORK_ERRORS: Readonly<Record<string, readonly [Exclude<ErrorCode, RefusalCode>, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body is larger than 2 MB; send less at once.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['invalid_request', 'Send the body as JSON, with content-type application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_request', 'The body is empty; send a JSON object.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_request', 'The body is not as long as its content-length says.'],
  FST_ERR_BAD_URL: ['invalid_request', 'The path of the request is not a valid URL path; check its percent-encoding.'],
  FST_ERR_MAX_PARAM_LENGTH: ['invalid_request', 'A part of the path is too long; send the request as POST instead.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_request', 'The body is not valid JSON.'],
}

function describeFrameworkError(error: FastifyError): AppError | null {
  const known = FRAMEWORK_ERRORS[error.code]
  if (known !== undefined) return new AppError(known[0], known[1], { cause: error })
  const status = error.statusCode
  if (status === undefined || status < 400 || status >= 500) return null
  // The framework knows no rules of ours, so that it refuses nothing by one.
  const code = (Object.keys(ERROR_STATUS) as ErrorCode[])
    .filter((candidate) => !isRefusalCode(candidate))
    .find((candidate) => ERROR_STATUS[candidate] === status)
  const sentence = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`
  return new AppError(code ?? 'invalid_request', sentence, { cause: error })
}
