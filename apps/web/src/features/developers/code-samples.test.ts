import { expect, test } from 'vitest'
import { codeSamples } from './code-samples.ts'

const base = {
  apiBaseUrl: 'https://maps.example',
  token: 'gtk_secret',
  exampleTable: 'demo.cities',
}

test('a token for a table gets a layer of that table', () => {
  const [sample] = codeSamples({
    ...base,
    grants: [
      { connection_name: 'first', source: '*' },
      { connection_name: 'second', source: 'shop.stores' },
    ],
    allowedApis: ['maps'],
  })
  expect(sample?.code).toContain("tableName: 'shop.stores'")
  expect(sample?.code).toContain("connectionName: 'second'")
  expect(sample?.code).toContain("accessToken: 'gtk_secret'")
})

test('a token for everything gets a table that exists', () => {
  const samples = codeSamples({
    ...base,
    grants: [{ connection_name: 'c', source: '*' }],
    allowedApis: ['maps', 'sql'],
  })
  expect(samples.map(({ code }) => code).join()).toContain('demo.cities')
})

test('a token for SQL alone gets a query, because a layer would be refused', () => {
  const samples = codeSamples({ ...base, grants: [{ connection_name: 'c', source: '*' }], allowedApis: ['sql'] })
  expect(samples.map(({ id }) => id)).toEqual(['query', 'curl'])
  expect(samples[0]?.code).toContain('query({')
  expect(samples[1]?.code).toContain('/v3/sql/c/query')
})

test('a quote in a name cannot end the string in the sample', () => {
  const [sample] = codeSamples({
    ...base,
    grants: [{ connection_name: "o'hara", source: 'a.b' }],
    allowedApis: ['maps'],
  })
  expect(sample?.code).toContain("'o\\'hara'")
})

test('a named source is queried by its name, and a public map needs no token', () => {
  const samples = codeSamples({
    ...base,
    grants: [{ connection_name: 'c', source: 'stores-by-kind' }],
    allowedApis: ['maps', 'sql'],
    publicMapId: 'm1',
  })
  expect(samples.map(({ id }) => id)).toEqual(['javascript', 'query', 'fetchMap', 'curl'])
  expect(samples[1]?.code).toContain("sqlQuery: 'stores-by-kind'")
  expect(samples[2]?.code).not.toContain('gtk_secret')
})
