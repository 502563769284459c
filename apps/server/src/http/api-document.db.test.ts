import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/create-test-app.ts'

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

test('docs/openapi.json is the document that the server answers (vitest -u writes it anew)', async () => {
  const document = (await testApp.request({ url: '/openapi.json' })).json()
  const text = `${JSON.stringify(document, null, 2)}\n`
  await expect(text).toMatchFileSnapshot('../../../../docs/openapi.json')
})

test('every operation says what it is for, and how its errors look', async () => {
  const document = (await testApp.request({ url: '/openapi.json' })).json()
  for (const [path, operations] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      expect(operation.summary, `${method} ${path}`).toMatch(/^[A-Z]/)
      expect(operation.tags, `${method} ${path}`).toHaveLength(1)
    }
  }
})
