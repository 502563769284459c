import type { ErrorCode } from '@graticule/contract'

/** What can go wrong before the server has answered. */
export type TransportErrorCode = 'offline' | 'unreachable' | 'bad_response'

/** A failed request, with everything a page needs to explain it. `message` is a whole sentence. */
export class ApiError extends Error {
  readonly code: ErrorCode | TransportErrorCode
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  /** Names the request in the server's log; empty when no answer came. */
  readonly requestId: string
  /** Of a refusal: under which an admin finds what was decided. */
  readonly decisionId: string | undefined
  readonly details: unknown
  readonly hint: string | undefined

  constructor(options: {
    code: ErrorCode | TransportErrorCode
    status: number
    message: string
    requestId: string
    decisionId?: string
    details?: unknown
    hint?: string
  }) {
    super(options.message)
    this.name = 'ApiError'
    this.code = options.code
    this.status = options.status
    this.requestId = options.requestId
    this.decisionId = options.decisionId
    this.details = options.details
    this.hint = options.hint
  }

  /** True when the person is not signed in, or no longer. */
  get isSignedOut(): boolean {
    return this.code === 'unauthenticated' || this.code === 'session_expired'
  }

  /** Of a refusal: by which rule; undefined for what names none. */
  get rule(): string | undefined {
    const { rule } = (this.details ?? {}) as { rule?: unknown }
    return typeof rule === 'string' ? rule : undefined
  }

  /** True when asking again, unchanged, may succeed. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502
  }
}
