import { expect, test } from 'vitest'
import { ASSETS, PRINCIPALS } from './policy-cases.ts'
import { mayRestore } from './visible-where.ts'

test('what was deleted its owner brings back, and superadmins, who may not delete named sources', () => {
  const source = ASSETS['named source of eve']
  expect(mayRestore(PRINCIPALS.eve, source)).toBe(true)
  expect(mayRestore(PRINCIPALS.sue, source)).toBe(true)
  for (const name of ['ada', 'ed', 'vic', 'gus'] as const) {
    expect(mayRestore(PRINCIPALS[name], source), name).toBe(false)
  }
  expect(mayRestore(PRINCIPALS.sue, { ...source, organizationId: 'elsewhere' })).toBe(false)
  expect(mayRestore(PRINCIPALS.ada, ASSETS['private map of eve'])).toBe(false)
  expect(mayRestore(PRINCIPALS.ada, ASSETS['private application of eve'])).toBe(true)
})
