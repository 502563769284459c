import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { AppError } from './errors.ts'
import { findRefusalRule, REFUSAL_RULES } from './refusal-rules.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

test('the rules are printed into the documentation', async () => {
  const rows = Object.entries(REFUSAL_RULES).map(([rule, meaning]) => `| \`${rule}\` | ${meaning} |`)
  const page = [
    '# Rules of refusals',
    '',
    'Made of `packages/contract/src/refusal-rules.ts` by `npm run bless`. An answer of 403, 409 or 422 says in one sentence',
    'what is wrong and what to do, and names its rule as `details.rule`; the log and `GET /v3/access/decisions/{id}` name it',
    'too. Names do not change. `*` stands for what a rule is applied to, such as a role and an action.',
    '',
    'The other answers of 4xx are one sentence as well, and have their `code` in place of a rule. 400 says what is wrong with the',
    'request; where that is its shape, the sentence names the field, and `details.in` and `details.path` say where it is. 401 asks',
    'whoever calls to sign in or to send what counts, 404 is for what is not there or not theirs to know of, and 429 asks them to',
    'come again, at the time in `Retry-After` where one is known.',
    '',
    'SCIM keeps the errors of RFC 7644. Its refusals name the schema `urn:graticule:params:scim:api:messages:2.0:Refusal`',
    'besides that of the error, and under it hold `rule` and, for 403, `decisionId`. Clients pass over what they do not know.',
    '',
    '| Rule | What it says |',
    '|---|---|',
    ...rows,
    '',
  ]
  await expect(page.join('\n')).toMatchFileSnapshot('../../../docs/refusals.md')
})

test('a rule is found by its own line before that of its family, and no other name is one', () => {
  expect(findRefusalRule('role.viewer.map.create.none')).toBe('role.*')
  expect(findRefusalRule('token.transfer')).toBe('token.transfer')
  expect(findRefusalRule('token.sql.run.grant')).toBe('token.*')
  expect(findRefusalRule('view-as')).toBe('view-as')
  expect(findRefusalRule('toString')).toBeNull()
  expect(findRefusalRule('role')).toBeNull()
})

test('no rule stands in the table that nothing is refused by', () => {
  const sources = ['apps/server/src/**/*.ts', 'packages/*/src/**/*.ts']
    .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
    .filter((file) => !/\.test\.ts$|refusal-rules\.ts$/.test(file))
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  const isUsed = (rule: string) => {
    const parts = rule.split('.')
    const name = parts.at(-1) ?? ''
    const built = ['`', parts.slice(0, -1).join('.'), '.$', '{'].join('')
    return sources.some(
      (source) =>
        source.includes(`'${rule}'`) ||
        (source.includes(built) && (name === '*' || source.includes(`'${name}'`) || source.includes(`\`${name}.$`))),
    )
  }
  const families = Object.keys(REFUSAL_RULES).filter((rule) => rule.endsWith('.*'))
  const others = Object.keys(REFUSAL_RULES).filter((rule) => !rule.endsWith('.*'))
  expect(others.filter((rule) => !isUsed(rule))).toEqual([])
  const beginsOne = (family: string) => {
    const head = family.slice(0, -1)
    return sources.some((source) => new RegExp(`['\`]${head.replaceAll('.', '\\.')}[a-z$]`).test(source))
  }
  // What is a receiver's is built in two steps, as the ways of a role change and of a deletion share it.
  expect(families.filter((rule) => !beginsOne(rule) && !rule.endsWith('.receiver.*'))).toEqual([])
})

test('a refusal without a rule does not pass the type check, and other errors need none', () => {
  // @ts-expect-error a refusal names its rule
  expect(new AppError('conflict', 'This is taken.').status).toBe(409)
  // @ts-expect-error a rule stands in the table
  expect(new AppError('forbidden', 'This is not yours.', { details: { rule: 'nobodys' } }).status).toBe(403)
  expect(new AppError('conflict', 'This is taken.', { details: { rule: 'group.name' } }).status).toBe(409)
  expect(new AppError('not_found', 'There is no such map.').status).toBe(404)
})
