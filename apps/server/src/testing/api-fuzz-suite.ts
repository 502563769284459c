import { ErrorBody, OAuthErrorBody, type Role, ScimErrorBody } from '@graticule/contract'
import fc from 'fast-check'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from './create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from './create-test-warehouse.ts'
import { arbitraryFor, type JsonSchema } from './schema-arbitrary.ts'

interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly schema: JsonSchema
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: JsonSchema }>> }>>
  readonly security: readonly unknown[]
}

type Asker = { readonly as: Role } | { readonly token: string } | Record<string, never>

/** Answers of another machine's failure; everything else from 500 up is a fault of ours. */
const FOREIGN_FAILURES = new Set([
  'warehouse_failed',
  'warehouse_auth_failed',
  'warehouse_unavailable',
  'warehouse_timeout',
  'not_implemented',
])

export interface FuzzSize {
  readonly requestsPerRoute: number
  readonly seed: number
}

/**
 * Sends requests made from the API document's own schemas to every route, as every kind of asker: no failure of ours,
 * nothing open to everybody that should not be, and no answer that the document does not promise.
 */
export function describeApiFuzz(size: FuzzSize): void {
  let testApp: TestApp
  let warehouse: TestWarehouse
  let operations: readonly Operation[]
  let askers: readonly Asker[]

  beforeAll(async () => {
    testApp = await createTestApp()
    warehouse = await createTestWarehouse(testApp)
    const document = (await testApp.request({ url: '/openapi.json' })).json()
    operations = Object.entries<Record<string, Omit<Operation, 'method' | 'path'>>>(document.paths).flatMap(
      ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
    )
    const grants = [{ connection_name: warehouse.name, source: '*' }]
    const token = await testApp.createToken(grants)
    askers = [{}, { token }, { token: 'gtk_wrong' }, { as: 'viewer' }, { as: 'editor' }, { as: 'superadmin' }]
  })
  afterAll(async () => {
    await warehouse.close()
    await testApp.close()
  })

  test('whatever is sent to whatever route by whomever, the answer is one that the API document promises', async () => {
    expect(operations.length).toBeGreaterThan(30)
    const broken: string[] = []
    for (const operation of operations) {
      const property = fc.asyncProperty(requestsTo(operation), fc.constantFrom(...askers), async (options, asker) => {
        if (leadsOutside(options)) return
        const complaint = complaintAbout(operation, asker, await testApp.request({ ...options, ...asker }))
        if (complaint !== null) throw new Error(`${complaint} (asked by ${JSON.stringify(asker)})`)
      })
      const outcome = await fc.check(property, { numRuns: size.requestsPerRoute, seed: size.seed })
      if (outcome.failed) {
        const reason =
          outcome.errorInstance instanceof Error ? outcome.errorInstance.message : String(outcome.errorInstance)
        broken.push(`${JSON.stringify(outcome.counterexample?.[0])}\n  ${reason}`)
      }
    }
    expect(broken.join('\n\n')).toBe('')
  }, 900_000)

  test('nobody reaches what belongs to another organization by its id', async () => {
    const other = await createTestApp()
    try {
      const foreignWarehouse = await createTestWarehouse(other, { name: 'foreign' })
      const foreignMap = await other.request({
        method: 'POST',
        url: '/workspace-api/maps',
        as: 'editor',
        payload: { title: 'A map of another organization' },
      })
      // Both organizations in one store, as they are in production.
      await copyOrganization(other, testApp)
      const ids = [foreignMap.json().id as string, foreignWarehouse.connectionId, 'foreign', other.users.viewer.id]
      for (const id of ids) {
        for (const operation of operations.filter((candidate) => candidate.path.includes('{'))) {
          const url = operation.path.replace(/\{\w+\}/g, encodeURIComponent(id))
          for (const as of ['superadmin', 'editor'] as const) {
            const answer = await testApp.request({
              method: operation.method.toUpperCase() as 'GET',
              url,
              as,
              ...(operation.requestBody === undefined ? {} : { payload: {} }),
            })
            // What a browser navigates to leads to a page that says the problem.
            const isRefused = answer.statusCode >= 400 || answer.headers.location?.startsWith('/sign-in?problem=')
            expect(isRefused, `${operation.method} ${url} ${answer.statusCode} ${answer.body.slice(0, 300)}`).toBe(true)
            expect(answer.body).not.toContain('A map of another organization')
          }
        }
      }
      await foreignWarehouse.close()
    } finally {
      await other.close()
    }
  }, 120_000)
}

function requestsTo(operation: Operation): fc.Arbitrary<InjectOptions> {
  const parameters = operation.parameters ?? []
  const valuesOf = (place: Parameter['in']) => {
    const chosen = parameters.filter((parameter) => parameter.in === place)
    const model = Object.fromEntries(chosen.map(({ name, schema }) => [name, fuzzedParameter(name, schema)]))
    const requiredKeys = chosen.filter((parameter) => parameter.required).map((parameter) => parameter.name)
    return fc.record(model, { requiredKeys })
  }
  const bodySchema = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const bodies = bodySchema === undefined ? fc.constant(undefined) : arbitraryFor(bodySchema)
  return fc.tuple(valuesOf('path'), valuesOf('query'), bodies).map(([path, query, body]) => {
    const url = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(toText(path[name])))
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, toText(value)]),
    )
    return {
      method: operation.method.toUpperCase() as 'GET',
      url: search.size === 0 ? url : `${url}?${search}`,
      ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }
  })
}

function fuzzedParameter(name: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  // A connection that exists lets the rest of the request be looked at.
  if (name === 'connection' || name === 'name') {
    return fc.oneof({ weight: 4, arbitrary: fc.constant('warehouse') }, { weight: 1, arbitrary: arbitraryFor(schema) })
  }
  return arbitraryFor(schema)
}

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  // A lone half of a surrogate pair has no percent-encoding.
  return text.toWellFormed().slice(0, 6_000)
}

/** Opening other machines' ports is no part of a test. */
function leadsOutside(options: InjectOptions): boolean {
  return /^\/v3\/connections/.test(String(options.url)) && /"host"/.test(String(options.payload ?? ''))
}

function schemaOf(operation: Operation, status: number): JsonSchema | undefined {
  const answer = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`]
  return answer?.content?.['application/json']?.schema
}

/** What is wrong with an answer; null when nothing is. */
function complaintAbout(operation: Operation, asker: Asker, answer: LightMyRequestResponse): string | null {
  const status = answer.statusCode
  const summary = `${status} ${answer.body.slice(0, 300)}`
  const isAnonymous = !('as' in asker) && !('token' in asker)
  if (isAnonymous && operation.security.length > 0 && status < 400) return `Open to everybody: ${summary}`
  if (status >= 400) {
    const isPage = String(answer.headers['content-type']).startsWith('text/html')
    if (isPage && operation.responses[status]?.content?.['text/html'] !== undefined) return null
    // Directories are answered as their standard asks.
    const errorBody: TSchema = operation.path.startsWith('/scim/') ? ScimErrorBody : ErrorBody
    // So are applications, and a person whose sign-in to one cannot go on reads a sentence.
    if (operation.path.startsWith('/oauth/') && status < 500) {
      const isSentence = String(answer.headers['content-type']).startsWith('text/plain')
      if (isSentence || Value.Check(OAuthErrorBody, answer.json())) return null
    }
    if (!Value.Check(errorBody, answer.json())) return `Not the one error body: ${summary}`
    if (status >= 500 && !FOREIGN_FAILURES.has(answer.json().code)) return `A failure of ours: ${summary}`
    return null
  }
  const schema = schemaOf(operation, status)
  if (schema === undefined || !String(answer.headers['content-type']).includes('json')) return null
  const error = Value.Errors(schema as TSchema, answer.json())[0]
  return error === undefined ? null : `Not as documented, ${error.instancePath} ${error.message}: ${summary}`
}

async function copyOrganization(from: TestApp, to: TestApp): Promise<void> {
  for (const table of ['organizations', 'users', 'connections', 'maps'] as const) {
    const rows = await from.store.selectFrom(table).selectAll().execute()
    const values = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          value !== null && typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value,
        ]),
      ),
    )
    if (values.length > 0) {
      await to.store
        .insertInto(table)
        .values(values as never)
        .execute()
    }
  }
}
