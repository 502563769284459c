import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SERVER = join(ROOT, 'apps/server/src')

/** The rows of the tables: a step, the file in backticks, the name of a test. */
const ROWS = readFileSync(join(ROOT, 'docs/acceptance.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    return { file: (cells[2] ?? '').replaceAll('`', ''), name: cells[3] ?? '' }
  })

describe('docs/acceptance.md', () => {
  test('names files that are there and tests that they hold', () => {
    expect(ROWS.length).toBeGreaterThan(50)
    expect(ROWS.filter(({ file, name }) => !holdsTest(file, name))).toEqual([])
  })

  test('names suites that run on both engines', () => {
    const callers = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => ({ file, text: readFileSync(join(SERVER, file), 'utf8') }))
    const suites = new Set(ROWS.map(({ file }) => basename(file)).filter((file) => file.endsWith('-suite.ts')))
    const lacking = [...suites].filter((suite) => {
      const using = callers.filter(({ text }) => text.includes(`/testing/${suite}'`)).map(({ file }) => file)
      return !using.some((file) => file.endsWith('.db.test.ts')) || using.every((file) => file.endsWith('.db.test.ts'))
    })
    expect(lacking).toEqual([])
  })
})

function holdsTest(file: string, name: string): boolean {
  const path = join(ROOT, file)
  if (!existsSync(path)) return false
  return readFileSync(path, 'utf8')
    .split('\n')
    .some((line) => /^\s*(?:(?:test|it)\b|\](?: as const)?\)\()/.test(line) && line.includes(`('${name}'`))
}
