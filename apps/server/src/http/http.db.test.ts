import { ErrorBody } from '@graticule/contract'
import { sql } from 'kysely'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/create-test-app.ts'

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

describe('programs on other origins', () => {
  const origin = { origin: 'https://app.example' }

  test('may read every answer: good, refused, missing and unreadable', async () => {
    const answers = [
      await testApp.request({ url: '/health/live', headers: origin }),
      await testApp.request({ url: '/v3/tokens', headers: origin }),
      await testApp.request({ url: '/v3/nothing', headers: origin }),
      await testApp.request({ method: 'POST', url: '/auth/sign-in', headers: origin, payload: '{' }),
      await testApp.request({ url: '/v3/%zz', headers: origin }),
    ]
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 401, 404, 400, 400])
    for (const answer of answers) {
      expect(answer.headers['access-control-allow-origin']).toBe('*')
      expect(answer.headers['access-control-expose-headers']).toContain('features-dropped-from-tile')
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    }
  })

  test('get their preflight answered without a token, with the headers they asked for', async () => {
    for (const url of ['/v3/maps/carto_dw/table', '/v3/sql/carto_dw/model/formula', '/v3/tokens']) {
      const answer = await testApp.request({
        method: 'OPTIONS',
        url,
        headers: {
          ...origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization,x-custom',
        },
      })
      expect(answer.statusCode).toBe(204)
      expect(answer.headers['access-control-allow-methods']).toBe('GET,POST,PUT,PATCH,DELETE,OPTIONS')
      const allowed = String(answer.headers['access-control-allow-headers'])
      expect(allowed).toBe('Authorization, Content-Type, Accept, Cache-Control, If-Modified-Since, x-custom')
    }
  })

  test('get no header echoed that could not be one', async () => {
    const answer = await testApp.request({
      method: 'OPTIONS',
      url: '/v3/tokens',
      headers: { 'access-control-request-headers': 'fine, <script>, ' },
    })
    expect(answer.headers['access-control-allow-headers']).toMatch(/If-Modified-Since, fine$/)
  })
})

describe('every error', () => {
  test('has the one body', async () => {
    const answers = [
      await testApp.request({ url: '/v3/nothing' }),
      await testApp.request({ url: '/v3/tokens' }),
      await testApp.request({ method: 'POST', url: '/auth/sign-in', payload: {} }),
      await testApp.request({ method: 'POST', url: '/auth/sign-in', payload: 'x', headers: { 'content-type': 'a/b' } }),
      await testApp.request({ url: '/v3/activity?limit=many', as: 'admin' }),
    ]
    for (const answer of answers) {
      expect(Value.Check(ErrorBody, answer.json()), answer.body).toBe(true)
      expect(answer.json().status).toBe(answer.statusCode)
      expect(answer.json().requestId).toBe(answer.headers['x-request-id'])
    }
  })

  test.each([
    [{ email: 'a' }, '"password" in the body is missing.'],
    [{ email: 1, password: 'x' }, '"email" in the body must be string.'],
    [[], 'The body must be object.'],
  ])('says in a sentence what is wrong with %j', async (payload, sentence) => {
    const answer = await testApp.request({ method: 'POST', url: '/auth/sign-in', payload })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'invalid_request', error: sentence })
  })

  test('says which query parameter is wrong', async () => {
    const answer = await testApp.request({ url: '/v3/activity?limit=500', as: 'admin' })
    expect(answer.json().error).toBe('The query parameter "limit" must be <= 200.')
  })

  test('for a body that is too large says how large it may be', async () => {
    const payload = { email: 'x'.repeat(2 * 1024 * 1024), password: 'x' }
    const answer = await testApp.request({ method: 'POST', url: '/auth/sign-in', payload })
    expect(answer.statusCode).toBe(413)
    expect(answer.json()).toMatchObject({ code: 'payload_too_large' })
  })
})

describe('the request id', () => {
  test('is the caller’s own when it is sane', async () => {
    const answer = await testApp.request({ url: '/health/live', headers: { 'x-request-id': 'trace-1.a:b' } })
    expect(answer.headers['x-request-id']).toBe('trace-1.a:b')
  })

  test.each(['', 'a b', 'x'.repeat(65), 'a\tb', '<b>'])('is ours when the caller sends %j', async (id) => {
    const answer = await testApp.request({ url: '/health/live', headers: { 'x-request-id': id } })
    expect(answer.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/)
  })
})

describe('paths', () => {
  test('may have their slashes doubled', async () => {
    expect((await testApp.request({ url: '//health///live' })).statusCode).toBe(200)
    expect((await testApp.request({ url: '//v3//tokens?a=//b' })).statusCode).toBe(401)
  })
})

describe('Authorization', () => {
  test('of a layer in session mode, which says "undefined", counts as none', async () => {
    const cookie = await testApp.signIn('editor')
    const headers = { cookie, authorization: 'Bearer undefined' }
    expect((await testApp.request({ url: '/auth/session', headers })).statusCode).toBe(200)
    const alone = await testApp.request({ url: '/v3/tokens', headers: { authorization: 'Bearer undefined' } })
    expect(alone.json().error).toBe('Sign in, or send an API token in the Authorization header.')
  })

  test('with an unknown token is refused, also beside a valid cookie', async () => {
    const cookie = await testApp.signIn('editor')
    const answer = await testApp.request({ url: '/auth/session', headers: { cookie, authorization: 'Bearer BAD' } })
    expect(answer.statusCode).toBe(401)
    expect(answer.json().error).toBe('This token is not valid: it is unknown, revoked or expired.')
  })

  test('of a token does not open what only people may use', async () => {
    const token = await testApp.createToken([{ connection_name: 'demo', source: '*' }])
    expect((await testApp.request({ url: '/auth/session', token })).statusCode).toBe(403)
  })
})

describe('absolute addresses', () => {
  test('follow the Host header while it names this machine', async () => {
    for (const host of ['localhost:8080', '127.0.0.1:9000', '[::1]:8080', 'graticule.localhost']) {
      const answer = await testApp.request({ url: '/auth/session', as: 'editor', headers: { host } })
      expect(answer.json().apiBaseUrl).toBe(`http://${host}`)
    }
  })

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])(
    'are refused for the unknown host %s, with a sentence for whoever runs the server',
    async (host) => {
      const answer = await testApp.request({ url: '/auth/session', as: 'editor', headers: { host } })
      expect(answer.statusCode).toBe(400)
      expect(answer.json().error).toContain('set PUBLIC_URL')
    },
  )
})

describe('the workspace', () => {
  const html = { accept: 'text/html,application/xhtml+xml' }

  test('answers its page, never cached, for every address of its own, with a fresh nonce in page and policy', async () => {
    const pages = [
      await testApp.request({ url: '/', headers: html }),
      await testApp.request({ url: '/maps/3b63214e?tab=layers', headers: html }),
    ]
    const nonces = pages.map((page) => {
      expect(page.statusCode).toBe(200)
      expect(page.headers['cache-control']).toBe('no-store')
      const nonce = /<meta property="csp-nonce" nonce="([^"]+)"/.exec(page.body)?.[1]
      expect(page.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(page.headers['x-frame-options']).toBe('DENY')
      return nonce
    })
    expect(nonces[0]).not.toBe(nonces[1])
  })

  test('may stand in other sites’ frames only as an embed', async () => {
    const embed = await testApp.request({ url: '/embed/3b63214e', headers: html })
    expect(embed.headers['content-security-policy']).not.toContain('frame-ancestors')
    expect(embed.headers['x-frame-options']).toBeUndefined()
  })

  test('caches hashed files for good and others not at all', async () => {
    const hashed = await testApp.request({ url: '/assets/main-BX3kd9aZ.js' })
    expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(hashed.headers['content-type']).toContain('javascript')
    const icon = await testApp.request({ url: '/favicon.svg' })
    expect(icon.statusCode).toBe(200)
    expect(icon.headers['cache-control']).toBe('no-cache')
  })

  test('answers JSON 404 for a missing file, for the API, and for programs', async () => {
    for (const options of [
      { url: '/assets/gone-BX3kd9aZ.js', headers: html },
      { url: '/v3/nothing', headers: html },
      { url: '/maps/3b63214e' },
      { url: '/../package.json', headers: html },
      { url: '/..%2f..%2fpackage.json' },
    ]) {
      const answer = await testApp.request(options)
      if (answer.statusCode === 200) expect(answer.body).toContain('csp-nonce')
      else expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' })
    }
    expect((await testApp.request({ url: '/v3/nothing', headers: html })).statusCode).toBe(404)
    expect((await testApp.request({ url: '/assets/gone-BX3kd9aZ.js', headers: html })).statusCode).toBe(404)
  })
})

describe('operation', () => {
  test('readiness names what is missing, and liveness does not depend on it', async () => {
    expect((await testApp.request({ url: '/health/ready' })).json()).toEqual({
      status: 'ready',
      checks: { metadataStore: 'ok' },
    })
    expect((await testApp.request({ url: '/health/live' })).json()).toEqual({ status: 'live' })
  })

  test('metrics count requests by route pattern and tell the event loop’s delay', async () => {
    await testApp.request({ url: '/v3/tokens/3b63214e', as: 'editor' })
    const answer = await testApp.request({ url: '/metrics' })
    expect(answer.headers['content-type']).toContain('text/plain')
    expect(answer.body).toContain('route="/v3/tokens/:id",status="404"')
    expect(answer.body).toMatch(/graticule_event_loop_delay_p99_seconds \d/)
    expect(answer.body).not.toContain('3b63214e')
  })

  test('the API’s document is served with a viewer that loads nothing from elsewhere', async () => {
    const document = (await testApp.request({ url: '/openapi.json' })).json()
    expect(document.openapi).toBe('3.1.0')
    expect(document.paths['/v3/tokens'].get.security).toEqual([{ application: [] }, { session: [] }])
    const viewer = await testApp.request({ url: '/docs/' })
    expect(viewer.statusCode).toBe(200)
    expect(viewer.headers['content-security-policy']).toContain("script-src 'self'")
    expect(viewer.body).not.toMatch(/(?:src|href)="https?:/)
  })
})

describe('a store that cannot be written to', () => {
  test('answers a change with a sentence that says so, and still lets people read', async () => {
    const cookie = await testApp.signIn('admin')
    testApp.clock.advance(120_000)
    await testApp.store.schema.alterTable('sessions').renameTo('real_sessions').execute()
    await sql`CREATE VIEW sessions AS SELECT * FROM real_sessions`.execute(testApp.store)
    await sql`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
    `.execute(testApp.store)
    await sql`CREATE TRIGGER full_disk INSTEAD OF INSERT OR UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()`.execute(
      testApp.store,
    )
    try {
      expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
      const headers = { cookie, 'sec-fetch-site': 'same-origin' }
      const change = await testApp.request({ method: 'POST', url: '/auth/sign-out', headers })
      expect(change.statusCode).toBe(507)
      expect(change.json()).toMatchObject({
        code: 'insufficient_storage',
        error: 'The metadata store has no disk space left, so nothing was changed; free some space and try again.',
      })
      expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
    } finally {
      await sql`DROP VIEW sessions; DROP FUNCTION refuse`.execute(testApp.store)
      await testApp.store.schema.alterTable('real_sessions').renameTo('sessions').execute()
    }
  })
})
