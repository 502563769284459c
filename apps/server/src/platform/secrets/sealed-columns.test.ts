import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { METADATA_INVENTORY } from '../inventory/metadata-inventory.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

const SOURCES = join(import.meta.dirname, '../..')
/** The box itself, what seals anew, and what is sealed for Redis, which forgets. */
const ELSEWHERE = ['platform/secrets/secret-box.ts', 'platform/secrets/resealing.ts', 'platform/cache/']
/** Secret columns that hold neither digests nor what is sealed. */
const OTHER_SECRETS = [
  'activity_personal.salt',
  'idempotent_requests.request_digest',
  'passkeys.public_key',
  'scim_tokens.prefix',
  'tokens.prefix',
]

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.includes('.test.') && !path.startsWith('testing/'))
  .map((path) => ({ path, text: readFileSync(join(SOURCES, path), 'utf8') }))

test('whatever is sealed is sealed for a column of the list, and every column of it is sealed somewhere', () => {
  const used = new Set<string>()
  for (const { path, text } of sources) {
    if (ELSEWHERE.some((place) => path.startsWith(place))) continue
    for (const { index } of text.matchAll(/\.seal\(/g)) {
      // The call in full: what is sealed may hold calls itself.
      const column = /SEALED_COLUMNS\.(\w+)\.in\(/.exec(text.slice(index, index + 200))?.[1]
      expect(column, `${path} seals for a place without a line in SEALED_COLUMNS`).toBeDefined()
      used.add(column ?? '')
    }
  }
  expect([...used].sort()).toEqual(Object.keys(SEALED_COLUMNS).sort())
})

test('nobody says of a text that it is a place in the store', () => {
  const makers = sources.filter(({ text }) => text.includes('as SealContext'))
  expect(makers.map(({ path }) => path)).toEqual(['platform/secrets/sealed-columns.ts'])
})

test('every secret column of the store is a digest or in the list', () => {
  const listed = Object.values(SEALED_COLUMNS).map(({ column, table }) => `${table}.${column}`)
  const secret = Object.entries(METADATA_INVENTORY).flatMap(([table, { secret: columns = [] }]) =>
    columns.map((column) => `${table}.${column}`),
  )
  const others = secret.filter((name) => !name.endsWith('hash') && !OTHER_SECRETS.includes(name))
  expect(others.sort()).toEqual(listed.sort())
})
