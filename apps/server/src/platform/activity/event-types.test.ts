import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeEvents } from './describe-events.ts'
import { EVENT_TYPES } from './event-types.ts'

const SOURCE = fileURLToPath(new URL('../..', import.meta.url))
/** A call that records something, up to its end or the function inside it; and the member of an event. */
const RECORDING =
  /(?:[rR]ecord\w*|eventOf|#decide)\((?<call>[^;{}]*)|\btype: (?<type>[^,\n]+)|\bconst type = (?<named>[^;\n]+)/g
const LITERAL = /['`](?<type>[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)['`]/g
const OF_KINDS = /`\$\{(?:kind|assetType)\}\.(?<verb>[a-z-]+)`/g

/** The types in a text of source code. */
function listTypes(source: string): string[] {
  const types: string[] = []
  for (const { groups } of source.matchAll(RECORDING)) {
    const text = groups?.call ?? groups?.type ?? groups?.named ?? ''
    for (const found of text.matchAll(LITERAL)) types.push(found.groups?.type ?? '')
    for (const found of text.matchAll(OF_KINDS)) {
      types.push(...['application', 'map', 'workflow'].map((kind) => `${kind}.${found.groups?.verb}`))
    }
  }
  return types
}

const files = globSync('**/*.ts', { cwd: SOURCE }).filter((file) => !/\.test\.ts$|-suite\.ts$|^testing\//.test(file))
const recorded = files.flatMap((file) =>
  listTypes(readFileSync(join(SOURCE, file), 'utf8')).map((type) => ({ file, type })),
)

test('every type of event that the code records is known, with what it says', () => {
  expect(recorded.length).toBeGreaterThan(100)
  expect(recorded.filter(({ type }) => EVENT_TYPES[type] === undefined)).toEqual([])
})

test('a new type in any of the forms in which events are recorded would be noticed', () => {
  expect(listTypes("await this.#record(transaction, caller, 'map.melted', id, {})")).toEqual(['map.melted'])
  expect(listTypes("activity.enqueue({ organizationId, type: 'map.melted' })")).toEqual(['map.melted'])
  expect(listTypes("type: isHot ? 'map.melted' : 'map.froze',")).toEqual(['map.melted', 'map.froze'])
  expect(listTypes('type: `$' + '{kind}.melted`,')).toContain('workflow.melted')
})

test('the list is in order, each says something, and names of CARTO are names', () => {
  const types = Object.keys(EVENT_TYPES)
  expect(types).toEqual(types.toSorted())
  for (const { carto = 'Name', says } of Object.values(EVENT_TYPES)) {
    expect(says).toMatch(/^[A-Z].*[^.]$/)
    expect(carto).toMatch(/^[A-Z][A-Za-z]+$/)
  }
})

test('the reference is made of the list', async () => {
  await expect(describeEvents()).toMatchFileSnapshot('../../../../../docs/events.md')
})

test('whatever takes a right away ends the answers that were kept, and what happens all the time does not', () => {
  const TAKING =
    /^(?:group|governance|viewer-credential|connection\.(?:credential|privacy|updated|deleted|transferred)|user\.(?:role-changed|suspended|deleted)|token\.(?:revoked|updated)|(?:map|project|application|workflow)\.(?:privacy-changed|deleted|transferred)|role-mapping|support-access\.(?:revoked|expired)|named-source\.(?:updated|deleted))/
  const OFTEN = [
    'data.read',
    'warehouse.statement',
    'session.created',
    'map.updated',
    'access.denied',
    'outbound.allowed',
  ]
  for (const [type, { keepsRights }] of Object.entries(EVENT_TYPES)) {
    if (TAKING.test(type)) expect(keepsRights, type).toBeUndefined()
    // Who only looks changes nobody's rights.
    if (OFTEN.includes(type) || type.endsWith('.inspected')) expect(keepsRights, type).toBe(true)
  }
})
