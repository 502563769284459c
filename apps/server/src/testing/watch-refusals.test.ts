import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LightMyRequestResponse } from 'fastify'
import { expect, test } from 'vitest'
import { describeBadRefusal, isOneSentence } from './watch-refusals.ts'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const SOURCES = ['apps/server/src/{features,http,platform}/**/*.ts', 'packages/{policy,sql,warehouses}/src/**/*.ts']
/** What is read as a text: mails, the API document, what the operator runs, SQL, and the descriptions of settings. */
const TEXTS =
  /\.test\.ts$|testing\/|-mail\.ts$|-routes\.ts$|api-document\.ts$|describe-events\.ts$|demo\/|-operator\.ts$|operator-commands\.ts$|superadmin-grant\.ts$|answer-guard\.ts$|advice\/|posture\/|\/config\.ts$|governance-policies\.ts$|settings\/sections\//
/** Lines that are none, and lines of mails that are written where they are sent. */
const TEXT_LINE =
  /You did not ask for this|Open the link, choose|has taken away your|\b(?:description|summary|help|hint|text|says):|^\s*(?:\/\/|\/?\*)|said:/i
const LITERAL = /'(?:[^'\\\n]|\\.)*'|`[^`\n]*`/g

/** The literals of a source in which one sentence follows another. */
function listTwoSentences(source: string): string[] {
  return source
    .split('\n')
    .filter((line) => !TEXT_LINE.test(line))
    .flatMap((line) => line.match(LITERAL) ?? [])
    .filter((literal) => /(?:[a-z0-9})"”\]]|[A-Z]{2})[.!?] (?:[A-Z]|\$\{)/.test(literal))
}

test('no sentence that somebody is refused with is followed by another', () => {
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).filter((file) => !TEXTS.test(file))
  expect(files.length).toBeGreaterThan(400)
  const found = files.flatMap((file) =>
    listTwoSentences(readFileSync(join(ROOT, file), 'utf8')).map((literal) => ({ file, literal })),
  )
  expect(found).toEqual([])
})

test('a second sentence would be noticed, in a text and behind a value', () => {
  expect(listTwoSentences("const reason = 'This is taken. Choose another one.'")).toHaveLength(1)
  expect(listTwoSentences('refuse(rule, `"${' + 'name}" is taken. ${' + 'WHO}`)')).toHaveLength(1)
  expect(listTwoSentences("const reason = 'It is not GeoJSON. Choose another one.'")).toHaveLength(1)
  expect(listTwoSentences("const reason = 'This is taken; choose another one.'")).toEqual([])
})

test('an answer of 4xx is one sentence, and one that refuses has the name of a rule of the table', () => {
  const answer = (statusCode: number, body: object) =>
    describeBadRefusal({
      statusCode,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
    } as unknown as LightMyRequestResponse)
  const details = { rule: 'group.name' }
  expect(answer(409, { error: 'There is already a group called "A. B"; choose another name.', details })).toBeNull()
  expect(answer(409, { error: 'This is taken. Choose another name.', details })).toContain('more than one sentence')
  expect(answer(409, { error: 'This is taken.' })).toContain('names no rule')
  expect(answer(403, { error: 'This is not yours.', details: { rule: 'nobodys.rule' } })).toContain('names no rule')
  for (const status of [400, 401, 404, 413, 429]) {
    expect(answer(status, { error: 'This is not a name.' })).toBeNull()
    expect(answer(status, { error: 'This is more than 1 MB. Send less.' })).toContain('more than one sentence')
    expect(answer(status, {})).toContain('says nothing')
  }
  expect(isOneSentence('This (e.g. that) is not yours.')).toBe(false)
})
