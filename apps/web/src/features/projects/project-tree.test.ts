import type { ProjectSummary } from '@graticule/contract'
import { expect, test } from 'vitest'
import { idsWithin, listPlaces, placeName } from './project-tree.ts'

const allowed = { allowed: true }
const project = (id: string, parentId: string | null): ProjectSummary => ({
  id,
  parentId,
  name: id.toUpperCase(),
  description: '',
  owner: { id: 'ann', name: 'Ann', email: 'ann@example.org' },
  privacy: 'private',
  sharingScope: null,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  mapCount: 0,
  workflowCount: 0,
  permissions: { edit: allowed, delete: allowed, share: allowed, fill: allowed },
})
const projects = [project('c', 'b'), project('a', null), project('b', 'a'), project('d', null)]

test('every folder stands below the one that it is in, and tells its way', () => {
  expect(listPlaces(projects).map(placeName)).toEqual(['A', 'A / B', 'A / B / C', 'D'])
})

test('a folder has all inside of it, however they are ordered', () => {
  expect([...idsWithin(projects, 'a')].sort()).toEqual(['a', 'b', 'c'])
  expect([...idsWithin(projects, 'd')]).toEqual(['d'])
})
