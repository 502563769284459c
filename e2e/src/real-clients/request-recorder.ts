/** One request that a real client made while it was recorded. */
export interface RecordedRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string
  readonly status: number
}

/** Runs `work` and lists the requests that went through `fetch` meanwhile, in order of their answers. */
export async function recordRequests<T>(
  work: () => Promise<T>,
  extraHeaders: Readonly<Record<string, string>> = {},
): Promise<{ readonly result: T; readonly requests: readonly RecordedRequest[] }> {
  const requests: RecordedRequest[] = []
  const originalFetch = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    const seen = new Headers(headers)
    for (const [name, value] of Object.entries(extraHeaders)) headers.set(name, value)
    const response = await originalFetch(input, { ...init, headers })
    const url = new URL(input instanceof Request ? input.url : String(input))
    const body = typeof init?.body === 'string' ? init.body : ''
    requests.push({ url, method: init?.method ?? 'GET', headers: seen, body, status: response.status })
    return response
  }
  try {
    return { result: await work(), requests }
  } finally {
    globalThis.fetch = originalFetch
  }
}
