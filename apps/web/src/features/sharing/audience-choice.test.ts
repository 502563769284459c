import type { SharingDetail } from '@graticule/contract'
import { expect, test } from 'vitest'
import { choiceOf, draftOf, isChanged, toWish } from './audience-choice.ts'

const detail: SharingDetail = {
  privacy: 'shared',
  sharingScope: 'specific',
  groups: [{ id: 'g2', name: 'Sales' }],
  users: [{ id: 'u1', name: 'Ana', email: 'ana@example.org', role: 'guest' }],
  owner: null,
  inherited: [],
  people: [],
  peopleCount: 0,
  share: { allowed: true },
  choices: {
    private: { allowed: true },
    organization: { allowed: true },
    specific: { allowed: true },
    public: { allowed: true },
    openLink: { allowed: true },
    otherGroups: { allowed: true },
    ownGroupIds: [],
    locked: false,
  },
}

test('an audience that is opened and not touched is no change', () => {
  expect(isChanged(draftOf(detail), detail)).toBe(false)
  expect(toWish(draftOf(detail))).toEqual({
    privacy: 'shared',
    sharingScope: 'specific',
    groupIds: ['g2'],
    userIds: ['u1'],
  })
})

test('the order in which people are picked does not matter, who is picked does', () => {
  const two = { ...detail, groups: [...detail.groups, { id: 'g1', name: 'Field' }] }
  const draft = draftOf(two)
  expect(isChanged({ ...draft, picked: [...draft.picked].reverse() }, two)).toBe(false)
  expect(isChanged({ ...draft, picked: draft.picked.slice(1) }, two)).toBe(true)
})

test('making it private or public leaves the picked ones out', () => {
  expect(toWish({ ...draftOf(detail), choice: 'private' })).toEqual({ privacy: 'private' })
  expect(toWish({ ...draftOf(detail), choice: 'public' })).toEqual({ privacy: 'public' })
  expect(choiceOf('shared', 'organization')).toBe('organization')
})
