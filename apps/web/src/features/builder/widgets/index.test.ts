import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

test('every widget folder stands in the list', async () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const source = await import('node:fs/promises').then((fs) => fs.readFile(`${import.meta.dirname}/index.ts`, 'utf8'))
  for (const folder of folders) expect(source).toContain(`./${folder}/definition.ts`)
})
