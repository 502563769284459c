import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/create-test-app.ts'

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

function signIn(email: string, remoteAddress: string) {
  return testApp.app.inject({
    method: 'POST',
    url: '/auth/sign-in',
    headers: { host: 'localhost' },
    remoteAddress,
    payload: { email, password: 'wrong password' },
  })
}

describe('an answer of what is limited', () => {
  test('says how much is left and for how long, the narrowest limit first, and then when to come again', async () => {
    for (let left = 9; left >= 0; left -= 1) {
      const { headers, statusCode } = await signIn('somebody@example.org', '192.0.2.1')
      expect(statusCode).toBe(401)
      expect(headers['ratelimit-policy']).toBe('"sign-in-per-account";q=10;w=900, "sign-in-per-address";q=50;w=900')
      expect(headers.ratelimit).toBe(
        `"sign-in-per-account";r=${left};t=900, "sign-in-per-address";r=${left + 40};t=900`,
      )
      expect(headers['retry-after']).toBeUndefined()
    }
    testApp.clock.advance(300_000)
    const { headers, statusCode } = await signIn('somebody@example.org', '192.0.2.1')
    expect(statusCode).toBe(429)
    expect(headers.ratelimit).toMatch(/^"sign-in-per-account";r=0;t=600/)
    expect(headers['retry-after']).toBe('600')
  })

  test('tells nobody of the limits of others, and does not say whether there is such a person', async () => {
    const [known, unknown] = [
      await signIn(testApp.users.admin.email, '192.0.2.2'),
      await signIn('nobody@example.org', '192.0.2.3'),
    ]
    expect(known.headers.ratelimit).toBe(unknown.headers.ratelimit)
    expect(known.headers.ratelimit).toMatch(/^"sign-in-per-account";r=9;/)
  })

  test('says so for proofs of who somebody is, which are counted in the store', async () => {
    const renew = () =>
      testApp.request({
        method: 'POST',
        url: '/auth/recovery-codes',
        as: 'editor',
        payload: { proof: { kind: 'password', password: 'wrong password' } },
      })
    const first = await renew()
    expect(first.headers.ratelimit, first.body).toMatch(/^"proofs";r=4;t=\d+$/)
    for (let attempt = 2; attempt <= 5; attempt += 1) await renew()
    const refused = await renew()
    expect(refused.statusCode).toBe(429)
    expect(refused.headers.ratelimit).toMatch(/^"proofs";r=0;/)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('may be read by pages of other sites', async () => {
    const { headers } = await signIn('other@example.org', '192.0.2.4')
    for (const name of ['ratelimit', 'ratelimit-policy', 'retry-after', 'idempotency-replayed']) {
      expect(headers['access-control-expose-headers']).toContain(name)
    }
  })
})

test('what is not limited says nothing', async () => {
  const { headers, statusCode } = await testApp.request({ url: '/workspace-api/users', as: 'admin' })
  expect(statusCode).toBe(200)
  expect(headers.ratelimit).toBeUndefined()
  expect(headers['ratelimit-policy']).toBeUndefined()
})
