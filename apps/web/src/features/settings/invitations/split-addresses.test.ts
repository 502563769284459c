import { expect, test } from 'vitest'
import { splitAddresses } from './split-addresses.ts'

test('addresses are found however they are pasted', () => {
  expect(splitAddresses(' ana@example.org, bo@example.org;\n\tcy@example.org  di@example.org\n')).toEqual([
    'ana@example.org',
    'bo@example.org',
    'cy@example.org',
    'di@example.org',
  ])
  expect(splitAddresses(' ,\n ')).toEqual([])
})
