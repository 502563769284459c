import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventLabel } from './event-labels.ts'

/** The types that docs/events.md lists, which are all that there are. */
const documented = [
  ...readFileSync(new URL('../../../../../docs/events.md', import.meta.url), 'utf8').matchAll(/^\| `([\w.-]+)` \|/gm),
].map(([, type = '']) => type)

test('every event about credentials and the rights of logins has a name for people', () => {
  const about = documented.filter((type) => /^viewer-c|^certificate-|credential-policy|posture/.test(type))
  expect(about.length).toBeGreaterThanOrEqual(8)
  for (const type of about) expect(eventLabel(type), type).toMatch(/^[A-Z].* /)
})

test('other types go by themselves, whatever they are called', () => {
  expect(eventLabel('map.created')).toBeNull()
  expect(eventLabel('constructor')).toBeNull()
})
