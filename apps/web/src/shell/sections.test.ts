import { expect, test } from 'vitest'
import { sectionsFor } from './sections.ts'

const ids = (role: Parameters<typeof sectionsFor>[0]) => sectionsFor(role).map(({ id }) => id)

test('an editor has every section', () => {
  expect(ids('editor')).toEqual([
    'home',
    'maps',
    'workflows',
    'data',
    'applications',
    'connections',
    'developers',
    'settings',
  ])
})

test('a viewer has no section for data or for developers', () => {
  expect(ids('viewer')).toEqual(['home', 'maps', 'workflows', 'applications', 'connections', 'settings'])
})

test('a guest has only what is public, and their own settings', () => {
  expect(ids('guest')).toEqual(['home', 'maps', 'settings'])
})
