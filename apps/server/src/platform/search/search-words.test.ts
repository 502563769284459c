import { expect, test } from 'vitest'
import { foldText, soughtWords, wordsOf, wordsOfMap } from './search-words.ts'

test('case and accents do not tell words apart, in any script', () => {
  expect(foldText('ÉCOLE Straße Łódź')).toBe('ecole strasse lodz')
  expect(wordsOf('Zürich')).toEqual(wordsOf('ZURICH'))
  expect(wordsOf('МОСКВА Ελλάδα')).toEqual(wordsOf('москва ΕΛΛΑΔΑ'))
})

test('what is between words does not count, nor a word that is there already', () => {
  expect(wordsOf(`demo."Big Cities"`, 'big_cities (2024)')).toEqual(['demo', 'big', 'cities', '2024'])
})

test('a map is found by the tables that it names, also inside of queries, and not by the rest of their text', () => {
  const dataset = { connectionName: 'carto_dw' } as const
  const words = wordsOfMap({
    title: 'Stores',
    description: '',
    datasets: [
      { ...dataset, type: 'table', source: 'demo.shops' },
      { ...dataset, type: 'query', source: `SELECT secret FROM "sales"."Year 2024" s join demo . areas ON true` },
    ] as never,
  })
  expect(words).toEqual(['stores', 'carto', 'dw', 'demo', 'shops', 'sales', 'year', '2024', 'areas'])
})

test('what is sought is bounded and cannot be anything but words', () => {
  expect(soughtWords(`O'Brien & !(x) :* \\`)).toEqual([`'o':*`, `'brien':*`, `'x':*`])
  expect(soughtWords(' %_ ')).toEqual([])
  expect(soughtWords(Array.from({ length: 50 }, (_, index) => `w${index}`).join(' '))).toHaveLength(12)
})
