import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { apiPath, sendRequest, withQuery } from './client.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApiError)) throw new Error(`Expected an ApiError, got ${String(error)}.`)
  return error
}

test('path segments are encoded, and empty query values are left out', () => {
  expect(apiPath('/v3/connections', 'a/b c')).toBe('/v3/connections/a%2Fb%20c')
  expect(withQuery('/maps', { search: '', page: 2, scope: undefined, own: false })).toBe('/maps?page=2&own=false')
  expect(withQuery('/maps', {})).toBe('/maps')
})

test('a refusal carries the sentence, the code, the ids, the details and the hint of the server', async () => {
  const body = {
    error: '2 maps draw from it.',
    code: 'conflict',
    status: 409,
    requestId: 'req-7',
    decisionId: 'dec-7',
    details: { maps: [] },
    hint: 'Delete them first.',
  }
  const url = await serve((_request, response) => {
    response.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const error = await failureOf(sendRequest(`${url}/x`, { method: 'DELETE' }))
  expect(error).toMatchObject({
    message: body.error,
    code: 'conflict',
    status: 409,
    requestId: 'req-7',
    decisionId: 'dec-7',
    details: { maps: [] },
    hint: 'Delete them first.',
    isTransient: false,
  })
})

test('a body is sent as JSON, and 204 answers nothing', async () => {
  let received = ''
  const url = await serve((request, response) => {
    request.on('data', (chunk) => {
      received += `${request.headers['content-type']} ${chunk}`
    })
    request.on('end', () => response.writeHead(204).end())
  })
  expect(await sendRequest(`${url}/x`, { method: 'POST', body: { a: 1 } })).toBeUndefined()
  expect(received).toBe('application/json {"a":1}')
})

test('an HTML page from a proxy is told as such, with its status', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(502, { 'x-request-id': 'req-9' }).end('<html>Bad gateway</html>')
  })
  const error = await failureOf(sendRequest(`${url}/x`))
  expect(error).toMatchObject({ code: 'bad_response', status: 502, requestId: 'req-9', isTransient: true })
})

test('a server that cannot be reached is transient and has no status', async () => {
  const url = await serve(() => undefined)
  for (const close of closers.splice(0)) close()
  const error = await failureOf(sendRequest(`${url}/x`))
  expect(error).toMatchObject({ code: 'unreachable', status: 0, isTransient: true })
})

test('an aborted request ends as an abort, which is no failure to show', async () => {
  const url = await serve(() => undefined)
  const abort = new AbortController()
  const pending = sendRequest(`${url}/x`, { signal: abort.signal })
  abort.abort()
  await expect(pending).rejects.toHaveProperty('name', 'AbortError')
})
