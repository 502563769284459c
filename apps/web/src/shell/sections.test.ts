import type { Role } from '@graticule/contract'
import type { SupportStay } from '@graticule/policy'
import { expect, test } from 'vitest'
import { sectionsFor } from './sections.ts'

const ids = (role: Role, support?: SupportStay) => sectionsFor({ role, support }).map(({ id }) => id)

test('an editor has every section', () => {
  expect(ids('editor')).toEqual([
    'home',
    'maps',
    'workflows',
    'projects',
    'data',
    'applications',
    'connections',
    'developers',
    'settings',
  ])
})

test('a viewer has no section for data or for developers', () => {
  expect(ids('viewer')).toEqual(['home', 'maps', 'workflows', 'projects', 'applications', 'connections', 'settings'])
})

test('a guest has maps, which must name them, and their own settings', () => {
  expect(ids('guest')).toEqual(['home', 'maps', 'settings'])
})

test('whoever looks as an editor has no section for developers, whose tokens are secret', () => {
  const sections = sectionsFor({ role: 'editor', viewedBy: { userId: 'admin' } }).map(({ id }) => id)
  expect(ids('editor').filter((id) => !sections.includes(id))).toEqual(['developers'])
})

test('support access as an admin has no section for developers, because it makes no tokens', () => {
  const sections = ids('admin', { grantId: 'grant', endsAt: new Date(0) })
  expect(ids('admin').filter((id) => !sections.includes(id))).toEqual(['developers'])
})
