import type { ErrorBody } from '@graticule/contract'
import { ApiError } from './api-error.ts'

type QueryValue = string | number | boolean | null | undefined

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Undefined and null entries are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>
  /** The token of a public map, which then counts in place of the session. */
  readonly bearer?: string | null
  /** Sent as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Builds a relative URL; `segments` are percent-encoded, so names with slashes or spaces are safe. */
export function apiPath(base: string, ...segments: readonly string[]): string {
  return [base, ...segments.map(encodeURIComponent)].join('/')
}

/** Adds the query to a path. */
export function withQuery(path: string, query: ApiRequest['query'] = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return text ? `${path}?${text}` : path
}

/**
 * Sends one request to our own server and answers its JSON (undefined for 204).
 * Throws `ApiError`; an aborted request throws the signal's `AbortError` unchanged.
 */
export async function sendRequest<Answer>(path: string, request: ApiRequest = {}): Promise<Answer> {
  const response = await reach(withQuery(path, request.query), {
    method: request.method ?? 'GET',
    credentials: 'same-origin',
    headers: {
      ...(request.body === undefined ? { accept: 'application/json' } : JSON_HEADERS),
      ...(request.bearer ? { authorization: `Bearer ${request.bearer}` } : {}),
    },
    body: request.body === undefined ? undefined : JSON.stringify(request.body),
    signal: request.signal,
  })
  if (response.status === 204) return undefined as Answer
  const body = await readJson(response)
  if (!response.ok) throw toApiError(response, body)
  return body as Answer
}

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' }

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    if (typeof navigator !== 'undefined' && navigator.onLine === false) {
      throw new ApiError({ code: 'offline', status: 0, requestId: '', message: 'You are offline.' })
    }
    throw new ApiError({
      code: 'unreachable',
      status: 0,
      requestId: '',
      message: 'The Graticule server cannot be reached. It may be restarting; try again in a moment.',
    })
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError({
      code: 'bad_response',
      status: response.status,
      requestId: response.headers.get('x-request-id') ?? '',
      message: `The server answered ${response.status} with something that is not JSON. A proxy between you and Graticule may have replaced the answer.`,
    })
  }
}

function toApiError(response: Response, body: unknown): ApiError {
  const error = (body ?? {}) as Partial<ErrorBody>
  return new ApiError({
    code: error.code ?? 'bad_response',
    status: response.status,
    message: error.error ?? `The server answered ${response.status}.`,
    requestId: error.requestId ?? response.headers.get('x-request-id') ?? '',
    decisionId: error.decisionId,
    details: error.details,
    hint: error.hint,
  })
}
