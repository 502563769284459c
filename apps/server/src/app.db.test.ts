import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from './testing/create-test-app.ts'

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

test('an unknown path answers 404 in the one error body with a request id', async () => {
  const response = await testApp.request({ url: '/v3/nothing?token=hidden', headers: { 'x-request-id': 'abc-1' } })
  expect(response.statusCode).toBe(404)
  expect(response.headers['x-request-id']).toBe('abc-1')
  expect(response.json()).toEqual({
    error: 'There is nothing at GET /v3/nothing.',
    code: 'not_found',
    status: 404,
    requestId: 'abc-1',
  })
})
