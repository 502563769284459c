import { expect, test } from 'vitest'
import { findNames } from './find-names.ts'

const names = ['José Núñez', 'Ana Prieto', 'Anabel Núñez'].map((text, index) => ({ id: String(index), text }))
const found = (search: string) => findNames(names, search).map(({ text }) => text)

test('a name is found by any part of it, whatever its case and accents', () => {
  expect(found('nunez')).toEqual(['José Núñez', 'Anabel Núñez'])
  expect(found('ANA')).toEqual(['Ana Prieto', 'Anabel Núñez'])
  expect(found('ana nú')).toEqual(['Anabel Núñez'])
  expect(found('nobody')).toEqual([])
})

test('two of one name are told apart by what is said beside it', () => {
  const twins = [
    { id: '1', text: 'Ana', detail: 'ana@one.example' },
    { id: '2', text: 'Ana', detail: 'ana@two.example' },
  ]
  expect(findNames(twins, 'ana two').map(({ id }) => id)).toEqual(['2'])
})

test('no search finds all', () => {
  expect(found('  ')).toHaveLength(3)
})
