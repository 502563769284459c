import { type Static, Type } from 'typebox'
import type { RefusalRule } from './refusal-rules.ts'

/**
 * Every error code the API can answer with, and the HTTP status it goes with.
 * Clients branch on the code; the sentence in `error` is for people.
 */
export const ERROR_STATUS = {
  invalid_request: 400,
  invalid_query: 400,
  column_not_found: 400,
  tile_out_of_range: 400,
  result_too_large: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  password_required: 401,
  session_expired: 401,
  forbidden: 403,
  credentials_required: 403,
  source_not_granted: 403,
  not_in_map: 403,
  csrf_rejected: 403,
  organization_suspended: 403,
  not_found: 404,
  table_not_found: 404,
  conflict: 409,
  payload_too_large: 413,
  rule_violated: 422,
  too_many_requests: 429,
  client_closed_request: 499,
  internal: 500,
  not_implemented: 501,
  warehouse_failed: 502,
  warehouse_auth_failed: 502,
  warehouse_permission_denied: 403,
  warehouse_unavailable: 503,
  store_unavailable: 503,
  warehouse_timeout: 504,
  insufficient_storage: 507,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS

/** The statuses of what is refused by a rule. */
export const REFUSAL_STATUSES = [403, 409, 422] as const

/** The codes of refusals: they name their rule. */
export type RefusalCode = {
  [Code in ErrorCode]: (typeof ERROR_STATUS)[Code] extends (typeof REFUSAL_STATUSES)[number] ? Code : never
}[ErrorCode]

/** Whether errors of this code are refusals. */
export function isRefusalCode(code: ErrorCode): code is RefusalCode {
  return REFUSAL_STATUSES.some((status) => status === ERROR_STATUS[code])
}

/** The one error body. `error` must stay a string: the real clients throw it as their message. */
export const ErrorBody = Type.Object(
  {
    error: Type.String({ description: 'One sentence that says what is wrong and what to do.' }),
    code: Type.Enum(Object.keys(ERROR_STATUS) as ErrorCode[]),
    status: Type.Integer(),
    requestId: Type.String(),
    decisionId: Type.Optional(
      Type.String({
        description:
          'Of a refusal: under which an admin finds what was decided, or the operator in the log if nobody had signed in.',
      }),
    ),
    hint: Type.Optional(Type.String()),
    column_name: Type.Optional(Type.String()),
    details: Type.Optional(Type.Unknown()),
  },
  { $id: 'ErrorBody' },
)
export type ErrorBody = Static<typeof ErrorBody>

export interface AppErrorOptions {
  /** Machine-readable extras, safe to show. */
  readonly details?: Readonly<Record<string, unknown>>
  /** What the person can try next, when the sentence alone does not say it. */
  readonly hint?: string
  /** The hidden reason; it is logged once at the edge and never sent. */
  readonly cause?: unknown
}

/** What goes with a refusal: the rule by which it is refused, besides the extras of any error. */
export interface RefusalOptions extends AppErrorOptions {
  readonly details: Readonly<Record<string, unknown>> & { readonly rule: RefusalRule }
}

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu

/** What somebody sent and a sentence quotes stays on its line: a line break is told as `\n`, a zero byte as `\u0000`. */
function showControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const written = JSON.stringify(character).slice(1, -1)
    return written === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : written
  })
}

/** An error whose message is safe to show. Anything else that is thrown becomes a bare `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details?: Readonly<Record<string, unknown>>
  readonly hint?: string

  constructor(code: Exclude<ErrorCode, RefusalCode>, sentence: string, options?: AppErrorOptions)
  constructor(code: ErrorCode, sentence: string, options: RefusalOptions)
  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(showControls(message), { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    if (options.details) this.details = options.details
    if (options.hint) this.hint = options.hint
  }

  get status(): number {
    return ERROR_STATUS[this.code]
  }
}

/** Ends an exhaustive switch: a new case that nobody handles is a type error here. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`)
}
