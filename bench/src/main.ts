import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureCachedTile } from './cached-tile.ts'
import { measureDecisions } from './decisions.ts'
import { measureEventLoop } from './event-loop.ts'
import { describeMachine } from './machine.ts'
import { measureMapList } from './map-list.ts'
import { measureMemory } from './memory.ts'
import { measureOwnLogins } from './own-logins.ts'
import { formatSections, type Section } from './report.ts'
import { type ServedTables, serveBenchTables } from './served-tables.ts'
import { measureStartUp } from './start-up.ts'
import { measureUncachedTiles } from './uncached-tiles.ts'

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url))

/** Every bench by the name that `--only` takes, in the order they run. */
const BENCHES: readonly (readonly [string, (served: ServedTables) => Promise<Section>])[] = [
  ['uncached', measureUncachedTiles],
  ['cached', measureCachedTile],
  ['decisions', measureDecisions],
  ['map-list', measureMapList],
  ['event-loop', measureEventLoop],
  ['memory', measureMemory],
  ['own-logins', measureOwnLogins],
  ['start-up', measureStartUp],
]

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
const served = await serveBenchTables()
try {
  const machine = await describeMachine(served.connectionString)
  const sections: Section[] = []
  for (const [name, measure] of BENCHES) {
    if (values.only && !values.only.includes(name)) continue
    const section = await measure(served)
    console.log(`${formatSections([section])}\n`)
    sections.push(section)
  }
  const text = [
    '# Results',
    '',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. Durations belong to this machine; read the ratios, which come from one run each.`,
    '',
    ...machine,
    '',
    formatSections(sections),
    '',
  ].join('\n')
  // A partial run is for looking at one number while working on it.
  if (!values.only) writeFileSync(RESULTS, text)
} finally {
  await served.stop()
}
