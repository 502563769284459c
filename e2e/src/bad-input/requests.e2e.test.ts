import { describe, expect, inject, it } from 'vitest'
import { WorkspaceClient } from '../harness/workspace-client.ts'

const { baseUrl, targets, users } = inject('servers')

interface Refusal {
  readonly error: string
  readonly code: string
  readonly status: number
  readonly requestId: string
  readonly hint?: string
  readonly column_name?: string
  readonly details?: Readonly<Record<string, unknown>>
}

describe('a wrong password', () => {
  it('is refused in the same words as an unknown person, and sets no cookie', async () => {
    const admin = users.find((user) => user.role === 'admin')
    const attempt = async (email: string): Promise<{ refusal: Refusal; cookies: string[] }> => {
      const response = await fetch(`${baseUrl}/auth/sign-in`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: baseUrl },
        body: JSON.stringify({ email, password: 'not the password' }),
      })
      return { refusal: (await response.json()) as Refusal, cookies: response.headers.getSetCookie() }
    }
    const known = await attempt(String(admin?.email))
    const unknown = await attempt('nobody@nowhere.example')
    expect(known.refusal).toMatchObject({ code: 'invalid_credentials', status: 401, requestId: expect.any(String) })
    expectSentence(known.refusal)
    expect(unknown.refusal.error).toBe(known.refusal.error)
    expect([...known.cookies, ...unknown.cookies]).toEqual([])
  })
})

describe.each(targets.filter((target) => target.connectionName !== 'carto_dw'))('bad requests to $label', (target) => {
  const { point } = target.samples
  const api = `${target.apiBaseUrl}/v3`
  const headers = { Authorization: `Bearer ${target.accessToken}` }
  const runQuery = (q: string): Promise<Refusal> =>
    refusalOf(
      fetch(`${api}/sql/${target.connectionName}/query`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ q }),
      }),
    )

  it('a syntax error comes with the place in the text and the warehouse’s own words', async () => {
    const refusal = await runQuery(`SELECT *\nFORM ${point.table}`)
    expect(refusal).toMatchObject({ code: 'invalid_query', status: 400 })
    expect(refusal.error).toContain('Syntax error')
    // The F of FORM: what counts is the statement that was written, not the one that we sent with a comment before it.
    expect(refusal.details).toMatchObject({ position: 9, line: 2, column: 1 })
  })

  it('a misspelt column comes with the warehouse’s hint', async () => {
    const misspelt = point.numericColumn.slice(0, -1)
    const refusal = await runQuery(`SELECT ${misspelt} FROM ${point.table}`)
    expect(refusal.status).toBe(400)
    expect(JSON.stringify(refusal)).toContain(misspelt)
    expect(refusal.hint).toContain(point.numericColumn)
  })

  it('a missing table is named, and says 404 in the maps API', async () => {
    const refusal = await refusalOf(
      fetch(`${api}/maps/${target.connectionName}/table?name=nowhere.nothing&spatialDataType=geo`, { headers }),
    )
    expect(refusal.status).toBe(404)
    expect(refusal.error).toContain('nowhere.nothing')
    expectSentence(refusal)
    const inSql = await runQuery('SELECT * FROM nowhere.nothing')
    expect([400, 404]).toContain(inSql.status)
    expect(inSql.error).toContain('nowhere.nothing')
  })

  it('a column that does not exist is named by a widget', async () => {
    const params = JSON.stringify({ column: 'no_such_column', operation: 'sum' })
    const refusal = await refusalOf(
      fetch(
        `${api}/sql/${target.connectionName}/model/formula?${new URLSearchParams({ type: 'table', source: point.table, params, filters: '{}' })}`,
        { headers },
      ),
    )
    expect(refusal).toMatchObject({ status: 400, error: 'Column not found', column_name: 'no_such_column' })
  })

  it('a tile outside the world is 400, and coordinates that are no numbers are no 500', async () => {
    const template = await tileTemplate()
    for (const [z, x, y] of [
      ['3', '8', '0'],
      ['3', '0', '8'],
      ['3', '-1', '0'],
      ['99', '0', '0'],
    ] as const) {
      const refusal = await refusalOf(fetch(fill(template, z, x, y), { headers }))
      expect(refusal.status, `${z}/${x}/${y}`).toBe(400)
      expectSentence(refusal)
    }
    const odd = await refusalOf(fetch(fill(template, 'a', 'b', 'c'), { headers }))
    expect([400, 404]).toContain(odd.status)
  })

  it('a statement of more than a megabyte is 413', async () => {
    const refusal = await runQuery(`SELECT 1 AS a /* ${'x'.repeat(1_100_000)} */`)
    expect(refusal).toMatchObject({ status: 413, code: 'payload_too_large' })
    expectSentence(refusal)
  })

  it('filters that are no JSON, or no filters, are 400 with a sentence about filters', async () => {
    for (const filters of ['{not json', '[]', '{"a":{"near":{"values":[1]}}}', '{"a":{"in":{"values":"x"}}}']) {
      const parameters = new URLSearchParams({
        type: 'table',
        source: point.table,
        params: '{"operation":"count"}',
        filters,
      })
      const refusal = await refusalOf(
        fetch(`${api}/sql/${target.connectionName}/model/formula?${parameters}`, { headers }),
      )
      expect(refusal.status, filters).toBe(400)
      expect(refusal.error.toLowerCase()).toContain('filter')
    }
  })

  it('a connection that does not exist is 404', async () => {
    const refusal = await refusalOf(fetch(`${api}/maps/no-such-connection/table?name=a.b`, { headers }))
    expect([403, 404]).toContain(refusal.status)
  })

  async function tileTemplate(): Promise<string> {
    const parameters = new URLSearchParams({
      name: point.table,
      spatialDataColumn: point.geometryColumn,
      spatialDataType: 'geo',
    })
    const source = await (await fetch(`${api}/maps/${target.connectionName}/table?${parameters}`, { headers })).json()
    const { tilejson } = source as { tilejson: { url: string[] } }
    const { tiles } = (await (await fetch(String(tilejson.url[0]), { headers })).json()) as { tiles: string[] }
    return String(tiles[0])
  }
})

describe('a connection that cannot be reached', () => {
  it('is refused with the host, the port and what to check, and is not saved', async () => {
    const admin = users.find((user) => user.role === 'admin')
    const client = await WorkspaceClient.signIn(baseUrl, String(admin?.email), String(admin?.password))
    const config = { host: '127.0.0.1', port: 9, database: 'postgres', user: 'postgres', password: 'x' }
    for (const path of ['/v3/connections/test', '/v3/connections']) {
      const refusal = await refusalOf(
        client.send('POST', path, { name: 'unreachable', providerId: 'postgres', privacy: 'private', config }),
      )
      expect(refusal).toMatchObject({ code: 'warehouse_unavailable', status: 503 })
      expect(refusal.error).toContain('127.0.0.1')
      expect(refusal.error).toContain('9')
    }
    const connections = await client.call<{ name: string }[]>('GET', '/v3/connections')
    expect(connections.map((connection) => connection.name)).not.toContain('unreachable')
  })
})

async function refusalOf(pending: Promise<Response>): Promise<Refusal> {
  const response = await pending
  const text = await response.text()
  expect(response.status, text.slice(0, 500)).toBeGreaterThanOrEqual(400)
  expect(response.headers.get('content-type')).toContain('application/json')
  const refusal = JSON.parse(text) as Refusal
  expect(refusal.error).toEqual(expect.any(String))
  expect(refusal.status).toBe(response.status)
  return refusal
}

function expectSentence({ error }: Refusal): void {
  expect(error).toMatch(/^["'A-Z0-9].*[.!?]$/s)
}

function fill(template: string, z: string, x: string, y: string): string {
  return template.replaceAll('{z}', z).replaceAll('{x}', x).replaceAll('{y}', y)
}
