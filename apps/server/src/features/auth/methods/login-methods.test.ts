import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LOGIN_METHODS } from './index.ts'

test('every folder here is a login method of the list, and the other way round', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(LOGIN_METHODS.map((method) => method.id).sort()).toEqual(folders.map((folder) => folder.name).sort())
})
