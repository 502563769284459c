import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROVIDERS } from './index.ts'

test('every folder of a provider is in the list', () => {
  const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'conformance')
    .map((entry) => entry.name)
  expect(PROVIDERS.map(({ id }) => id).toSorted()).toEqual(folders.toSorted())
})

test('secrets of a provider are fields of its form, and fields have names of their own', () => {
  for (const { configFields } of PROVIDERS) {
    const names = configFields.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(configFields.filter(({ kind }) => kind === 'password').every(({ secret }) => secret)).toBe(true)
  }
})
